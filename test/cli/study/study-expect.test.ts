import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkedJson, heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-expect-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

async function ok(...words: (string | number)[]) {
  const { exitCode, stderr } = await heredity([...words.map(String), '--threads', '1', '--quiet']);
  expect(exitCode, stderr).toBe(0);
}

beforeAll(() =>
  ok('simulate', 'genotypes', '--samples', 600, '--variants', 150, '--chromosomes', 2, '--out', at('study')),
);

const CELLS = 'h0.5_p1_maf0-0.5_a-1_none,h0.5_p1_maf0-0.5_a-0.25_none,h0.5_p1_maf0-0.5_a-1_ldak';

describe('heredity study expect', () => {
  it('says where Haseman-Elston regression goes: to the truth under its own model, else to the mean of simulated traits', async () => {
    const settings = ['--cells', CELLS, '--methods', 'he,ldsc', '--draws', 300];
    await ok('study', 'expect', '--bfile', at('study'), ...settings, '--out', at('a'));
    const document = checkedJson(readFileSync(at('a.expect.json'), 'utf8'));
    const of = (method: string) =>
      document.expectations.filter((row: { method: string }) => row.method === method);
    const he = of('he');
    expect(he).toHaveLength(3);
    expect(he[0].h2).toBeCloseTo(0.5, 10); // E χ² is linear in the tagging of all variants alike
    expect(Math.abs(he[2].relativeBias)).toBeGreaterThan(0.02);
    // the simulated ones have random traces, of which 50 vectors leave some 1 %
    for (const { h2, drawn } of he) expect(Math.abs(h2 - drawn.mean)).toBeLessThan(4 * drawn.sem + 0.02 * h2);
    for (const { h2 } of of('ldsc')) expect(Number.isFinite(h2)).toBe(true);
    const [header, ...rows] = readFileSync(at('a.expect.tsv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe(
      'cell\tmethod\th2\texpected_h2\trelative_bias\tdrawn_h2\tdrawn_sem\tdrawn_relative_bias\tdraws',
    );
    expect(rows).toHaveLength(6);
  });

  it('refuses a method that is none of moments', async () => {
    const words = ['study', 'expect', '--bfile', at('study'), '--methods', 'greml', '--out', at('b')];
    const { exitCode, stderr } = await heredity(words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('no moment estimator of that name');
  });
});
