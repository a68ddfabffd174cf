import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readDelimitedTable } from '../../src/formats/delimited-table.js';
import { heredity } from '../cli/run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-files-twins-'));
afterAll(() => rmSync(folder, { recursive: true }));
const page = readFileSync(new URL('../../docs/files-twins.md', import.meta.url), 'utf8');
let files = 0;

function file(content: string | Buffer, ending = 'json'): string {
  const path = join(folder, `f${files++}.${ending}`);
  writeFileSync(path, content);
  return path;
}

describe('docs/files-twins.md: tables', () => {
  const example = /```csv\n([\s\S]*?)```/.exec(page)![1];

  it.each([',', ';', '\t', ' '])(
    'the example is read with separator %j, plain and gzip',
    async (separator) => {
      const content = example.replaceAll(',', separator);
      for (const path of [file(content, 'txt'), file(gzipSync(content), 'txt.gz')]) {
        const table = await readDelimitedTable(path, { missingCodes: new Set([-9]) });
        expect(table.names).toEqual(['zyg', 'bmi1', 'bmi2', 'age', 'sex1', 'sex2']);
        expect([...table.numbers('bmi2')]).toEqual([22.8, Number.NaN, 26.2]);
        expect(table.texts('sex2')).toEqual(['F', 'M', '']);
        expect(table.countMissingCodes('sex2')).toBe(1);
      }
    },
  );

  it('quotes hold separators; words for missing', async () => {
    const table = await readDelimitedTable(file('a;"b;c"\n"1";NA\nnan;.\n;-9\n', 'csv'));
    expect(table.names).toEqual(['a', 'b;c']);
    expect(table.texts('b;c')).toEqual(['', '', '-9']);
    expect([...table.numbers('a')]).toEqual([1, Number.NaN, Number.NaN]);
  });
});

describe('docs/files-twins.md: the account', () => {
  const MODELS = [
    { name: 'ACE', a2: 0.5, se: { a2: 0.1 }, ci95: { a2: [0.3, 0.7] } },
    { name: 'AE', a2: 0.762, se: { a2: 0.02 }, ci95: { a2: [0.71, 0.81] } },
    { name: 'E', a2: 0, se: {}, ci95: {} },
  ];
  const twins = (details: object = {}, scale = 'observed') => ({
    schema: 'heredity/result@1',
    estimates: [{ method: 'twin', scale, details: { preferred: 'AE', models: MODELS, ...details } }],
  });
  const traits = (liability: object | null) => ({
    schema: 'heredity/result@1',
    estimates: [{ trait: 'y', method: 'gre', h2: { value: 0.3, se: 0.02 }, scale: 'observed', liability }],
  });
  async function account(twin: unknown, snp: unknown, ...words: string[]) {
    const paths = [twin, snp].map((one) => (typeof one === 'string' ? one : file(JSON.stringify(one))));
    const run = await heredity(['gap', 'account', '--twin', paths[0], '--snp', paths[1], '--json', ...words]);
    return { ...run, json: run.exitCode === 0 ? JSON.parse(run.stdout) : undefined };
  }

  it('takes the model that the twins prefer, with its profile interval', async () => {
    const { json } = await account(twins(), '0.3:0.02');
    expect(json.twin).toMatchObject({ value: 0.762, low: 0.71, high: 0.81 });
    expect(json.assumptions.join()).toMatch(/a2 of model AE/);
    expect((await account(twins(), '0.3', '--twin-model', 'ACE')).json.twin.value).toBe(0.5);
    expect((await account(twins({ preferred: 'E' }), '0.3')).stderr).toMatch(
      /model E .*no additive variance/,
    );
  });

  it('keeps to one scale', async () => {
    const liable = twins({}, 'liability');
    const { json } = await account(liable, traits({ value: 0.45, se: 0.03 }));
    expect(json).toMatchObject({ scale: 'liability', snp: { value: 0.45 } });
    const refused = await account(liable, traits(null));
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toMatch(/twins are on the liability scale/);
    expect((await account(twins(), traits({ value: 0.45, se: 0.03 }))).json.snp.value).toBe(0.3);
    expect((await account(liable, '0.4')).json.assumptions.join()).toMatch(
      /taken to be on the liability scale/,
    );
  });

  it('takes the heritability of parents and of correlations without numbers of pairs', async () => {
    const without = (h2: object) => ({
      schema: 'heredity/result@1',
      estimates: [{ method: 'twin', scale: 'observed', h2, details: { models: [] } }],
    });
    expect((await account(without({ value: 0.6, se: 0.05 }), '0.3')).json.twin.value).toBe(0.6);
    const exact = (await account(without({ value: 0.52, se: null }), '0.3')).json;
    expect(exact.twin).toMatchObject({ value: 0.52, low: 0.52, high: 0.52 });
    expect(exact.assumptions.join()).toMatch(/counts as exact/);
  });

  it('lists textbook values', async () => {
    const { json } = await account('0.52', '0.31', '--mechanism', 'tagging:r2-common=0.8');
    expect(json.textbook).toEqual([
      { model: 'tagging', inputs: { h2Common: 0.2, h2LowFrequency: 0.3, r2LowFrequency: 0.25 } },
    ]);
  });

  it.each([
    ['[]', /the whole file is not what it should be/],
    ['{}', /another kind of JSON/],
    ['{"schema":"heredity/twin@1"}', /another kind of JSON .*heredity\/result@1/],
    ['{"schema":"heredity/result@1"}', /estimates is not what it should be/],
    ['{"schema":"heredity/result@1","estimates":[]}', /no estimate from relatives/],
    ['{"schema":"heredity/result@1","estimates":[{"method":"gre"}]}', /no estimate from relatives .*gre/],
    [
      '{"schema":"heredity/result@1","estimates":[{"method":"twin"}]}',
      /estimates\[0\]\.scale is not what it should be/,
    ],
    [JSON.stringify(twins({ models: 7 })), /models is not what it should be .*a list/],
    [
      JSON.stringify(twins({ models: [{ name: 'AE', a2: 'x' }] })),
      /models\[0\]\.a2 is not what it should be .*a number/,
    ],
    [JSON.stringify(twins({ preferred: null, models: [{ name: '__proto__' }] })), /it has no model/],
    ['{"schema":', /this is not JSON/],
  ])('refuses %s with its place', async (content, message) => {
    const { exitCode, stderr } = await account(file(content), '0.3');
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
