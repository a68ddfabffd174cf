import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bias, coverage, share } from '../verdict.mjs';
import { genotypes, groupRows, heredity } from '../world.mjs';

const H2 = 0.5;
const PEOPLE = 1200;
const CORRELATIONS = [0, 0.5, 0.9];
const APART = 'nobody has both';
const WHOLE = 'whole chromosomes';
const CUT = 'cut blocks';
/** Who has which of two traits: so many people of each trait have the other. So many pairs of each correlation in a run, which has all pairs of its traits; how many times the replicates, where estimates scatter most. */
const OVERLAPS = [
  { name: 'everybody has both', atOnce: 8, times: 1, has: () => [true, true] },
  { name: 'half have both', atOnce: 4, times: 2, has: (i) => [i % 3 !== 2, i % 3 !== 0] },
  { name: APART, atOnce: 4, times: 1, has: (i) => [i % 2 === 0, i % 2 === 1] },
];
const ARCHITECTURES = [
  { name: 'all causal', words: () => [] },
  { name: '1 % causal', words: () => ['--p-causal', 0.01] },
  {
    name: 'rarer variants causal',
    words: () => ['--p-causal', 0.05, '--cv-maf', '0.01,0.1', '--alpha', -0.25],
  },
  { name: 'effects by LDAK weights', words: (bfile) => ['--weights', `${bfile}.weights.short`] },
];

/** @type {import('../claims.mjs').Claim} */
export const rgUnbiased = {
  name: 'rg-unbiased',
  claim:
    'the genetic covariance of two traits by GRE in whole chromosomes is unbiased in four architectures, for genetic correlations of 0, 0.5 and 0.9, with fewer variants than people and with more, with a covariate and missing genotypes, where all or half of the people of each trait have both; where nobody has both it is within 0.05. In whole chromosomes and in blocks cut inside them, which are biased where effects are not even inside a neighbour, 95 % intervals of the covariance and of r_g hold what the genetic values of these people share in 95 % of pairs, to 2 %',
  docs: 'docs/gre.md',
  size: '1,200 people, 600 and 2,000 variants on 22 chromosomes, whole and in some 44 blocks, 2 % of genotypes missing, a covariate, h² 0.5; all, 1 %, or one in twenty of the variants of MAF 0.01 to 0.1 causal, or effects by LDAK weights; twice as many pairs where half have both; each pair counts in the row of its architecture and in that of its correlation',
  seed: 27,
  replicates: 16,
  resolution: 0.05,
  async measure({ replicates, seed, threads, folder }) {
    const found = [];
    for (const variants of [600, 2000]) {
      const bfile = await genotypes({
        samples: PEOPLE,
        variants,
        chromosomes: 22,
        more: ['--missing', 0.02],
      });
      const size = `${variants.toLocaleString('en')} variants`;
      const common = ['--bfile', bfile, '--threads', threads];
      if (!existsSync(`${bfile}.weights.short`)) await heredity('ld', 'weights', ...common, '--out', bfile);
      for (const [k, { name: architecture, words }] of ARCHITECTURES.entries())
        for (const [o, { name: overlap, atOnce, times, has }] of OVERLAPS.entries())
          for (let first = 0; first < times * replicates; first += atOnce) {
            const out = join(folder, 'rg');
            const count = Math.min(atOnce, times * replicates - first);
            await heredity(
              ...['simulate', 'phenotypes', ...common, '--h2', H2, ...words(bfile)],
              ...['--replicates', 2 * count * CORRELATIONS.length, '--write-genetic', '--skip-effects'],
              ...['--seed', seed * 100_000 + variants * 10 + k * 1000 + o * 300 + first, '--out', out],
            );
            const truths = correlate(out, has);
            for (const [blocks, name] of [
              ['chromosome', WHOLE],
              ['ld:44', CUT],
            ]) {
              await heredity(
                ...['gre', ...common, '--blocks', blocks, '--pheno', `${out}.pheno`],
                ...['--covar', `${out}.covar`, '--rg', '--out', out],
              );
              const { pairs } = JSON.parse(readFileSync(`${out}.gre.json`, 'utf8'));
              for (const { trait1, trait2, covariance, rg } of pairs) {
                if (trait1 !== `a${trait2.slice(1)}`) continue;
                const { r, truth, correlation } = truths.get(trait1);
                const facts = { size, architecture, overlap, rg: `r_g ${r}`, blocks: name };
                found.push({
                  ...facts,
                  covariance: beside(covariance, truth),
                  ratio: beside(rg, correlation),
                });
              }
            }
          }
    }
    const rows = (own, ...columns) =>
      groupRows(own, ...columns).map(([, some]) => [
        columns.map((column) => some[0][column]).join(', '),
        some,
      ]);
    const biasOf = ([id, own], within) => {
      const values = own.map(({ covariance }) => covariance.error);
      return bias({ id, what: 'bias of the covariance', values, truth: 0, within });
    };
    const coverageOf = ([id, own], within, of = 'covariance') => {
      const known = own.map((pair) => pair[of]).filter((found) => found !== null);
      const [errors, ses] = ['error', 'se'].map((name) => known.map((found) => found[name]));
      const what = `coverage of 95 % intervals${of === 'ratio' ? ' of r_g' : ''}`;
      return coverage({ id, what, errors, ses, within });
    };
    const missing = ([id, own]) =>
      share({
        id,
        what: 'pairs without r_g',
        count: own.filter(({ ratio }) => ratio === null).length,
        of: own.length,
        within: null,
      });
    const [whole, cut] = [WHOLE, CUT].map((name) => found.filter(({ blocks }) => blocks === name));
    const isTogether = ({ overlap }) => overlap !== APART;
    const byArchitecture = (own) => rows(own.filter(isTogether), 'blocks', 'architecture', 'size');
    return [
      ...byArchitecture(whole).map((own) => biasOf(own, [0, 0])),
      ...rows(whole.filter(isTogether), 'rg', 'overlap', 'size').map((own) => biasOf(own, [0, 0])),
      ...rows(
        whole.filter((own) => !isTogether(own)),
        'rg',
        'overlap',
        'size',
      ).map((own) => biasOf(own, [-0.05, 0.05])),
      ...byArchitecture(cut).map((own) => biasOf(own, null)),
      ...[whole, cut].flatMap((own) => [
        ...['architecture', 'overlap', 'rg', 'size'].flatMap((column) =>
          rows(own, 'blocks', column).map((row) => coverageOf(row, null)),
        ),
        coverageOf([`${own[0].blocks}, all together`, own]),
        ...rows(own, 'blocks', 'rg', 'size').flatMap((row) => [coverageOf(row, null, 'ratio'), missing(row)]),
        coverageOf([`${own[0].blocks}, all together`, own], undefined, 'ratio'),
      ]),
    ];
  },
};

/** @returns an estimate's error and its standard error, or null where there is no estimate. */
const beside = ({ value, se }, truth) =>
  value === null || se === null ? null : { error: value - truth, se };

/**
 * Turns neighbouring columns of independent traits into pairs a<k>, b<k> of genetic and environmental correlation r, each among those who
 * have it, and adds a covariate on which all depend.
 * @returns of each pair, by the name of its first trait, r and what the genetic values of these people share: their covariance in units of
 * both traits' standard deviations, and their correlation.
 */
function correlate(out, has) {
  const [header, ...people] = tableOf(`${out}.pheno`);
  const genetic = tableOf(`${out}.genetic.pheno`).slice(1);
  const count = (header.length - 2) / 2;
  const correlations = Array.from({ length: count }, (_, k) => CORRELATIONS[k % CORRELATIONS.length]);
  const mix = ([, , ...cells]) => {
    const values = cells.map(Number);
    for (const [k, r] of correlations.entries())
      values[2 * k + 1] = r * values[2 * k] + Math.sqrt(1 - r * r) * values[2 * k + 1];
    return values;
  };
  const [traits, shared] = [people, genetic].map((rows) => rows.map(mix));
  const covariate = (i) => ((i * 7919) % 1201) / 1201;
  const names = correlations.flatMap((_, k) => [`a${k}`, `b${k}`]);
  const lines = people.map(([fid, iid], i) => {
    const shown = traits[i].map((value, c) => (has(i)[c % 2] ? value + 2 * covariate(i) : 'NA'));
    return [fid, iid, ...shown].join('\t');
  });
  writeFileSync(`${out}.pheno`, `${[['FID', 'IID', ...names].join('\t'), ...lines].join('\n')}\n`);
  const covariates = people.map(([fid, iid], i) => [fid, iid, covariate(i)].join('\t'));
  writeFileSync(`${out}.covar`, `${['FID\tIID\tage', ...covariates].join('\n')}\n`);
  return new Map(
    correlations.map((r, k) => {
      const [own, other] = [2 * k, 2 * k + 1];
      const together = (table, a, b) =>
        covarianceOf(table, a, b) / Math.sqrt(covarianceOf(table, a, a) * covarianceOf(table, b, b));
      const scale = Math.sqrt(covarianceOf(traits, own, own) * covarianceOf(traits, other, other));
      const truth = covarianceOf(shared, own, other) / scale;
      return [`a${k}`, { r, truth, correlation: together(shared, own, other) }];
    }),
  );
}

const tableOf = (file) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/\s+/));

/** Covariance of two columns of a table over its rows. */
function covarianceOf(table, a, b) {
  const mean = (of) => table.reduce((sum, row) => sum + of(row), 0) / table.length;
  const [first, second] = [a, b].map((column) => mean((row) => row[column]));
  return mean((row) => (row[a] - first) * (row[b] - second));
}
