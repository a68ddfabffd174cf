import type { PairH2, RgEstimate } from '../../estimators/ldsc/rg.js';
import { liabilityFactor } from '../../estimators/liability.js';
import { numpyNumber, numpyText, pandasColumn } from '../../formats/numpy-number.js';
import type { PartitionResult, TraitResult } from './h2-results.js';

/** Sections of a log in the words of LDSC, which other programs read (METHODS 3.6). */

/** Heritability of one trait. */
export function h2Section(
  { trait, estimate, partition, names }: Pick<TraitResult, 'trait' | 'estimate' | 'partition' | 'names'>,
  { overlap, coefficients }: { readonly overlap: boolean; readonly coefficients: boolean },
): string {
  const { cases } = trait;
  const scale = cases ? 'Liability' : 'Observed';
  const factor = cases ? liabilityFactor(cases.prevalence, cases.ascertainment) : 1;
  return [
    `Total ${scale} scale h2: ${withError(factor * estimate.h2, factor * estimate.se)}`,
    ...(partition ? partitionLines(partition, names, scale, factor, overlap, coefficients) : []),
    ...chiSquareLines(estimate),
  ].join('\n');
}

function partitionLines(
  { terms, coefficients }: PartitionResult,
  names: readonly string[],
  scale: string,
  factor: number,
  overlap: boolean,
  printCoefficients: boolean,
): string[] {
  const categories = [`Categories: ${names.join(' ')}`];
  if (overlap) return categories;
  const line = (what: string, value: (term: (typeof terms)[0]) => number) =>
    `${what}: ${numpyText(terms.map(value))}`;
  return [
    ...categories,
    line(`${scale} scale h2`, ({ h2 }) => factor * h2),
    line(`${scale} scale h2 SE`, ({ h2Se }) => factor * h2Se),
    line('Proportion of SNPs', ({ propSnps }) => propSnps),
    line('Proportion of h2g', ({ propH2 }) => propH2),
    line('Enrichment', ({ enrichment }) => enrichment),
    ...(printCoefficients
      ? [`Coefficients: ${numpyText(coefficients.estimate)}`, `Coefficient SE: ${numpyText(coefficients.se)}`]
      : []),
  ];
}

type Inflation = Pick<PairH2, 'intercept' | 'interceptSe' | 'meanChi2' | 'lambdaGc' | 'ratio' | 'ratioSe'>;

function chiSquareLines({ lambdaGc, meanChi2, intercept, interceptSe, ratio, ratioSe }: Inflation): string[] {
  const lines = [`Lambda GC: ${numpyNumber(lambdaGc)}`, `Mean Chi^2: ${numpyNumber(meanChi2)}`];
  if (interceptSe === null) return [...lines, `Intercept: constrained to ${fixedValue(intercept)}`];
  lines.push(`Intercept: ${withError(intercept, interceptSe)}`);
  if (ratio === null) return [...lines, 'Ratio: NA (mean chi^2 < 1)'];
  if (ratio < 0) return [...lines, 'Ratio < 0 (usually indicates GC correction).'];
  return [...lines, `Ratio: ${withError(ratio, ratioSe!)}`];
}

/** The sections of one pair of traits: heritability of the second (and of the first), covariance, correlation. */
export function rgSections(estimate: RgEstimate, second: number, traits: number): string {
  const { h2, gencov, gencovSe, meanProduct, intercept, interceptSe, rg, se, z, p } = estimate;
  const sections = [
    ...(second === 2 ? [titled('Heritability of phenotype 1', pairH2Lines(h2[0]))] : []),
    titled(`Heritability of phenotype ${second}/${traits}`, pairH2Lines(h2[1])),
    titled('Genetic Covariance', [
      `Total Observed scale gencov: ${withError(gencov, gencovSe)}`,
      `Mean z1*z2: ${numpyNumber(meanProduct)}`,
      interceptSe === null
        ? `Intercept: constrained to ${fixedValue(intercept)}`
        : `Intercept: ${withError(intercept, interceptSe)}`,
    ]),
    titled(
      'Genetic Correlation',
      rg === null || se === null
        ? [
            'Genetic Correlation: nan (nan) (h2  out of bounds) ',
            'Z-score: nan (nan) (h2  out of bounds)',
            'P: nan (nan) (h2  out of bounds)',
          ]
        : [
            `Genetic Correlation: ${withError(rg, se)}`,
            `Z-score: ${numpyNumber(z!)}`,
            `P: ${numpyNumber(p!)}`,
          ],
    ),
  ];
  return sections.join('\n\n');
}

function pairH2Lines(trait: PairH2): string[] {
  return [`Total Observed scale h2: ${withError(trait.h2, trait.se)}`, ...chiSquareLines(trait)];
}

function titled(title: string, lines: readonly string[]): string {
  return [title, '-'.repeat(title.length), ...lines].join('\n');
}

/** The table that ends a log of genetic correlations; heritability is that of the second trait. */
export function rgSummary(
  pairs: readonly { readonly files: readonly [string, string]; readonly estimate: RgEstimate }[],
): string {
  const cells = pairs.map(({ files, estimate }) => {
    const [, second] = estimate.h2;
    return {
      p1: files[0],
      p2: files[1],
      rg: estimate.rg ?? 'NA',
      se: estimate.se ?? 'NA',
      z: estimate.z ?? 'NA',
      p: estimate.p ?? 'NA',
      h2_obs: second.h2,
      h2_obs_se: second.se,
      h2_int: second.interceptSe === null ? fixedValue(second.intercept) : second.intercept,
      h2_int_se: second.interceptSe ?? 'NA',
      gcov_int: estimate.interceptSe === null ? fixedValue(estimate.intercept) : estimate.intercept,
      gcov_int_se: estimate.interceptSe ?? 'NA',
    };
  });
  const names = Object.keys(cells[0]) as (keyof (typeof cells)[0])[];
  const columns = names.map((name) => {
    const values = cells.map((row) => row[name]);
    const texts = pandasColumn(values);
    // pandas puts a blank before the names of columns of numbers
    const isText = values.some((value) => typeof value === 'string' && !/^-?\d/.test(value));
    const head = isText ? name : ` ${name}`;
    const width = Math.max(head.length, ...texts.map((text) => text.length));
    return [head, ...texts].map((text) => text.padStart(width));
  });
  const lines = ['', ...cells].map((_, line) => columns.map((column) => column[line]).join(' '));
  return ['Summary of Genetic Correlation Results', ...lines].join('\n');
}

function withError(value: number, se: number): string {
  return `${numpyNumber(value)} (${numpyNumber(se)})`;
}

/** A fixed intercept as it was given: 1, not 1.0. */
function fixedValue(value: number): string {
  return Number.isInteger(value) ? String(value) : numpyNumber(value);
}
