import { componentsFlags } from './components-flags.js';
import { boolean, defineFlags, fraction, number, path } from './flags.js';

const SAMPLES = { heading: 'Samples' } as const;
const VARIANTS = { heading: 'Variants' } as const;

/** Thresholds of `heredity cohort`. */
export const analysisSetFlags = defineFlags({
  mind: fraction('leave out people with a larger fraction of missing genotypes', {
    ...SAMPLES,
    default: 0.05,
  }),
  ancestry: path(
    'file of the people (FID IID) of the ancestry that is wanted; instead of those near the main group on principal components',
    SAMPLES,
  ),
  hetSd: number(
    'leave out people whose heterozygosity is this many standard deviations from the mean of their ancestry',
    { ...SAMPLES, min: 1, max: 30, default: 3 },
  ),
  pcs: componentsFlags.pcs,
  outlierSd: {
    ...componentsFlags.outlierSd,
    help: 'leave out people as far from the main group on principal components as this many standard deviations of one normal number',
    heading: 'Samples',
  },
  maf: fraction('variants of smaller minor allele frequency do not count in any step', {
    ...VARIANTS,
    max: 0.5,
    default: 0.01,
  }),
  geno: fraction('variants with a larger fraction of missing genotypes do not count in any step', {
    ...VARIANTS,
    default: 0.01,
  }),
  pruned: path(
    'file of variant IDs in approximate linkage equilibrium (PLINK .prune.in), for heterozygosity and components',
    { ...VARIANTS, defaultText: 'pruned in the run (--indep-pairwise)' },
  ),
  longRangeLd: boolean(
    'let regions of long-range LD (in GRCh37 and GRCh38) count for heterozygosity and components too',
    VARIANTS,
  ),
});
