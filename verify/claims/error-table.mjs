import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calibration } from '../verdict.mjs';
import { genotypes, groupRows, study } from '../world.mjs';

const GRID = 'h2\tp_causal\talpha\n0.4\t1\t-1\n0.4\t0.01\t-0.25\n';

/** Of mean SE over SD where all variants are causal, and where few are; what is not said is measured without a verdict. */
const SAID = {
  'gre realised': [
    [0.9, 1.5],
    [0.9, 1.5],
  ],
  'gre-calibrated realised': [
    [0.85, 1.15],
    [0.85, 1.15],
  ],
  'he expected': [
    [0.85, 1.15],
    [0.85, 1.15],
  ],
  'reml-mc expected': [[0.8, 1.2], null],
  'ldsc expected': [[0.7, 1], null],
  'sumher-ldak expected': [[0.7, 1], null],
};

/** @type {import('../claims.mjs').Claim} */
export const errorTable = {
  name: 'error-table',
  claim:
    'standard errors answer the question that they are said to: around what these effects explain gre --se calibrated to 15 %, gre from the safe side; around what the architecture explains he to 15 %; where all variants are causal reml-mc to 20 %, while those of ldsc and sumher are up to 30 % too small',
  docs: 'docs/reading-a-result.md',
  size: '5,000 people, 10,000 variants on 22 chromosomes, h² 0.4, every variant causal or one in a hundred',
  seed: 19,
  replicates: 600,
  async measure(run) {
    const bfile = await genotypes({ samples: 5000, variants: 10_000, chromosomes: 22 });
    const grid = join(run.folder, 'grid.tsv');
    writeFileSync(grid, GRID);
    const rows = await study(bfile, run, [
      ...['--grid', grid, '--blocks', 'chromosome', '--scaling', 'expected'],
      ...['--estimators', 'gre,gre-calibrated,he,reml-mc,ldsc,sumher-ldak'],
    ]);
    return groupRows(rows, 'cell', 'estimator').flatMap(([, own]) => {
      const [{ cell, estimator }] = own;
      const few = Number(!cell.includes('_p1_'));
      const ses = own.map(({ se }) => se);
      const around = { realised: own.map(({ explained }) => explained), expected: own.map(({ h2 }) => h2) };
      return Object.entries(around).map(([spread, truths]) =>
        calibration({
          id: `${estimator}, ${['all causal', '1 % causal'][few]}`,
          what: `mean SE / SD, ${spread}`,
          errors: own.map(({ estimate }, r) => estimate - truths[r]),
          ses,
          within: SAID[`${estimator} ${spread}`]?.[few] ?? null,
        }),
      );
    });
  },
};
