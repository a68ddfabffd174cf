import { methodNames } from '../../methods/catalogue.js';
import { methodNamed } from '../../methods/facts.js';
import type { StudyEstimator } from '../estimator.js';
import { methodEstimator } from '../method-estimator.js';

/** Estimators of `heredity study` that are no method of the catalogue, by name; each is loaded when it is chosen. */
const ESTIMATORS: Readonly<Record<string, () => Promise<StudyEstimator>>> = {
  'gre-calibrated': async () => (await import('../gre-variants.js')).greCalibrated,
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

/** Names of all estimators of studies: the methods of the catalogue, and variants of them. */
export function estimatorNames(): string[] {
  return [...new Set([...methodNames(), ...Object.keys(ESTIMATORS)])];
}

/** @returns the estimator of that name or alias; undefined where there is none. */
export async function estimatorNamed(text: string): Promise<StudyEstimator | undefined> {
  if (Object.hasOwn(ESTIMATORS, text)) return ESTIMATORS[text]!();
  const name = methodNamed(text);
  return name !== undefined && methodNames().includes(name) ? methodEstimator(name) : undefined;
}
