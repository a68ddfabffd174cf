import { coverage } from '../verdict.mjs';
import { genotypes, groupRows, study } from '../world.mjs';

/** What 95 % intervals of each kind of standard error are said to hold in each architecture. */
const SAID = {
  gre: [0.95, 1], // on the safe side: the formula is for a trait of known variance
  'gre-calibrated': [0.95, 0.95],
};
/** And over all architectures, whose traits are many enough for bounds. */
const SAID_OF_ALL = { gre: [0.95, 1], 'gre-calibrated': [0.93, 0.97] };

/** @type {import('../claims.mjs').Claim} */
export const greCoverage = {
  name: 'gre-coverage',
  claim:
    'with one block, 95 % intervals of GRE hold the variance that these effects explain: in 95 % of traits with --se calibrated (93 to 97 % over all architectures), in no fewer by default',
  docs: 'docs/gre.md',
  size: '3,000 people, 600 variants on one chromosome, 8 architectures at each of h² 0.25 and 0.8',
  seed: 12,
  replicates: 500,
  async measure(run) {
    const bfile = await genotypes({ samples: 3000, variants: 600 });
    const rows = await study(bfile, run, [
      ...['--grid', 64, '--h2', '0.25,0.8', '--cells', 'h*_a-1_none,h*_a-0.25_none', '--blocks', 'genome'],
      ...['--scaling', 'expected', '--estimators', 'gre,gre-calibrated'],
    ]);
    const cell = (id, own, said) =>
      coverage({
        id,
        errors: own.map(({ estimate, explained }) => estimate - explained),
        ses: own.map(({ se }) => se),
        resolution: 0.05,
        within: said[own[0].estimator],
      });
    return [
      ...groupRows(rows, 'cell', 'estimator').map(([id, own]) => cell(id, own, SAID)),
      ...groupRows(rows, 'h2', 'estimator').map(([id, own]) => cell(`h² ${id}`, own, SAID_OF_ALL)),
    ];
  },
};
