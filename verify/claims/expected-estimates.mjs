import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bias } from '../verdict.mjs';
import { genotypes, groupRows, heredity, study } from '../world.mjs';

/** @type {import('../claims.mjs').Claim} */
export const expectedEstimates = {
  name: 'expected-estimates',
  claim:
    'study expect says where Haseman-Elston regression goes in every architecture, to 2 % of the heritability over all of them and with no difference seen in any, without simulating a trait',
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
      ...['study', 'expect', '--bfile', bfile, ...grid, '--methods', 'he'],
      ...['--threads', run.threads, '--out', out],
    );
    const { expectations } = JSON.parse(readFileSync(`${out}.expect.json`, 'utf8'));
    // heritabilities are exact in the sample: of few causal variants a share of a sum is not its expectation over that of the sum
    const rows = await study(bfile, run, [...grid, '--estimators', 'he']);
    const off = groupRows(rows, 'cell').map(([id, own]) => {
      const said = expectations.find(({ cell }) => cell === id).h2;
      return { id, values: own.map(({ estimate }) => estimate / said - 1) };
    });
    const cell = (id, values, within) =>
      bias({ id, what: 'off what was said, over it', values, truth: 0, within });
    return [
      ...off.map(({ id, values }) => cell(id, values, [0, 0])),
      cell(
        'all architectures',
        off.flatMap(({ values }) => values),
        [-0.02, 0.02],
      ),
    ];
  },
};
