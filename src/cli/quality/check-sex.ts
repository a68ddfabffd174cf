import { qualityFlags } from '../../cohort/quality.js';
import { HeredityError } from '../../errors.js';
import { formatCount } from '../../estimate/number.js';
import {
  integerColumn,
  numberColumn,
  sampleColumns,
  textColumn,
  writePlinkTable,
} from '../../formats/quality-tables.js';
import { checkSex, SEX_LIMITS, Y_LIMITS } from '../../quality/sex.js';
import { defineCommand } from '../command.js';
import { planQuality, recordFiles, runQuality } from './run-quality.js';

const NEEDS = { persons: true, bySex: true };

export const checkSexCommand = defineCommand({
  description:
    `Sex by genotypes: the inbreeding coefficient F over X, as PLINK's --check-sex (below ${SEX_LIMITS.largestFemale} female, ` +
    `above ${SEX_LIMITS.smallestMale} male), beside the sex that the file says; where Y is there too, the share of its variants ` +
    `that have a genotype (a Y from ${Y_LIMITS.least}, none up to ${Y_LIMITS.most}). Two X and a Y, or one X and no Y, are ` +
    'aneuploidies or mixed samples: leave such people out. Prune X first, and keep pseudo-autosomal regions apart (XY).',
  flags: qualityFlags,
  examples: [{ line: 'heredity check-sex --bfile study --out study', what: 'sex of everybody by X and Y' }],
  outputs: [
    { file: '<out>.sexcheck', what: 'FID, IID, PEDSEX, SNPSEX, STATUS (OK, PROBLEM), F, Y_RATE, KARYOTYPE' },
    ...recordFiles('check-sex'),
  ],
  plan: (values, run) => planQuality(values, NEEDS, run),
  async run(values, context) {
    await runQuality('check-sex', values, context, NEEDS, async (cohort, counts) => {
      const persons = counts.persons!;
      const { samples } = cohort.fileset;
      if (persons.x.variants === 0)
        throw new HeredityError('degenerate-data', 'no variant on X varies, so that sex cannot be told', {
          file: cohort.fileset.variantFile,
          expected: 'chromosome X (23), and not only its pseudo-autosomal regions',
        });
      const { f, yRate, sex, karyotype } = checkSex(persons);
      const recorded = Uint8Array.from(cohort.personIndices, (i) => samples.sex[i]);
      const agrees = sex.map((code, row) => Number(code !== 0 && code === recorded[row]));
      const path = `${values.out}.sexcheck`;
      await writePlinkTable(
        path,
        [
          ...sampleColumns(samples, cohort.personIndices),
          integerColumn('PEDSEX', recorded),
          integerColumn('SNPSEX', sex),
          textColumn('STATUS', (row) => (agrees[row] ? 'OK' : 'PROBLEM')),
          numberColumn('F', (row) => f[row]),
          numberColumn('Y_RATE', (row) => yRate[row]),
          textColumn('KARYOTYPE', (row) => karyotype[row].toUpperCase()),
        ],
        f.length,
      );
      const count = (holds: (row: number) => boolean) =>
        Array.from(f.keys()).filter((row) => holds(row)).length;
      const other = count((row) => sex[row] !== 0 && recorded[row] !== 0 && sex[row] !== recorded[row]);
      const unclear = count((row) => sex[row] === 0);
      const unrecorded = count((row) => sex[row] !== 0 && recorded[row] === 0);
      const [xxy, x0] = (['xxy', 'x0'] as const).map((kind) => count((row) => karyotype[row] === kind));
      const noY = persons.y.variants === 0;
      return {
        files: [path],
        text:
          `F over ${formatCount(persons.x.variants)} variants on X${noY ? '; Y is not there' : `, and ${formatCount(persons.y.variants)} on Y`}\n` +
          `${formatCount(count((row) => agrees[row] === 1))} of ${formatCount(f.length)} people are as the file says; ${formatCount(other)} are of the other sex, ` +
          `${formatCount(unclear)} of neither (F between the limits), ${formatCount(unrecorded)} have no sex in the file` +
          (noY
            ? '\naneuploidy needs variants on Y: it is not looked for'
            : `\nsuspected aneuploidies: ${formatCount(xxy)} with two X and a Y, ${formatCount(x0)} with one X and no Y`),
        summary: {
          xVariants: persons.x.variants,
          yVariants: persons.y.variants,
          otherSex: other,
          unclear,
          unrecorded,
          xxy: noY ? null : xxy,
          x0: noY ? null : x0,
        },
      };
    });
  },
});
