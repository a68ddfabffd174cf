import { formatEstimate } from '../../estimate/number.js';
import { writeOutput } from '../../formats/output.js';
import { type MeasuredDominance, readMeasuredDominance } from '../../gap/measured-dominance.js';
import { nonAdditive } from '../../gap/non-additive.js';
import { defineFlags, type FlagSet, type FlagValues, path, string } from '../../options/flags.js';
import { type Column, textTable, tsv } from '../../report/table.js';
import type { RecordedRun } from '../../run.js';
import { type Command, defineCommand } from '../command.js';
import { GIVEN, keys } from '../modes.js';
import { gapCommand, gapOutputFlags } from './gap.js';

const MEASURED = { heading: 'From a cohort' } as const;

const measuredFlags = defineFlags({
  result: path('a result of reml, he or gre with --dominance, in place of two loci', MEASURED),
  snpTrait: string('trait of that result', {
    ...MEASURED,
    defaultText: 'its only trait',
    goesWith: ['result'],
  }),
  snpMethod: string('method of that result, where it has several', {
    ...MEASURED,
    defaultText: 'its only method',
    goesWith: ['result'],
  }),
});
const resultOnly = { ...measuredFlags, ...gapOutputFlags };
type ResultFlags = FlagValues<typeof resultOnly>;

const ASSUMED =
  'dominance is that of the variants of the result, and there are no interactions: variants that are not typed, and epistasis, add to what twins have';

const model = gapCommand('non-additive');

/** The model of two loci, or the same numbers as a cohort shows them. */
export const gapNonAdditive: Command<FlagSet> = defineCommand<FlagSet>({
  ...model,
  description: `${model.description} With --result the numbers are those that a cohort shows (reml, he or gre with --dominance), with their errors.`,
  flags: { ...measuredFlags, ...model.flags },
  examples: [
    ...model.examples,
    {
      line: 'heredity gap non-additive --result height.he.json',
      what: 'from the dominance of the variants in a cohort',
    },
  ],
  modes: [
    { when: { result: GIVEN }, flags: keys(resultOnly) },
    { when: {}, flags: keys(model.flags) },
  ],
  run: (flags, run) =>
    flags.result === undefined ? model.run(flags, run) : fromResult(flags as unknown as ResultFlags, run),
});

async function fromResult(
  { result, snpTrait, snpMethod, json, out }: ResultFlags,
  run: RecordedRun,
): Promise<void> {
  const { log, provenance } = run;
  const found = await readMeasuredDominance(result!, { trait: snpTrait, method: snpMethod }, run);
  const rows = rowsOf(found);
  const document = {
    schema: 'heredity/gap@1',
    method: 'gap non-additive',
    source: nonAdditive.source,
    inputs: { result: result!, trait: found.trait, method: found.method },
    outputs: Object.fromEntries(rows.map(({ output, value }) => [output, value])),
    units: Object.fromEntries(rows.map(({ output, unit }) => [output, unit])),
    rows: rows.map(({ output, value, se }) => ({ output, value, se })),
    curve: { over: nonAdditive.curve.over, points: [] },
    warnings: [ASSUMED],
    provenance: await provenance.finish(),
  };
  const text = `${JSON.stringify(document, null, 1)}\n`;
  log.warn(ASSUMED);
  log.result(json ? text : `${found.trait}, ${found.method}\n${textTable(SHOWN, rows)}`);
  if (out === undefined) return;
  await writeOutput(`${out}.gap.json`, text);
  await writeOutput(`${out}.gap.tsv`, tsv(COLUMNS, rows));
  log.info(`Written: ${out}.gap.json, .gap.tsv, .log`);
}

interface Row {
  readonly output: string;
  readonly value: number;
  readonly se: number;
  readonly unit: string;
  readonly meaning: string;
}

function rowsOf({ values }: MeasuredDominance): Row[] {
  return Object.entries(values).map(([output, { value, se }]) => {
    const { unit, label } = nonAdditive.outputs[output as keyof typeof values];
    return { output, value, se, unit, meaning: label };
  });
}

const [OUTPUT, VALUE, SE, UNIT, MEANING]: readonly Column<Row>[] = [
  { name: 'output', value: ({ output }) => output },
  { name: 'value', value: ({ value }) => value },
  { name: 'se', value: ({ se }) => se },
  { name: 'unit', value: ({ unit }) => unit },
  { name: 'meaning', value: ({ meaning }) => meaning },
];
const COLUMNS = [OUTPUT, VALUE, SE, UNIT, MEANING];
const SHOWN: readonly Column<Row>[] = [
  OUTPUT,
  { name: 'value', header: 'value (SE)', value: ({ value, se }) => formatEstimate(value, se) },
  UNIT,
  MEANING,
];
