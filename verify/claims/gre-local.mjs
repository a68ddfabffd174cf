import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bias, coverage } from '../verdict.mjs';
import { genotypes, heredity } from '../world.mjs';

const H2 = 0.5;
const SIZES = [
  { name: '5,000 × 10,000', samples: 5000, variants: 10_000, causal: 500 },
  { name: '4,000 × 2,000', samples: 4000, variants: 2000, causal: 500 },
];
const BLOCKS = ['auto', 'count:10', 'count:20', 'count:50'];

/** @type {import('../claims.mjs').Claim} */
export const greLocal = {
  name: 'gre-local',
  claim:
    'on one chromosome, whether it has more variants than people or not, GRE with blocks inside it is right to 2 % of the heritability with blocks that it chooses or as many as one likes, and 95 % intervals of all together hold it in 93 to 97 % of traits',
  docs: 'docs/gre.md',
  size: '5,000 people and 10,000 variants, 4,000 people and 2,000 variants, 500 of them causal, h² 0.5; automatic blocks, 10, 20 and 50',
  seed: 16,
  replicates: 1500,
  async measure({ replicates, seed, threads, folder }) {
    const cells = [];
    const pooled = [];
    for (const [s, { name, samples, variants, causal }] of SIZES.entries()) {
      const bfile = await genotypes({ samples, variants, chromosomes: 1 });
      const common = ['--bfile', bfile, '--threads', threads];
      const out = join(folder, 'local');
      await heredity(
        ...['simulate', 'phenotypes', ...common, '--h2', H2, '--p-causal', causal / variants],
        ...['--replicates', replicates, '--seed', 2 * seed + s, '--skip-effects', '--out', out],
      );
      for (const blocks of BLOCKS) {
        await heredity(
          ...['gre', ...common, '--pheno', `${out}.pheno`, '--blocks', blocks],
          ...['--seed', seed, '--out', out],
        );
        const { estimates } = JSON.parse(readFileSync(`${out}.gre.json`, 'utf8'));
        const values = estimates.map(({ h2 }) => h2.value);
        cells.push(bias({ id: `${name}, ${blocks}`, values, truth: H2, within: [-0.02, 0.02] }));
        pooled.push(...estimates.map(({ h2 }) => h2));
      }
    }
    const errors = pooled.map(({ value }) => value - H2);
    const ses = pooled.map(({ se }) => se);
    return [...cells, coverage({ id: 'all together', errors, ses, within: [0.93, 0.97] })];
  },
};
