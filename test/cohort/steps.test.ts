import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Steps } from '../../src/cohort/steps.js';
import { LossTable, Provenance } from '../../src/provenance.js';
import { type RecordedRun, silentRun } from '../../src/run.js';
import { folderWith } from '../formats/folder.js';

function start() {
  const folder = folderWith({ 'study.bed': 'genotypes' });
  const input = join(folder, 'study.bed');
  const path = join(folder, 'run.cohort.resume.json');
  const open = (settings: unknown = { pcs: 3 }) => {
    const options = { command: 'cohort', commandLine: [], flags: {}, startedAt: new Date() };
    const provenance = new Provenance(options);
    provenance.input(input);
    return Steps.open(path, settings, provenance);
  };
  return { path, input, open };
}

/** A run that keeps what is said. */
function run() {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const context = { ...silentRun, log: { info: say, warn: say, result: say } } as unknown as RecordedRun;
  return { said, context };
}

const { context } = run();
const never = () => Promise.reject(new Error('made again'));

it('does a step once for the same inputs and settings, and gives what it gave', async () => {
  const { path, input, open } = start();
  const result = {
    scores: Float64Array.of(0.1 + 0.2, 5e-324, -1 / 3, Number.NaN),
    people: Int32Array.of(-1, 2 ** 31 - 1),
    flags: Uint8Array.of(0, 255),
    facts: [{ gap: 0.5, angle: null }],
    empty: new Float64Array(0),
  };
  const first = await open();
  expect(first.finished).toBe(0);
  const variants = new LossTable(10);
  const make = async (own: RecordedRun) => {
    own.log.warn('weak');
    variants.step('--maf', 7, 'rare');
    return result;
  };
  expect(await first.take('components', context, make, variants)).toBe(result);
  const second = await open();
  expect(second.finished).toBe(1);
  const again = { ...run(), variants: new LossTable(10) };
  expect(await second.take('components', again.context, never, again.variants)).toEqual(result);
  expect(again.said).toEqual(['weak']);
  expect(again.variants.toJSON()).toEqual(variants.toJSON());
  await expect(second.take('kinship', context, never)).rejects.toThrow('made again');
  for (const others of [await open({ pcs: 4 }), await changed(input, open)])
    await expect(others.take('components', context, never)).rejects.toThrow('made again');
  writeFileSync(input, 'genotypes');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"gap":0.5', '"gap":0.6'));
  await expect((await open()).take('components', context, never)).rejects.toThrow('made again');
});

function changed(input: string, open: () => Promise<Steps>): Promise<Steps> {
  writeFileSync(input, 'other');
  return open();
}
