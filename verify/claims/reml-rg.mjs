import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bias, coverage } from '../verdict.mjs';
import { genotypes, heredity } from '../world.mjs';

const PEOPLE = 500;
const SIZES = [250, 750];
const H2 = 0.5;
/** Genetic and environmental correlation of a pair. */
const PAIRS = [
  { rg: 0, re: 0.4 },
  { rg: 0.5, re: -0.3 },
  { rg: 0.9, re: 0.2 },
];
/** Pairs of each kind in a run, which has all pairs of its traits. */
const AT_ONCE = 4;
/** Exact REML divides a pair of people by the variants that both have, as GCTA does, which with 2 % missing takes 2 to 4 % off (docs/methods/05-greml.md): it has complete genotypes. */
const METHODS = [
  { method: 'greml', missing: 0 },
  { method: 'reml-mc', missing: 0.02 },
];

/** @type {import('../claims.mjs').Claim} */
export const remlRg = {
  name: 'reml-rg',
  claim:
    'the genetic covariance of two traits by bivariate REML, exact and by random vectors, is unbiased where the environmental correlation is another than the genetic one, with fewer variants than people and with more, with a covariate, and missing genotypes for random vectors; 95 % intervals of both hold the covariance of the architecture in 95 % of pairs, to 2 %',
  docs: 'docs/methods/06-monte-carlo-reml.md',
  size: '500 people, 250 and 750 variants on 22 chromosomes, all causal, none or 2 % of genotypes missing, h² 0.5; 0.4, -0.3 and 0.2 of the noise together where r_g is 0, 0.5 and 0.9; 30 random vectors',
  seed: 30,
  replicates: 180,
  resolution: 0.05,
  async measure({ replicates, seed, threads, folder }) {
    const found = [];
    for (const variants of SIZES) {
      const size = `${variants} variants`;
      const runs = METHODS.flatMap((own) =>
        Array.from({ length: Math.ceil(replicates / AT_ONCE) }, (_, k) => ({ ...own, first: k * AT_ONCE })),
      );
      for (const { method, missing, first } of runs) {
        const out = join(folder, 'rg');
        const more = missing > 0 ? ['--missing', missing] : [];
        const bfile = await genotypes({ samples: PEOPLE, variants, chromosomes: 22, more });
        const count = Math.min(AT_ONCE, replicates - first);
        const own = seed * 100_000 + variants * 10 + first;
        await heredity(
          ...['simulate', 'phenotypes', '--bfile', bfile, '--threads', threads],
          ...['--h2', H2, '--replicates', 2 * count * PAIRS.length, '--seed', own, '--write-genetic'],
          ...['--skip-effects', '--out', out],
        );
        correlate(out);
        await heredity(
          ...['rg', '--bfile', bfile, '--threads', threads, '--pheno', `${out}.pheno`],
          ...['--covar', `${out}.covar`, '--methods', method, '--seed', own, '--out', out],
        );
        const { pairs } = JSON.parse(readFileSync(`${out}.rg.json`, 'utf8'));
        for (const { trait1, trait2, covariance } of pairs) {
          if (trait1 !== `a${trait2.slice(1)}`) continue;
          const { rg, re } = PAIRS[Number(trait2.slice(1)) % PAIRS.length];
          const { value, se } = covariance;
          found.push({ method, size, id: `r_g ${rg}, r_e ${re}`, error: value - rg * H2, se });
        }
      }
    }
    return METHODS.flatMap(({ method }) => {
      const own = found.filter((pair) => pair.method === method);
      const cells = PAIRS.flatMap(({ rg, re }) =>
        SIZES.map((variants) => {
          const id = `r_g ${rg}, r_e ${re}`;
          const size = `${variants} variants`;
          const values = own.filter((pair) => pair.id === id && pair.size === size).map(({ error }) => error);
          return bias({ id: `${method}: ${id}, ${size}`, what: 'bias of the covariance', values, truth: 0 });
        }),
      );
      const errors = own.map(({ error }) => error);
      return [...cells, coverage({ id: method, errors, ses: own.map(({ se }) => se) })];
    });
  },
};

/** Turns neighbouring columns of independent traits into pairs a<k>, b<k> with a covariate on which both depend. */
function correlate(out) {
  const table = (file) =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/\s+/));
  const [header, ...rows] = table(`${out}.pheno`);
  const genetic = table(`${out}.genetic.pheno`).slice(1);
  const count = (header.length - 2) / 2;
  const mixed = (own, other, r) => r * own + Math.sqrt(1 - r * r) * other;
  const covariate = (i) => ((i * 7919) % 1201) / 1201;
  const lines = rows.map(([fid, iid, ...values], i) => {
    const g = genetic[i].slice(2).map(Number);
    const e = values.map((value, c) => Number(value) - g[c]);
    const pairs = Array.from({ length: count }, (_, k) => {
      const { rg, re } = PAIRS[k % PAIRS.length];
      const [a, b] = [2 * k, 2 * k + 1];
      return [g[a] + e[a], mixed(g[a], g[b], rg) + mixed(e[a], e[b], re)];
    });
    return [fid, iid, ...pairs.flat().map((value) => value + 2 * covariate(i))].join('\t');
  });
  const names = Array.from({ length: count }, (_, k) => [`a${k}`, `b${k}`]).flat();
  writeFileSync(`${out}.pheno`, `${[['FID', 'IID', ...names].join('\t'), ...lines].join('\n')}\n`);
  const covariates = rows.map(([fid, iid], i) => [fid, iid, covariate(i)].join('\t'));
  writeFileSync(`${out}.covar`, `${['FID\tIID\tage', ...covariates].join('\n')}\n`);
}
