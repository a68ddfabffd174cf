import type { Dataset } from '../cohort/dataset.js';
import { unpartitionedScores } from '../cohort/dataset-ld.js';
import type { TraitColumns } from '../cohort/trait-columns.js';
import { HeredityError } from '../errors.js';
import { ShrunkGre } from '../estimators/gre/shrunk-ld.js';
import { estimateH2 } from '../estimators/ldsc/h2.js';
import { randomSubset } from '../genotypes/random-subset.js';
import { createMask, maskIndices } from '../genotypes/sample-mask.js';
import { packedStride } from '../kernels/kernels.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { chiSquares, columnOf } from '../methods/columns.js';
import { factoredOnce } from '../methods/gre/method.js';
import type { RunContext } from '../run.js';
import type { Evaluation, StudyEstimator } from './estimator.js';
import { methodEstimator, PUBLISHED_SETTINGS } from './method-estimator.js';
import { mixedModelMemory, mixedModelScores } from './mixed-model.js';

/** Share of a correlation that shrinking takes away. */
const SHRINKAGE = 0.1;
/** People of the reference panel: about as many as there are Europeans in the 1000 Genomes Project; no more than a tenth of the study. */
const PANEL_PEOPLE = 500;

/** What is wrong with the input of an estimator, as its row in a study is called and warned of. */
const UNSOUND = {
  shrunk: {
    title: 'shrunk LD',
    caution: `LD is shrunk, ${1 - SHRINKAGE} V + ${SHRINKAGE} I, as for polygenic scores`,
  },
  panel: {
    title: 'LD of a panel',
    caution: `LD is that of a reference panel: ${PANEL_PEOPLE} people of the study drawn at random, or a tenth if that is fewer`,
  },
  mixed: {
    title: 'mixed-model statistics',
    caution:
      'statistics are those of a linear mixed model without the own chromosome, taken for those of a linear one',
  },
} as const;

export type Unsound = keyof typeof UNSOUND;

/**
 * An estimator with an input that it should not get, to see what that does (Hou et al. 2019, Discussion: "the sensitivity of our estimator to
 * reference panel LD (with or without regularized LD estimation) and/or mixed model association statistics remains unclear").
 */
export function unsoundEstimator(method: 'gre' | 'ldsc', kind: Unsound): StudyEstimator {
  const { title: input, caution } = UNSOUND[kind];
  const title = `${method.toUpperCase()}, ${input}`;
  const estimate = method === 'gre' ? prepareGre : prepareLdsc;
  return {
    name: `${method}-${kind}`,
    title,
    caution: `${title}: ${caution}`,
    ...(method === 'gre' && kind !== 'mixed' && { ownLd: kind }),
    ...(kind === 'mixed' && { memory: mixedModelMemory }),
    ...(kind === 'panel' && { memory: ({ people, variants }) => packedStride(panelSize(people)) * variants }),
    async prepare(data, run) {
      const ld = kind === 'panel' ? await panelOf(data, run) : data;
      const statistics = kind === 'mixed' ? await mixedModel(data, run) : linearModel;
      const evaluate = await estimate(kind, ld, data, run);
      const rows = data.genotypes.positionsOf(ld.genotypes.variants);
      return {
        evaluate: async (traits, own) =>
          evaluate(rowsOf(await statistics(traits, own), traits.columns, rows), traits.columns),
      };
    },
  };
}

/** Some rows of a matrix with so many columns: itself where they are all. */
function rowsOf(b: Float64Array, columns: number, rows: Int32Array): Float64Array {
  if (rows.length * columns === b.length) return b;
  const some = sharedFloat64(rows.length * columns);
  for (const [to, from] of rows.entries())
    some.set(b.subarray(from * columns, (from + 1) * columns), to * columns);
  return some;
}

/** Correlations of variants that have LD and traits (variants x columns, row-major) to heritabilities. */
type Estimate = (b: Float64Array, columns: number) => Promise<Evaluation[]>;

async function prepareGre(kind: Unsound, ld: Dataset, data: Dataset, run: RunContext): Promise<Estimate> {
  if (kind === 'mixed') {
    const prepared = await factoredOnce(data, data.blocks, '', run);
    return (b, columns) => prepared.estimate(b, columns);
  }
  const { memory, degreesOfFreedom: n } = data;
  const shrunk = await ShrunkGre.create(ld, ld.blocks, SHRINKAGE, memory, run);
  return (b, columns) => shrunk.estimate(b, columns, n);
}

async function prepareLdsc(kind: Unsound, ld: Dataset, data: Dataset, run: RunContext): Promise<Estimate> {
  const { pool, degreesOfFreedom: n } = data;
  const own = await unpartitionedScores(ld, run);
  const scores = kind === 'shrunk' ? own.map((score) => 1 + (1 - SHRINKAGE) ** 2 * (score - 1)) : own;
  const model = { scores: [scores], weightScores: scores, counts: [scores.length] };
  const settings = { ...PUBLISHED_SETTINGS.ldsc, kernels: pool.kernels };
  return async (b, columns) =>
    Array.from({ length: columns }, (_, c) =>
      columnOf(() => estimateH2(model, [chiSquares(b, columns, c, n)], settings)[0]),
    );
}

type Statistics = (traits: TraitColumns, run: RunContext) => Promise<Float64Array>;

const linearModel: Statistics = (traits) => traits.marginalEffects();

/** Statistics by the mixed model whose h² is the mean over the traits of what Monte Carlo REML finds; made once for all who ask. */
function mixedModel(data: Dataset, run: RunContext): Promise<Statistics> {
  return data.once('mixed model', async () => {
    const reml = await (await methodEstimator('reml-mc')).prepare(data, run);
    const made = new WeakMap<Float64Array, Promise<Float64Array>>();
    const make = async (traits: TraitColumns, own: RunContext) => {
      const found = (await reml.evaluate(traits, own)).flatMap(({ h2 }) => h2 ?? []);
      if (found.length === 0)
        throw new HeredityError('numerical', 'Monte Carlo REML gives no trait an h² for the mixed model');
      const mean = found.reduce((sum, h2) => sum + h2, 0) / found.length;
      const z = await mixedModelScores(data, traits, Math.min(MOST_H2, Math.max(0, mean)), own);
      return z.map((value) => value / Math.sqrt(data.degreesOfFreedom));
    };
    return async (traits, own) => {
      const key = await traits.marginalEffects(); // another array for other traits
      if (!made.has(key)) made.set(key, make(traits, own));
      return made.get(key)!;
    };
  });
}

/** A mixed model without noise has no inverse. */
const MOST_H2 = 0.99;

/** Fewer people say nothing of LD. */
const LEAST_PANEL = 10;

const panelSize = (people: number): number => Math.min(PANEL_PEOPLE, Math.floor(people / 10));

/** Some of the people, for their LD alone; made once. */
function panelOf(data: Dataset, run: RunContext): Promise<Dataset> {
  return data.once('reference panel', async () => {
    const people = panelSize(data.samples);
    if (people < LEAST_PANEL)
      throw new HeredityError('degenerate-data', `a reference panel of ${people} people says nothing of LD`);
    const all = createMask(data.samples, () => true);
    const chosen = randomSubset(data.pool.kernels, all, people, data.seed);
    return data.among([...maskIndices(chosen)], run);
  });
}
