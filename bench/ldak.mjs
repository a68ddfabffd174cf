import { readFileSync } from 'node:fs';
import { cohort } from './cohort.mjs';
import { alternate, heredity, medianOf, outputPrefix } from './measure.mjs';
import { cost } from './report.mjs';

/**
 * Wall seconds of LDAK 6.2 with OpenBLAS on two Zen 5 cores, on 5,000 simulated people and 20,000 variants. LDAK is not
 * run here: it is no package that could be installed.
 */
const LDAK_SECONDS = { weights: 10.8, tagging: 2.2, sumher: 0.16 };

/** @type {import('./benchmarks.mjs').Benchmark} */
export const ldak = {
  name: 'ldak',
  title: 'LDAK weights, taggings and SumHer, whole processes on all cores',
  sizes: {
    full: { samples: 5_000, variants: 20_000, chromosomes: 22, traits: 1, repeats: 5 },
    quick: { samples: 2_000, variants: 5_000, chromosomes: 5, traits: 1, repeats: 1 },
  },
  work: ({ samples, variants }) => ({ genotypes: samples * variants }),
  async run(size, { note }) {
    const { prefix, traits, realised } = await cohort(size);
    const out = outputPrefix('ldak');
    const bfile = ['--bfile', prefix, '--out', out];
    await heredity('assoc', ...bfile, '--pheno', traits);
    const [trait, truth] = Object.entries(realised)[0];
    const fromFiles = [
      '--tagfile',
      `${out}.tagging`,
      '--summary',
      `${out}.${trait}.sumstats.gz`,
      '--out',
      out,
    ];
    const [weights, tagging, direct, sums] = await alternate(
      [
        () => heredity('ld', 'weights', ...bfile, '--thin'),
        () => heredity('ld', 'tagging', ...bfile, '--model', 'human-default'),
        () => heredity('sumher', ...bfile, '--pheno', traits, '--model', 'human-default'),
        async () => {
          await heredity('ld', 'tagging', ...bfile, '--model', 'human-default');
          return heredity('sumher', ...fromFiles);
        },
      ],
      size.repeats,
    );
    checkWeights(`${out}.weights.all`, size.variants);
    checkEstimate(`${out}.sumher-tagging.json`, truth);
    const beside = (name) =>
      size.samples === 5_000 && { name: 'LDAK 6.2, elsewhere', value: LDAK_SECONDS[name] };
    note('Beside it stand times of LDAK 6.2 on data of this size, taken before on two Zen 5 cores.');
    return [
      cost('LDAK weights', medianOf(weights, 'seconds'), 's', beside('weights'), 3),
      cost('taggings', medianOf(tagging, 'seconds'), 's', beside('tagging'), 3),
      cost('SumHer from genotypes', medianOf(direct, 'seconds'), 's'),
      cost('SumHer from files', medianOf(sums, 'seconds'), 's', beside('sumher')),
    ];
  },
};

/** @throws unless the weights even out LD, on average. */
function checkWeights(path, variants) {
  const rows = readFileSync(path, 'utf8').trimEnd().split('\n').slice(1);
  const checks = rows.map((row) => Number(row.split(' ')[5])).filter((check) => check > 0);
  const mean = checks.reduce((sum, check) => sum + check, 0) / checks.length;
  if (rows.length !== variants || Math.abs(mean - 1) > 0.05)
    throw new Error(`${rows.length} weights, after which LD sums up to ${mean}`);
}

/** @throws unless the estimate is within five standard errors of the truth. */
function checkEstimate(path, truth) {
  const [{ h2, quantities }] = JSON.parse(readFileSync(path, 'utf8')).estimates;
  if (Math.abs(h2.value - truth) > 5 * Math.max(h2.se, quantities.jackknife.se))
    throw new Error(`h2 ${h2.value} (${h2.se}) for ${truth}`);
}
