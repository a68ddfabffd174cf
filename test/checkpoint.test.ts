import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { Checkpoint } from '../src/checkpoint.js';
import { host } from '../src/host/host.js';
import { Provenance } from '../src/provenance.js';
import { folderWith } from './formats/folder.js';
import { mutate } from './fuzz/mutations.js';
import { Random } from './fuzz/random.js';

interface Part {
  readonly id: string;
  readonly h2: number;
}

const SETTINGS = { seed: 1, maf: 0.01, crossBlock: false };

function start() {
  const folder = folderWith({ 'study.bed': 'genotypes', 'study.pheno': 'traits' });
  const inputs = ['study.bed', 'study.pheno'].map((name) => join(folder, name));
  const path = join(folder, 'run.gre.resume.json');
  const open = (settings: unknown = SETTINGS, files = inputs) => {
    const options = { command: 'gre', commandLine: [], flags: {}, startedAt: new Date() };
    const provenance = new Provenance(options);
    for (const file of files) provenance.input(file);
    return Checkpoint.open<Part>(path, settings, provenance);
  };
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
  host().within({ outputs: run }, () => second.finish());
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
  for (const damaged of [
    saved.slice(0, -3),
    saved.replace('0.5', '0.7'),
    saved.replace('chr1', 'chr2'),
    '{}',
  ]) {
    writeFileSync(path, damaged);
    expect(await finished(), damaged).toBe(0);
  }
  writeFileSync(path, saved);

  // the same size and time of change stand for nothing
  const times = statSync(inputs[0]);
  writeFileSync(inputs[0], 'Genotypes');
  utimesSync(inputs[0], times.atime, times.mtime);
  expect(await finished()).toBe(0);
  writeFileSync(inputs[0], 'genotypes');
  utimesSync(inputs[0], new Date(), new Date(2001, 1, 1));
  expect(await finished()).toBe(1);
});

it.skipIf(process.platform === 'win32')('keeps nothing where an input can be read only once', async () => {
  const { path, inputs, open } = start();
  const pipe = join(dirname(path), 'pipe');
  execFileSync('mkfifo', [pipe]);
  await (await open(SETTINGS, [...inputs, pipe])).remember({ id: 'chr1', h2: 0.5 });
  expect(existsSync(path)).toBe(false);
});

it('begins anew from whatever else stands in the record, also under a right check', async () => {
  const { path, open } = start();
  await (await open()).remember({ id: 'chr1', h2: 0.5 });
  const whole = readFileSync(path);
  const random = new Random(20);
  for (let k = 0; k < 200; k++) {
    writeFileSync(path, mutate('run.gre.resume.json', whole, random).bytes);
    const { finished } = await open();
    // a change of white space, or of nothing, leaves it whole
    expect([0, 1]).toContain(finished);
    if (finished === 1) expect((await open()).recall('chr1')).toEqual({ id: 'chr1', h2: 0.5 });
  }
  const { fingerprint } = JSON.parse(whole.toString());
  for (const parts of [null, {}, 'x', 7, [null], [1], [{ h2: 1 }], [{ id: 3 }]]) {
    const check = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    writeFileSync(path, JSON.stringify({ fingerprint, check, parts }));
    const opened = await open();
    expect([opened.finished, opened.recall('chr1')]).toEqual([0, undefined]);
  }
});
