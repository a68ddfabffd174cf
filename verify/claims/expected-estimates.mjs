import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bias } from '../verdict.mjs';
import { genotypes, groupRows, heredity, study } from '../world.mjs';

/** @type {import('../claims.mjs').Claim} */
export const expectedEstimates = {
  name: 'expected-estimates',
  claim:
    'study expect says where Haseman-Elston regression goes in every architecture, to 2 % of the heritability, without simulating a trait',
  docs: 'docs/accuracy-study.md',
  size: '2,000 people, 4,000 variants on 22 chromosomes, the 16 architectures at h² 0.25',
  seed: 17,
  replicates: 200,
  resolution: 0.08,
  async measure(run) {
    const bfile = await genotypes({ samples: 2000, variants: 4000, chromosomes: 22 });
    const out = join(run.folder, 'said');
    const grid = ['--grid', 64, '--h2', 0.25];
    await heredity(
      'study',
      'expect',
      '--bfile',
      bfile,
      ...grid,
      '--methods',
      'he',
      '--threads',
      run.threads,
      '--out',
      out,
    );
    const { expectations } = JSON.parse(readFileSync(`${out}.expect.json`, 'utf8'));
    const rows = await study(bfile, run, [...grid, '--scaling', 'expected', '--estimators', 'he']);
    return groupRows(rows, 'cell').map(([id, own]) =>
      bias({
        id,
        what: 'off what was said, over it',
        values: own.map(({ estimate }) => estimate),
        truth: expectations.find(({ cell }) => cell === id).h2,
        within: [-0.02, 0.02],
      }),
    );
  },
};
