import { HeredityError } from '../../errors.js';
import { type DelimitedTable, readDelimitedTable } from '../../formats/delimited-table.js';
import {
  type GapModel,
  type Input,
  type Inputs,
  inputFlagName,
  type NumberInput,
  rangeInWords,
  type TableColumns,
  type Values,
} from '../../gap/model.js';
import { parseUncertain } from '../../gap/uncertain.js';
import { choice, type Flag, type FlagSet, integer, number, path, string } from '../../options/flags.js';

const MODEL = { heading: 'Model' } as const;

/** Flags of a model's inputs, with their units, ranges and defaults. */
export function inputFlags(model: GapModel): FlagSet {
  return Object.fromEntries(Object.entries(model.inputs).map(([name, input]) => [name, inputFlag(input)]));
}

function inputFlag(input: Input): Flag<unknown> {
  if (input.kind === 'choice') return choice(input.label, input.words, { ...MODEL, default: input.default });
  if (input.kind === 'text') return string(input.label, { ...MODEL, default: input.default });
  if (input.kind === 'table') {
    const names = Object.keys(input.columns).join(', ');
    return path(`file of ${input.label}, with columns ${names}`, {
      ...MODEL,
      defaultText: 'the worked example',
    });
  }
  const options = {
    ...MODEL,
    ...(input.min > -Number.MAX_VALUE && { min: input.min }),
    ...(input.max < Number.MAX_SAFE_INTEGER && { max: input.max }),
    default: input.default,
  };
  return input.whole ? integer(numberHelp(input), options) : number(numberHelp(input), options);
}

/** What it is, its range and its unit. */
function numberHelp(input: NumberInput): string {
  const range = rangeInWords(input);
  const facts = [range === 'any number' ? '' : range, input.unit].filter((fact) => fact !== '');
  return facts.length === 0 ? input.label : `${input.label}: ${facts.join(', ')}`;
}

/**
 * Inputs of a model from the values of its flags: tables are read from their files, what was not given is left out.
 * @param onFile told of every file that is read
 */
export async function readInputs(
  model: GapModel,
  values: Readonly<Record<string, unknown>>,
  onFile: (path: string) => void,
): Promise<Partial<Values<Inputs>>> {
  const inputs: Record<string, unknown> = {};
  for (const [name, input] of Object.entries(model.inputs)) {
    const value = values[name];
    if (value === undefined) continue;
    if (input.kind === 'table') {
      onFile(value as string);
      inputs[name] = tableRows(await readDelimitedTable(value as string), input.columns);
    } else inputs[name] = value;
  }
  // Types were checked flag by flag, or are by the columns of the table.
  return inputs as Partial<Values<Inputs>>;
}

/** The rows of a file for a table input; a column with a default may be absent. */
function tableRows(table: DelimitedTable, columns: TableColumns): Record<string, string | number>[] {
  const values = Object.entries(columns).map(([name, column]) => {
    if (column.kind === 'text') return { name, values: table.texts(name) };
    if (!table.has(name) && column.default !== undefined) {
      return { name, values: new Float64Array(table.rowCount).fill(column.default) };
    }
    const numbers = table.numbers(name);
    const missing = numbers.findIndex(Number.isNaN);
    if (missing >= 0) throw table.error(missing, name, `${name} is missing`, { expected: column.label });
    return { name, values: numbers };
  });
  return Array.from({ length: table.rowCount }, (_, i) =>
    Object.fromEntries(values.map((column) => [column.name, column.values[i]])),
  );
}

/** The name of an input as it is typed, without the dashes. */
export function typedName(input: string): string {
  return inputFlagName(input).slice(2);
}

/**
 * Reads `key=value` inputs of a mechanism of the account, numbers as `value` or `value:se`.
 * @throws HeredityError `usage` for unknown inputs and values that are no numbers
 */
export function parseMechanismInputs(model: GapModel, words: readonly string[]) {
  return words.map((word) => {
    const at = word.indexOf('=');
    const [key, text] = [word.slice(0, at), word.slice(at + 1)];
    const name = Object.keys(model.inputs).find((input) => typedName(input) === key);
    if (at < 1 || name === undefined) {
      throw new HeredityError('usage', `${model.name} has no such input`, {
        value: word,
        expected: `${Object.keys(model.inputs).map(typedName).join('=, ')}= with a value`,
      });
    }
    const input = model.inputs[name];
    return {
      name,
      input,
      value: input.kind === 'number' ? parseUncertain(text, `${model.name} ${key}`) : text,
    };
  });
}
