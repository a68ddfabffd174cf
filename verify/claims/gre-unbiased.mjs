import { bias } from '../verdict.mjs';
import { genotypes, groupRows, study } from '../world.mjs';

/** @type {import('../claims.mjs').Claim} */
export const greUnbiased = {
  name: 'gre-unbiased',
  claim: 'GRE with one block is unbiased in all 16 architectures at each of h² = 0.25 and 0.8',
  docs: 'docs/gre.md',
  size: '3,000 people, 600 variants on one chromosome, 32 architectures',
  seed: 11,
  replicates: 100,
  resolution: 0.05,
  async measure(run) {
    const bfile = await genotypes({ samples: 3000, variants: 600 });
    const rows = await study(bfile, run, ['--grid', 64, '--h2', '0.25,0.8', '--blocks', 'genome']);
    return groupRows(rows, 'cell').map(([id, own]) =>
      bias({ id, values: own.map(({ estimate }) => estimate), truth: own[0].h2 }),
    );
  },
};
