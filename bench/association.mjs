import { readFileSync } from 'node:fs';
import { formatCount } from '../dist/estimate/number.js';
import { cohort } from './cohort.mjs';
import { alternate, heredity, medianOf, outputPrefix } from './measure.mjs';
import { plink2Version, runPlink2, THREADS } from './peers.mjs';
import { cost } from './report.mjs';

/** The columns that an association table cannot do without; plink2's own defaults are slower to write. */
const COLUMNS = 'cols=chrom,pos,ref,alt,nobs,beta,se,tz,p';

/** Values compared with plink2's, which prints six digits: one unit of the last may differ. */
const COMPARED = ['BETA', 'SE', 'T_STAT', 'P'];
const SIX_DIGITS = 2e-5;

/** @type {import('./benchmarks.mjs').Benchmark} */
export const association = {
  name: 'association',
  title: 'association with 20 covariates beside plink2 --glm, whole processes on all cores',
  sizes: {
    full: { samples: 50_000, variants: 80_000, chromosomes: 2, traits: 10, covariates: 20, repeats: 3 },
    quick: { samples: 20_000, variants: 10_000, chromosomes: 2, traits: 10, covariates: 20, repeats: 1 },
  },
  work: ({ samples, variants, traits, covariates }) => ({
    'genotypes of all traits': samples * variants * traits,
    covariates,
  }),
  async run(size, { note }) {
    const made = await cohort(size);
    const hasPlink = plink2Version() !== undefined;
    if (!hasPlink) note('plink2 --glm skipped: plink2 is not on the PATH.');
    const rows = [];
    for (const [traits, goal] of [
      [1, 1],
      [size.traits, 3],
    ]) {
      const names = Object.keys(made.realised).slice(0, traits);
      const words = [
        '--bfile',
        made.prefix,
        '--pheno',
        made.traits,
        '--pheno-name',
        names.join(),
        '--covar',
        made.covariates,
      ];
      const contenders = [
        () => heredity('assoc', ...words, '--out', outputPrefix('assoc')),
        () => hasPlink && runPlink(words),
      ];
      const [ours, theirs] = await alternate(contenders, size.repeats);
      const tables = names.map((name) => readTable(outputPrefix(`assoc.${name}.glm.linear`)));
      for (const table of tables)
        if (table.rows.length !== size.variants)
          throw new Error(`${table.rows.length} results instead of ${size.variants}`);
      if (hasPlink)
        for (const [k, name] of names.entries())
          compareTables(tables[k], readTable(outputPrefix(`plink2.${name}.glm.linear`)));
      const what = traits === 1 ? '1 trait' : `${traits} traits`;
      rows.push(
        cost(
          `${what}, wall time`,
          medianOf(ours, 'seconds'),
          's',
          hasPlink && { name: 'plink2', value: medianOf(theirs, 'seconds') },
          goal,
        ),
      );
      if (ours[0].cpuSeconds !== undefined) {
        rows.push(
          cost(
            `${what}, processor time`,
            medianOf(ours, 'cpuSeconds'),
            's',
            hasPlink && { name: 'plink2', value: medianOf(theirs, 'cpuSeconds') },
          ),
        );
      }
    }
    note(
      `${formatCount(size.samples)} people, ${formatCount(size.variants)} variants, ${size.covariates} covariates, medians of ${size.repeats} alternating repeats. Ours writes an LDSC .sumstats.gz for each trait besides.`,
    );
    if (hasPlink)
      note(
        `plink2 --glm hide-covar ${COLUMNS} --threads ${THREADS}, from the same .bed (a .pgen was no faster); ${COMPARED.join(', ')} of every variant and trait agree to the digits printed.`,
      );
    return rows;
  },
};

const runPlink = (words) =>
  runPlink2(...words, '--glm', 'hide-covar', COLUMNS, '--out', outputPrefix('plink2'));

function readTable(path) {
  const [header, ...rows] = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  return { header, rows };
}

/** @throws where two association tables differ in variants, effect alleles or digits. */
function compareTables(ours, theirs) {
  const columnsOf = ({ header }, names) => names.map((name) => header.indexOf(name));
  const [same, sameTheirs] = [ours, theirs].map((table) => columnsOf(table, ['ID', 'A1', 'OBS_CT']));
  const [values, valuesTheirs] = [ours, theirs].map((table) => columnsOf(table, COMPARED));
  if (ours.rows.length !== theirs.rows.length)
    throw new Error(`${ours.rows.length} results here and ${theirs.rows.length} there`);
  for (const [k, row] of ours.rows.entries()) {
    const other = theirs.rows[k];
    const isSame = same.every((column, i) => row[column] === other[sameTheirs[i]]);
    const isClose = values.every(
      (column, i) =>
        Math.abs(row[column] - other[valuesTheirs[i]]) <= SIX_DIGITS * Math.abs(other[valuesTheirs[i]]),
    );
    if (!isSame || !isClose)
      throw new Error(`association tables differ:\n${row.join('\t')}\n${other.join('\t')}`);
  }
}
