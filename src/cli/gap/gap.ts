import { writeOutput } from '../../formats/output.js';
import type { GapModelName } from '../../gap/catalogue.js';
import {
  evaluateCurve,
  evaluateModel,
  type GapModel,
  type Input,
  type ModelResult,
} from '../../gap/model.js';
import { GAP_MODELS } from '../../gap/models.js';
import { boolean, defineFlags, type FlagSet, string } from '../../options/flags.js';
import { modelChart } from '../../report/model-chart.js';
import { type Cell, type Column, textTable, tsv } from '../../report/table.js';
import { writeChart } from '../../report/write-chart.js';
import { type Command, defineCommand } from '../command.js';
import { inputFlags, readInputs, typedName } from './gap-flags.js';

/** Flags that every gap command has besides its inputs. */
export const gapOutputFlags = defineFlags({
  json: boolean('print JSON instead of tables', { heading: 'Output' }),
  out: string('prefix of files to write: JSON, TSV, SVG, PNG and the log', {
    heading: 'Output',
    placeholder: 'prefix',
    defaultText: 'no files',
  }),
  quiet: boolean('print only results, warnings and errors', { heading: 'Output' }),
});

/** The command of one model, made from its description. */
export function gapCommand(name: GapModelName): Command<FlagSet> {
  const model = GAP_MODELS.find((one) => one.name === name)!;
  const { over } = model.curve;
  return defineCommand<FlagSet>({
    description: model.description,
    flags: defineFlags({ ...inputFlags(model), ...gapOutputFlags }),
    examples: [
      { line: `heredity gap ${name}`, what: 'the worked example' },
      {
        line: `heredity gap ${name} --json --out ${name}`,
        what: `as JSON, with the curve over --${typedName(over)} as a picture`,
      },
    ],
    outputs: [
      { file: '<out>.gap.json', what: 'inputs, outputs with units, curve, provenance' },
      { file: '<out>.gap.tsv', what: 'the outputs, one a row' },
      { file: '<out>.gap.svg', what: `the curve over --${typedName(over)}; also .png` },
      { file: `<out>.gap-${name}.log`, what: 'what was printed' },
    ],
    async run(flags, { log, provenance }) {
      const { json, out } = flags as { readonly json: boolean; readonly out: string | undefined };
      const { values, result, warnings } = evaluateModel(
        model,
        await readInputs(model, flags, (file) => provenance.input(file)),
      );
      const points = out === undefined && !json ? [] : evaluateCurve(model, values);
      const document = {
        schema: 'heredity/gap@1',
        method: `gap ${name}`,
        source: model.source,
        inputs: values,
        outputs: result.values,
        units: Object.fromEntries(Object.entries(model.outputs).map(([key, { unit }]) => [key, unit])),
        rows: result.rows ?? [],
        curve: { over, points },
        warnings,
        provenance: await provenance.finish(),
      };
      const text = `${JSON.stringify(document, null, 1)}\n`;
      for (const warning of warnings) log.warn(warning);
      log.result(json ? text : modelTables(model, values, result));
      if (out === undefined) return;
      await writeOutput(`${out}.gap.json`, text);
      await writeOutput(`${out}.gap.tsv`, tsv(OUTPUT_COLUMNS, outputRows(model, result)));
      const pictures = await writeChart(`${out}.gap`, await modelChart(model, values, result.values, points));
      log.info(
        `Written: ${[`${out}.gap.json`, '.gap.tsv', ...pictures.map((end) => `.gap${end}`), '.log'].join(', ')}`,
      );
    },
  });
}

interface NamedValue {
  readonly name: string;
  readonly value: Cell;
  readonly unit: string;
  readonly meaning: string;
}

const VALUE_COLUMN: Column<NamedValue> = {
  name: 'value',
  value: ({ value }) => value,
  text: ({ value }) => (typeof value === 'number' ? numberText(value) : String(value)),
};

const OUTPUT_COLUMNS: readonly Column<NamedValue>[] = [
  { name: 'output', value: ({ name }) => name },
  VALUE_COLUMN,
  { name: 'unit', value: ({ unit }) => unit },
  { name: 'meaning', value: ({ meaning }) => meaning },
];

function outputRows(model: GapModel, { values }: ModelResult): NamedValue[] {
  return Object.entries(model.outputs).map(([name, { label, unit }]) => ({
    name,
    value: values[name],
    unit,
    meaning: label,
  }));
}

/** Inputs as they are typed, outputs, and the rows behind them. */
function modelTables(
  model: GapModel,
  values: Readonly<Record<string, unknown>>,
  result: ModelResult,
): string {
  const inputs = Object.entries(model.inputs).map(([name, input]) => ({
    name: `--${typedName(name)}`,
    value: inputCell(input, values[name]),
    unit: input.kind === 'number' ? input.unit : '',
    meaning: input.label,
  }));
  const tables = [
    textTable([{ ...OUTPUT_COLUMNS[0], name: 'input' }, ...OUTPUT_COLUMNS.slice(1)], inputs),
    textTable(OUTPUT_COLUMNS, outputRows(model, result)),
  ];
  if (result.rows) tables.push(textTable(rowColumns(result.rows), result.rows.slice(0, MOST_ROWS)));
  const more = (result.rows?.length ?? 0) - MOST_ROWS;
  return tables.join('\n\n') + (more > 0 ? `\n… and ${more} more rows with --json` : '');
}

/** Rows that are printed; JSON has them all. */
const MOST_ROWS = 20;

function inputCell(input: Input, value: unknown): Cell {
  return input.kind === 'table' ? `${(value as readonly unknown[]).length} rows` : (value as Cell);
}

type ResultRow = NonNullable<ModelResult['rows']>[number];

function rowColumns(rows: readonly ResultRow[]): Column<ResultRow>[] {
  return Object.keys(rows[0]).map((name) => ({
    name,
    value: (row) => row[name],
    text: (row) => (typeof row[name] === 'number' ? numberText(row[name]) : String(row[name])),
  }));
}

/** Seven significant digits, without trailing zeros. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(7)));
}
