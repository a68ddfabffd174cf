import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { share } from '../verdict.mjs';
import { genotypes, heredity } from '../world.mjs';

const H2 = 0.4;
const AT_ONCE = 100;
/** The fewest: intervals are Student's, so that they are to hold with these too. */
const SIMULATED = 20;

/** @type {import('../claims.mjs').Claim} */
export const methodDifferences = {
  name: 'method-differences',
  claim:
    'the 95 % interval that heredity h2 --differences gives the difference between two methods on the same people holds the mean difference in 93 to 97 % of traits, for every pair of the default methods',
  docs: 'docs/reading-a-result.md',
  size: '2,000 people, 2,000 variants on 22 chromosomes, h² 0.4, every variant causal; 20 simulated traits for each',
  seed: 41,
  replicates: 1200,
  resolution: 0.02,
  async measure({ replicates, seed, threads, folder }) {
    const bfile = await genotypes({ samples: 2000, variants: 2000, chromosomes: 22 });
    const common = ['--bfile', bfile, '--threads', threads];
    const found = new Map();
    for (let first = 0; first < replicates; first += AT_ONCE) {
      const out = join(folder, 'traits');
      await heredity(
        ...['simulate', 'phenotypes', ...common, '--h2', H2, '--skip-effects'],
        ...[
          '--replicates',
          Math.min(AT_ONCE, replicates - first),
          '--seed',
          1000 * seed + first,
          '--out',
          out,
        ],
      );
      await heredity(
        ...['h2', ...common, '--pheno', `${out}.pheno`, '--blocks', 'chromosome'],
        ...['--differences', SIMULATED, '--seed', 1000 * seed + first + 1, '--out', out],
      );
      const { comparison } = JSON.parse(readFileSync(`${out}.h2.json`, 'utf8'));
      for (const { first: a, second: b, difference } of comparison.differences) {
        const id = `${b} less ${a}`;
        found.set(id, [...(found.get(id) ?? []), difference]);
      }
    }
    return [...found].map(([id, differences]) => {
      const mean = differences.reduce((sum, { value }) => sum + value, 0) / differences.length;
      const count = differences.filter(({ ci95 }) => ci95[0] <= mean && mean <= ci95[1]).length;
      const what = 'coverage of 95 % intervals';
      return share({ id, what, count, of: differences.length, within: [0.95, 0.95] });
    });
  },
};
