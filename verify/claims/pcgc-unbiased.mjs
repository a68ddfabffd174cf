import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bias } from '../verdict.mjs';
import { genotypes, heredity } from '../world.mjs';

/** Case-control studies of so many people each, out of a population. */
const PEOPLE = 800;
/** Traits of one call: each has its own people, and so its own room. */
const AT_ONCE = 16;
const GRID = [0.01, 0.1].flatMap((prevalence) =>
  [0.2, 0.5].flatMap((cases) =>
    [0.25, 0.5].flatMap((h2) => [0, 0.1].map((covariates) => ({ prevalence, cases, h2, covariates }))),
  ),
);

/** @type {import('../claims.mjs').Claim} */
export const pcgcUnbiased = {
  name: 'pcgc-unbiased',
  claim:
    'PCGC finds the heritability of the liability whatever the prevalence, the share of cases in the sample and the heritability, with covariates that explain 10 % of the liability and without',
  docs: 'docs/case-control.md',
  size: '800 people of a population of 60,000, 2,000 variants on 22 chromosomes, 16 cells',
  seed: 14,
  replicates: 64,
  resolution: 0.25,
  async measure({ replicates, seed, threads, folder }) {
    const bfile = await genotypes({ samples: 60_000, variants: 2000, chromosomes: 22 });
    const common = ['--bfile', bfile, '--threads', threads];
    const noise = join(folder, 'noise');
    await heredity('simulate', 'phenotypes', ...common, '--h2', 0, '--seed', seed, '--out', noise);
    const cells = [];
    for (const [k, { prevalence, cases, h2, covariates }] of GRID.entries()) {
      const values = [];
      for (let first = 0; first < replicates; first += AT_ONCE) {
        const out = join(folder, `cell${k}`);
        const covar = covariates > 0 ? ['--covar', `${noise}.pheno`] : [];
        const count = Math.min(AT_ONCE, replicates - first);
        await heredity(
          ...['simulate', 'phenotypes', ...common, '--h2', h2, '--replicates', count, '--skip-effects'],
          ...['--prevalence', prevalence, '--cases', cases * PEOPLE, '--controls', (1 - cases) * PEOPLE],
          ...[...covar, ...(covariates > 0 ? ['--covar-share', covariates] : [])],
          ...['--seed', seed * 1000 + k * 100 + first, '--out', out],
        );
        await heredity(
          ...['he', ...common, '--pheno', `${out}.pheno`, '--keep', sampled(out), ...covar],
          ...['--prevalence', prevalence, '--seed', seed + first, '--allow-small-overlap', '--out', out],
        );
        const { estimates } = JSON.parse(readFileSync(`${out}.he.json`, 'utf8'));
        for (const { liability, quantities } of estimates)
          values.push((covariates > 0 ? quantities['whole-liability'] : liability).value);
      }
      const id = `prevalence ${prevalence}, cases ${cases}, h² ${h2}${covariates > 0 ? ', covariates' : ''}`;
      cells.push(bias({ id, values, truth: h2 }));
    }
    return cells;
  },
};

/** A file of the people whom any of the studies has: the rest of the population only costs time. */
function sampled(out) {
  const [, ...rows] = readFileSync(`${out}.pheno`, 'utf8').trimEnd().split('\n');
  const people = rows
    .map((row) => row.split('\t'))
    .filter(([, , ...values]) => values.some((value) => value !== 'NA'));
  const file = `${out}.keep`;
  writeFileSync(file, people.map(([fid, iid]) => `${fid}\t${iid}\n`).join(''));
  return file;
}
