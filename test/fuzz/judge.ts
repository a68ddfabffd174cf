import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { allCommands } from '../../src/cli/commands.js';
import { outputNames } from '../../src/cli/output-names.js';
import type { RunEnd } from './runner.js';

/** A run on small inputs that computes for longer has no bound on its work. */
const MOST_CPU_SECONDS = 10;
/** Bytes of a message; HeredityError bounds it at 10,000 characters. */
const LONGEST_ERROR = 12_000;

const schemas = new Map<string, ValidateFunction>();
const ajv = new Ajv2020({ allErrors: false, allowUnionTypes: true });
const readSchema = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url), 'utf8'));
for (const name of ['provenance', 'pictures']) ajv.addSchema(readSchema(name));

/** Everything below a folder, hidden names too. */
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

/**
 * What is wrong with how a run ended: it must have succeeded, with results that are whole, or have said in one line why not
 * and left nothing.
 * @param out folder of the outputs, empty before the run, whose prefix is `run` in it.
 * @param given all that was given to the run: a word that it holds may come again in its outputs.
 */
export async function judge(
  end: RunEnd,
  command: string,
  out: string,
  given: string,
): Promise<string | undefined> {
  if (end.lost !== undefined) return `lost: ${end.lost}`;
  const { exitCode, stderr, stdout } = end;
  const internal = INTERNAL.exec(stderr);
  if (exitCode === 70 || (internal && !given.includes(internal[0])))
    return `a bug of ours: ${stderr.slice(-1500)}`;
  const text = stdout + stderr;
  const control = CONTROL.exec(text);
  if (control) return `a control character on the terminal: ${JSON.stringify(around(text, control.index))}`;
  if (end.cpuSeconds > MOST_CPU_SECONDS) return `slow: ${end.cpuSeconds.toFixed(1)} s of computing`;
  const written = filesBelow(out);
  if (exitCode === 0) {
    const stranger = await undocumented(command, written);
    if (stranger) return `an output that the documentation does not name: ${stranger}`;
    return judgeOutputs(out, written, given) ?? oddNumber('stdout', stdout, given);
  }
  if (exitCode < 2 || exitCode > 6) return `exit code ${exitCode}`;
  const errors = stderr.split('\n').filter((line) => line.startsWith('error: '));
  if (errors.length !== 1 || !stderr.trimEnd().endsWith(errors[0]))
    return `not one error line: ${stderr.slice(-1500)}`;
  if (errors[0].length > LONGEST_ERROR) return `an error of ${errors[0].length} characters`;
  if (written.length > 0) return `outputs are left: ${written.join(', ')}`;
  return undefined;
}

const INTERNAL =
  /\bat .+:\d+:\d+\)?\n|\[object |TypeError|RangeError|ReferenceError|internal error|node:internal/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
/** How JavaScript writes what is no number. */
const NO_NUMBER = /(?<![\w.-])-?(NaN|Infinity|undefined)(?![\w-])/;

const around = (text: string, at: number): string => text.slice(Math.max(0, at - 60), at + 60);

/** An output that the command's `outputs` do not name. */
async function undocumented(command: string, written: readonly string[]): Promise<string | undefined> {
  const names = outputNames(
    await allCommands()
      .find(({ name }) => name === command)!
      .load(),
  );
  return written.find((name) => {
    const rest = name.replace(/^run/, '');
    return !rest.startsWith('/') && rest !== '' && !names.some((pattern) => pattern.test(rest));
  });
}

function judgeOutputs(out: string, written: readonly string[], given: string): string | undefined {
  for (const name of written) {
    if (/(^|\/)\.|unfinished|\.tmp$|\.lock$/.test(name)) return `left behind: ${name}`;
    if (/\.(bed|pgen|bin|png)$/.test(name) || !/\.[a-z]\w*$/i.test(name)) continue;
    const bytes = readFileSync(join(out, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    const fault = name.endsWith('.json') ? judgeJson(text) : oddNumber(name, text, given);
    if (fault) return `${name}: ${fault}`;
  }
  return undefined;
}

function judgeJson(text: string): string | undefined {
  const document = JSON.parse(text) as { schema?: string };
  const name = /^heredity\/(.*)@\d+$/.exec(document.schema ?? '')?.[1];
  if (name === undefined || name === 'ld-factor') return undefined;
  let validate = schemas.get(name);
  if (!validate) schemas.set(name, (validate = ajv.compile(readSchema(name))));
  if (validate(document)) return undefined;
  return `not as the schema ${name} says: ${ajv.errorsText(validate.errors).slice(0, 500)}`;
}

/** A number that is none, unless the input has the very word. */
function oddNumber(name: string, text: string, given: string): string | undefined {
  const found = NO_NUMBER.exec(text);
  if (!found || given.includes(found[1])) return undefined;
  return `${found[0]} in ${name}: ${JSON.stringify(around(text, found.index))}`;
}
