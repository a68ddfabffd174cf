import { setTimeout } from 'node:timers/promises';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Run } from '../../../src/host/host.js';

let { haveOneRun, runs } = await import('../../../src/host/node/runs.js');
const [first, second]: Run[] = [{}, {}];

beforeEach(async () => {
  vi.resetModules();
  ({ haveOneRun, runs } = await import('../../../src/host/node/runs.js'));
});

async function seen(): Promise<(Run | undefined)[]> {
  const before = runs.run();
  await setTimeout(1);
  return [before, runs.run()];
}

test('runs at once each have their own, whatever is awaited', async () => {
  const found = await Promise.all([runs.within(first, seen), runs.within(second, seen)]);
  expect(found[0].every((run) => run === first)).toBe(true);
  expect(found[1].every((run) => run === second)).toBe(true);
});

test.each([false, true])('work apart from a run is so to its end (one run: %s)', async (isOne) => {
  if (isOne) haveOneRun();
  await runs.within(first, async () => {
    expect(await seen()).toEqual([first, first]);
    expect(await runs.within(undefined, seen)).toEqual([undefined, undefined]);
    expect(await seen()).toEqual([first, first]);
  });
  expect(runs.run()).toBe(undefined);
});

test('a run that fails is over, too', async () => {
  haveOneRun();
  await expect(runs.within(first, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(runs.run()).toBe(undefined);
});
