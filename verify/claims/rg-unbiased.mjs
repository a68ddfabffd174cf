import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { bias, coverage, share } from '../verdict.mjs';
import { genotypes, groupRows, heredity } from '../world.mjs';

const H2 = 0.5;
const PEOPLE = 1200;
const CORRELATIONS = [0, 0.5, 0.9];
const APART = 'nobody has both';
const WHOLE = 'whole chromosomes';
const CUT = 'cut blocks';
const DRAWN = 'effects drawn';
const REALISED = 'these people';
/** What a run says its errors are around: with whole chromosomes what these people share, else what the effects do wherever they lie. */
const TRUTHS = { [WHOLE]: REALISED, [CUT]: DRAWN };
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
    'the genetic covariance of two traits by GRE in whole chromosomes is unbiased in four architectures, for genetic correlations of 0, 0.5 and 0.9, with fewer variants than people and with more, with a covariate and missing genotypes, where all or half of the people of each trait have both; where nobody has both it is within 0.05. In whole chromosomes and in blocks cut inside them, which are biased where effects are not even inside a neighbour, 95 % intervals of the covariance and of r_g hold what they say they are around, the genetic values that these people share and what the effects drawn share, in 95 % of pairs, to 2 %',
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
              ...['--replicates', 2 * count * CORRELATIONS.length, '--write-genetic'],
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
                const { r, ...truth } = truths.get(trait1);
                const facts = { size, architecture, overlap, rg: `r_g ${r}`, blocks: name };
                const estimates = { covariance, ratio: rg };
                const errors = (of) => ({
                  [DRAWN]: beside(estimates[of], truth[DRAWN][of]),
                  [REALISED]: beside(estimates[of], truth[REALISED][of]),
                });
                found.push({ ...facts, covariance: errors('covariance'), ratio: errors('ratio') });
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
      const values = own.map(({ blocks, covariance }) => covariance[TRUTHS[blocks]].error);
      return bias({ id, what: 'bias of the covariance', values, truth: 0, within });
    };
    const coverageOf = ([id, own], within, of = 'covariance', truth = TRUTHS[own[0].blocks]) => {
      const known = own.map((pair) => pair[of][truth]).filter((error) => error !== null);
      const [errors, ses] = ['error', 'se'].map((name) => known.map((error) => error[name]));
      const what = `coverage${of === 'ratio' ? ' of r_g' : ''}, ${truth}`;
      return coverage({ id, what, errors, ses, within });
    };
    const missing = ([id, own]) => {
      const count = own.filter(({ ratio }) => ratio[DRAWN] === null).length;
      return share({ id, what: 'pairs without r_g', count, of: own.length, within: null });
    };
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
        ...['covariance', 'ratio'].map((of) =>
          coverageOf(
            [`${own[0].blocks}, all together`, own],
            null,
            of,
            TRUTHS[own[0].blocks] === DRAWN ? REALISED : DRAWN,
          ),
        ),
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
 * @returns of each pair, by the name of its first trait, r and both truths: what the effects drawn share, and what the genetic values of
 * these people do.
 */
function correlate(out, has) {
  const [header, ...people] = tableOf(`${out}.pheno`);
  const genetic = tableOf(`${out}.genetic.pheno`).slice(1);
  const count = (header.length - 2) / 2;
  const correlations = Array.from({ length: count }, (_, k) => CORRELATIONS[k % CORRELATIONS.length]);
  const mix = ([, , ...cells]) => {
    const values = cells.map(Number);
    return correlations.flatMap((r, k) => pairOf(values[2 * k], values[2 * k + 1], r));
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
  const effects = effectsOf(`${out}.effects.tsv.gz`);
  return new Map(
    correlations.map((r, k) => {
      const [own, other] = [2 * k, 2 * k + 1];
      const [first, second] = [own, other].map((c) => effects.get(header[c + 2]));
      const drawn = [...new Set([...first.keys(), ...second.keys()])].map((snp) =>
        pairOf(first.get(snp) ?? 0, second.get(snp) ?? 0, r),
      );
      const sum = (a, b) => drawn.reduce((all, row) => all + row[a] * row[b], 0);
      const among = (table) => (a, b) => covarianceOf(table, own + a, own + b);
      return [
        `a${k}`,
        {
          r,
          // both traits are scaled by what these effects and the noise make their variances
          [DRAWN]: sharedBy(sum, (a) => sum(a, a) + 1 - H2),
          [REALISED]: sharedBy(among(shared), (a) => among(traits)(a, a)),
        },
      ];
    }),
  );
}

/** The second of two independent values made to correlate with the first by r. */
const pairOf = (own, other, r) => [own, r * own + Math.sqrt(1 - r * r) * other];

/** Genetic covariance of two traits in units of their standard deviations, and their genetic correlation. */
const sharedBy = (covariance, variance) => ({
  covariance: covariance(0, 1) / Math.sqrt(variance(0) * variance(1)),
  ratio: covariance(0, 1) / Math.sqrt(covariance(0, 0) * covariance(1, 1)),
});

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
