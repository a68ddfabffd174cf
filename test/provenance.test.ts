import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import { LossTable, Provenance, VERSION } from '../src/provenance.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-provenance-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function start(signal?: AbortSignal): Provenance {
  return new Provenance({
    command: 'gre',
    commandLine: ['heredity', 'gre', '--bfile', 'study'],
    flags: { '--bfile': 'study', '--maf': undefined, '--seed': 7, '--threads': 2 },
    startedAt: new Date(Date.now() - 1500),
    ...(signal ? { signal } : {}),
  });
}

describe('the record', () => {
  test('holds files with size and SHA-256 (test vectors of FIPS 180)', async () => {
    const provenance = start();
    const [abc, empty] = [file('abc', 'abc'), file('empty', '')];
    for (const path of [abc, empty, abc]) provenance.input(path);
    expect((await provenance.finish()).inputs).toEqual([
      { path: abc, bytes: 3, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
      { path: empty, bytes: 0, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
    ]);
  });

  test.skipIf(process.platform === 'win32')(
    'does not read from a pipe, which can be read only once',
    async () => {
      const pipe = join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const provenance = start();
      provenance.input(pipe);
      expect((await provenance.finish()).inputs).toEqual([{ path: pipe, bytes: null, sha256: null }]);
    },
  );

  test('holds what ran, how, where and for how long, and fits its schema', async () => {
    const provenance = start();
    provenance.input(file('x', 'x'));
    provenance.usesBackend({ backend: 'wasm', level: 'simd128' });
    const samples = new LossTable(10);
    samples.step('--keep', 8, 'not in the list');
    provenance.losesSamples(samples);
    samples.step('phenotype', 5, 'no phenotype');
    provenance.warn('few samples');
    const record = await provenance.finish();

    expect(record).toMatchObject({
      version: VERSION,
      command: 'gre',
      commandLine: ['heredity', 'gre', '--bfile', 'study'],
      flags: { '--bfile': 'study', '--maf': null, '--seed': 7, '--threads': 2 },
      seed: 7,
      threads: 2,
      backend: { backend: 'wasm', level: 'simd128' },
      node: process.versions.node,
      samples: {
        start: 10,
        steps: [
          { step: '--keep', lost: 2, left: 8, why: 'not in the list' },
          { step: 'phenotype', lost: 3, left: 5, why: 'no phenotype' },
        ],
        left: 5,
      },
      variants: null,
      warnings: ['few samples'],
    });
    expect(record.wallSeconds).toBeGreaterThanOrEqual(1.5);
    expect(record.wallSeconds).toBeLessThan(60);
    expect(record.peakMemoryBytes).toBeGreaterThan(10e6);

    const schema = JSON.parse(
      readFileSync(new URL('../docs/schemas/provenance.schema.json', import.meta.url), 'utf8'),
    );
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
    expect(ajv.validate(schema, JSON.parse(JSON.stringify(record))), ajv.errorsText()).toBe(true);
    expect(ajv.validate(schema, { ...record, peakMemoryBytes: undefined })).toBe(false);
    expect(ajv.validate(schema, { ...record, extra: 1 })).toBe(false);
  });

  test('a file that cannot be read is named at the end, not before', async () => {
    const provenance = start();
    const path = join(folder, 'absent');
    provenance.input(path);
    provenance.input(file('y', 'y'));
    await new Promise((resolve) => setTimeout(resolve, 20)); // an unhandled rejection would end the process here
    await expect(provenance.finish()).rejects.toMatchObject({ tag: 'resource', details: { file: path } });
  });

  test('hashing stops when the run is aborted', async () => {
    const interruption = new AbortController();
    const provenance = start(interruption.signal);
    provenance.input(file('z', 'z'.repeat(1 << 22)));
    interruption.abort(new Error('stopped'));
    await expect(provenance.finish()).rejects.toThrow('stopped');
  });
});

describe('a table of losses', () => {
  test('without steps nothing is lost', () => {
    expect(new LossTable(3).toJSON()).toEqual({ start: 3, steps: [], left: 3 });
  });

  test('a step cannot win samples', () => {
    const table = new LossTable(3);
    table.step('a', 2, 'why');
    expect(() => table.step('b', 3, 'why')).toThrow(/cannot leave 3 of 2/);
  });
});
