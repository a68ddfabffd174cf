import { HeredityError } from '../../errors.js';
import {
  choice,
  defineFlags,
  type Flag,
  type FlagValues,
  fraction,
  integer,
  list,
  number,
} from '../../options/flags.js';
import type { LiabilityThreshold } from '../../simulation/binary.js';
import { type Architecture, causalCount } from '../../simulation/effects.js';

const TRAITS = { heading: 'Traits' } as const;
const ARCHITECTURE = { heading: 'Genetic architecture' } as const;
const BINARY = { heading: 'Binary traits' } as const;
const COVARIATES = { heading: 'Covariates and stratification' } as const;

/** How traits depend on genotypes, covariates and chance. */
export const traitFlags = defineFlags({
  h2: numbers('heritabilities to simulate, separated by commas', { ...TRAITS, required: true }),
  replicates: integer('traits of each heritability', { ...TRAITS, min: 1, max: 10_000, default: 1 }),
  scaling: choice(
    'expected: effect variances sum to h2, and noise has expected variance 1 - h2; exact-sample: genetic values and ' +
      'noise are rescaled to sample variances of exactly h2 and 1 - h2',
    ['expected', 'exact-sample'],
    { ...TRAITS, default: 'expected' },
  ),
  causal: integer('causal variants, drawn at random', {
    ...ARCHITECTURE,
    min: 1,
    defaultText: 'every variant that varies',
  }),
  pCausal: fraction('causal variants as a fraction of all variants', ARCHITECTURE),
  cvMaf: numbers('smallest and largest minor allele frequency of causal variants, such as 0.01,0.05', {
    ...ARCHITECTURE,
    defaultText: '0,0.5',
  }),
  alpha: number(
    'how the effect of a standardised genotype depends on its frequency f: variance in proportion to [f (1 - f)]^(1 + alpha)',
    { ...ARCHITECTURE, min: -3, max: 3, default: -1 },
  ),
  gamma: number('power of the weights to which effect variances are proportional', {
    ...ARCHITECTURE,
    min: -3,
    max: 3,
    defaultText: '1 with weights, else 0',
  }),
  dominance: fraction(
    'share of the variance that is dominance of the causal variants: what heterozygotes differ by from what their alleles predict',
    { ...ARCHITECTURE, defaultText: '0' },
  ),
  prevalence: fraction('cases are the people whose liability is in the upper tail of this size', BINARY),
  cases: integer('cases to keep, drawn at random; the others are NA', { ...BINARY, min: 1 }),
  controls: integer('controls to keep', { ...BINARY, min: 1 }),
  covarShare: numbers(
    'part of the variance that each covariate explains, one number for each or one for all',
    {
      ...COVARIATES,
      defaultText: 'needed with --covar',
    },
  ),
});

export type TraitFlags = FlagValues<typeof traitFlags>;

export interface NamedArchitecture extends Architecture {
  readonly name: string;
}

/** The traits that the flags ask for: replicates of each heritability. */
export function listArchitectures(
  flags: TraitFlags,
  variants: number,
  weighted: boolean,
): NamedArchitecture[] {
  const { h2, replicates, alpha, dominance, gamma = weighted ? 1 : 0 } = flags;
  const repeated = h2.find((value, k) => h2.indexOf(value) < k);
  if (repeated !== undefined) {
    throw new HeredityError('usage', '--h2 has a value twice', {
      value: repeated,
      fix: 'use --replicates for several traits of one heritability',
    });
  }
  if (gamma !== 0 && !weighted) {
    throw new HeredityError('usage', '--gamma is a power of weights, and there are none', {
      value: gamma,
      fix: 'give --weights or --ld-scores',
    });
  }
  const causal = causalVariants(flags, variants);
  const causalFrequency = frequencyRange(flags.cvMaf);
  return h2.flatMap((value) =>
    Array.from({ length: replicates }, (_, r) => ({
      name: replicates === 1 ? `h2_${value}` : `h2_${value}_${r + 1}`,
      h2: value,
      alpha,
      gamma,
      ...(dominance !== undefined && { dominance }),
      ...(causal !== undefined && { causal }),
      ...(causalFrequency && { causalFrequency }),
    })),
  );
}

function causalVariants({ causal, pCausal }: TraitFlags, variants: number): number | undefined {
  if (pCausal === undefined) return causal;
  if (causal !== undefined) {
    throw new HeredityError('usage', '--causal and --p-causal both say how many variants are causal', {
      fix: 'give one of them',
    });
  }
  const count = causalCount(variants, pCausal);
  if (count > 0) return pCausal === 1 ? undefined : count;
  throw new HeredityError('usage', `--p-causal leaves none of ${variants} variants causal`, {
    value: pCausal,
    fix: 'raise it',
  });
}

function frequencyRange(range: readonly number[] | undefined): [number, number] | undefined {
  if (range === undefined) return undefined;
  const [low, high] = range;
  if (range.length === 2 && low <= high && high <= 0.5) return [low, high];
  throw new HeredityError('usage', '--cv-maf is no range of minor allele frequencies', {
    value: range.join(','),
    expected: 'two numbers from 0 to 0.5, the smaller one first',
  });
}

/** How liabilities become binary traits; undefined for quantitative traits. */
export function liabilityThreshold({
  prevalence,
  cases,
  controls,
}: TraitFlags): LiabilityThreshold | undefined {
  if (prevalence === undefined) {
    if (cases === undefined && controls === undefined) return undefined;
    throw new HeredityError('usage', '--cases and --controls need a prevalence', {
      fix: 'give --prevalence',
    });
  }
  if (prevalence <= 0 || prevalence >= 1) {
    throw new HeredityError('usage', '--prevalence is not a share of people', {
      value: prevalence,
      expected: 'a number between 0 and 1, both excluded',
    });
  }
  if (cases === undefined && controls === undefined) return { prevalence };
  if (cases !== undefined && controls !== undefined) return { prevalence, ascertained: { cases, controls } };
  throw new HeredityError('usage', '--cases and --controls go together', { fix: 'give both, or neither' });
}

/** The share of variance of each covariate. */
export function covariateShares({ covarShare }: TraitFlags, names: readonly string[]): number[] {
  if (covarShare === undefined) {
    if (names.length === 0) return [];
    throw new HeredityError('usage', 'it is not said how much of the variance the covariates explain', {
      fix: 'give --covar-share',
    });
  }
  if (names.length === 0) {
    throw new HeredityError('usage', '--covar-share is given without covariates', { fix: 'give --covar' });
  }
  if (covarShare.length === 1) return names.map(() => covarShare[0]);
  if (covarShare.length === names.length) return [...covarShare];
  throw new HeredityError('usage', `--covar-share has ${covarShare.length} numbers`, {
    expected: `one, or ${names.length}: ${names.join(', ')}`,
  });
}

/** Numbers from 0 to 1, separated by commas. */
function numbers<
  O extends { readonly heading: string; readonly required?: true; readonly defaultText?: string },
>(
  help: string,
  options: O,
): Flag<O extends { required: true } ? readonly number[] : readonly number[] | undefined> {
  const flag = list(help, { ...options, placeholder: 'fractions' });
  const parse = (text: string) => {
    const values = text.split(',').map((item) => (item.trim() === '' ? Number.NaN : Number(item)));
    return values.every((x) => x >= 0 && x <= 1) ? values : undefined;
  };
  return {
    ...flag,
    expected: 'numbers from 0 to 1 separated by commas',
    parse,
  } as unknown as Flag<O extends { required: true } ? readonly number[] : readonly number[] | undefined>;
}
