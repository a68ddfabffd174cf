import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { heredity } from '../cli/run.js';
import { writeInputs } from '../walks/command-lines.js';
import { rewritePart, withOtherInput } from './rewrite-part.js';

const inputs = mkdtempSync(join(tmpdir(), 'heredity-divided-'));
const gre = ['gre', '--bfile', join(inputs, 'study'), '--pheno', join(inputs, 'study.pheno'), '--quiet'];
let out = '';

beforeAll(() => writeInputs(inputs, { samples: 120, variants: 60, rows: 10 }));
beforeEach(() => {
  out = join(mkdtempSync(join(inputs, 'run-')), 'O');
});
afterAll(() => rmSync(inputs, { recursive: true }));

const runPart = (part: number, more: readonly string[] = [], to = out) =>
  heredity([...gre, ...more, '--parts', '2', '--part', `${part}`, '--out', to]);
const merge = (...more: string[]) => heredity(['merge', out, '--out', `${out}-merged`, '--quiet', ...more]);
const partFile = (part: number, of = out) => `${of}.gre.part-${part}-of-2`;

const rewrite = (part: number, change: Parameters<typeof rewritePart>[1]) =>
  rewritePart(partFile(part), change);

it('merges under any name, also after a plan, and with a part that was computed twice', async () => {
  expect((await heredity([...gre, '--parts', '2', '--plan', '--out', out])).exitCode).toBe(0);
  const twice = await Promise.all([runPart(1), runPart(1), runPart(2)]);
  expect(twice.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect(await merge()).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(readFileSync(`${out}-merged.gre.json`, 'utf8')).provenance.parts).toMatchObject([
    { part: 1 },
    { part: 2 },
  ]);
  const left = readdirSync(join(out, '..'), { encoding: 'utf8' });
  expect(left.filter((name) => /unfinished|resume/.test(name))).toEqual([]);
});

it('refuses a part by name that is missing, cut off, damaged, foreign, stale or of another program', async () => {
  await runPart(1);
  const refused = async (exitCode: number, ...texts: string[]) => {
    const found = await merge();
    expect(found).toMatchObject({ exitCode, stderr: expect.stringContaining(partFile(2)) });
    for (const text of texts) expect(found.stderr).toContain(text);
    expect(existsSync(`${out}-merged.gre.json`)).toBe(false);
  };
  await refused(2, '1 of 2 parts are not there', '--part 2');
  await runPart(2);
  const whole = readFileSync(partFile(2));
  for (const bytes of [
    whole.subarray(0, whole.length - 20),
    whole.subarray(0, 10),
    Buffer.from(whole).fill(7, 200, 201),
    Buffer.from(whole).fill(0x31, whole.length - 400, whole.length - 398),
  ]) {
    writeFileSync(partFile(2), bytes);
    await refused(2, 'no whole part');
  }
  writeFileSync(partFile(2), whole);
  const others = `${out}-others`;
  await runPart(2, ['--seed', '2'], others);
  copyFileSync(partFile(2, others), partFile(2));
  await refused(3, '--seed is 2, where it was 1');
  writeFileSync(partFile(2), whole);
  await rewrite(2, () => ({ build: 'x' }));
  await refused(3, 'built from other sources');
  writeFileSync(partFile(2), whole);
  await rewrite(2, () => ({ kernels: { backend: 'wasm', level: 'simd128' } }));
  await refused(3, 'wasm (simd128)');
  writeFileSync(partFile(2), whole);
  await rewrite(2, withOtherInput);
  await refused(3, 'study.bed has other contents');
  writeFileSync(partFile(2), whole);
  expect((await merge()).exitCode).toBe(0);
});

it('refuses a part of another run under the prefix, and files that have changed since', async () => {
  await runPart(1);
  expect(await runPart(2, ['--maf', '0.01'])).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/O\.gre\.manifest\.json: .*--maf is 0\.01, where it was not given/),
  });
  const pheno = join(inputs, 'study.pheno');
  const before = readFileSync(pheno, 'utf8');
  try {
    writeFileSync(pheno, before.replace(/\d\n/, '9\n'));
    expect(await runPart(2)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('has other contents'),
    });
    writeFileSync(pheno, before);
    await runPart(2);
    writeFileSync(pheno, before.replace(/\d\n/, '9\n'));
    expect(await merge()).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('has other contents'),
    });
    expect(existsSync(`${out}-merged.gre.json`)).toBe(false);
  } finally {
    writeFileSync(pheno, before);
  }
});

it('goes by the choices of the plan where a machine has less memory, or makes them again where they are lost', async () => {
  const direct = ['--blocks', 'count:3', '--solver', 'auto'];
  const run = async (...words: string[]) =>
    expect(await heredity([...gre, ...direct, ...words])).toMatchObject({ exitCode: 0 });
  const estimates = (file: string) => JSON.parse(readFileSync(file, 'utf8')).estimates;
  await run('--out', `${out}-single`);
  await run('--parts', '2', '--plan', '--out', out);
  const manifest = JSON.parse(readFileSync(`${out}.gre.manifest.json`, 'utf8'));
  expect(manifest.work[0].choices).toHaveLength(3);
  expect(manifest.work[0].choices[0]).toMatchObject({ id: 'block1', variants: 20 });
  await run('--parts', '2', '--part', '1', '--out', out, '--memory', '1MB', '--threads', '1');
  const common = readFileSync(`${out}.gre.common`);
  rmSync(`${out}.gre.common`);
  await run('--parts', '2', '--part', '2', '--out', out);
  expect(readFileSync(`${out}.gre.common`).equals(common)).toBe(true);
  expect(await merge()).toMatchObject({ exitCode: 0 });
  expect(estimates(`${out}-merged.gre.json`)).toEqual(estimates(`${out}-single.gre.json`));
});

it('refuses what parts have in common by name where it is damaged or of another run', async () => {
  await runPart(1);
  const common = `${out}.gre.common`;
  const whole = readFileSync(common);
  const refused = async (exitCode: number, text: string) => {
    for (const found of [await runPart(2), await merge()])
      expect(found).toMatchObject({ exitCode, stderr: expect.stringContaining(text) });
  };
  await runPart(2);
  writeFileSync(common, whole.subarray(0, 100));
  await refused(2, 'O.gre.common: this is not whole');
  const others = `${out}-others`;
  await runPart(1, ['--seed', '2'], others);
  copyFileSync(`${others}.gre.common`, common);
  await refused(3, '--seed is 2, where it was 1');
});

it('refuses to merge parts that were all computed by another build', async () => {
  for (const part of [1, 2]) await runPart(part);
  for (const part of [1, 2]) await rewrite(part, () => ({ build: 'x' }));
  const manifest = `${out}.gre.manifest.json`;
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"build": "[^"]+"/, '"build": "x"'));
  rmSync(`${out}.gre.common`);
  expect(await merge()).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/manifest\.json: .*by others than this merge.*built from other sources/),
  });
});

it('refuses parts of other kernels', async () => {
  await runPart(1, ['--backend', 'wasm']);
  expect(await runPart(2)).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('--backend is "auto", where it was "wasm"'),
  });
});

it('asks for what it needs', async () => {
  const refusal = async (words: readonly string[]) => {
    const { exitCode, stderr } = await heredity(words);
    expect(exitCode).toBe(2);
    return stderr;
  };
  expect(await refusal([...gre, '--parts', '2', '--out', out])).toContain('--parts needs --part');
  expect(await refusal([...gre, '--part', '2', '--out', out])).toContain(
    '--part means nothing without --parts',
  );
  expect(await refusal([...gre, '--parts', '2', '--part', '3', '--out', out])).toContain('beyond --parts');
  expect(await refusal([...gre, '--parts', '2', '--part', '1', '--plan', '--out', out])).toContain(
    'of all parts',
  );
  expect(await refusal(['merge', out])).toContain('no parts of a run');
  expect(await refusal(['freq', '--bfile', 'x', '--parts', '2', '--part', '1'])).toContain(
    'cannot be divided',
  );
});
