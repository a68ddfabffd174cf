import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Outputs } from '../../../src/host/node/outputs.js';
import type { OutputSink } from '../../../src/host/outputs.js';
import { folderWith } from '../../formats/folder.js';

const bytes = (text: string) => new TextEncoder().encode(text);

async function write(outputs: Outputs, path: string, text = 'content'): Promise<OutputSink> {
  const sink = await outputs.create(path);
  await sink.append(bytes(text));
  sink.close();
  return sink;
}

async function commit(outputs: Outputs): Promise<void> {
  await outputs.sync();
  await outputs.commit();
}

/** A process that does nothing but live. */
function living(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child.pid!;
}

const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

function unfinished(prefix: string, owner: unknown): string {
  const folder = prefix.replace(/[^/]*$/, '.$&.unfinished');
  mkdirSync(folder);
  writeFileSync(join(folder, '1'), 'half');
  if (owner !== undefined) writeFileSync(join(folder, 'owner.json'), JSON.stringify(owner));
  return folder;
}

test('all files appear at once, and replace older ones', async () => {
  const folder = folderWith({ 'run.a': 'old' });
  const outputs = await Outputs.open(join(folder, 'run'));
  for (const name of ['run.log', 'run.a', 'run.b']) await write(outputs, join(folder, name), name);
  await outputs.sync();
  expect(readdirSync(folder)).toEqual(['.run.unfinished', 'run.a']);
  expect(readFileSync(join(folder, 'run.a'), 'utf8')).toBe('old');
  await outputs.commit();
  expect(readdirSync(folder)).toEqual(['run.a', 'run.b', 'run.log']);
  expect(readFileSync(join(folder, 'run.a'), 'utf8')).toBe('run.a');
  await outputs.abort(); // too late
  expect(readdirSync(folder)).toHaveLength(3);
});

test('where one file cannot have its name, all others are as they were', async () => {
  const folder = folderWith({ 'run.a': 'old' });
  const outputs = await Outputs.open(join(folder, 'run'));
  for (const name of ['run.log', 'run.a', 'run.b', 'run.c']) await write(outputs, join(folder, name), name);
  await outputs.sync();
  mkdirSync(join(folder, 'run.c')); // since the run began
  writeFileSync(join(folder, 'run.c', 'x'), '');
  await expect(outputs.commit()).rejects.toMatchObject({
    tag: 'resource',
    message: expect.stringContaining('run.c'),
  });
  expect(readdirSync(folder)).toEqual(['run.a', 'run.c']);
  expect(readFileSync(join(folder, 'run.a'), 'utf8')).toBe('old');
});

test('an aborted run leaves what was there before, and no folder of its own', async () => {
  const folder = folderWith({ 'run.a': 'old', kept: null });
  const outputs = await Outputs.open(join(folder, 'run'));
  await outputs.folder(join(folder, 'made'));
  await outputs.folder(join(folder, 'kept'));
  const sink = await write(outputs, join(folder, 'run.a'));
  await write(outputs, join(folder, 'made/x'));
  await outputs.abort();
  expect(readdirSync(folder)).toEqual(['kept', 'run.a']);
  expect(readFileSync(join(folder, 'run.a'), 'utf8')).toBe('old');
  await expect(sink.append(bytes('late'))).rejects.toMatchObject({ tag: 'interrupted' });
  await expect(outputs.folder(join(folder, 'run.a'))).rejects.toThrow('this is a file, not a folder');
});

test('keeps no file open between two pieces', async () => {
  const folder = folderWith();
  const outputs = await Outputs.open(join(folder, 'run'));
  const open = () => readdirSync('/proc/self/fd').length;
  const before = existsSync('/proc/self/fd') ? open() : 0;
  const sinks: OutputSink[] = [];
  for (let t = 0; t < 1200; t++) sinks.push(await outputs.create(join(folder, `run.${t}`)));
  for (const sink of sinks) await sink.append(bytes('x'));
  if (before > 0) expect(open() - before).toBeLessThan(20);
  for (const sink of sinks) sink.close();
  await commit(outputs);
  expect(readdirSync(folder)).toHaveLength(1200);
});

test('names that a file system may take for one, or not at all, are refused', async () => {
  const folder = folderWith();
  const outputs = await Outputs.open(join(folder, 'run'));
  onTestFinished(() => outputs.abort());
  await outputs.create(join(folder, 'run.BMI'));
  for (const name of ['run.BMI', 'run.bmi', './run.Bmi'])
    await expect(outputs.create(`${folder}/${name}`)).rejects.toMatchObject({ tag: 'usage' });
  await outputs.create(join(folder, 'run.é'));
  await expect(outputs.create(join(folder, 'run.e\u0301'))).rejects.toThrow('have the same name');
  await outputs.create(join(folder, `run.${'x'.repeat(251)}`));
  await expect(outputs.create(join(folder, `run.${'é'.repeat(126)}`))).rejects.toThrow('too long');
  await expect(Outputs.open(join(folder, 'x'.repeat(250)))).rejects.toMatchObject({ tag: 'usage' });
});

test('a discarded file gives its name back, and does not appear', async () => {
  const folder = folderWith();
  const outputs = await Outputs.open(join(folder, 'run'));
  await (await write(outputs, join(folder, 'run.a'))).discard();
  await write(outputs, join(folder, 'run.a'), 'second');
  await (await outputs.create(join(folder, 'run.b'))).discard();
  await commit(outputs);
  expect(readdirSync(folder)).toEqual(['run.a']);
  expect(readFileSync(join(folder, 'run.a'), 'utf8')).toBe('second');
});

test('what is not finished keeps the run from its end', async () => {
  const folder = folderWith();
  const outputs = await Outputs.open(join(folder, 'run'));
  await outputs.create(join(folder, 'run.a'));
  await expect(outputs.sync()).rejects.toMatchObject({ tag: 'internal' });
  await outputs.abort();
  expect(readdirSync(folder)).toEqual([]);
});

test('an output that is an input is refused: when it is read, and when it is begun', async () => {
  const folder = folderWith({ 's.sumstats.gz': 'Z', 's.results': 'Z', sub: null });
  const at = (name: string) => join(folder, name);
  symlinkSync(at('s.sumstats.gz'), at('other'));
  linkSync(at('s.sumstats.gz'), at('hard'));
  symlinkSync(folder, at('sub/link'));
  const outputs = await Outputs.open(at('s'), [/^\.sumstats\.gz$/, /^\..+\.hsq$/]);
  onTestFinished(() => outputs.abort());
  for (const same of ['s.sumstats.gz', 'sub/link/s.sumstats.gz'])
    await expect(outputs.reading(at(same))).rejects.toThrow('would replace an input');
  for (const name of ['s.results', 'absent', 'sub']) await outputs.reading(at(name));
  await expect(outputs.create(at('s.results'))).rejects.toThrow(
    `${at('s.results')}: the output would replace an input of the run. Choose another --out`,
  );
  await expect(outputs.create(at('sub/link/s.results'))).rejects.toThrow('would replace an input');

  const third = await Outputs.open(at('third'));
  onTestFinished(() => third.abort());
  await third.reading(at('other')); // another name of s.sumstats.gz
  for (const name of ['s.sumstats.gz', 'hard', 'other'])
    await expect(third.create(at(name))).rejects.toThrow('would replace an input');
  await third.create(at('s.results'));
  await expect(third.reading(at('s.results'))).rejects.toThrow('would replace an input');
});

test('what the run makes useless goes with its commit', async () => {
  const folder = folderWith({ 'run.resume': '', 'run.other': '' });
  const outputs = await Outputs.open(join(folder, 'run'));
  outputs.removeAtCommit(join(folder, 'run.resume'));
  outputs.removeAtCommit(join(folder, 'run.absent'));
  await commit(outputs);
  expect(readdirSync(folder)).toEqual(['run.other']);
});

test('the second run of a prefix is refused by name, others go on', async () => {
  const folder = folderWith();
  const first = await Outputs.open(join(folder, 'run'));
  await expect(Outputs.open(join(folder, 'run'))).rejects.toMatchObject({
    tag: 'usage',
    message: expect.stringMatching(
      `another run \\(process ${process.pid}\\) is writing under this prefix.*${folder}/.run.unfinished`,
    ),
  });
  const other = await Outputs.open(join(folder, 'run.2'));
  await first.abort();
  await other.abort();
  expect(readdirSync(folder)).toEqual([]);

  unfinished(join(folder, 'run'), { pid: living(), host: hostname(), started: null });
  await expect(Outputs.open(join(folder, 'run'))).rejects.toThrow('another run');
  expect(readdirSync(folder)).toEqual(['.run.unfinished']);
});

test.each<[string, (pid: number) => unknown]>([
  ['dead', () => ({ pid: deadPid(), host: hostname(), started: null })],
  ['a process that took the number of a dead one', (pid) => ({ pid, host: hostname(), started: 'long ago' })],
  ['nobody', () => undefined],
  ['nonsense', () => ({ pid: 'x' })],
])('leftovers of %s go at the next start', async (_, ownerOf) => {
  const folder = folderWith();
  const left = unfinished(join(folder, 'run'), ownerOf(living()));
  mkdirSync(`${left}.${deadPid()}.0123abcd`); // a folder that was never claimed
  const outputs = await Outputs.open(join(folder, 'run'));
  expect(readdirSync(folder)).toEqual(['.run.unfinished']);
  expect(readdirSync(left)).toEqual(['owner.json']);
  await outputs.abort();
  expect(readdirSync(folder)).toEqual([]);
});

test('a run of another machine counts as alive while it gives signs of life', async () => {
  const folder = folderWith();
  const left = unfinished(join(folder, 'run'), { pid: 1, host: 'elsewhere', started: '1' });
  await expect(Outputs.open(join(folder, 'run'))).rejects.toThrow('(process 1 on elsewhere)');
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(join(left, 'owner.json'), longAgo, longAgo);
  await (await Outputs.open(join(folder, 'run'))).abort();
  expect(readdirSync(folder)).toEqual([]);
});

test('of many that start at once, one has the prefix', async () => {
  const folder = folderWith();
  unfinished(join(folder, 'run'), { pid: deadPid(), host: hostname(), started: null });
  const tries = await Promise.allSettled(Array.from({ length: 12 }, () => Outputs.open(join(folder, 'run'))));
  const taken = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(taken).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(['.run.unfinished']);
  await taken[0].abort();
});
