import { qualityFlags } from '../../cohort/quality.js';
import { formatCount, significant } from '../../estimate/number.js';
import {
  integerColumn,
  numberColumn,
  sampleColumns,
  type TableColumn,
  variantColumns,
  writePlinkTable,
} from '../../formats/quality-tables.js';
import { quantile } from '../../linalg/quantile.js';
import { type Missingness, sortedRates, variantMissingness } from '../../quality/missingness.js';
import { defineCommand } from '../command.js';
import { planQuality, recordFiles, runQuality } from './run-quality.js';

const { nonfounders: _nonfounders, ...flags } = qualityFlags;
/** Rates of which it is said how many are above them. */
const LIMITS = [0.02, 0.05, 0.1] as const;

const NEEDS = { persons: true, bySex: true };

export const missing = defineCommand({
  description:
    'Missing genotypes of each person and of each variant, in the columns and digits of PLINK 2 (--missing): on Y of men ' +
    'alone; heterozygous genotypes of one copy are not missing. All chromosomes count unless --chr names some.',
  flags,
  examples: [
    { line: 'heredity missing --bfile study --out study', what: 'missing rates of people and variants' },
  ],
  outputs: [
    { file: '<out>.smiss', what: 'a person a row: FID, IID, MISSING_CT, OBS_CT, F_MISS' },
    { file: '<out>.vmiss', what: 'a variant a row: CHROM, ID, MISSING_CT, OBS_CT, F_MISS' },
    ...recordFiles('missing'),
  ],
  plan: (values, run) => planQuality({ ...values, nonfounders: true }, NEEDS, run),
  async run(values, context) {
    await runQuality('missing', { ...values, nonfounders: true }, context, NEEDS, async (cohort, counts) => {
      const { variants, fileset, personIndices, autosomes } = cohort;
      const people: Missingness = counts.persons!;
      const byVariant = variantMissingness(counts);
      const files = [`${values.out}.smiss`, `${values.out}.vmiss`];
      await writePlinkTable(
        files[0],
        [...sampleColumns(fileset.samples, personIndices), ...rateColumns(people)],
        personIndices.length,
      );
      await writePlinkTable(
        files[1],
        [...variantColumns(fileset.variants, variants, autosomes), ...rateColumns(byVariant)],
        variants.length,
      );
      const described = [describe('people', people), describe('variants', byVariant)];
      return {
        files,
        text: described.map(({ text }) => text).join('\n'),
        summary: { people: described[0].summary, variants: described[1].summary },
      };
    });
  },
});

function rateColumns({ missing, possible }: Missingness): TableColumn[] {
  return [
    integerColumn('MISSING_CT', missing),
    integerColumn('OBS_CT', possible),
    numberColumn('F_MISS', (row) => missing[row] / possible[row]),
  ];
}

function describe(what: string, missingness: Missingness) {
  const rates = sortedRates(missingness);
  if (rates.length === 0)
    return {
      text: `${what}: none has a genotype to miss`,
      summary: { median: null, largest: null, above: [] },
    };
  const [median, largest] = [quantile(rates, 0.5), rates.at(-1)!];
  const above = LIMITS.map((rate) => ({ rate, count: rates.filter((own) => own > rate).length }));
  const words = above.map(({ rate, count }) => `${formatCount(count)} above ${rate}`);
  return {
    text: `missing rates of ${what}: median ${significant(median, 3)}, largest ${significant(largest, 3)}; ${words.join(', ')}`,
    summary: { median, largest, above },
  };
}
