import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bias, coverage } from '../verdict.mjs';
import { genotypes, heredity } from '../world.mjs';

const H2 = 0.5;
const PEOPLE = 1200;
/** Who has which of two traits: so many people of each trait have the other. */
const OVERLAPS = [
  { name: 'everybody has both', atOnce: 28, has: () => [true, true] },
  { name: 'half have both', atOnce: 14, has: (i) => [i % 3 !== 2, i % 3 !== 0] },
  { name: 'nobody has both', atOnce: 14, has: (i) => [i % 2 === 0, i % 2 === 1] },
];

/** @type {import('../claims.mjs').Claim} */
export const rgUnbiased = {
  name: 'rg-unbiased',
  claim:
    'the genetic covariance of two traits by GRE is unbiased for genetic correlations of 0, 0.5 and 0.9, where all, half or none of the people of each trait have both, with fewer variants than people and with more, with a covariate and missing genotypes, and its 95 % intervals hold the truth in 95 % of pairs, to 2 %',
  docs: 'docs/gre.md',
  size: '1,200 people, 600 and 2,000 variants on 22 chromosomes, 2 % of genotypes missing, a covariate, h² 0.5',
  seed: 16,
  replicates: 84,
  resolution: 0.05,
  async measure({ replicates, seed, threads, folder }) {
    const cells = [];
    const all = OVERLAPS.map(() => ({ errors: [], ses: [] }));
    for (const variants of [600, 2000]) {
      const bfile = await genotypes({
        samples: PEOPLE,
        variants,
        chromosomes: 22,
        more: ['--missing', 0.02],
      });
      const common = ['--bfile', bfile, '--threads', threads];
      for (const [k, rg] of [0, 0.5, 0.9].entries())
        for (const [o, { name, atOnce, has }] of OVERLAPS.entries()) {
          const found = [];
          for (let first = 0; first < replicates; first += atOnce) {
            const count = Math.min(atOnce, replicates - first);
            const out = join(folder, `rg${variants}-${k}`);
            await heredity(
              ...['simulate', 'phenotypes', ...common, '--h2', H2, '--replicates', 2 * count],
              ...['--seed', seed * 1000 + k * 200 + first, '--skip-effects', '--out', out],
            );
            correlate(out, rg, has);
            await heredity(
              ...['gre', ...common, '--blocks', 'ld:44', '--pheno', `${out}.pheno`],
              ...['--covar', `${out}.covar`, '--rg', '--out', out],
            );
            const { pairs } = JSON.parse(readFileSync(`${out}.gre.json`, 'utf8'));
            found.push(...pairs.filter(({ trait1, trait2 }) => trait1 === `a${trait2.slice(1)}`));
          }
          const id = `r_g ${rg}, ${name}, ${variants.toLocaleString('en')} variants`;
          const values = found.map(({ covariance }) => covariance.value);
          const errors = values.map((value) => value - rg * H2);
          cells.push(bias({ id, what: 'bias of the covariance', values: errors, truth: 0 }));
          all[o].errors.push(...errors);
          all[o].ses.push(...found.map(({ covariance }) => covariance.se));
        }
    }
    const together = { errors: all.flatMap(({ errors }) => errors), ses: all.flatMap(({ ses }) => ses) };
    return [
      ...cells,
      ...OVERLAPS.map(({ name }, o) => coverage({ id: name, ...all[o], within: null })),
      coverage({ id: 'all together', ...together }),
    ];
  },
};

/**
 * Turns neighbouring columns of independent traits into pairs a<k>, b<k> of genetic and environmental correlation r, each among those who
 * have it, and adds a covariate on which all depend.
 */
function correlate(out, r, has) {
  const [, ...rows] = readFileSync(`${out}.pheno`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/\s+/));
  const count = (rows[0].length - 2) / 2;
  const names = Array.from({ length: count }, (_, k) => [`a${k}`, `b${k}`]).flat();
  const covariate = (i) => ((i * 7919) % 1201) / 1201;
  const lines = rows.map(([fid, iid, ...values], i) => {
    const own = values.map(Number);
    for (let k = 0; k < own.length; k += 2) own[k + 1] = r * own[k] + Math.sqrt(1 - r * r) * own[k + 1];
    const shown = own.map((value, c) => (has(i)[c % 2] ? value + 2 * covariate(i) : 'NA'));
    return [fid, iid, ...shown].join('\t');
  });
  writeFileSync(`${out}.pheno`, `${[['FID', 'IID', ...names].join('\t'), ...lines].join('\n')}\n`);
  const covariates = rows.map(([fid, iid], i) => [fid, iid, covariate(i)].join('\t'));
  writeFileSync(`${out}.covar`, `${['FID\tIID\tage', ...covariates].join('\n')}\n`);
}
