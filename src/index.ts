/** Everything that programs may use; test/public-api.test.ts lists the names. */

export { type ErrorDetails, type ErrorTag, EXIT_CODES, HeredityError, isHeredityError } from './errors.js';
export { type Phase, type PhaseOptions, type Progress, silentProgress } from './progress.js';
export { type ProvenanceRecord, VERSION } from './provenance.js';
