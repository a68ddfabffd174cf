import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareMethods } from '../../dist/methods/compare-methods.js';
import { share } from '../verdict.mjs';
import { genotypes, heredity } from '../world.mjs';

/** Traits of an architecture in one run. */
const AT_ONCE = 8;
const H2 = 0.25;
const METHODS = 'gre,he,he-ldms';
/** Frequencies of rare causal variants. */
const RARE = '0.01,0.05';
const ARCHITECTURES = [
  { causal: 1, maf: '0,0.5' },
  { causal: 0.01, maf: '0,0.5' },
  { causal: 0.01, maf: RARE },
  { causal: 0.01, maf: '0.05,0.5' },
].flatMap((own) =>
  [-1, -0.25].flatMap((alpha) => [false, true].map((byWeight) => ({ ...own, alpha, byWeight }))),
);

const idOf = ({ causal, maf, alpha, byWeight }) =>
  `p${causal}_maf${maf.replace(',', '-')}_a${alpha}_${byWeight ? 'ldak' : 'none'}`;

/** What the variance of a variant depends on; LDAK's weights are larger for rare variants than for common ones in as much LD. */
const violated = ({ maf, alpha, byWeight }) => ({
  frequency: maf !== '0,0.5' || alpha !== -1 || byWeight,
  ld: byWeight,
});

/** @type {import('../claims.mjs').Claim} */
export const whyMethodsDiffer = {
  name: 'why-methods-differ',
  claim:
    'over the 16 architectures at h² 0.25 heredity h2 names an assumption that is violated in 90 % of traits or more, and one that holds in no more than 5 %',
  docs: 'docs/which-estimator.md',
  size: '50,000 people, 100,000 variants on 22 chromosomes, three methods, 16 architectures, 32 traits each',
  seed: 31,
  replicates: 32,
  resolution: 0.1,
  async measure({ replicates, seed, threads, folder }) {
    const bfile = await genotypes({ samples: 50_000, variants: 100_000, chromosomes: 22 });
    const common = ['--bfile', bfile, '--threads', threads];
    if (!existsSync(`${bfile}.weights.short`)) await heredity('ld', 'weights', ...common, '--out', bfile);
    const counts = ARCHITECTURES.map(() => ({ named: 0, false: 0, traits: 0 }));
    for (let first = 0; first < replicates; first += AT_ONCE) {
      const out = join(folder, 'traits');
      const columns = [];
      for (const [k, { causal, maf, alpha, byWeight }] of ARCHITECTURES.entries()) {
        await heredity(
          ...['simulate', 'phenotypes', ...common, '--h2', H2, '--p-causal', causal, '--cv-maf', maf],
          ...['--alpha', alpha, ...(byWeight ? ['--weights', `${bfile}.weights.short`] : [])],
          ...['--replicates', Math.min(AT_ONCE, replicates - first), '--skip-effects'],
          ...['--seed', seed * 100_000 + 100 * first + k, '--out', `${out}-${k}`],
        );
        columns.push(...columnsOf(`${out}-${k}.pheno`, `t${k}_`));
      }
      writeFileSync(`${out}.pheno`, tableOf(`${out}-0.pheno`, columns));
      await heredity('h2', ...common, '--pheno', `${out}.pheno`, '--methods', METHODS, '--out', out);
      const { estimates } = JSON.parse(readFileSync(`${out}.h2.json`, 'utf8'));
      for (const { name } of columns) {
        const k = Number(/^t(\d+)_/.exec(name)[1]);
        const own = compareMethods(estimates.filter(({ trait }) => trait === name));
        const why = own.why.join(' ');
        const names = { frequency: /common variants explain/.test(why), ld: /in high LD explain/.test(why) };
        const truth = violated(ARCHITECTURES[k]);
        counts[k].traits++;
        if (['frequency', 'ld'].some((on) => truth[on] && names[on])) counts[k].named++;
        if (['frequency', 'ld'].some((on) => !truth[on] && names[on])) counts[k].false++;
      }
    }
    const wrong = ARCHITECTURES.map(violated);
    const cells = ARCHITECTURES.flatMap((architecture, k) => {
      const id = idOf(architecture);
      const { named, false: falsely, traits } = counts[k];
      return [
        ...(isWrong(wrong[k]) ? [share({ id, what: NAMED, count: named, of: traits, within: null })] : []),
        ...(isWhole(wrong[k]) ? [] : [share({ id, what: BLAMED, count: falsely, of: traits, within: null })]),
      ];
    });
    const pooled = (key, of) => ({
      count: counts.reduce((sum, own, k) => sum + (of(wrong[k]) ? own[key] : 0), 0),
      of: counts.reduce((sum, own, k) => sum + (of(wrong[k]) ? own.traits : 0), 0),
    });
    return [
      share({
        id: 'where an assumption is violated',
        what: NAMED,
        ...pooled('named', isWrong),
        within: [0.9, 1],
      }),
      share({
        id: 'where one holds',
        what: BLAMED,
        ...pooled('false', (own) => !isWhole(own)),
        within: [0, 0.05],
      }),
      ...cells,
    ];
  },
};

const NAMED = 'a violated assumption is named';
const BLAMED = 'one that holds is named';
const isWrong = ({ frequency, ld }) => frequency || ld;
/** Nothing is left that could be named falsely. */
const isWhole = ({ frequency, ld }) => frequency && ld;

const rowsOf = (file) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/\s+/));

/** The traits of a table under names of their own. */
function columnsOf(file, prefix) {
  const [header, ...rows] = rowsOf(file);
  return header.slice(2).map((_, c) => ({ name: `${prefix}${c}`, values: rows.map((row) => row[c + 2]) }));
}

/** A table of the people of a file with other columns. */
function tableOf(file, columns) {
  const [, ...rows] = rowsOf(file);
  const lines = rows.map(([fid, iid], i) => [fid, iid, ...columns.map(({ values }) => values[i])].join('\t'));
  return `${[['FID', 'IID', ...columns.map(({ name }) => name)].join('\t'), ...lines].join('\n')}\n`;
}
