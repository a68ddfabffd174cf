import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Runner } from './runner.js';
import { SCENARIOS } from './scenarios.js';
import { type Failure, kindOf, makeTrial, minimised, report, runTrial, type World } from './trial.js';
import { derivedFiles, inputFiles } from './world.js';

export interface CampaignOptions {
  /** @default 1 */
  readonly seed?: number;
  /** Only this command, such as `munge` or `ld scores`. @default all */
  readonly command?: string;
  /** @default no end */
  readonly minutes?: number;
  /** @default no end */
  readonly trials?: number;
  /** Number of the first trial. @default 0 */
  readonly from?: number;
  /** Told of failures as they come, and of how far it is. */
  readonly say?: (text: string) => void;
}

export interface CampaignEnd {
  readonly trials: number;
  /** Trials by exit code. */
  readonly endings: ReadonlyMap<number, number>;
  /** One of each kind, made small, as a reader can run it again. */
  readonly failures: readonly string[];
}

/** Runs every scenario as it is, and then again and again with changed inputs. */
export async function campaign(options: CampaignOptions): Promise<CampaignEnd> {
  const folder = mkdtempSync(join(tmpdir(), 'heredity-fuzz-'));
  const runner = new Runner();
  try {
    const inputs = inputFiles();
    const world = { ...inputs, ...(await derivedFiles(join(folder, 'world'), inputs, runner)) };
    return await trialsOf(options, world, folder, runner);
  } finally {
    await runner.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function trialsOf(
  {
    seed = 1,
    command,
    minutes,
    trials = Number.POSITIVE_INFINITY,
    from = 0,
    say = () => {},
  }: CampaignOptions,
  world: World,
  folder: string,
  runner: Runner,
): Promise<CampaignEnd> {
  const scenarios = SCENARIOS.filter((scenario) => command === undefined || scenario.command === command);
  if (scenarios.length === 0) throw new Error(`no scenario has the command ${command}`);
  const end = minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + minutes * 60_000;
  const failures = new Map<string, { failure: Failure; times: number }>();
  const endings = new Map<number, number>();
  let said = Date.now();
  let number = from;
  const note = async (failure: Failure) => {
    const kind = `${failure.trial.scenario.command}: ${kindOf(failure.fault)}`;
    const known = failures.get(kind);
    if (known) return void known.times++;
    const small = await minimised(failure, world, folder, runner);
    failures.set(kind, { failure: small, times: 1 });
    say(report(small));
  };

  for (const scenario of scenarios) {
    const trial = {
      scenario,
      seed,
      number: -1,
      words: scenario.words,
      changed: {},
      changes: ['nothing changed'],
    };
    const { fault, exitCode, message } = await runTrial(trial, world, folder, runner);
    if (fault !== undefined || exitCode !== 0) await note({ trial, fault: fault ?? message });
  }
  for (; number < from + trials && Date.now() < end; number++) {
    const trial = makeTrial(world, scenarios, seed, number);
    const { fault, exitCode } = await runTrial(trial, world, folder, runner);
    endings.set(exitCode, (endings.get(exitCode) ?? 0) + 1);
    if (fault !== undefined) await note({ trial, fault });
    if (Date.now() - said < 60_000) continue;
    said = Date.now();
    say(`${number - from + 1} trials, ${failures.size} kinds of failure`);
  }
  return {
    trials: number - from,
    endings,
    failures: [...failures.values()].map(({ failure, times }) => `${times} times: ${report(failure)}`),
  };
}
