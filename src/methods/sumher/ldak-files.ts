import type { SumherEstimate, SumherNumber } from '../../estimators/sumher/sumher.js';
import type { Taggings } from '../../formats/tagging.js';

/** What an estimate on another scale is multiplied by. */
interface Scale {
  readonly factor: number;
}

/** LDAK's result files of one trait by their ending, as its --sum-hers writes them. */
export function ldakFiles(
  estimate: SumherEstimate,
  kind: Taggings['kind'],
  liability: Scale | undefined,
): Readonly<Record<string, string>> {
  const { categories } = estimate;
  const names = categories.map((_, c) => componentName(kind, c, categories.length));
  const table = (header: string, rows: readonly string[]) => `${[header, ...rows].join('\n')}\n`;
  const hers = ({ factor }: Scale) =>
    table('Component Heritability SE Influence SE', [
      ...categories.map(({ part, influence }, c) =>
        line(`Her_${names[c]}`, scaled(part, factor), [
          influence * part.estimate,
          se(part) === undefined ? undefined : Math.abs(influence) * se(part)!,
        ]),
      ),
      line('Her_All', scaled(estimate.h2, factor), totalInfluence(estimate)),
    ]);
  const cats = ({ factor }: Scale) =>
    table(
      'Component Heritability SE',
      categories.map(({ h2 }, c) => line(`Cat_${names[c]}`, scaled(h2, factor))),
    );
  const observed = { factor: 1 };
  return {
    hers: hers(observed),
    cats: cats(observed),
    share: table(
      'Component Share SE',
      categories.map(({ partShare }, c) => line(`Share_${names[c]}`, scaled(partShare, 1))),
    ),
    enrich: table(
      'Component Share SE Expected Enrichment SE Z-Stat1 Z-Stat2',
      categories.map(({ share, enrichment, expectedShare, excessSe, h2 }, c) =>
        line(`Enrich_${names[c]}`, scaled(share, 1), [expectedShare], scaled(enrichment, 1), [
          ratio(share.estimate - expectedShare, se(share)),
          ratio(h2.estimate - expectedShare * estimate.h2.estimate, excessSe ?? undefined),
        ]),
      ),
    ),
    taus: covariances(
      'Tau',
      names,
      estimate,
      (c) => categories[c].tau,
      (c) => 1 / categories[c].expectedHeritability,
    ),
    cross: covariances(
      'Her',
      names,
      estimate,
      (c) => categories[c].part.estimate,
      () => 1,
    ),
    labels: table(
      'Category Label',
      categories.map(({ name }, c) => `${names[c]} ${name}`),
    ),
    extra: extra(estimate),
    ...(liability && { 'hers.liab': hers(liability), 'cats.liab': cats(liability) }),
  };
}

/** `A1`, `A2`, … and `Base`, or `P1`, `P2`, …. */
function componentName(kind: Taggings['kind'], c: number, count: number): string {
  if (kind === 'partitions') return `P${c + 1}`;
  return c === count - 1 ? 'Base' : `A${c + 1}`;
}

type Numbers = readonly (number | undefined)[];

const line = (name: string, ...numbers: readonly Numbers[]): string =>
  [name, ...numbers.flat().map((value) => value?.toFixed(6) ?? 'NA')].join(' ');

const scaled = (value: SumherNumber, factor: number): Numbers => {
  const error = se(value);
  return [value.estimate * factor, error === undefined ? undefined : error * factor];
};

const se = (value: SumherNumber): number | undefined => value.se ?? undefined;

function ratio(numerator: number, denominator: number | undefined): number | undefined {
  return denominator !== undefined && denominator > 0 ? numerator / denominator : undefined;
}

/** Influences summed over categories, and the standard error of the sum. */
function totalInfluence({ categories, partCovariance }: SumherEstimate): Numbers {
  const count = categories.length;
  let sum = 0;
  let variance = 0;
  for (const [c, { influence, part }] of categories.entries()) {
    sum += influence * part.estimate;
    for (let k = 0; k < count; k++)
      variance += influence * categories[k].influence * (partCovariance?.[c * count + k] ?? Number.NaN);
  }
  return [sum, variance > 0 ? Math.sqrt(variance) : undefined];
}

/** Estimates and their covariances, from those of the parts. */
function covariances(
  prefix: string,
  names: readonly string[],
  { partCovariance }: SumherEstimate,
  estimateOf: (c: number) => number,
  scaleOf: (c: number) => number,
): string {
  const number = (value: number) => (prefix === 'Tau' ? exponential(value) : value.toFixed(6));
  const rows = names.map((name, c) => {
    const own = names.map((_, k) =>
      partCovariance ? number(partCovariance[c * names.length + k] * scaleOf(c) * scaleOf(k)) : 'NA',
    );
    return [`${prefix}_${name}`, number(estimateOf(c)), ...own].join(' ');
  });
  const header = ['Component Estimate', ...names.map((_, k) => `Covar_${k + 1}`)].join(' ');
  return `${[header, ...rows].join('\n')}\n`;
}

/** As C's %.6e, with two digits of exponent. */
function exponential(value: number): string {
  return value.toExponential(6).replace(/e([+-])(\d)$/, 'e$10$2');
}

function extra(estimate: SumherEstimate): string {
  const { scaling, intercept } = estimate;
  const withError = (name: string, value: SumherNumber | null) =>
    value === null
      ? []
      : [`${name}_Estimate ${value.estimate.toFixed(6)}`, `${name}_SE ${value.se?.toFixed(6) ?? 'NA'}`];
  const lines = [
    `Weighted_Sample_Size ${estimate.meanN.toFixed(2)}`,
    `Num_Datapoints ${estimate.variants}`,
    `Effective_Size ${estimate.effectiveVariants.toFixed(2)}`,
    `Weighted_Mean_Chisq ${estimate.meanStatistic.toFixed(4)}`,
    `Weighted_GIF ${estimate.lambdaGc.toFixed(4)}`,
    `Null_logl ${estimate.nullLogLikelihood.toFixed(6)}`,
    `Alt_logl ${estimate.logLikelihood.toFixed(6)}`,
    ...withError('Scaling', scaling),
    ...withError('Intercept', intercept),
    'Converged YES',
    `Num_Neg_Exp_Her ${estimate.negativeHeritability}`,
    `Num_Non_Pos_Stat ${estimate.negativeExpectation}`,
  ];
  return `${lines.join('\n')}\n`;
}
