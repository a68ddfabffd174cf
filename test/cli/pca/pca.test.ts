import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dot } from '../../../src/linalg/orthonormal-basis.js';
import { symmetricEigenvalues } from '../../../src/linalg/symmetric-eigenvalues.js';
import { childOf, structuredPeople } from '../../ancestry/structured.js';
import { folderWith } from '../../formats/folder.js';
import { HAS_PLINK2, plink2 } from '../../formats/plink2.js';
import type { Genotypes } from '../../genotype-data.js';
import { cohortFiles } from '../cohort-files.js';
import { checkedJson, heredity } from '../run.js';

/** A study whose variants lie 100 kb apart on two chromosomes. */
function studyFolder(genotypes: Genotypes, more: Record<string, string> = {}) {
  const half = genotypes.length / 2;
  const bim = genotypes.map(
    (_, v) => `${v < half ? 1 : 2} rs${v} 0 ${100_000 * (1 + (v < half ? v : v - half))} A G\n`,
  );
  const folder = folderWith({ ...cohortFiles({ genotypes }), 'study.bim': bim.join(''), ...more });
  return { folder, at: (name: string) => join(folder, name) };
}

async function pca(bfile: string, out: string, ...words: string[]) {
  const { exitCode, stdout, stderr } = await heredity([
    ...['pca', '--bfile', bfile, '--out', out, '--threads', '1'],
    ...words,
  ]);
  if (exitCode !== 0) throw new Error(stderr);
  return {
    ...eigenvec(`${out}.eigenvec`),
    json: checkedJson(readFileSync(`${out}.pca.json`, 'utf8')),
    stdout,
    stderr,
  };
}

/** IDs of an .eigenvec file, and its columns. */
function eigenvec(path: string) {
  const [header, ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const cells = rows.map((row) => row.split('\t'));
  const first = header.split('\t').indexOf('PC1');
  const columns = header
    .split('\t')
    .slice(first)
    .map((_, k) => Float64Array.from(cells, (row) => Number(row[first + k])));
  return { header, ids: cells.map((row) => row[1]), columns };
}

/** Sine of the largest angle between spans of orthonormal columns: that of what the second leaves of each of the first. */
function sineBetween(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  let square = 0;
  for (const column of a) {
    const rest = Float64Array.from(column);
    for (const other of b) {
      const share = dot(column, other);
      for (let i = 0; i < rest.length; i++) rest[i] -= share * other[i];
    }
    square += dot(rest, rest);
  }
  return Math.sqrt(square);
}

/** X X'/M by its definition. */
function relationships(genotypes: Genotypes, samples: number): Float64Array {
  const matrix = new Float64Array(samples ** 2);
  for (const row of genotypes) {
    const f = row.reduce((sum, copies) => sum + copies, 0) / (2 * samples);
    const z = Float64Array.from(row, (copies) => (copies - 2 * f) / Math.sqrt(2 * f * (1 - f)));
    for (let i = 0; i < samples; i++)
      for (let k = 0; k < samples; k++) matrix[i * samples + k] += (z[i] * z[k]) / genotypes.length;
  }
  return matrix;
}

const list = (people: readonly number[]) => people.map((i) => `f${i} i${i}\n`).join('');

describe('heredity pca', () => {
  it('gives the eigenvectors of the relationship matrix', async () => {
    const samples = 120;
    const { genotypes } = structuredPeople(samples, 400);
    const { at } = studyFolder(genotypes);
    const { columns, json, header } = await pca(at('study'), at('pca'), '--pcs', '4');
    expect(header).toBe('#FID\tIID\tPC1\tPC2\tPC3\tPC4');
    const matrix = relationships(genotypes, samples);
    const dense = symmetricEigenvalues(matrix, samples).toReversed();
    for (const k of [0, 1]) {
      const value = json.components[k].eigenvalue;
      expect(value).toBeCloseTo(dense[k], 6);
      const image = columns[k].map((_, i) =>
        dot(matrix.subarray(i * samples, (i + 1) * samples), columns[k]),
      );
      const error = image.map((v, i) => v - value * columns[k][i]);
      expect(Math.sqrt(dot(error, error)) / value).toBeLessThan(2e-5); // six digits are written
      expect(dot(columns[k], columns[k])).toBeCloseTo(1, 5);
    }
    expect(json.determined).toBeGreaterThanOrEqual(2);
    expect(json.components[3].eigenvalue / dense[3]).toBeGreaterThan(0.98);
    expect(json.components[3].eigenvalue / dense[3]).toBeLessThanOrEqual(1.000001);
  });

  it.skipIf(!HAS_PLINK2)('agrees with plink2 --pca and writes allele weights as it does', async () => {
    const { genotypes } = structuredPeople(200, 600, { groups: 4 });
    const { folder, at } = studyFolder(genotypes);
    const own = await pca(at('study'), at('pca'), '--pcs', '3');
    plink2(folder, '--bfile', 'study', '--pca', 'allele-wts', '3', '--out', 'plink');
    expect(sineBetween(own.columns, eigenvec(at('plink.eigenvec')).columns)).toBeLessThan(2e-5);
    const weights = (name: string) => readFileSync(at(name), 'utf8').trimEnd().split('\n');
    const [a, b] = ['pca.eigenvec.allele', 'plink.eigenvec.allele'].map(weights);
    expect(a).toHaveLength(b.length);
    expect(a[0]).toBe(b[0]);
    for (const [row, line] of a.entries()) {
      if (row === 0) continue;
      const [mine, theirs] = [line.split('\t'), b[row].split('\t')];
      expect(mine.slice(0, 5)).toEqual(theirs.slice(0, 5));
      for (let k = 5; k < 8; k++)
        expect(Math.abs(Math.abs(Number(mine[k])) - Math.abs(Number(theirs[k])))).toBeLessThan(1e-3);
    }
  });

  it('projects people where they would lie if the components were of them too', async () => {
    const [samples, own] = [1000, 600];
    const { genotypes } = structuredPeople(samples, 3000, { fst: 0.02, seed: 7 });
    const all = Array.from({ length: samples }, (_, i) => i);
    const { at } = studyFolder(genotypes, { unrelated: list(all.slice(0, own)) });
    const joint = await pca(at('study'), at('joint'), '--pcs', '2');
    const projected = await pca(at('study'), at('half'), '--pcs', '2', '--unrelated', at('unrelated'));
    expect(projected.json.projected).toBe(samples - own);
    for (const k of [0, 1]) {
      // both on the scale and in the directions of those of whom the components are in either
      const [x, y] = [projected.columns[k], along(joint.columns, projected.columns[k], own)];
      let [xy, xx] = [0, 0];
      for (let i = own; i < samples; i++) [xy, xx] = [xy + x[i] * y[i], xx + x[i] * x[i]];
      expect(projected.json.components[k].stretch).toBeGreaterThan(1.05);
      expect(Math.abs(xy / xx - 1)).toBeLessThan(0.02);
    }
  });

  it('names a component that is one region', async () => {
    const samples = 200;
    const { genotypes } = structuredPeople(samples, 2000, { groups: 2, fst: 0.02 });
    const carrier = structuredPeople(samples, 1, { fst: 0, seed: 9 }).genotypes[0];
    const inverted = genotypes.map((row, v) => (v >= 300 && v < 360 ? carrier : row));
    const { at } = studyFolder(inverted);
    const { json, stderr } = await pca(at('study'), at('pca'), '--pcs', '3');
    const artefacts = json.components.filter(
      (c: { densest: { isArtefact: boolean } }) => c.densest.isArtefact,
    );
    expect(artefacts).toHaveLength(1);
    expect(artefacts[0].densest).toMatchObject({ chromosome: '1' });
    expect(artefacts[0].densest.from).toBeLessThanOrEqual(301 * 100_000);
    expect(artefacts[0].densest.to).toBeGreaterThanOrEqual(360 * 100_000);
    expect(stderr).toMatch(
      /a component is a region of linkage disequilibrium rather than ancestry: PC\d \(chr1:/,
    );
  });

  it('keeps a family from making a component of its own', async () => {
    const samples = 160;
    const { genotypes } = structuredPeople(samples, 1500, { groups: 2, fst: 0.02 });
    const children = Array.from({ length: 20 }, (_, k) => childOf(genotypes, 0, 1, 50 + k));
    const withChildren = genotypes.map((row, v) => Int8Array.from([...row, ...children.map((c) => c[v])]));
    const unrelated = Array.from({ length: samples }, (_, i) => i);
    const { at } = studyFolder(withChildren, { unrelated: list(unrelated) });
    const share = (column: Float64Array) => {
      const square = (from: number, to: number) => dot(column.subarray(from, to), column.subarray(from, to));
      return square(samples, samples + 20) / square(0, samples + 20);
    };
    const naive = await pca(at('study'), at('naive'), '--pcs', '2');
    expect(Math.max(...naive.columns.map(share))).toBeGreaterThan(0.7);
    expect(naive.stderr).toMatch(/relatives among them can make components of their own/);
    const { columns } = await pca(at('study'), at('pca'), '--pcs', '2', '--unrelated', at('unrelated'));
    for (const column of columns) expect(share(column)).toBeLessThan(0.3);
  });

  it('finds people far from the main group', async () => {
    const groupOf = (i: number) => Number(i % 10 === 3);
    const { genotypes, group } = structuredPeople(150, 1500, { groups: 2, fst: 0.05, groupOf });
    const { at } = studyFolder(genotypes);
    const { ids, json } = await pca(at('study'), at('pca'), '--pcs', '1');
    const outliers = readFileSync(at('pca.pca.outliers'), 'utf8').trimEnd().split('\n').slice(1);
    const strangers = ids.filter((_, i) => group[i] === 1);
    expect(outliers.map((line) => line.split('\t')[1]).toSorted()).toEqual(strangers.toSorted());
    expect(json.outliers.count).toBe(strangers.length);
  });

  it('refuses what cannot be', async () => {
    const { genotypes } = structuredPeople(12, 40);
    const { at } = studyFolder(genotypes, { absent: 'f99 i99\n' });
    const refused = async (words: string[], message: RegExp, code: number) => {
      const { exitCode, stderr } = await heredity([
        'pca',
        '--bfile',
        at('study'),
        '--out',
        at('x'),
        ...words,
      ]);
      expect(stderr).toMatch(message);
      expect(exitCode).toBe(code);
    };
    await refused(['--pcs', '11'], /not so many principal components.*at most 10/s, 4);
    await refused(['--unrelated', at('absent')], /nobody whom --unrelated lists/, 3);
  });
});

/** The combination of columns that is nearest to another over the first so many people, over all. */
function along(columns: readonly Float64Array[], to: Float64Array, first: number): Float64Array {
  const [a, b] = columns.map((column) => column.subarray(0, first));
  const y = to.subarray(0, first);
  const [aa, ab, bb, ay, by] = [dot(a, a), dot(a, b), dot(b, b), dot(a, y), dot(b, y)];
  const determinant = aa * bb - ab * ab;
  const [p, q] = [(ay * bb - by * ab) / determinant, (by * aa - ay * ab) / determinant];
  return columns[0].map((value, i) => p * value + q * columns[1][i]);
}
