import { packRows } from '../fixture.js';
import type { Files } from '../formats/folder.js';
import type { Genotypes } from '../genotype-data.js';

type Columns = Readonly<Record<string, ArrayLike<number>>>;

export interface CohortSpec {
  readonly genotypes: Genotypes;
  /** Chromosome of each variant. @default all on chromosome 1 */
  readonly chromosome?: (variant: number) => string | number;
  /** Traits over the samples; NaN is written as NA. */
  readonly traits?: Columns;
  readonly covariates?: Columns;
}

/**
 * The files of a cohort: study.bed, .bim and .fam, and study.pheno and .covar where there are any. Samples are f<i> i<i>,
 * variants rs<v> with alleles A (counted) and G at position 100 (v + 1), all from 0.
 */
export function cohortFiles({ genotypes, chromosome = () => 1, traits, covariates }: CohortSpec): Files {
  const samples = genotypes[0].length;
  const lines = (count: number, line: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');
  return {
    'study.bed': Buffer.concat([Uint8Array.of(0x6c, 0x1b, 1), packRows(genotypes).bytes]),
    'study.bim': lines(genotypes.length, (v) => `${chromosome(v)} rs${v} 0 ${100 * (v + 1)} A G`),
    'study.fam': lines(samples, (i) => `f${i} i${i} 0 0 0 -9`),
    ...(traits && { 'study.pheno': sampleTable(traits) }),
    ...(covariates && { 'study.covar': sampleTable(covariates) }),
  };
}

/** A table of values over the samples of {@link cohortFiles}. */
export function sampleTable(columns: Columns): string {
  const names = Object.keys(columns);
  const rows = Array.from(columns[names[0]], (_, i) => {
    const values = names.map((name) => (Number.isNaN(columns[name][i]) ? 'NA' : columns[name][i]));
    return [`f${i}`, `i${i}`, ...values].join(' ');
  });
  return [['FID', 'IID', ...names].join(' '), ...rows, ''].join('\n');
}
