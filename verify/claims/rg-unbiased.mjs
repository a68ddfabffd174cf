import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { bias, coverage } from '../verdict.mjs';
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
    'the genetic covariance of two traits by GRE in whole chromosomes is unbiased in four architectures, for genetic correlations of 0, 0.5 and 0.9, with fewer variants than people and with more, with a covariate and missing genotypes, where all or half of the people of each trait have both; where nobody has both it is within 0.05. In blocks cut inside chromosomes, which are biased where effects are not even inside a neighbour, its 95 % intervals hold the truth in 95 % of pairs, to 2 %',
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
              ...['--replicates', 2 * count * CORRELATIONS.length],
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
              for (const { trait1, trait2, covariance } of pairs) {
                if (trait1 !== `a${trait2.slice(1)}`) continue;
                const { rg, truth } = truths.get(trait1);
                const error = covariance.value - truth;
                const facts = { size, architecture, overlap, rg: `r_g ${rg}`, blocks: name };
                found.push({ ...facts, error, se: covariance.se });
              }
            }
          }
    }
    const rows = (own, ...columns) =>
      groupRows(own, ...columns).map(([, some]) => [
        columns.map((column) => some[0][column]).join(', '),
        some,
      ]);
    const biasOf = ([id, own], within) =>
      bias({ id, what: 'bias of the covariance', values: own.map(({ error }) => error), truth: 0, within });
    const coverageOf = ([id, own], within) =>
      coverage({ id, errors: own.map(({ error }) => error), ses: own.map(({ se }) => se), within });
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
      ...[...rows(cut, 'architecture'), ...rows(cut, 'overlap')].map((own) => coverageOf(own, null)),
      coverageOf([`${CUT}, all together`, cut]),
    ];
  },
};

/**
 * Turns neighbouring columns of independent traits into pairs a<k>, b<k> of genetic and environmental correlation r, each among those who
 * have it, and adds a covariate on which all depend.
 * @returns of each pair, by the name of its first trait, r and the genetic covariance that the effects drawn make, in units of both traits' standard deviations.
 */
function correlate(out, has) {
  const [header, ...rows] = readFileSync(`${out}.pheno`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/\s+/));
  const count = (header.length - 2) / 2;
  const correlations = Array.from({ length: count }, (_, k) => CORRELATIONS[k % CORRELATIONS.length]);
  const mixed = (own, other, r) => r * own + Math.sqrt(1 - r * r) * other;
  const names = correlations.flatMap((_, k) => [`a${k}`, `b${k}`]);
  const covariate = (i) => ((i * 7919) % 1201) / 1201;
  const lines = rows.map(([fid, iid, ...values], i) => {
    const own = values.map(Number);
    for (const [k, r] of correlations.entries()) own[2 * k + 1] = mixed(own[2 * k], own[2 * k + 1], r);
    const shown = own.map((value, c) => (has(i)[c % 2] ? value + 2 * covariate(i) : 'NA'));
    return [fid, iid, ...shown].join('\t');
  });
  writeFileSync(`${out}.pheno`, `${[['FID', 'IID', ...names].join('\t'), ...lines].join('\n')}\n`);
  const covariates = rows.map(([fid, iid], i) => [fid, iid, covariate(i)].join('\t'));
  writeFileSync(`${out}.covar`, `${['FID\tIID\tage', ...covariates].join('\n')}\n`);
  const effects = effectsOf(`${out}.effects.tsv.gz`);
  return new Map(
    correlations.map((rg, k) => {
      const [first, second] = [2 * k, 2 * k + 1].map((c) => effects.get(header[c + 2]));
      const variants = [...new Set([...first.keys(), ...second.keys()])];
      const own = variants.map((snp) => first.get(snp) ?? 0);
      const other = variants.map((snp, at) => mixed(own[at], second.get(snp) ?? 0, rg));
      const product = (xs, ys) => xs.reduce((sum, x, at) => sum + x * ys[at], 0);
      // both traits are scaled by what these effects and the noise make their variances
      const [scale1, scale2] = [own, other].map((values) => product(values, values) + 1 - H2);
      const truth = product(own, other) / Math.sqrt(scale1 * scale2);
      return [`a${k}`, { rg, truth }];
    }),
  );
}

/** Standardised effects by variant, of each trait. */
function effectsOf(file) {
  const [header, ...rows] = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  const names = header.split('\t');
  const [trait, snp, effect] = ['trait', 'SNP', 'effect_standardised'].map((name) => names.indexOf(name));
  const effects = new Map();
  for (const row of rows) {
    const values = row.split('\t');
    if (!effects.has(values[trait])) effects.set(values[trait], new Map());
    effects.get(values[trait]).set(values[snp], Number(values[effect]));
  }
  return effects;
}
