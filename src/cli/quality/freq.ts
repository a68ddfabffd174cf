import { qualityFlags } from '../../cohort/quality.js';
import { formatCount } from '../../estimate/number.js';
import {
  integerColumn,
  numberColumn,
  textColumn,
  variantColumns,
  writePlinkTable,
} from '../../formats/quality-tables.js';
import { alleleFrequencies } from '../../quality/frequencies.js';
import { defineCommand } from '../command.js';
import { planQuality, recordFiles, runQuality } from './run-quality.js';

/** Upper limits of the classes of minor allele frequency that are counted. */
const CLASSES = [0, 0.001, 0.01, 0.05, 0.5] as const;

const NEEDS = { persons: false, bySex: true };

export const freq = defineCommand({
  description:
    'Allele frequencies, in the columns and digits of PLINK 2 (--freq): of founders alone unless --nonfounders is given, with ' +
    'one allele of a man on X, men alone on Y, and one allele of everybody on MT. All chromosomes count unless --chr names ' +
    'some. Dosages count as hard calls, where PLINK 2 takes them as they are.',
  flags: qualityFlags,
  examples: [
    { line: 'heredity freq --bfile study --out study', what: 'frequencies of every variant' },
    { line: 'heredity freq --pfile ukb_chr@ --keep british.txt --out british', what: 'of some people' },
  ],
  outputs: [
    { file: '<out>.afreq', what: 'CHROM, ID, REF, ALT, ALT_FREQS, OBS_CT; nan where nobody has a genotype' },
    ...recordFiles('freq'),
  ],
  plan: (values, run) => planQuality(values, NEEDS, run),
  async run(values, context) {
    await runQuality('freq', values, context, NEEDS, async (cohort, counts) => {
      const { variants, fileset, autosomes } = cohort;
      const table = fileset.variants;
      const { frequency, observed } = alleleFrequencies(counts);
      const path = `${values.out}.afreq`;
      const columns = [
        ...variantColumns(table, variants, autosomes),
        textColumn('REF', (row) => table.allele2[variants[row]]),
        textColumn('ALT', (row) => table.allele1[variants[row]]),
        numberColumn('ALT_FREQS', (row) => frequency[row]),
        integerColumn('OBS_CT', observed),
      ];
      await writePlinkTable(path, columns, variants.length);
      const minor = frequency.map((f) => Math.min(f, 1 - f));
      const unknown = minor.filter(Number.isNaN).length;
      const upTo = CLASSES.map((limit) => minor.filter((f) => f <= limit + 1e-12).length);
      const inClass = upTo.map((count, k) => count - (upTo[k - 1] ?? 0));
      const words = CLASSES.map((limit, k) =>
        k === 0
          ? `${formatCount(inClass[0])} do not vary`
          : `${formatCount(inClass[k])} from ${CLASSES[k - 1]} to ${limit}`,
      );
      return {
        files: [path],
        text: `minor allele frequencies: ${words.join(', ')}${unknown > 0 ? `; ${formatCount(unknown)} variants have no genotype, and nan as their frequency` : ''}`,
        summary: {
          unknown,
          minorAlleleFrequency: CLASSES.map((limit, k) => ({ upTo: limit, variants: inClass[k] })),
        },
      };
    });
  },
});
