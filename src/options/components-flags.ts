import { defineFlags, integer, number, path } from './flags.js';

const METHOD = { heading: 'Method' } as const;

/** How principal components are made. */
export const componentsFlags = defineFlags({
  pcs: integer('principal components to compute', { ...METHOD, min: 1, max: 200, default: 10 }),
  unrelated: path(
    'file of people (FID IID) whom the components are of, no two of them related; others are projected on them',
    { heading: 'Samples' },
  ),
  outlierSd: number(
    'people are outliers who lie as far from the main group as this many standard deviations of one normal number',
    { ...METHOD, min: 2, max: 30, default: 6 },
  ),
});
