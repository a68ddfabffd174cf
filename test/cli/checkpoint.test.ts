import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { Checkpoint } from '../../src/cli/checkpoint.js';
import { host } from '../../src/host/host.js';
import { folderWith } from '../formats/folder.js';

interface Part {
  readonly id: string;
  readonly h2: number;
}

const SETTINGS = { seed: 1, maf: 0.01, crossBlock: false };

function start() {
  const folder = folderWith({ 'study.bed': 'genotypes', 'study.pheno': 'traits' });
  const inputs = ['study.bed', 'study.pheno'].map((name) => join(folder, name));
  const path = join(folder, 'run.gre.resume.json');
  const open = (settings: unknown = SETTINGS, files = inputs) => Checkpoint.open<Part>(path, settings, files);
  return { path, inputs, open };
}

it('remembers finished parts, exactly, until the run is finished', async () => {
  const { path, open } = start();
  const first = await open();
  expect([first.finished, first.recall('chr1'), existsSync(path)]).toEqual([0, undefined, false]);
  await first.remember({ id: 'chr1', h2: 0.1 + 0.2 });
  await first.remember({ id: 'chr2', h2: 5e-324 });
  const second = await open();
  expect(second.finished).toBe(2);
  expect(second.recall('chr1')).toEqual({ id: 'chr1', h2: 0.1 + 0.2 });
  expect(second.recall('chr2')).toEqual({ id: 'chr2', h2: 5e-324 });
  expect(second.recall('chr3')).toBeUndefined();
  await second.remember({ id: 'chr3', h2: 1 });
  expect((await open()).finished).toBe(3);
  const run = await host().openOutputs(join(dirname(path), 'run'));
  host().withOutputs(run, () => second.finish());
  expect(existsSync(path)).toBe(true);
  await run.commit();
  expect(existsSync(path)).toBe(false);
});

it('does not go on with other settings, other files, files that changed, or a damaged record', async () => {
  const { path, inputs, open } = start();
  await (await open()).remember({ id: 'chr1', h2: 0.5 });
  const finished = async (...how: Parameters<typeof open>) => (await open(...how)).finished;
  expect(await finished()).toBe(1);
  expect(await finished({ ...SETTINGS, seed: 2 })).toBe(0);
  expect(await finished({ ...SETTINGS, maf: undefined })).toBe(0);
  expect(await finished(SETTINGS, inputs.slice(0, 1))).toBe(0);
  expect(await finished(SETTINGS, inputs.toReversed())).toBe(0);
  expect(await finished()).toBe(1);

  const saved = readFileSync(path, 'utf8');
  writeFileSync(path, saved.slice(0, -3));
  expect(await finished()).toBe(0);
  writeFileSync(path, saved);
  utimesSync(inputs[1], new Date(), new Date(2001, 1, 1));
  expect(await finished()).toBe(0);
});
