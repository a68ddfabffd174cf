import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from './judge.js';
import { mutate, NASTY_FIELDS } from './mutations.js';
import { Random } from './random.js';
import type { Runner } from './runner.js';
import { SCENARIOS, type Scenario } from './scenarios.js';
import { writeInput } from './world.js';

/** One run on changed inputs; seed and number say what is changed. */
export interface Trial {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly number: number;
  readonly words: readonly string[];
  /** The inputs that were changed. */
  readonly changed: Readonly<Record<string, Buffer>>;
  /** What was done. */
  readonly changes: readonly string[];
}

export interface Failure {
  readonly trial: Trial;
  readonly fault: string;
}

export type World = Readonly<Record<string, Buffer>>;

/** The trial of a seed and a number; the scenarios take turns. */
export function makeTrial(world: World, scenarios: readonly Scenario[], seed: number, number: number): Trial {
  const scenario = scenarios[number % scenarios.length];
  const random = new Random(seed * 1_000_003 + number * 7919 + SCENARIOS.indexOf(scenario));
  const changed: Record<string, Buffer> = {};
  const changes: string[] = [];
  let words = scenario.words;
  const count = random.chance(0.8) ? 1 : random.chance(0.7) ? 2 : 3;
  for (let k = 0; k < count; k++) {
    const name = random.pick(scenario.files);
    const { what, bytes } = mutate(name, changed[name] ?? world[name], random);
    changed[name] = bytes;
    changes.push(`${name}: ${what}`);
  }
  if (random.chance(0.06)) {
    const places = words.flatMap((word, i) =>
      i > 0 && words[i - 1].startsWith('--') && !word.includes('{}') ? [i] : [],
    );
    if (places.length > 0) {
      const at = random.pick(places);
      const value = random.pick(NASTY_FIELDS.filter((field) => !field.includes('\u0000')));
      words = words.map((word, i) => (i === at ? value : word));
      changes.push(`${words[at - 1]}: ${JSON.stringify(value.slice(0, 40))}`);
    }
  }
  return { scenario, seed, number, words, changed, changes };
}

/** Runs a trial in a folder; returns what is wrong with its end. */
export async function runTrial(
  trial: Pick<Trial, 'scenario' | 'words' | 'changed'>,
  world: World,
  folder: string,
  runner: Runner,
): Promise<{ fault: string | undefined; exitCode: number; message: string }> {
  const [inputs, out] = [join(folder, 'in'), join(folder, 'out')];
  for (const path of [inputs, out]) {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
  }
  const contents: Record<string, Buffer> = {};
  for (const name of trial.scenario.files) {
    const content = trial.changed[name] ?? world[name];
    if (content === undefined) throw new Error(`no command has written the input ${name}`);
    contents[name] = content;
    writeInput(inputs, name, content);
  }
  const words = [
    ...trial.words.map((word) => word.replaceAll('{}', inputs)),
    '--out',
    join(out, 'run'),
    '--quiet',
  ];
  if (!NO_THREADS.test(trial.scenario.command)) words.push('--threads', '1');
  const end = await runner.run(words);
  const given = [...Object.values(contents).map((bytes) => bytes.toString('latin1')), ...trial.words].join(
    '\n',
  );
  const fault =
    (await judge(end, trial.scenario.command, out, given)) ??
    changedInput(inputs, trial.scenario.files, contents);
  return { fault, exitCode: end.exitCode, message: end.stderr };
}

const NO_THREADS = /^(twin|gap|munge|study compare-paper|report|table)/;

/** A run leaves its inputs as they are, and nothing beside them. */
function changedInput(
  folder: string,
  names: readonly string[],
  contents: Readonly<Record<string, Buffer>>,
): string | undefined {
  const there = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const strangers = there.filter((name) => !names.includes(name) && name !== 'factor');
  if (strangers.length > 0) return `written beside the inputs: ${strangers.join(', ')}`;
  const touched = names.find(
    (name) => !/txt$|ldcts$/.test(name) && !readFileSync(join(folder, name)).equals(contents[name]),
  );
  return touched === undefined ? undefined : `the input ${touched} was changed`;
}

/** What two faults of one kind have in common. */
export const kindOf = (fault: string): string =>
  fault
    .replace(/\d+/g, '0')
    .replace(/"[^"]*"/g, '""')
    .slice(0, 160);

/** The same failure with fewer changes and fewer lines. */
export async function minimised(
  failure: Failure,
  world: World,
  folder: string,
  runner: Runner,
): Promise<Failure> {
  const kind = kindOf(failure.fault);
  const { scenario, words } = failure.trial;
  let changed: Record<string, Buffer> = { ...failure.trial.changed };
  let tries = failure.fault.startsWith('lost') || failure.fault.startsWith('slow') ? 6 : 80;
  const fails = async (candidate: Record<string, Buffer>) => {
    if (tries-- <= 0) return false;
    const { fault } = await runTrial({ scenario, words, changed: candidate }, world, folder, runner);
    return fault !== undefined && kindOf(fault) === kind;
  };
  for (const name of Object.keys(changed)) {
    const { [name]: _, ...others } = changed;
    if (await fails(others)) changed = others;
  }
  for (const name of Object.keys(changed)) {
    let lines = changed[name].toString('latin1').split('\n');
    if (lines.length < 2) continue;
    for (let size = Math.ceil(lines.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < lines.length && tries > 0; ) {
        const fewer = [...lines.slice(0, at), ...lines.slice(at + size)];
        if (await fails({ ...changed, [name]: Buffer.from(fewer.join('\n'), 'latin1') })) lines = fewer;
        else at += size;
      }
    }
    changed[name] = Buffer.from(lines.join('\n'), 'latin1');
  }
  return { ...failure, trial: { ...failure.trial, changed } };
}

/** What a reader needs to run it again. */
export function report({ trial, fault }: Failure): string {
  const files = Object.entries(trial.changed).map(([name, bytes]) => {
    const text = JSON.stringify(bytes.toString('latin1'));
    return `    ${name} (${bytes.length} bytes): ${text.length > 1500 ? `${text.slice(0, 1500)} …` : text}`;
  });
  return [
    `seed ${trial.seed}, trial ${trial.number}: heredity ${trial.words.join(' ').slice(0, 1000)}`,
    `  ${trial.changes.join('; ')}`,
    ...files,
    `  ${fault}`,
  ].join('\n');
}
