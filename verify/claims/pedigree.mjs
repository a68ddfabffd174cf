import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bias } from '../verdict.mjs';
import { genotypes, heredity } from '../world.mjs';

const AT_ONCE = 170;
/** Relatedness at typed variants from which on pairs are relatives: low enough that chance makes some of them, as in real cohorts. */
const THRESHOLD = 0.2;
const CASES = [
  { typed: 0.3, beyond: 0.3 },
  { typed: 0.5, beyond: 0 },
  { typed: 0.2, beyond: 0.5 },
];

/** @type {import('../claims.mjs').Claim} */
export const pedigree = {
  name: 'pedigree',
  claim:
    'with siblings in the sample, --bK tells the heritability of the variants from what relatives share beyond them, which are causal variants that are not typed here: each within 0.03 of what the regression makes of the expected products of these traits, which for what is beyond is less than there is, as relatedness is measured at other variants (regression dilution)',
  docs: 'docs/he.md',
  size: '1,600 people, 700 pairs of siblings among them, 4,400 variants on 22 chromosomes, of which those of 11 are typed; Haseman-Elston regression over pairs, 340 traits a cell',
  seed: 23,
  replicates: 340,
  async measure({ replicates, seed, threads, folder }) {
    const bfile = await genotypes({
      samples: 1600,
      variants: 4400,
      chromosomes: 22,
      more: ['--families', 700, '--family', 'sibs'],
    });
    const typed = ['--bfile', bfile, '--threads', threads, '--chr', '1-11'];
    const rest = ['--bfile', bfile, '--threads', threads, '--chr', '12-22'];
    const grm = join(folder, 'typed');
    const other = join(folder, 'rest');
    await heredity('grm', ...typed, '--out', grm);
    await heredity('grm', ...rest, '--out', other);
    const seen = regressionOnTyped(readGrm(grm), readGrm(other), THRESHOLD);
    const cells = [];
    for (const [k, { typed: own, beyond }] of CASES.entries()) {
      const found = { typed: [], beyond: [] };
      for (let first = 0; first < replicates; first += AT_ONCE) {
        const out = join(folder, `case${k}`);
        const words = (h2, more) => [
          ...['--h2', h2, '--replicates', Math.min(AT_ONCE, replicates - first), '--skip-effects'],
          ...['--seed', seed * 1000 + 2 * (k * 400 + first) + more, '--write-genetic'],
        ];
        await heredity('simulate', 'phenotypes', ...typed, ...words(own, 0), '--out', `${out}-typed`);
        if (beyond > 0)
          await heredity('simulate', 'phenotypes', ...rest, ...words(beyond, 1), '--out', `${out}-rest`);
        addUp(out, own, beyond);
        await heredity(
          ...['he', '--grm', grm, '--bK', THRESHOLD, '--pheno', `${out}.pheno`],
          ...['--threads', threads, '--out', out],
        );
        const { estimates } = JSON.parse(readFileSync(`${out}.he-pairs.json`, 'utf8'));
        found.typed.push(...estimates.map(({ h2 }) => h2.value));
        found.beyond.push(...estimates.map(({ quantities }) => quantities['beyond-variants'].value));
      }
      const id = `variants ${own}, beyond them ${beyond}`;
      const cell = (what, values, expected, within = [-0.03, 0.03]) =>
        bias({ id, what, values: values.map((value) => value - expected), truth: 0, within });
      cells.push(
        cell('variants, off what is expected', found.typed, own + beyond * seen.variants),
        cell('beyond them, off what is expected', found.beyond, beyond * seen.beyond),
        cell('beyond them, off the truth', found.beyond, beyond, null),
      );
    }
    return cells;
  },
};

/** Relationships of all pairs i > j, row by row. */
function readGrm(prefix) {
  const bytes = readFileSync(`${prefix}.grm.bin`);
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const people = (Math.sqrt(8 * values.length + 1) - 1) / 2;
  const pairs = new Float64Array(values.length - people);
  for (
    let i = 0, at = 0, to = 0;
    i < people;
    i++, at++ // the diagonal ends a row
  )
    for (let j = 0; j < i; j++) pairs[to++] = values[at++];
  return pairs;
}

/**
 * What regression over pairs on (1, A, A where at least the threshold) makes of relationships B at other variants. Effects are drawn for every
 * variant of both, so that the product y_i y_j is expected to be h² A_ij + beyond B_ij: the regression takes A for itself, and no trait is
 * needed to know what it takes B for.
 * @returns shares of B that go to the variants and to what is beyond them.
 */
function regressionOnTyped(own, other, threshold) {
  const gram = Array.from({ length: 3 }, () => [0, 0, 0, 0]);
  for (const [at, a] of own.entries()) {
    const row = [1, a, a >= threshold ? a : 0, other[at]];
    for (let r = 0; r < 3; r++) for (let c = 0; c < 4; c++) gram[r][c] += row[r] * row[c];
  }
  for (let pivot = 0; pivot < 3; pivot++) {
    const scale = gram[pivot][pivot];
    gram[pivot] = gram[pivot].map((value) => value / scale);
    for (const [r, row] of gram.entries())
      if (r !== pivot) gram[r] = row.map((value, c) => value - row[pivot] * gram[pivot][c]);
  }
  return { variants: gram[1][3], beyond: gram[2][3] };
}

/** Traits of typed variants, whose noise holds 1 - own, with the genetic values of others in place of as much of the noise. */
function addUp(out, own, beyond) {
  const table = (file) =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/\s+/));
  const [header, ...traits] = table(`${out}-typed.pheno`);
  const [, ...genetic] = table(`${out}-typed.genetic.pheno`);
  const others = beyond > 0 ? table(`${out}-rest.genetic.pheno`).slice(1) : undefined;
  const less = Math.sqrt((1 - own - beyond) / (1 - own));
  const rows = traits.map(([fid, iid, ...values], i) => [
    fid,
    iid,
    ...values.map((value, c) => {
      const g = Number(genetic[i][c + 2]);
      return g + less * (Number(value) - g) + Number(others?.[i][c + 2] ?? 0);
    }),
  ]);
  writeFileSync(`${out}.pheno`, `${[header, ...rows].map((row) => row.join('\t')).join('\n')}\n`);
}
