import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bias, coverage } from '../verdict.mjs';
import { genotypes, heredity } from '../world.mjs';

const PEOPLE = 600;
const SIZES = [300, 900];
/** Share of the variance that a covariate explains. */
const COVARIATE = 0.05;
/** Shares of variance, of alleles and of dominance, and which variants act; `isEven`: on average, as REML and Haseman-Elston regression assume. */
const ARCHITECTURES = [
  { name: 'all causal', h2: 0.3, dominance: 0.2, isEven: true, words: () => [] },
  { name: 'a tenth causal', h2: 0.3, dominance: 0.2, isEven: true, words: () => ['--p-causal', 0.1] },
  {
    name: 'a tenth causal, MAF below 0.2',
    ...{ h2: 0.3, dominance: 0.2, isEven: false },
    words: () => ['--p-causal', 0.1, '--cv-maf', '0.05,0.2', '--alpha', -0.25],
  },
  {
    name: 'effects by 1 / LD score',
    ...{ h2: 0.3, dominance: 0.2, isEven: false },
    words: (scores) => ['--ld-scores', scores],
  },
  { name: 'no dominance', h2: 0.5, dominance: 0, isEven: true, words: () => [] },
];
const METHODS = [
  { method: 'gre', file: 'gre', words: ['gre', '--blocks', 'chromosome', '--se', 'calibrated'] },
  { method: 'he', file: 'he', words: ['he', '--exact-traces'] },
  // effects act on missing genotypes at their mean in the simulation
  { method: 'reml', file: 'greml', words: ['reml', '--reml-no-constrain', '--missing', 'mean'] },
];

/** @type {import('../claims.mjs').Claim} */
export const dominanceUnbiased = {
  name: 'dominance-unbiased',
  claim:
    'with --dominance, GRE finds the shares of alleles and of dominance in four architectures, Haseman-Elston regression with exact traces and exact REML where effects are even, with fewer variants than people and with more, with a covariate and missing genotypes; none takes alleles for dominance; 95 % intervals hold the truth in 95 % of traits, to 2 %. The truth is for GRE what the effects share in the sample, for the others what the architecture does, with intervals where all variants are causal',
  docs: 'docs/methods/13-dominance-and-pedigree.md',
  size: '600 people, 300 and 900 variants on 22 chromosomes, 2 % of genotypes missing, a covariate that explains 5 % of the variance; each architecture has dominance .2 and h² .3 of what is left, or none and .5',
  seed: 29,
  replicates: 230,
  resolution: 0.06,
  async measure({ replicates, seed, threads, folder }) {
    const cells = [];
    const covered = Object.fromEntries(METHODS.map(({ method }) => [method, { errors: [], ses: [] }]));
    for (const [s, variants] of SIZES.entries()) {
      const bfile = await genotypes({
        samples: PEOPLE,
        variants,
        chromosomes: 22,
        more: ['--missing', 0.02],
      });
      const common = ['--bfile', bfile, '--threads', threads];
      const scores = join(folder, `ld${variants}`);
      await heredity('ld', 'scores', ...common, '--ld-wind-kb', 25, '--out', scores);
      const covariates = join(folder, `age${variants}.covar`);
      writeCovariate(`${bfile}.fam`, covariates);
      for (const [k, { name, h2, dominance, isEven, words }] of ARCHITECTURES.entries()) {
        const out = join(folder, `cell${k}`);
        await heredity(
          ...['simulate', 'phenotypes', ...common, '--h2', h2, '--dominance', dominance],
          ...[...words(scores), '--replicates', replicates, '--seed', seed * 100 + s * 10 + k],
          ...['--covar', covariates, '--covar-share', COVARIATE, '--skip-effects', '--out', out],
        );
        const realised = realisedShares(`${out}.truth.tsv`);
        for (const { method, file, words: run } of METHODS) {
          if (method !== 'gre' && !isEven) continue;
          const [command, ...flags] = run;
          await heredity(
            ...[command, ...common, ...flags, '--pheno', `${out}.pheno`, '--covar', covariates],
            ...['--dominance', '--out', out],
          );
          const { estimates } = JSON.parse(readFileSync(`${out}.${file}.json`, 'utf8'));
          const id = `${method}: ${name}, ${variants.toLocaleString('en')} variants`;
          const left = 1 - COVARIATE;
          const wanted = { h2: h2 / left, dominance: dominance / left };
          // GRE's is what the effects share in the sample, the others' what the architecture does
          const truthOf = ({ trait }, share) =>
            method === 'gre' ? realised.get(trait)[share] : wanted[share];
          for (const share of ['h2', 'dominance']) {
            const own = estimates.map(({ h2: ofAlleles, quantities }) =>
              share === 'h2' ? ofAlleles : quantities.dominance,
            );
            cells.push(
              bias({
                id,
                what: `bias of ${share === 'h2' ? 'h²' : share}`,
                values: own.map(({ value }, t) => value - truthOf(estimates[t], share)),
                truth: 0,
              }),
            );
            // few causal variants scatter around their architecture by more than errors of normal effects say
            if (method !== 'gre' && words(scores).length > 0) continue;
            covered[method].errors.push(...own.map(({ value }, t) => value - truthOf(estimates[t], share)));
            covered[method].ses.push(...own.map(({ se }) => se));
          }
        }
      }
    }
    for (const [method, own] of Object.entries(covered)) cells.push(coverage({ id: method, ...own }));
    return cells;
  },
};

/** A number that has nothing to do with the genotypes. */
function writeCovariate(fam, file) {
  const rows = readFileSync(fam, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line, i) => [...line.split(/\s+/).slice(0, 2), ((i * 7919) % 1201) / 1201].join('\t'));
  writeFileSync(file, `${['FID\tIID\tage', ...rows].join('\n')}\n`);
}

/** What effects and noise make of the variance in this sample, the covariate aside, by trait. */
function realisedShares(file) {
  const [header, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const names = header.split('\t');
  return new Map(
    rows.map((row) => {
      const values = row.split('\t');
      const of = (name) => Number(values[names.indexOf(name)]);
      const [alleles, dominance] = [of('genetic_variance'), of('dominance_variance')];
      const all = alleles + dominance + of('noise_variance');
      return [values[0], { h2: alleles / all, dominance: dominance / all }];
    }),
  );
}
