import { HeredityError } from '../errors.js';
import type { JsonValue } from '../formats/json.js';
import type { RecordedRun } from '../run.js';
import type { Measured } from './account.js';
import { chooseTrait, readEstimates, type ScaledEstimate } from './account-estimates.js';
import type { Uncertain } from './uncertain.js';

/** What a cohort's own results can say of the gap, by the name that they are given with. */
const READERS = {
  dominance: { files: 1, expected: 'a result of reml, he or gre with --dominance', read: readDominance },
  pedigree: { files: 1, expected: 'a result of reml or he with --bK', read: readPedigree },
  confounding: { files: 1, expected: 'a result of ldsc with a free intercept', read: readConfounding },
  tagging: {
    files: 2,
    expected: 'two results of one method: of all variants, and of a random part of them',
    read: readTagging,
  },
} as const;

/** What the account is of. */
export interface MeasuredFor {
  readonly trait: string | undefined;
  readonly twin: ScaledEstimate;
  readonly snp: ScaledEstimate;
}

/** `dominance=bmi.gre.json`, or `tagging=all.gre.json,half.gre.json`. */
interface Given {
  readonly text: string;
  readonly files: readonly string[];
  readonly estimates: readonly JsonValue[];
  readonly expected: string;
}

/**
 * Reads what was measured (METHODS 13.4).
 * @throws HeredityError `usage` for other names; `bad-input` where a file has not what it is named for; `mismatch` for other scales.
 */
export async function readMeasured(
  text: string,
  of: MeasuredFor,
  { provenance }: RecordedRun,
): Promise<Measured> {
  const [name, list = ''] = text.split(/=(.*)/s, 2);
  const files = list.split(',').filter((file) => file !== '');
  const reader = Object.hasOwn(READERS, name) ? READERS[name as keyof typeof READERS] : undefined;
  if (!reader || files.length !== reader.files)
    throw new HeredityError('usage', '--measured is a name, =, and its result', {
      value: text,
      expected: reader
        ? `${name}= and ${reader.files === 1 ? 'one file' : 'two files, a comma between them'}: ${reader.expected}`
        : `one of ${Object.keys(READERS).join(', ')}`,
    });
  const estimates: JsonValue[] = [];
  for (const file of files) {
    provenance.input(file);
    estimates.push(chooseTrait(await readEstimates(file), of.trait, file));
  }
  return {
    name: `${name} (measured)`,
    ...reader.read({ text, files, estimates, expected: reader.expected }, of),
  };
}

function readDominance(given: Given, { twin }: MeasuredFor): Omit<Measured, 'name'> {
  if (twin.withoutDominance)
    throw new HeredityError('usage', 'the twin heritability has no dominance in it that could be taken out', {
      value: given.text,
      fix: 'leave this out, or take a model without D (--twin-model ACE)',
    });
  const share = quantityOf(given, 0, 'dominance', twin);
  return {
    pool: 'non-additive effects',
    label: 'dominance of the variants in the twin estimate',
    amount: { value: 1.5 * share.value, se: 1.5 * share.se },
    assumption:
      'twins have 2 (r_MZ - r_DZ), which counts one and a half times the variance of dominance; dominance of variants that are not typed is not in it',
  };
}

function readPedigree(given: Given, { twin }: MeasuredFor): Omit<Measured, 'name'> {
  return {
    pool: 'variants beyond the tags',
    label: 'what relatives share beyond the variants',
    amount: quantityOf(given, 0, 'beyond-variants', twin),
    assumption: 'relatives of the cohort share descent alone: no environment of families, and no dominance',
  };
}

function readConfounding(given: Given, { snp }: MeasuredFor): Omit<Measured, 'name'> {
  if (snp.method?.includes('ldsc'))
    throw new HeredityError(
      'usage',
      'the SNP heritability is free of confounding: its method has an intercept',
      {
        value: given.text,
        fix: 'leave this out',
      },
    );
  const ratio = quantityOf(given, 0, 'ratio', undefined);
  const { value } = snp.estimate;
  return {
    pool: 'confounding',
    label: 'confounding in the SNP estimate',
    amount: { value: -ratio.value * value, se: Math.abs(value) * ratio.se },
    assumption: `${(100 * ratio.value).toFixed(1)} % of the inflation of test statistics is the intercept's, and the SNP estimate, which has none, takes as much of itself from it`,
  };
}

/**
 * Variants left out at random are causal variants that are not typed: with a share s of them left in, h² falls to s + (1 - s) r² of what
 * it was, r² being how well the rest tag them.
 */
function readTagging(given: Given, { twin }: MeasuredFor): Omit<Measured, 'name'> {
  const [methods, numbers] = [
    given.estimates.map((estimate) => estimate.field('method').text()),
    given.estimates.map((estimate) =>
      estimate.field('estimand').field('variants').optional('heritability')?.number(),
    ),
  ];
  const [all, some] = numbers;
  if (methods[0] !== methods[1] || all === undefined || some === undefined || !(some < all))
    throw new HeredityError(
      'bad-input',
      'the second result is not one of a part of the variants of the first',
      {
        file: given.files[1],
        value: `${methods[1]}, ${some ?? 'unknown'} variants`,
        expected: `${methods[0]} of fewer than ${all ?? 'so many'} variants`,
      },
    );
  const left = some / all;
  const [whole, part] = [0, 1].map((k) => heritabilityOf(given, k, twin));
  const excess = part.value - left * whole.value;
  const r2 = excess / (1 - left) / whole.value;
  if (!(whole.value > 0 && r2 > 0))
    throw new HeredityError('degenerate-data', 'these results do not say how well variants are tagged', {
      file: given.files[1],
      value: `h² ${part.value.toPrecision(3)} of ${whole.value.toPrecision(3)} with ${(100 * left).toFixed(0)} % of the variants`,
      expected: 'a heritability above 0 that falls by less than the number of variants',
      fix: 'take larger samples, or leave fewer variants out',
    });
  const ofWhole =
    (2 * whole.value * (1 - left)) / excess + (left * whole.value ** 2 * (1 - left)) / excess ** 2 - 1;
  const ofPart = (-(whole.value ** 2) * (1 - left)) / excess ** 2;
  return {
    pool: 'common variants',
    label: 'variants that are not typed',
    amount: {
      value: whole.value * (1 / r2 - 1),
      se: Math.hypot(ofWhole * whole.se, ofPart * part.se),
    },
    assumption: `causal variants that are not typed are tagged as those left out are, r² ${r2.toFixed(2)}, and most causal variants are not typed: an upper limit; both errors count as independent, which they are not, so that the interval is on the safe side`,
  };
}

/** @param twin on whose scale it is to be; undefined where the quantity has none. */
function quantityOf(
  { files, estimates, expected }: Given,
  k: number,
  name: string,
  twin: ScaledEstimate | undefined,
): Uncertain {
  const found = estimates[k].field('quantities').optional(name);
  const value = found?.optional('value')?.number();
  const se = found?.optional('se')?.number();
  if (value === undefined || se === undefined)
    throw new HeredityError(
      'bad-input',
      `it has no ${name}${value === undefined ? '' : ' with a standard error'}`,
      {
        file: files[k],
        expected,
        ...(value !== undefined && { fix: 'a variance held at 0 has none: --reml-no-constrain lets it go' }),
      },
    );
  const factor = twin ? scaleFactor(estimates[k], twin, files[k]) : 1;
  return { value: factor * value, se: factor * se };
}

function heritabilityOf({ files, estimates }: Given, k: number, twin: ScaledEstimate): Uncertain {
  const h2 = estimates[k].field('h2');
  const factor = scaleFactor(estimates[k], twin, files[k]);
  return { value: factor * h2.field('value').number(), se: factor * h2.field('se').number() };
}

/** From the scale of the estimate to that of the twins. */
function scaleFactor(estimate: JsonValue, { scale }: ScaledEstimate, file: string): number {
  if (scale !== 'liability') return 1;
  const onLiability = estimate.optional('liability')?.field('value').number();
  if (onLiability === undefined)
    throw new HeredityError(
      'mismatch',
      'the twins are on the liability scale, this result is on the observed one',
      {
        file,
        fix: 'estimate it with the prevalence of the disease (--prevalence)',
      },
    );
  return onLiability / estimate.field('h2').field('value').number();
}
