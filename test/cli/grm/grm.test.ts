import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGrm } from '../../../src/formats/grm.js';
import { randomGenotypes } from '../../genotype-data.js';
import { cohortFiles } from '../cohort-files.js';
import { checkedJson, heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-grm-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

beforeAll(() => {
  const genotypes = randomGenotypes(40, 60, { seed: 2, missing: 0.03 });
  for (const row of genotypes) row[17] = row[16]; // the same person twice
  const files = cohortFiles({ genotypes, chromosome: (v) => 1 + Math.floor(v / 20) });
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
});

async function grm(out: string, ...flags: string[]) {
  const run = await heredity(['grm', '--out', at(out), '--quiet', ...flags]);
  expect([run.stderr, run.exitCode]).toEqual(['', 0]);
  return checkedJson(readFileSync(at(`${out}.grm.json`), 'utf8'));
}

async function read(name: string) {
  const file = await openGrm(at(name));
  const chunks = [];
  for await (const chunk of file.rows(true)) chunks.push(chunk);
  expect(chunks).toHaveLength(1);
  return { ...file, values: chunks[0].values, variants: chunks[0].variants! };
}

describe('heredity grm', () => {
  it('writes a matrix, what it looks like, and the same as text', async () => {
    const json = await grm('all', '--bfile', at('study'));
    expect(json.matrices).toHaveLength(1);
    expect(json.matrices[0]).toMatchObject({ samples: 60, variants: 40 });
    expect(json.matrices[0].diagonal.mean).toBeGreaterThan(0.8);
    const binary = await read('all');
    expect(binary.individualId[59]).toBe('i59');
    expect(binary.values).toHaveLength(1830);
    expect(Math.max(...binary.variants)).toBe(40);
    await grm('text', '--bfile', at('study'), '--gz');
    const text = await read('text');
    expect(text.variants).toEqual(binary.variants);
    text.values.forEach((value, k) => void expect(value).toBeCloseTo(binary.values[k], 6));
  });

  it('makes one matrix a part, or without each part, and merges parts to the whole', async () => {
    await grm('whole', '--bfile', at('study'));
    const json = await grm('part', '--bfile', at('study'), '--partition', 'chromosome');
    expect(json.matrices.map(({ variants }: { variants: number }) => variants)).toEqual([20, 20]);
    await grm('left', '--bfile', at('study'), '--partition', 'chromosome', '--leave-out');
    expect((await read('left.no-chr1')).values).toEqual((await read('part.chr2')).values);
    writeFileSync(at('list'), `${at('part.chr1')}\n${at('part.chr2')}\n`);
    await grm('merged', '--mgrm', at('list'));
    const [whole, merged] = [await read('whole'), await read('merged')];
    expect(merged.variants).toEqual(whole.variants);
    merged.values.forEach((value, k) => void expect(value).toBeCloseTo(whole.values[k], 5));
    const strata = await grm('strata', '--bfile', at('study'), '--partition', 'maf-ld', '--ld-bins', '2');
    const counts = strata.matrices.map(({ variants }: { variants: number }) => variants);
    expect(counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(40);
  });

  it('leaves out related samples', async () => {
    await grm('related', '--bfile', at('study'));
    const before = await read('related');
    const cutoff = before.values[(17 * 18) / 2 + 16] - 1e-3; // of the two that are the same
    await grm('cut', '--grm', at('related'), '--grm-cutoff', String(cutoff));
    const after = await read('cut');
    expect(after.individualId).not.toContain('i17');
    expect(after.individualId).toContain('i16');
    const others = after.values.filter((_, k) => !Number.isInteger((Math.sqrt(8 * k + 9) - 3) / 2));
    expect(Math.max(...others)).toBeLessThanOrEqual(cutoff);
  });

  it('keeps and leaves out listed samples of a matrix', async () => {
    await grm('before', '--bfile', at('study'));
    const lines = readFileSync(at('before.grm.id'), 'utf8').trimEnd().split('\n');
    writeFileSync(at('some'), `${lines.slice(10, 30).join('\n')}\n`);
    writeFileSync(at('others'), `${lines.slice(10, 12).join('\n')}\n`);
    await grm('kept', '--grm', at('before'), '--keep', at('some'), '--remove', at('others'));
    const [all, kept] = [await read('before'), await read('kept')];
    expect(kept.individualId).toEqual(all.individualId.slice(12, 30));
    // element (i, k) of the triangle stands at i (i + 1) / 2 + k
    expect(kept.values[(3 * 4) / 2 + 1]).toBe(all.values[(15 * 16) / 2 + 13]);
  });

  it('refuses what it cannot do', async () => {
    const refuse = async (message: RegExp, ...flags: string[]) => {
      const { exitCode, stderr } = await heredity(['grm', '--out', at('bad'), ...flags]);
      expect(stderr).toMatch(message);
      expect(exitCode).toBeGreaterThan(0);
    };
    await refuse(/--vcf is needed. Or run with --grm, or with --mgrm/);
    await refuse(
      /--grm-cutoff means nothing without --grm or --mgrm/,
      '--bfile',
      at('study'),
      '--grm-cutoff',
      '0.1',
    );
    await refuse(/needs --weights/, '--bfile', at('study'), '--model', 'ldak');
    writeFileSync(at('short.grm.id'), 'f0 i0\nf1 i1\n');
    writeFileSync(at('short.grm.bin'), new Uint8Array(8));
    await refuse(/8 bytes.*12 bytes/s, '--grm', at('short'));
    writeFileSync(at('two'), `${at('all')}\n${at('short')}\n`);
    writeFileSync(at('short.grm.bin'), new Uint8Array(12));
    await refuse(/different samples from line 3 on/, '--mgrm', at('two'));
  });
});
