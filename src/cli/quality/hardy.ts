import { qualityFlags } from '../../cohort/quality.js';
import { formatCount } from '../../estimate/number.js';
import type { VariantTable } from '../../formats/bim.js';
import {
  expColumn,
  integerColumn,
  numberColumn,
  type TableColumn,
  textColumn,
  variantColumns,
  writePlinkTable,
} from '../../formats/quality-tables.js';
import { type Equilibrium, equilibria, xEquilibria } from '../../quality/equilibrium.js';
import { defineCommand } from '../command.js';
import { planQuality, recordFiles, runQuality } from './run-quality.js';

/** P values of which it is said how many variants are below them. */
const LIMITS = [1e-4, 1e-6, 1e-10] as const;

const NEEDS = { persons: false, bySex: true };

export const hardy = defineCommand({
  description:
    'Exact tests of Hardy-Weinberg equilibrium among founders, in the columns and digits of PLINK 2 (--hardy): variants of two ' +
    'copies (Wigginton 2005), and those of X in a table of their own, where men count too (Graffelman and Weir 2016). Y and MT ' +
    'have no such equilibrium, and are left out. Structure of the population makes P values small too.',
  flags: qualityFlags,
  examples: [
    { line: 'heredity hardy --bfile study --chr 1-22 --out study', what: 'tests of autosomal variants' },
  ],
  outputs: [
    {
      file: '<out>.hardy',
      what: 'CHROM, ID, A1 (the reference), AX, genotype counts, observed and expected heterozygosity, P',
    },
    {
      file: '<out>.hardy.x',
      what: 'the same of X by sex, with the frequency of A1 in each; where X is there',
    },
    ...recordFiles('hardy'),
  ],
  plan: (values, run) => planQuality(values, NEEDS, run),
  async run(values, context) {
    await runQuality('hardy', values, context, NEEDS, async (cohort, counts) => {
      const { variants, fileset, autosomes } = cohort;
      const tests = equilibria(counts);
      const onX = xEquilibria(counts);
      const files = [`${values.out}.hardy`, ...(onX.length > 0 ? [`${values.out}.hardy.x`] : [])];
      const indices = (rows: readonly Equilibrium[]) => rows.map(({ variant }) => variants[variant]);
      await writePlinkTable(
        files[0],
        [
          ...alleleColumns(fileset.variants, indices(tests), autosomes),
          integerColumn('HOM_A1_CT', column(tests, 'homozygousA')),
          integerColumn('HET_A1_CT', column(tests, 'heterozygous')),
          integerColumn('TWO_AX_CT', column(tests, 'homozygousB')),
          ...heterozygosityColumns(tests, ''),
          expColumn('P', (row) => tests[row].logP),
        ],
        tests.length,
      );
      if (onX.length > 0)
        await writePlinkTable(
          files[1],
          [
            ...alleleColumns(fileset.variants, indices(onX), autosomes),
            integerColumn('FEMALE_HOM_A1_CT', column(onX, 'homozygousA')),
            integerColumn('FEMALE_HET_A1_CT', column(onX, 'heterozygous')),
            integerColumn('FEMALE_TWO_AX_CT', column(onX, 'homozygousB')),
            integerColumn('MALE_A1_CT', column(onX, 'maleA')),
            integerColumn('MALE_AX_CT', column(onX, 'maleB')),
            ...heterozygosityColumns(onX, 'FEMALE_'),
            numberColumn('FEMALE_A1_FREQ', (row) => frequencyA(onX[row])),
            numberColumn('MALE_A1_FREQ', (row) => onX[row].maleA / (onX[row].maleA + onX[row].maleB)),
            expColumn('P', (row) => onX[row].logP),
          ],
          onX.length,
        );
      const untested = variants.length - tests.length - onX.length;
      const tables = [
        { what: 'autosomal variants', rows: tests },
        { what: 'variants on X', rows: onX },
      ].map(({ what, rows }) => {
        const below = LIMITS.map((p) => ({ p, count: rows.filter(({ logP }) => logP < Math.log(p)).length }));
        const words = below.map(({ p, count }) => `${formatCount(count)} with P below ${p}`);
        return {
          text: `${formatCount(rows.length)} ${what}: ${words.join(', ')}`,
          tested: rows.length,
          below,
        };
      });
      return {
        files,
        text: [
          ...tables.filter(({ tested }, t) => tested > 0 || t === 0).map(({ text }) => text),
          ...(untested > 0 ? [`${formatCount(untested)} variants on Y and MT are not tested`] : []),
        ].join('\n'),
        summary: {
          autosomal: { tested: tables[0].tested, below: tables[0].below },
          x: { tested: tables[1].tested, below: tables[1].below },
          untested,
        },
      };
    });
  },
});

function alleleColumns(table: VariantTable, variants: readonly number[], autosomes: number): TableColumn[] {
  return [
    ...variantColumns(table, variants, autosomes),
    textColumn('A1', (row) => table.allele2[variants[row]]),
    textColumn('AX', (row) => table.allele1[variants[row]]),
  ];
}

function heterozygosityColumns(rows: readonly Equilibrium[], prefix: string): TableColumn[] {
  return [
    numberColumn(`O(${prefix}HET_A1)`, (row) => rows[row].heterozygous / people(rows[row])),
    numberColumn(`E(${prefix}HET_A1)`, (row) => {
      const f = people(rows[row]) === 0 ? 0 : frequencyA(rows[row]);
      return 2 * f * (1 - f);
    }),
  ];
}

const column = <K extends string>(rows: readonly Readonly<Record<K, number>>[], name: K): Int32Array =>
  Int32Array.from(rows, (row) => row[name]);
const people = ({ homozygousA, heterozygous, homozygousB }: Equilibrium): number =>
  homozygousA + heterozygous + homozygousB;
const frequencyA = (row: Equilibrium): number => (2 * row.homozygousA + row.heterozygous) / (2 * people(row));
