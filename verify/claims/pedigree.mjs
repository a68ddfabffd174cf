import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bias } from '../verdict.mjs';
import { genotypes, heredity } from '../world.mjs';

const AT_ONCE = 170;
/** Relatedness at typed variants from which on pairs are relatives. */
const THRESHOLD = 0.2;
/** Of siblings, at variants that are not typed, which lie on other chromosomes. */
const SHARED = 0.5;
const CASES = [
  { typed: 0.3, beyond: 0.3 },
  { typed: 0.5, beyond: 0 },
  { typed: 0.2, beyond: 0.5 },
];

/** @type {import('../claims.mjs').Claim} */
export const pedigree = {
  name: 'pedigree',
  claim:
    'with siblings in the sample, --bK tells the heritability of the variants from what relatives share beyond them, which are causal variants that are not typed here: the first within 0.03 of the truth, the second within 0.03 of what is left of it where sharing is measured at other variants (regression dilution, from the matrix itself)',
  docs: 'docs/he.md',
  size: '1,600 people, 700 pairs of siblings among them, 4,400 variants on 22 chromosomes, of which those of 11 are typed; Haseman-Elston regression over pairs, 340 traits a cell',
  seed: 23,
  replicates: 340,
  resolution: 0.05,
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
    await heredity('grm', ...typed, '--out', grm);
    const left = dilution(grm, THRESHOLD);
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
        found.typed.push(...estimates.map(({ h2 }) => h2.value - own));
        found.beyond.push(
          ...estimates.map(({ quantities }) => quantities['beyond-variants'].value - left * beyond),
        );
      }
      const id = `variants ${own}, beyond them ${beyond}`;
      const within = [-0.03, 0.03];
      cells.push(
        bias({ id, what: 'bias of the variants', values: found.typed, truth: 0, within }),
        bias({ id, what: 'bias of what is beyond them', values: found.beyond, truth: 0, within }),
      );
    }
    return cells;
  },
};

/**
 * What the regression finds of a heritability that relatives share by SHARED, where it has their relatedness K at other variants instead: a
 * slope through the origin of a constant on K, SHARED sum K / sum K² over the pairs. The matrix of all pairs beside it changes nothing, as both have
 * the same normal equation but for the pairs who are no relatives.
 */
function dilution(grm, threshold) {
  const bytes = readFileSync(`${grm}.grm.bin`);
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let [sum, squares] = [0, 0];
  for (let i = 0, at = 0; at < values.length; i++) {
    for (let j = 0; j < i; j++, at++) {
      if (values[at] < threshold) continue;
      sum += values[at];
      squares += values[at] ** 2;
    }
    at++; // the diagonal
  }
  return (SHARED * sum) / squares;
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
