import { createDesign } from '../../association/design.js';
import {
  type MatrixFileFlags,
  openMatrixFiles,
  readRelatedPeople,
} from '../../cohort/relationship-matrices.js';
import { HeredityError } from '../../errors.js';
import { formatBytes, formatEstimate } from '../../estimate/number.js';
import { type PairEstimate, type PairRegression, pairRegressions } from '../../estimators/he/pairs.js';
import { writeOutput } from '../../formats/output.js';
import { relationshipBytes } from '../../relatedness/grm.js';
import { lossReport } from '../../report/losses.js';
import { type Column, textTable, tsv } from '../../report/table.js';
import { writeChart } from '../../report/write-chart.js';
import type { RecordedRun } from '../../run.js';

/** Haseman-Elston regression over pairs of people, from relationship matrices on file. */
export async function runHeFromGrm(flags: MatrixFileFlags, context: RecordedRun): Promise<void> {
  const { log, provenance } = context;
  if (flags.plan) {
    const { files, mask, traits } = await openMatrixFiles(flags, context);
    const bytes = formatBytes(files.length * relationshipBytes(mask.count, false));
    log.result(
      `${mask.count} people, ${traits.length} traits, ${files.length} matrices: one pass over the pairs\nMemory: about ${bytes}.`,
    );
    return;
  }
  const related = await readRelatedPeople(flags, context);
  try {
    const { traits, covariates, matrices, people } = related;
    createDesign(traits, covariates, people); // refuses constant traits
    const names = matrices.map(({ name }) => name);
    const estimates = pairRegressions(
      matrices.map(({ matrix }) => matrix),
      traits.map(({ values }) => values),
      covariates.map(({ values }) => values),
    );
    const rows = traits.flatMap(({ name }, t) => rowsOf(name, estimates[t], names));
    const record = await provenance.finish();
    if (record.samples) log.result(`${lossReport('samples', record.samples)}\n`);
    log.result(textTable(TABLE, rows));
    const json = {
      schema: 'heredity/he-grm@1',
      method: 'HE over pairs',
      matrices: names,
      traits: traits.map(({ name, kind }, t) => ({ name, kind, ...estimates[t] })),
      samples: record.samples,
      provenance: record,
    };
    await writeOutput(`${flags.out}.he.json`, `${JSON.stringify(json, null, 1)}\n`);
    await writeOutput(`${flags.out}.he.tsv`, tsv(TSV, rows));
    await writePictures(flags.out, rows);
    log.result(`\nWritten: ${flags.out}.he.json, .he.tsv, .he.svg, .he.png, .log`);
  } finally {
    await related.close();
  }
}

interface Row {
  readonly trait: string;
  readonly regression: 'HE-CP' | 'HE-SD';
  readonly coefficient: string;
  readonly n: number;
  readonly value: PairRegression['intercept'];
}

/** @throws HeredityError `degenerate-data` where the matrices cannot be told apart. */
function rowsOf(trait: string, estimate: PairEstimate | undefined, names: readonly string[]): Row[] {
  if (!estimate)
    throw new HeredityError(
      'degenerate-data',
      `${trait}: the relationships do not tell the components apart`,
      {
        value: names.join(', '),
        expected: 'matrices that vary between pairs, none a multiple of another',
        fix: 'leave one of them out of --mgrm',
      },
    );
  const kinds = [
    ['HE-CP', estimate.crossProduct],
    ['HE-SD', estimate.squaredDifference],
  ] as const;
  return kinds.flatMap(([regression, { intercept, components, total }]) =>
    [
      { coefficient: 'intercept', value: intercept },
      ...components.map((value, k) => ({ coefficient: names[k], value })),
      ...(components.length > 1 ? [{ coefficient: 'total', value: total }] : []),
    ].map((row) => ({ trait, regression, n: estimate.n, ...row })),
  );
}

const TABLE: readonly Column<Row>[] = [
  { name: 'trait', value: ({ trait }) => trait },
  { name: 'regression', value: ({ regression }) => regression },
  { name: 'coefficient', value: ({ coefficient }) => coefficient },
  {
    name: 'estimate',
    header: 'estimate (jackknife SE)',
    value: ({ value }) => formatEstimate(value.estimate, value.jackknifeSe),
  },
  { name: 'ols', header: 'OLS SE', value: ({ value }) => value.olsSe },
];

const TSV: readonly Column<Row>[] = [
  { name: 'trait', value: ({ trait }) => trait },
  { name: 'n', value: ({ n }) => n },
  { name: 'regression', value: ({ regression }) => regression },
  { name: 'coefficient', value: ({ coefficient }) => coefficient },
  { name: 'estimate', value: ({ value }) => value.estimate },
  { name: 'se_ols', value: ({ value }) => value.olsSe },
  { name: 'se_jackknife', value: ({ value }) => value.jackknifeSe },
  { name: 'p_ols', value: ({ value }) => value.olsP },
  { name: 'p_jackknife', value: ({ value }) => value.jackknifeP },
];

async function writePictures(out: string, rows: readonly Row[]): Promise<void> {
  const { forestPlot } = await import('../../report/chart.js');
  const svg = forestPlot({
    rows: rows
      .filter(({ coefficient }) => coefficient !== 'intercept')
      .map(({ trait, regression, coefficient, value }) => ({
        label: `${trait} ${regression} ${coefficient}`,
        estimate: value.estimate,
        se: value.jackknifeSe,
      })),
    title: 'SNP-heritability (Haseman-Elston, jackknife errors)',
    xLabel: 'h², share of variance',
  });
  await writeChart(`${out}.he`, svg);
}
