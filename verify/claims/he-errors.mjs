import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bias, calibration } from '../verdict.mjs';
import { genotypes, groupRows, heredity, study } from '../world.mjs';

const SIZES = [
  { name: '4,000 × 2,000', samples: 4000, variants: 2000 },
  { name: '2,000 × 4,000', samples: 2000, variants: 4000 },
];
/** Four architectures and twelve, so that the few need more traits each for a ratio of the same precision. */
const KINDS = [
  { words: 'all causal', cells: '*_p1_*', times: 12, within: [0.85, 1.15] },
  { words: '1 % causal', cells: '*_p0.01_*', times: 1, within: [0.8, 1.2] },
];

/** @type {import('../claims.mjs').Claim} */
export const heErrors = {
  name: 'he-errors',
  claim:
    'randomised Haseman-Elston regression is unbiased under its own model, and over the 16 architectures its standard error is the spread around the heritability of the architecture, to 15 % where all variants are causal and to 20 % where one in a hundred is',
  docs: 'docs/he.md',
  size: '4,000 people and 2,000 variants, 2,000 people and 4,000 variants, on 22 chromosomes, 16 architectures at each of h² 0.25 and 0.8, twelve times as many traits where all variants are causal',
  seed: 13,
  replicates: 300,
  resolution: 0.05,
  async measure(run) {
    const cells = [];
    for (const { name, samples, variants } of SIZES) {
      const bfile = await genotypes({ samples, variants, chromosomes: 22 });
      for (const h2 of [0.25, 0.8]) {
        cells.push(bias({ id: `${name}, h² ${h2}, even`, values: await exactly(bfile, h2, run), truth: h2 }));
        for (const { words, cells: chosen, times, within } of KINDS) {
          const rows = await study(bfile, { ...run, replicates: times * run.replicates }, [
            ...['--grid', 64, '--h2', h2, '--cells', chosen, '--scaling', 'expected', '--estimators', 'he'],
          ]);
          // errors are around the mean of each architecture: what is wrong with the model is bias, not spread
          const own = groupRows(rows, 'cell').map(([, replicates]) => replicates);
          cells.push(
            calibration({
              id: `${name}, h² ${h2}, ${words}`,
              errors: own.flatMap(aroundMean),
              ses: own.flatMap((replicates) => replicates.map(({ se }) => se)),
              within,
            }),
          );
        }
      }
    }
    return cells;
  },
};

/** Estimates of traits of the model's own kind with exact traces: the error of random vectors is common to all traits of a run. */
async function exactly(bfile, h2, { replicates, seed, threads, folder }) {
  const out = join(folder, 'exact');
  const common = ['--bfile', bfile, '--threads', threads, '--out', out];
  const traits = ['--h2', h2, '--replicates', replicates, '--seed', seed, '--skip-effects'];
  await heredity('simulate', 'phenotypes', ...common, ...traits);
  await heredity('he', ...common, '--pheno', `${out}.pheno`, '--exact-traces');
  const { estimates } = JSON.parse(readFileSync(`${out}.he.json`, 'utf8'));
  return estimates.map((estimate) => estimate.h2.value);
}

function aroundMean(replicates) {
  const mean = replicates.reduce((sum, { estimate }) => sum + estimate, 0) / replicates.length;
  return replicates.map(({ estimate }) => estimate - mean);
}
