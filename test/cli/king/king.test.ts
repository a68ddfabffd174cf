import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../../formats/folder.js';
import { HAS_PLINK2, plink2 } from '../../formats/plink2.js';
import { randomGenotypes } from '../../genotype-data.js';
import { randomSource } from '../../kernels/packed.js';
import { cohortFiles, sampleTable } from '../cohort-files.js';
import { checkedJson, heredity } from '../run.js';

const text = (path: string) => readFileSync(path, 'utf8');

/** People of whom the last are copies, children and half siblings of the first. */
function families({ people = 160, variants = 900, missing = 0 } = {}) {
  const genotypes = randomGenotypes(variants, people, { seed: 21, copying: 0 });
  const random = randomSource(5);
  const gamete = (g: number) => Number(g === 2 || (g === 1 && random() < 0.5));
  const child = (row: Int8Array, a: number, b: number) => gamete(row[a]) + gamete(row[b]);
  for (const row of genotypes) {
    row[people - 1] = row[0]; // a twin
    row[people - 2] = child(row, 2, 3);
    row[people - 3] = child(row, 2, 3);
    row[people - 4] = child(row, 2, 4); // half a sibling of those two
    if (missing > 0) for (const i of row.keys()) if (random() < missing) row[i] = -1;
  }
  return genotypes;
}

async function run(folder: string, ...words: string[]) {
  const out = join(folderWith(), 'o');
  const result = await heredity(['king', '--bfile', join(folder, 'study'), '--out', out, ...words]);
  if (result.exitCode !== 0) throw new Error(result.stderr);
  const people = (ending: string) =>
    text(`${out}.king.cutoff.${ending}.id`)
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t')[1]);
  return {
    ...result,
    out,
    kept: people('in'),
    leftOut: people('out'),
    json: checkedJson(text(`${out}.king.json`)),
  };
}

describe('heredity king', () => {
  it('writes the table of PLINK 2, as frozen in a file', async () => {
    const study = fileURLToPath(new URL('../quality/golden/study', import.meta.url));
    const out = join(folderWith(), 'o');
    const words = ['--bfile', study, '--chr', '1,2', '--king-table-filter', '0.2', '--out', out];
    expect((await heredity(['king', ...words])).exitCode).toBe(0);
    expect(text(`${out}.kin0`)).toBe(text(`${study}.kin0`));
  });

  it.runIf(HAS_PLINK2).each([0, 0.04])(
    'writes the table of PLINK 2 byte for byte, with %d missing, of all pairs and of close ones',
    async (missing) => {
      const folder = folderWith(cohortFiles({ genotypes: families({ missing }) }));
      plink2(folder, '--bfile', 'study', '--make-king-table', '--out', 'all');
      plink2(
        folder,
        '--bfile',
        'study',
        '--make-king-table',
        '--king-table-filter',
        '0.05',
        '--out',
        'close',
      );
      expect(text(`${(await run(folder, '--all-pairs')).out}.kin0`)).toBe(text(join(folder, 'all.kin0')));
      const close = await run(folder, '--king-table-filter', '0.05', '--threads', '2');
      expect(text(`${close.out}.kin0`)).toBe(text(join(folder, 'close.kin0')));
    },
  );

  it('gives the same pairs whatever the memory, the threads and the kernels', async () => {
    const folder = folderWith(
      cohortFiles({ genotypes: families({ people: 300, variants: 300, missing: 0.02 }) }),
    );
    const expected = text(`${(await run(folder, '--all-pairs', '--threads', '1')).out}.kin0`);
    for (const words of [
      ['--memory', '40kB'],
      ['--backend', 'wasm'],
      ['--threads', '3'],
    ])
      expect(text(`${(await run(folder, '--all-pairs', ...words)).out}.kin0`)).toBe(expected);
  });

  /** Enough variants that chance makes nobody a relative. */
  const MANY = { people: 60, variants: 15_000 };

  it('names twins, counts degrees, and leaves out few', async () => {
    const folder = folderWith(cohortFiles({ genotypes: families(MANY) }));
    const { json, stdout, kept, leftOut } = await run(folder);
    expect(json.duplicates).toHaveLength(1);
    expect(json.duplicates[0].people).toEqual(['f0 i0', 'f59 i59']);
    // two full siblings with their parents, and their half sibling with his
    expect(json.pairs).toMatchObject({ duplicate: 1, first: 7, second: 2, third: 0, written: 10 });
    expect(stdout).toMatch(/1 duplicates or identical twins.*\n {2}f0 i0 and f59 i59: kinship 0\.5/);
    // of 0 and 59 one goes; of 2, 3, 4, 56, 57, 58 the three parents can stay
    expect(kept).toEqual(expect.arrayContaining(['i2', 'i3', 'i4']));
    expect(leftOut).toHaveLength(1 + 3);
    expect([...kept, ...leftOut]).toHaveLength(60);
    expect(json.unrelated).toEqual({ kept: 56, leftOut: 4, withTrait: null });
  });

  it('keeps people with a trait before others, and takes the matrix of relationships beside', async () => {
    const trait = Float64Array.from({ length: 60 }, (_, i) => (i === 2 || i === 3 ? Number.NaN : i));
    const folder = folderWith({
      ...cohortFiles({ genotypes: families(MANY) }),
      pheno: sampleTable({ t: trait }),
    });
    const words = ['--pheno', join(folder, 'pheno'), '--king-cutoff', '0.3', '--rel-cutoff', '0.2'];
    const { leftOut, json, stderr } = await run(folder, ...words);
    expect(stderr).toMatch(/58 people have a value of a trait: they are kept before others/);
    // 4 and one of two siblings stay, who have a trait, so that the parents without one go
    expect(leftOut).toHaveLength(5);
    expect(leftOut).toEqual(expect.arrayContaining(['i2', 'i3', 'i56']));
    expect(json).toMatchObject({ cutoff: 0.3, relationshipCutoff: 0.2 });
    expect(json.unrelated.withTrait).toEqual({ all: 58, kept: 55 });
  });

  it('says what two flags that contradict each other ask for', async () => {
    const folder = folderWith(cohortFiles({ genotypes: families({ people: 20, variants: 30 }) }));
    await expect(run(folder, '--all-pairs', '--king-table-filter', '0.1')).rejects.toThrow(
      /ask for different pairs/,
    );
  });
});
