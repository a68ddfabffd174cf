import { bias, calibration } from '../verdict.mjs';
import { genotypes, groupRows, study } from '../world.mjs';

/** @type {import('../claims.mjs').Claim} */
export const heErrors = {
  name: 'he-errors',
  claim:
    'randomised Haseman-Elston regression is unbiased under its own model, and its jackknife standard error is the spread of the estimates to 10 %',
  docs: 'docs/he.md',
  size: '2,000 people, 4,000 variants on 22 chromosomes, all causal, α = -1, h² 0.1, 0.25, 0.5 and 0.8',
  seed: 13,
  replicates: 500,
  resolution: 0.15,
  async measure(run) {
    const bfile = await genotypes({ samples: 2000, variants: 4000, chromosomes: 22 });
    const rows = await study(bfile, run, [
      ...['--grid', 64, '--cells', 'h*_p1_*_a-1_none', '--scaling', 'expected', '--estimators', 'he'],
    ]);
    return groupRows(rows, 'cell').flatMap(([id, own]) => {
      const values = own.map(({ estimate }) => estimate);
      const ses = own.map(({ se }) => se);
      return [
        bias({ id, values, truth: own[0].h2 }),
        calibration({ id, errors: values, ses, within: [0.9, 1.1] }),
      ];
    });
  },
};
