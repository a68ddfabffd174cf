import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomGenotypes, randomNormals, standardised } from '../../genotype-data.js';
import { randomSource } from '../../kernels/packed.js';
import { cohortFiles } from '../cohort-files.js';
import { heredity, resultUnder } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-relatives-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const COUPLES = 120;
const VARIANTS = 400;

/** Two children of each couple: of a pair of variants the second is in no file, and shows in the trait only. */
function siblings() {
  const parents = randomGenotypes(VARIANTS, 2 * COUPLES, { seed: 41, copying: 0 });
  const random = randomSource(42);
  const gamete = (copies: number) => (copies === 1 ? Number(random() < 0.5) : copies / 2);
  return parents.map((row) =>
    Int8Array.from({ length: 2 * COUPLES }, (_, child) => {
      const couple = child >> 1;
      return gamete(row[2 * couple]) + gamete(row[2 * couple + 1]);
    }),
  );
}

const children = siblings();
const seen = children.filter((_, v) => v % 2 === 0);
const genetic = (first: number, seed: number) => {
  const effects = randomNormals(VARIANTS, seed);
  const columns = children.filter((_, v) => v % 2 === first).map(standardised);
  return standardised(columns[0].map((_, i) => columns.reduce((sum, x, v) => sum + effects[v] * x[i], 0)));
};
const [ofSeen, ofUnseen] = [genetic(0, 5), genetic(1, 6)];
const y = randomNormals(2 * COUPLES, 7).map((e, i) => 0.6 * ofSeen[i] + 0.7 * ofUnseen[i] + 0.4 * e);

beforeAll(() => {
  for (const [name, content] of Object.entries(cohortFiles({ genotypes: seen, traits: { y } })))
    writeFileSync(at(name), content!);
});

async function run(out: string, ...words: string[]) {
  const { exitCode, stderr } = await heredity([...words, '--quiet', '--out', at(out)]);
  expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  return resultUnder(at(out))?.estimates?.[0];
}
const INPUT = () => ['--bfile', at('study'), '--pheno', at('study.pheno')];

describe('--bK', () => {
  it("tells the variants' heritability from the pedigree's, as GCTA's two matrices do", async () => {
    const direct = await run('direct', 'reml', ...INPUT(), '--bK', '0.25');
    await run('study', 'grm', '--bfile', at('study'));
    await run('relatives', 'grm', '--grm', at('study'), '--make-bK', '0.25');
    const whole = readFileSync(at('study.grm.bin'));
    const cut = readFileSync(at('relatives.grm.bin'));
    let [kept, gone] = [0, 0];
    for (let row = 0, k = 0; row < 2 * COUPLES; row++)
      for (let column = 0; column <= row; column++, k++) {
        const value = whole.readFloatLE(4 * k);
        const expected = row === column || value >= 0.25 ? value : 0;
        expect(cut.readFloatLE(4 * k)).toBe(expected);
        if (row !== column) value >= 0.25 ? kept++ : gone++;
      }
    expect(kept).toBeGreaterThan(COUPLES / 2);
    expect(gone).toBeGreaterThan(100 * kept);
    const fromFile = await run(
      'file',
      'reml',
      '--grm',
      at('study'),
      '--pheno',
      at('study.pheno'),
      '--bK',
      '0.25',
    );
    writeFileSync(at('list'), `${at('study')}\n${at('relatives')}\n`);
    await run('two', 'reml', '--mgrm', at('list'), '--pheno', at('study.pheno'));
    const hsq = readFileSync(at('two.y.hsq'), 'utf8');
    const row = (name: string) => new RegExp(`^${name}\t(\\S+)\t(\\S+)`, 'm').exec(hsq)!.slice(1).map(Number);
    for (const { h2, quantities, parts } of [direct, fromFile]) {
      expect(parts.map(({ id }: { id: string }) => id)).toEqual(['G', 'relatives']);
      for (const [quantity, name] of [
        [h2, 'V\\(G1\\)/Vp'],
        [quantities['beyond-variants'], 'V\\(G2\\)/Vp'],
        [quantities.pedigree, 'Sum of V\\(G\\)/Vp'],
      ]) {
        const [value, se] = row(name);
        expect(Math.abs(quantity.value - value)).toBeLessThan(2e-5);
        expect(Math.abs(quantity.se - se)).toBeLessThan(2e-5);
      }
      expect(quantities.pedigree.value).toBeCloseTo(h2.value + quantities['beyond-variants'].value, 12);
    }
    // what the unseen variants explain shows among siblings alone
    expect(direct.quantities['beyond-variants'].value).toBeGreaterThan(
      2 * direct.quantities['beyond-variants'].se,
    );
  });

  it('says where nobody is related', async () => {
    const { exitCode, stderr } = await heredity(['reml', ...INPUT(), '--bK', '0.9', '--out', at('no')]);
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining('no pair of people is as related')]);
  });

  it('goes with one matrix of all variants', async () => {
    const words = ['reml', ...INPUT(), '--bK', '0.05', '--partition', 'count:2', '--out', at('no')];
    const { exitCode, stderr } = await heredity(words);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--bK goes with one matrix')]);
  });
});
