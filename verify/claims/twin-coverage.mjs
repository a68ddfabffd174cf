import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerFromTraits } from '../../dist/methods/twin/several-traits.js';
import { silentRun } from '../../dist/run.js';
import { bias, share } from '../verdict.mjs';

const TRUTH = { a2: 0.5, c2: 0.2, rA: 0.6, rC: 0.5, rE: 0.2 };
const PAIRS = 1500;
/** What reads a table and keeps no record: a thousand starts of the program, and its pictures, take longer than the models. */
const UNRECORDED = {
  ...silentRun,
  log: { info() {}, warn() {}, result() {} },
  provenance: { input() {}, losesSamples() {} },
};

/** @type {import('../claims.mjs').Claim} */
export const twinCoverage = {
  name: 'twin-coverage',
  claim:
    'profile-likelihood intervals of heredity twin hold the true heritability and genetic correlation of two traits in 95 % of samples, to 2 %, where no component is near a bound',
  docs: 'docs/methods/09-twins.md',
  size: '1,500 identical and 1,500 fraternal pairs with two traits of a² 0.5 and c² 0.2, r_A 0.6, r_C 0.5, r_E 0.2; two heritabilities and a correlation a sample',
  seed: 29,
  replicates: 1000,
  resolution: 0.02,
  async measure({ replicates, seed, folder }) {
    const found = { h2: [], rg: [] };
    const random = normals(seed);
    for (let r = 0; r < replicates; r++) {
      const out = join(folder, 'twins');
      writeFileSync(`${out}.tsv`, twins(random));
      const flags = { pairs: `${out}.tsv`, traits: ['a1', 'a2', 'b1', 'b2'], zygosity: 'zygosity' };
      const { estimates, pairs } = await answerFromTraits(
        { ...flags, mz: ['MZ'], dz: ['DZ'], models: ['ACE'], missingCode: [] },
        UNRECORDED,
      );
      found.h2.push(...estimates.map(({ h2 }) => h2));
      found.rg.push(pairs[0].rg);
    }
    return [
      holds('heritability', found.h2, TRUTH.a2),
      holds('genetic correlation', found.rg, TRUTH.rA),
      bias({
        id: 'heritability',
        values: found.h2.map(({ value }) => value),
        truth: TRUTH.a2,
        within: [-0.03, 0.03],
      }),
    ];
  },
};

const holds = (id, numbers, truth) =>
  share({
    id,
    what: 'coverage of 95 % intervals',
    count: numbers.filter(({ ci95 }) => ci95[0] <= truth && truth <= ci95[1]).length,
    of: numbers.length,
    within: [0.95, 0.95],
  });

/** A table of pairs. */
function twins(random) {
  const { a2, c2, rA, rC, rE } = TRUTH;
  const two = (r) => {
    const first = random();
    return [first, r * first + Math.sqrt(1 - r * r) * random()];
  };
  /** Values of both members, of both traits, of a component of which members share a part. */
  const component = (r, part) => {
    const [common, ...own] = [two(r), two(r), two(r)];
    return own.map((values) =>
      values.map((value, t) => Math.sqrt(part) * common[t] + Math.sqrt(1 - part) * value),
    );
  };
  const rows = ['MZ', 'DZ'].flatMap((kind) =>
    Array.from({ length: PAIRS }, () => {
      const [a, c, e] = [component(rA, kind === 'MZ' ? 1 : 0.5), component(rC, 1), component(rE, 0)];
      const value = (m, t) =>
        Math.sqrt(a2) * a[m][t] + Math.sqrt(c2) * c[m][t] + Math.sqrt(1 - a2 - c2) * e[m][t];
      return [kind, value(0, 0), value(1, 0), value(0, 1), value(1, 1)].join('\t');
    }),
  );
  return `${['zygosity\ta1\ta2\tb1\tb2', ...rows].join('\n')}\n`;
}

/** Standard normal numbers by Box and Muller from the generator of Park and Miller. */
function normals(seed) {
  let state = seed * 7919 + 1;
  const uniform = () => {
    state = (16807 * state) % 2147483647;
    return state / 2147483647;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
