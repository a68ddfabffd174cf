import type { TraitColumns } from '../cohort/trait-columns.js';
import { HeredityError } from '../errors.js';
import type { SampleTable } from '../formats/fam.js';
import { inputText } from '../formats/input.js';
import { apartFromRun } from '../formats/output.js';
import { writePhenotypes } from '../formats/write-phenotypes.js';
import { host, type Programs } from '../host/host.js';
import type { RunContext } from '../run.js';
import type { Evaluation, StudyEstimator } from './estimator.js';

/** A program that a user has installed, as an estimator of a study. */
interface ExternalProgram {
  readonly name: string;
  /** Shell command with {bfile}, {pheno}, {column} (number of the trait, from 1), {trait} (its name) and {out}. */
  readonly command: string;
  /** File that holds the answer, such as `{out}.hsq`; what the command prints where it is left out. */
  readonly result?: string;
  /** Regular expression with the groups `h2` and, if there is one, `se`. */
  readonly pattern: RegExp;
}

/** What an estimator that reads files needs to know of the study. */
export interface ExternalContext {
  readonly bfile: string;
  readonly samples: SampleTable;
  readonly signal: AbortSignal;
}

/**
 * Estimators that run programs of the user, from a JSON file: a list of objects with `name`, `command`, `pattern` and,
 * if wanted, `result`. The command runs once a trait; the phenotype file has FID, IID and a column a trait.
 * @throws HeredityError `bad-input` where the file does not say what it should; on evaluation where no trait of a cell gets an answer.
 */
export async function externalEstimators(file: string, context: ExternalContext): Promise<StudyEstimator[]> {
  const { programs } = host();
  if (programs === undefined)
    throw new HeredityError('usage', 'a browser runs no other programs', {
      file,
      fix: 'use the command line',
    });
  return readPrograms(file, await inputText(file)).map((program) => ({
    name: program.name,
    title: program.name,
    prepare: async (data) => ({
      evaluate: (traits, run) => evaluate(program, programs, traits, data.genotypes.people, context, run),
    }),
  }));
}

/** Estimates are kept and written by name. */
const NAME = /^[A-Za-z0-9][\w.+-]{0,99}$/;

function readPrograms(file: string, text: string): ExternalProgram[] {
  const expected =
    '[{"name": "gcta", "command": "gcta64 --grm g --pheno {pheno} --mpheno {column} --reml --out {out}", "result": "{out}.hsq", "pattern": "V\\\\(G\\\\)/Vp\\\\s+(?<h2>\\\\S+)\\\\s+(?<se>\\\\S+)"}]';
  const wrong = (problem: string, cause?: unknown) =>
    new HeredityError('bad-input', problem, { file, expected, cause });
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (cause) {
    throw wrong('this is not JSON', cause);
  }
  if (!Array.isArray(list) || list.length === 0) throw wrong('this is not a list of programs');
  return list.map((entry: Record<string, unknown>, k) => {
    const isText = (key: string) => typeof entry?.[key] === 'string' && entry[key] !== '';
    for (const key of ['name', 'command', 'pattern'])
      if (!isText(key)) throw wrong(`program ${k + 1} has no ${key}`);
    if (!NAME.test(entry.name as string))
      throw new HeredityError('bad-input', `the name of program ${k + 1} cannot stand in a table`, {
        file,
        value: entry.name as string,
        expected: 'letters, digits and . + - _, beginning with a letter or digit',
      });
    let pattern: RegExp;
    try {
      pattern = new RegExp(entry.pattern as string);
    } catch (cause) {
      throw wrong(`the pattern of program ${k + 1} is not a regular expression`, cause);
    }
    if (!pattern.source.includes('(?<h2>')) throw wrong(`the pattern of program ${k + 1} has no group h2`);
    const program = { name: entry.name as string, command: entry.command as string, pattern };
    return isText('result') ? { ...program, result: entry.result as string } : program;
  });
}

async function evaluate(
  program: ExternalProgram,
  programs: Programs,
  traits: TraitColumns,
  people: Int32Array,
  { bfile, samples, signal }: ExternalContext,
  { progress }: RunContext,
): Promise<Evaluation[]> {
  const folder = await programs.temporaryFolder();
  const inFolder = (name: string) => host().files.join(folder.path, name);
  try {
    const pheno = inFolder('traits.pheno');
    const columns = Array.from({ length: traits.columns }, (_, c) => ({
      name: `trait${c + 1}`,
      values: traits.trait(c),
    }));
    await apartFromRun(() => writePhenotypes(pheno, samples, people, columns));
    const evaluations: Evaluation[] = [];
    let problem = '';
    const phase = progress.phase(program.name, { total: columns.length });
    for (const [c, { name }] of columns.entries()) {
      const words = { bfile, pheno, column: String(c + 1), trait: name, out: inFolder(name) };
      const answer = await runOnce(program, programs, words, signal);
      if (typeof answer === 'string') problem ||= answer;
      evaluations.push(typeof answer === 'string' ? { h2: null, se: null } : answer);
      phase.advance();
    }
    phase.end();
    if (evaluations.every(({ h2 }) => h2 === null)) {
      throw new HeredityError('bad-input', `${program.name} gave no answer for any trait: ${problem}`, {
        fix: 'try its command by hand, and see that its pattern matches what it writes',
      });
    }
    return evaluations;
  } finally {
    await folder.remove();
  }
}

/** The answer for one trait, or what went wrong. */
async function runOnce(
  { command, result, pattern }: ExternalProgram,
  programs: Programs,
  words: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Evaluation | string> {
  const line = fill(command, words);
  let text: string;
  try {
    const printed = await programs.run(line, signal);
    text = result === undefined ? printed : await apartFromRun(() => inputText(fill(result, words)));
  } catch (error) {
    if (signal.aborted) throw new HeredityError('interrupted', 'stopped before the work was finished');
    return (error as Error).message.trim().split('\n').slice(0, 3).join(' ');
  }
  const groups = pattern.exec(text)?.groups;
  const h2 = Number(groups?.h2 ?? Number.NaN);
  if (!Number.isFinite(h2)) return `no match in ${result ?? 'what it printed'}`;
  const se = Number(groups?.se ?? Number.NaN);
  return { h2, se: Number.isFinite(se) ? se : null };
}

const fill = (template: string, words: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (whole, word: string) => (Object.hasOwn(words, word) ? words[word] : whole));
