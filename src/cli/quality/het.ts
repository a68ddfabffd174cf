import { qualityFlags } from '../../cohort/quality.js';
import { formatCount, significant } from '../../estimate/number.js';
import { integerColumn, numberColumn, sampleColumns, writePlinkTable } from '../../formats/quality-tables.js';
import { inbreeding, meanAndDeviation, outliers } from '../../quality/heterozygosity.js';
import { defineCommand } from '../command.js';
import { planQuality, recordFiles, runQuality } from './run-quality.js';

/** Standard deviations beyond which a person is named. */
const DEVIATIONS = 3;
/** PLINK asks for so many founders before it takes expected heterozygosity from them. */
const FEWEST_FOUNDERS = 50;

const NEEDS = { persons: true, bySex: false };

export const het = defineCommand({
  description:
    'Heterozygosity of each person against what frequencies among founders let expect, in the columns and digits of PLINK 2 ' +
    '(--het): F = (O - E) / (N - E), O homozygous genotypes and E the number expected, over variants of autosomes that vary. ' +
    'F well below 0 is a sign of a contaminated sample, well above 0 of inbreeding, bad calls or another ancestry. Prune ' +
    'variants first (heredity prune), and keep to one ancestry.',
  flags: qualityFlags,
  examples: [
    {
      line: 'heredity het --bfile study --extract study.prune.in --out study',
      what: 'inbreeding coefficients over pruned variants',
    },
  ],
  outputs: [{ file: '<out>.het', what: 'FID, IID, O(HOM), E(HOM), OBS_CT, F' }, ...recordFiles('het')],
  plan: (values, run) => planQuality(values, NEEDS, run),
  async run(values, context) {
    await runQuality('het', values, context, NEEDS, async (cohort, counts) => {
      const { autosomal } = counts.persons!;
      const { present, heterozygous, expectedHomozygous } = autosomal;
      if (counts.founderCount < FEWEST_FOUNDERS)
        context.log.warn(
          `expected heterozygosity is that of ${formatCount(counts.founderCount)} founders: fewer than ${FEWEST_FOUNDERS} are few for frequencies`,
        );
      const f = inbreeding(autosomal);
      const path = `${values.out}.het`;
      const columns = [
        ...sampleColumns(cohort.fileset.samples, cohort.personIndices),
        integerColumn(
          'O(HOM)',
          present.map((all, i) => all - heterozygous[i]),
        ),
        numberColumn('E(HOM)', (row) => expectedHomozygous[row]),
        integerColumn('OBS_CT', present),
        numberColumn('F', (row) => f[row]),
      ];
      await writePlinkTable(path, columns, f.length);
      const { mean, sd } = meanAndDeviation(f);
      const far = outliers(f, DEVIATIONS);
      const { samples } = cohort.fileset;
      const named = far.map((row) => {
        const i = cohort.personIndices[row];
        return { fid: samples.familyId[i], iid: samples.individualId[i], f: f[row] };
      });
      const known = Number.isFinite(mean);
      return {
        files: [path],
        text: known
          ? `F over ${formatCount(autosomal.variants)} variants: mean ${significant(mean, 3)}, standard deviation ${significant(sd, 3)}; ` +
            `${formatCount(far.length)} of ${formatCount(f.length)} people are more than ${DEVIATIONS} standard deviations from the mean (named in the .json)`
          : 'no autosomal variant varies: F is not known (nan)',
        summary: {
          variants: autosomal.variants,
          mean: known ? mean : null,
          sd: Number.isFinite(sd) ? sd : null,
          outliers: named,
        },
      };
    });
  },
});
