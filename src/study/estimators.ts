import { methodNames } from '../methods/catalogue.js';
import { methodNamed } from '../methods/facts.js';
import type { StudyEstimator } from './estimator.js';
import { methodEstimator } from './method-estimator.js';
import type { Unsound } from './unsound-inputs.js';

/** Estimators of `heredity study` that are no method of the catalogue, by name; each is loaded when it is chosen. */
const ESTIMATORS: Readonly<Record<string, () => Promise<StudyEstimator>>> = {
  'gre-calibrated': async () => (await import('./gre-variants.js')).greCalibrated,
  'gre-shrunk': unsound('gre', 'shrunk'),
  'gre-panel': unsound('gre', 'panel'),
  'gre-mixed': unsound('gre', 'mixed'),
  'ldsc-shrunk': unsound('ldsc', 'shrunk'),
  'ldsc-panel': unsound('ldsc', 'panel'),
  'ldsc-mixed': unsound('ldsc', 'mixed'),
};

function unsound(method: 'gre' | 'ldsc', kind: Unsound) {
  return async () => (await import('./unsound-inputs.js')).unsoundEstimator(method, kind);
}

/** Strata of frequency and LD are fitted by random vectors in studies, whoever asks for them. */
const BY_RANDOM_VECTORS: Readonly<Record<string, string>> = { ldms: 'ldms-mc' };

/** Names of all estimators of studies: the methods of the catalogue, and variants of them. */
export function estimatorNames(): string[] {
  return [...new Set([...methodNames(), ...Object.keys(ESTIMATORS)])];
}

/** @returns the estimator of that name or alias; undefined where there is none. */
export async function estimatorNamed(text: string): Promise<StudyEstimator | undefined> {
  if (Object.hasOwn(ESTIMATORS, text)) return ESTIMATORS[text]();
  const known = methodNamed(text);
  const name = known !== undefined && (BY_RANDOM_VECTORS[known] ?? known);
  return name && methodNames().includes(name) ? methodEstimator(name) : undefined;
}
