import { coverage } from '../verdict.mjs';
import { genotypes, groupRows, study } from '../world.mjs';

/** @type {import('../claims.mjs').Claim} */
export const greBlocks = {
  name: 'gre-blocks',
  claim:
    'with a block a chromosome and more variants than people, too, 95 % intervals of GRE hold the variance that these effects explain: in 93 to 97 % of traits with --se calibrated, in 93 % or more by default',
  docs: 'docs/gre.md',
  size: '2,000 people, 4,000 variants on 22 chromosomes, 16 architectures at each of h² 0.25 and 0.8',
  seed: 15,
  replicates: 300,
  async measure(run) {
    const bfile = await genotypes({ samples: 2000, variants: 4000, chromosomes: 22 });
    const rows = await study(bfile, run, [
      ...['--grid', 64, '--h2', '0.25,0.8', '--blocks', 'chromosome', '--scaling', 'expected'],
      ...['--estimators', 'gre,gre-calibrated'],
    ]);
    return groupRows(rows, 'h2', 'estimator').map(([id, own]) =>
      coverage({
        id: `h² ${id}`,
        errors: own.map(({ estimate, explained }) => estimate - explained),
        ses: own.map(({ se }) => se),
        within: own[0].estimator === 'gre' ? [0.93, 1] : [0.93, 0.97],
      }),
    );
  },
};
