import type { Dataset } from '../../cohort/dataset.js';
import { unpartitionedScores } from '../../cohort/dataset-ld.js';
import { type GeneticComponents, labelledComponents, oneComponent } from '../../estimators/components.js';
import { monteCarloReml } from '../../estimators/reml/monte-carlo/monte-carlo-reml.js';
import { MONTE_CARLO_DEFAULTS } from '../../estimators/reml/monte-carlo/options.js';
import { strata } from '../../relatedness/strata.js';
import type { RunContext } from '../../run.js';
import type { StudyEstimator } from '../estimator.js';

/** Averages over replicates stay unbiased. With several components there are bounds all the same. */
const WITHOUT_BOUNDS = { ...MONTE_CARLO_DEFAULTS.oneComponent, constrain: false };

/**
 * @param vectors random vectors: all replicates share them, so that their error does not average out within a study.
 */
function monteCarlo(
  name: string,
  title: string,
  vectors: number,
  componentsOf: (data: Dataset, run: RunContext) => Promise<GeneticComponents>,
): StudyEstimator {
  return {
    name,
    title,
    async prepare(data, run) {
      const { genotypes, seed } = data;
      const components = await componentsOf(data, run);
      return {
        async evaluate(traits, run) {
          const design = await traits.design();
          const options = { vectors, seed, oneComponent: WITHOUT_BOUNDS };
          const estimates = await monteCarloReml({ genotypes, design, components }, options, run);
          return estimates.map(({ h2, se, converged }) =>
            converged ? { h2, se } : { h2: null, se: null, reason: 'it did not converge' },
          );
        },
      };
    },
  };
}

/** BOLT-REML's estimator: one component, Monte Carlo REML (METHODS 6). */
export const boltReml = monteCarlo('bolt-reml', 'BOLT-REML', 100, async ({ genotypes }) =>
  oneComponent(genotypes.count),
);

/** GREML-LDMS-I's cuts: common variants begin at this frequency; quartiles of the LD score (METHODS 5.4). */
const COMMON = 0.05;
const LD_BINS = 4;

/**
 * The components of GREML-LDMS-I, two of frequency by four of LD score, by Monte Carlo REML: eight matrices of people by
 * people would cost their cube for every replicate.
 */
export const gremlLdms = monteCarlo('greml-ldms', 'GREML-LDMS-I', 30, async (data, run) => {
  const { count: length, statistics } = data.genotypes;
  const maf = Float64Array.from({ length }, (_, v) => statistics.minorAlleleFrequency(v));
  const scores = await unpartitionedScores(data, run);
  const places = Int32Array.from({ length }, (_, v) => v);
  const parts = strata(places, maf, scores, [COMMON], LD_BINS);
  const labels = new Int32Array(length).fill(-1);
  for (const [k, { variants }] of parts.entries()) for (const v of variants) labels[v] = k;
  return labelledComponents(
    parts.map(({ id }) => id),
    labels,
  );
});
