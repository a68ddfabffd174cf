import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bias, coverage } from '../verdict.mjs';
import { genotypes, heredity } from '../world.mjs';

/** Pairs of one run: all pairs of its traits are estimated, and these are wanted. */
const AT_ONCE = 10;
const H2 = 0.5;

/** @type {import('../claims.mjs').Claim} */
export const rgUnbiased = {
  name: 'rg-unbiased',
  claim:
    'the genetic covariance of two traits by GRE is unbiased for genetic correlations of 0, 0.5 and 0.9, with fewer variants than people and with more, and its 95 % intervals hold the truth in 95 % of pairs or more',
  docs: 'docs/gre.md',
  size: '2,000 people, 1,500 and 4,000 variants on 22 chromosomes, both traits of everybody, h² 0.5',
  seed: 16,
  replicates: 170,
  resolution: 0.1,
  async measure({ replicates, seed, threads, folder }) {
    const cells = [];
    for (const variants of [1500, 4000]) {
      const bfile = await genotypes({ samples: 2000, variants, chromosomes: 22 });
      for (const [k, rg] of [0, 0.5, 0.9].entries()) {
        const found = [];
        for (let first = 0; first < replicates; first += AT_ONCE) {
          const count = Math.min(AT_ONCE, replicates - first);
          const out = join(folder, `rg${variants}-${k}`);
          const common = ['--bfile', bfile, '--threads', threads];
          await heredity(
            ...['simulate', 'phenotypes', ...common, '--h2', H2, '--replicates', 2 * count],
            ...['--seed', seed * 1000 + k * 200 + first, '--skip-effects', '--out', out],
          );
          correlate(`${out}.pheno`, rg);
          await heredity(
            'gre',
            ...common,
            '--blocks',
            'chromosome',
            '--pheno',
            `${out}.pheno`,
            '--rg',
            '--out',
            out,
          );
          const { pairs } = JSON.parse(readFileSync(`${out}.gre.json`, 'utf8'));
          found.push(...pairs.filter(({ trait1, trait2 }) => trait1 === `a${trait2.slice(1)}`));
        }
        const id = `r_g ${rg}, ${variants.toLocaleString('en')} variants`;
        cells.push(
          bias({
            id,
            what: 'bias of the covariance',
            values: found.map(({ covariance }) => covariance.value),
            truth: rg * H2,
          }),
          coverage({
            id,
            errors: found.map(({ covariance }) => covariance.value - rg * H2),
            ses: found.map(({ covariance }) => covariance.se),
            within: [0.95, 1],
          }),
        );
      }
    }
    return cells;
  },
};

/** Turns neighbouring columns of independent traits into pairs a<k>, b<k> of genetic and environmental correlation r. */
function correlate(file, r) {
  const [, ...rows] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/\s+/));
  const count = (rows[0].length - 2) / 2;
  const names = Array.from({ length: count }, (_, k) => [`a${k}`, `b${k}`]).flat();
  const lines = rows.map(([fid, iid, ...values]) => {
    const own = values.map(Number);
    for (let k = 0; k < own.length; k += 2) own[k + 1] = r * own[k] + Math.sqrt(1 - r * r) * own[k + 1];
    return [fid, iid, ...own].join('\t');
  });
  writeFileSync(file, `${[['FID', 'IID', ...names].join('\t'), ...lines].join('\n')}\n`);
}
