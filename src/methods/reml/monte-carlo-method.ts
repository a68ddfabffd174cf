import type { Dataset } from '../../cohort/dataset.js';
import { unpartitionedScores } from '../../cohort/dataset-ld.js';
import { type GeneticComponents, labelledComponents, oneComponent } from '../../estimators/components.js';
import { monteCarloReml } from '../../estimators/reml/monte-carlo/monte-carlo-reml.js';
import { MONTE_CARLO_DEFAULTS } from '../../estimators/reml/monte-carlo/options.js';
import { strata } from '../../relatedness/strata.js';
import type { RunContext } from '../../run.js';
import { estimandOf } from '../facts.js';
import { defineMethod, type PreparedMethod } from '../method.js';
import { describeComponents } from './components.js';
import { remlEstimate } from './estimate.js';
import { remlMcOptions, vectorOptions } from './options.js';

/** REML with one component by random vectors, after BOLT-REML (METHODS 6). */
export const remlMc = defineMethod({
  options: remlMcOptions,
  prepare: async (data, { vectors, remlNoConstrain }) =>
    prepared(data, 'reml-mc', oneComponent(data.genotypes.count), vectors, !remlNoConstrain),
});

/** GREML-LDMS-I's cuts: common variants begin at this frequency; quartiles of the LD score (METHODS 5.4). */
const COMMON = 0.05;
const LD_BINS = 4;

/**
 * The components of GREML-LDMS-I, two of frequency by four of LD score, by random vectors: eight matrices of people by
 * people would cost their cube for every trait.
 */
export const ldmsMc = defineMethod({
  options: vectorOptions,
  prepare: async (data, { vectors }, run) =>
    prepared(data, 'ldms-mc', await strataOf(data, run), vectors, true),
});

async function strataOf(data: Dataset, run: RunContext): Promise<GeneticComponents> {
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
}

function prepared(
  { genotypes, covariates, seed }: Dataset,
  method: 'reml-mc' | 'ldms-mc',
  components: GeneticComponents,
  vectors: number,
  constrain: boolean,
): PreparedMethod {
  const { count, statistics, table } = genotypes;
  const model = {
    method,
    estimand: estimandOf(method, { reference: count, regression: count, heritability: count }),
    components: describeComponents(components, statistics, table.scale),
    covariates: covariates.map(({ name }) => name),
  };
  const options = { vectors, seed, oneComponent: { ...MONTE_CARLO_DEFAULTS.oneComponent, constrain } };
  return {
    async evaluate(traits, run) {
      const design = await traits.design();
      const found = await monteCarloReml({ genotypes, design, components }, options, run);
      return traits.facts.map((facts, t) => remlEstimate(facts, found[t], model, found[t]));
    },
  };
}
