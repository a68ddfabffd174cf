import { formatEstimate, significant } from '../../estimate/number.js';
import type { PairResult } from '../../methods/ldsc/rg.js';
import { textTable, tsv } from '../../report/table.js';

/** A pair as the JSON has it. */
export function pairRecord({ names, files, estimate, liability, losses, warnings }: PairResult) {
  const { h2, gencovDeleted, ...numbers } = estimate;
  return {
    trait1: names[0],
    trait2: names[1],
    ...numbers,
    files,
    h2,
    liability: liability ?? null,
    losses,
    warnings: warnings.map(({ text }) => text),
  };
}

/** All pairs, for people. */
export function rgTable(pairs: readonly PairResult[]): string {
  return textTable(
    [
      { name: 'trait1', header: 'trait 1', value: (p: PairResult) => p.names[0] },
      { name: 'trait2', header: 'trait 2', value: (p) => p.names[1] },
      { name: 'snps', header: 'SNPs', value: (p) => p.estimate.snps },
      {
        name: 'rg',
        header: 'r_g (SE)',
        value: (p) => (p.estimate.rg === null ? null : formatEstimate(p.estimate.rg, p.estimate.se)),
      },
      {
        name: 'p',
        header: 'P',
        value: (p) => p.estimate.p,
        text: (p) => significant(p.estimate.p!, 3),
      },
      {
        name: 'gencov',
        header: 'covariance (SE)',
        value: (p) => formatEstimate(p.estimate.gencov, p.estimate.gencovSe),
      },
      {
        name: 'intercept',
        header: 'intercept (SE)',
        value: (p) => formatEstimate(p.estimate.intercept, p.estimate.interceptSe),
      },
      { name: 'notes', value: (p) => p.warnings.map(({ short }) => short).join('; ') || null },
    ],
    pairs,
  );
}

export function rgTsv(pairs: readonly PairResult[]): string {
  return tsv(
    [
      { name: 'trait1', value: (p: PairResult) => p.names[0] },
      { name: 'trait2', value: (p) => p.names[1] },
      { name: 'rg', value: (p) => p.estimate.rg },
      { name: 'se', value: (p) => p.estimate.se },
      { name: 'z', value: (p) => p.estimate.z },
      { name: 'p', value: (p) => p.estimate.p },
      { name: 'gencov', value: (p) => p.estimate.gencov },
      { name: 'gencov_se', value: (p) => p.estimate.gencovSe },
      { name: 'intercept', value: (p) => p.estimate.intercept },
      { name: 'intercept_se', value: (p) => p.estimate.interceptSe },
      { name: 'h2_1', value: (p) => p.estimate.h2[0].h2 },
      { name: 'h2_1_se', value: (p) => p.estimate.h2[0].se },
      { name: 'h2_2', value: (p) => p.estimate.h2[1].h2 },
      { name: 'h2_2_se', value: (p) => p.estimate.h2[1].se },
      { name: 'snps', value: (p) => p.estimate.snps },
      { name: 'warnings', value: (p) => p.warnings.map(({ text }) => text).join('; ') || null },
    ],
    pairs,
  );
}

export async function rgPicture(pairs: readonly PairResult[]): Promise<string> {
  const { correlationHeatMap } = await import('../../report/ldsc-charts.js');
  const names = [...new Set(pairs.flatMap((pair) => pair.names))];
  const cells = names.flatMap((row, r) =>
    names.map((column, c) => {
      if (row === column) return { row, column, value: 1, text: '1' };
      const [a, b] = r < c ? [row, column] : [column, row];
      const estimate = pairs.find((pair) => pair.names[0] === a && pair.names[1] === b)!.estimate;
      const { rg, se } = estimate;
      return { row, column, value: rg, text: rg === null ? '–' : formatEstimate(rg, se) };
    }),
  );
  return correlationHeatMap({ names, cells, title: 'Genetic correlation (LD score regression)' });
}
