import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLines, writeInputs } from './command-lines.js';

/** `npm run walk:kill` walks all commands, signals and ten moments; `npm test` some of them. */
const IS_WHOLE = process.env.HEREDITY_WALK === 'whole';
const MOMENTS = IS_WHOLE ? 10 : 2;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A run has this long to end; longer where other tests run beside it. */
const PATIENCE_MS = IS_WHOLE ? 3000 : 10_000;

const BIN = fileURLToPath(new URL('../../bin/heredity.cjs', import.meta.url));
const inputs = mkdtempSync(join(tmpdir(), 'heredity-kill-'));
afterAll(() => rmSync(inputs, { recursive: true }));

/** Of each kind one in `npm test`: products, dense algebra, text. */
const COMMANDS = commandLines(inputs).slice(0, IS_WHOLE ? undefined : 3);

beforeAll(() => writeInputs(inputs));

interface End {
  readonly exitCode: number | null;
  /** From the start of the process, or from the signal, where there was one. */
  readonly milliseconds: number;
  readonly stderr: string;
}

/** Runs a command; `moment` milliseconds after it can be stopped in order, it gets the signal. */
async function run(words: readonly string[], out: string, signal?: NodeJS.Signals, moment = 0): Promise<End> {
  const child = spawn(process.execPath, [BIN, ...words, '--out', out], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  let since = performance.now();
  const ended = new Promise<End>((resolve) =>
    child.on('close', (exitCode) => resolve({ exitCode, milliseconds: performance.now() - since, stderr })),
  );
  await untilItListens(child.pid!);
  since = performance.now();
  if (signal === undefined) return ended;
  const timer = setTimeout(() => {
    since = performance.now();
    child.kill(signal);
  }, moment);
  return ended.finally(() => clearTimeout(timer));
}

/** Until then Node.js itself starts, and nothing of ours can be left behind. */
async function untilItListens(pid: number): Promise<void> {
  const SIGHUP = 1n;
  for (let tries = 0; tries < 5000; tries++) {
    const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
    const caught = /^SigCgt:\s*(\w+)/m.exec(status)?.[1];
    if (caught === undefined && existsSync('/proc')) return; // it has ended
    if (caught !== undefined && (BigInt(`0x${caught}`) & SIGHUP) !== 0n && isOurs(pid)) return;
    await new Promise((resolve) => setTimeout(resolve, caught === undefined ? 300 : 2));
    if (caught === undefined) return;
  }
}

/** Whether the process runs the program by now: at first it is a copy of the test's own, which catches signals, too. */
function isOurs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(BIN);
  } catch {
    return true; // it has ended
  }
}

const isBuilt = existsSync(fileURLToPath(new URL('../../dist/run/start.cjs', import.meta.url)));

describe.skipIf(!isBuilt || process.platform === 'win32')('a run that is asked to stop', () => {
  it.each(COMMANDS.map((words) => [words.filter((word) => !word.startsWith('/')).join(' '), words] as const))(
    '%s: ends in time, and leaves all or nothing',
    async (_, words) => {
      const folder = mkdtempSync(join(inputs, 'out-'));
      mkdirSync(join(folder, 'whole'));
      const whole = await run(words, join(folder, 'whole', 'run'));
      expect([whole.exitCode, whole.stderr]).toEqual([0, expect.any(String)]);
      const files = readdirSync(join(folder, 'whole')).sort();
      expect(files.filter((name) => name.startsWith('.'))).toEqual([]);
      for (const [s, signal] of SIGNALS.entries()) {
        for (let k = 0; k < MOMENTS; k++) {
          const name = `${signal}-${k}`;
          mkdirSync(join(folder, name));
          const moment = (whole.milliseconds * (k + (s + 1) / 4)) / MOMENTS;
          const end = await run(words, join(folder, name, 'run'), signal, moment);
          const left = readdirSync(join(folder, name)).filter((file) => !file.endsWith('.resume.json'));
          const story = `${name} after ${moment.toFixed(0)} of ${whole.milliseconds.toFixed(0)} ms\n${end.stderr}`;
          // a run that was faster this time is over, and its results are all there
          expect([end.exitCode, left.sort()], story).toEqual(end.exitCode === 0 ? [0, files] : [130, []]);
          if (end.exitCode !== 0) expect(end.milliseconds, story).toBeLessThan(PATIENCE_MS);
        }
      }
    },
    IS_WHOLE ? 600_000 : 240_000,
  );
});
