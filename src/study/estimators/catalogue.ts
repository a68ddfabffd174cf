import type { StudyEstimator } from '../estimator.js';

/** The estimators of `heredity study`, by name; each is loaded when it is chosen. */
export const ESTIMATORS: Readonly<Record<string, () => Promise<StudyEstimator>>> = {
  gre: async () => (await import('./gre.js')).gre,
  'gre-calibrated': async () => (await import('./gre.js')).greCalibrated,
  'gre-cross-block': async () => (await import('./gre.js')).greCrossBlock,
  'sldsc-maf': async () => (await import('./ldsc.js')).sldscMaf,
  'sldsc-maf-lld': async () => (await import('./ldsc.js')).sldscMafLld,
  greml: async () => (await import('./greml.js')).gremlSc,
  'greml-ldms': async () => (await import('./monte-carlo-reml.js')).gremlLdms,
  'bolt-reml': async () => (await import('./monte-carlo-reml.js')).boltReml,
  'ldak-reml': async () => (await import('./greml.js')).ldakReml,
  rhe: async () => (await import('./rhe.js')).rhe,
  sumher: async () => (await import('./sumher.js')).sumherLdak,
  'sumher-gcta': async () => (await import('./sumher.js')).sumherGcta,
  ldsc: async () => (await import('./ldsc.js')).ldsc,
};
