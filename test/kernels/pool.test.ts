import { expect, it } from 'vitest';
import { repackTask } from '../../src/genotypes/store.js';
import { collectionsSoFar, sharedBytes, sharedInt32 } from '../../src/kernels/memory.js';
import { defineTask, KernelPool } from '../../src/kernels/pool.js';
import { typescriptKernels } from '../../src/kernels/typescript.js';

const rows = 8;
const calls = (count: number) => {
  const packed = sharedBytes(64).fill(0x1b); // codes 3, 2, 1, 0 over and over
  const mask = sharedBytes(32).fill(0xff);
  const targets = Array.from({ length: count }, () => sharedBytes(64));
  return { targets, args: targets.map((target) => [packed, 64, 1, 256, mask, target, 64] as const) };
};

it('gives the same result on one thread and on several', async () => {
  for (const threads of [1, 3]) {
    const pool = new KernelPool(typescriptKernels, threads);
    const { targets, args } = calls(rows);
    const finished: number[] = [];
    await pool.run(repackTask, args, { milliseconds: 1e3, onProgress: (done) => finished.push(done) });
    await pool.close();
    for (const target of targets) expect(new Set(target)).toEqual(new Set([0x1b]));
    expect(finished).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  }
});

it('sends short calls together, long ones one by one, and at least one message a thread', async () => {
  const finishedAfter = async (milliseconds: number) => {
    const pool = new KernelPool(typescriptKernels, 2);
    await pool.run(repackTask, calls(1).args, { milliseconds: 1e3 }); // work enough to start threads for
    const { targets, args } = calls(7);
    const finished: number[] = [];
    await pool.run(repackTask, args, { milliseconds, onProgress: (done) => finished.push(done) });
    await pool.close();
    for (const target of targets) expect(target[0]).toBe(0x1b);
    return finished.length;
  };
  expect(await finishedAfter(2)).toBe(2);
  expect(await finishedAfter(11)).toBe(3);
  expect(await finishedAfter(100)).toBe(7);
});

it('runs several lists of calls at once on the same threads', async () => {
  const pool = new KernelPool(typescriptKernels, 2);
  const [a, b] = [calls(rows), calls(rows)];
  await Promise.all([a, b].map(({ args }) => pool.run(repackTask, args, { milliseconds: 1e3 })));
  await pool.close();
  for (const target of [...a.targets, ...b.targets]) expect(target[0]).toBe(0x1b);
});

it('gives back what nothing uses, threads too, which go on after it', async () => {
  for (const threads of [1, 2]) {
    const pool = new KernelPool(typescriptKernels, threads);
    await pool.giveBackUnused(); // before any thread has started
    for (let round = 0; round < 3; round++) {
      const { targets, args } = calls(rows);
      await pool.run(repackTask, args, { milliseconds: 1e3 });
      if (threads > 1) await new Promise((done) => setTimeout(done, 700)); // threads that have started by now are told
      const before = collectionsSoFar();
      await pool.giveBackUnused();
      expect(collectionsSoFar()).toBe(before + 1);
      for (const target of targets) expect(target[0]).toBe(0x1b);
    }
    await pool.close();
  }
});

it('refuses arrays that threads could not write to', async () => {
  const pool = new KernelPool(typescriptKernels, 2);
  const { args } = calls(2);
  const [packed, stride, variants, samples, mask] = args[0];
  const own = args.map(() => [packed, stride, variants, samples, mask, new Uint8Array(64), 64] as const);
  // also where this thread does the work, so that a small run shows what a large one would end with
  for (const milliseconds of [1e3, 0.1])
    await expect(pool.run(repackTask, own, { milliseconds })).rejects.toThrow(/outside shared memory/);
  await pool.close();
});

it('stops when the signal is aborted, before and between calls', async () => {
  const controller = new AbortController();
  const pool = new KernelPool(typescriptKernels, 2, controller.signal);
  const { args } = calls(64);
  const run = pool.run(repackTask, args, {
    milliseconds: 1e3,
    onProgress: (done) => done === 2 && controller.abort(),
  });
  await expect(run).rejects.toMatchObject({ tag: 'interrupted', exitCode: 130 });
  await expect(pool.run(repackTask, args, { milliseconds: 0 })).rejects.toMatchObject({ tag: 'interrupted' });
  await pool.close();
});

it('passes on what a call throws', async () => {
  const pool = new KernelPool(typescriptKernels, 1);
  await expect(pool.run(failing, [[sharedInt32(1)]], { milliseconds: 0 })).rejects.toThrow('as planned');
});

const failing = defineTask('throws', (_, __: Int32Array): void => {
  throw new Error('as planned');
});

it('knows each task by one name', () => {
  expect(() => defineTask('throws', () => {})).toThrow(/defined twice/);
});
