import type { Design } from '../association/design.js';
import type { RecordedRun } from '../run.js';

export function warnOfDependentCovariates(design: Design, { log }: Pick<RecordedRun, 'log'>): void {
  if (design.dependentCovariates.length > 0)
    log.warn(
      `covariates that add nothing to the others are left out: ${design.dependentCovariates.join(', ')}`,
    );
}
