import { createDesign } from '../../association/design.js';
import { associate } from '../../association/linear.js';
import type { Dataset } from '../../cohort/dataset.js';
import type { TraitSet } from '../../cohort/trait-set.js';
import { factorLd, rankTooHigh } from '../../estimators/gre/direct.js';
import { totalHeritability } from '../../estimators/gre/estimate.js';
import { degreesOfFreedom } from '../../estimators/gre/projection.js';
import type { BlockEstimate, TraitEstimate } from '../../estimators/gre/result.js';
import { blockFromSummary, referenceEffect } from '../../estimators/gre/summary.js';
import { TiledWorkspace } from '../../linalg/tiled-lower.js';
import { partOf, type RunContext } from '../../run.js';
import type { GreValues } from './method.js';

/**
 * GRE by the conventions of the published implementation (METHODS 1.4, 1.5): b = t / sqrt(N) from the association with
 * covariates, n the mean N over variants, and LD of genotypes from which covariates were not projected.
 */
export async function estimateReference(
  data: Dataset,
  traits: TraitSet,
  { se: formula, rankTolerance }: GreValues,
  run: RunContext,
): Promise<TraitEstimate[]> {
  const { pool, blocks } = data;
  const values = traits.traitValues();
  const named = traits.facts.map(({ name }, t) => ({ name, values: values[t] }));
  const withCovariates = await traits.design();
  const interceptOnly = createDesign(named, [], traits.samples);
  const byTrait: BlockEstimate[][] = named.map(() => []);
  const workspace = new TiledWorkspace();
  const phase = run.progress.phase('blocks', { total: blocks.length });
  for (const { id, variants, breaks } of blocks) {
    const genotypes = await data.genotypes.subset(variants, data.memory);
    const effects = named.map(() => ({ b: new Float64Array(variants.length), samples: 0 }));
    for await (const results of associate(genotypes, withCovariates, 'casewise', partOf(run, phase))) {
      for (const { trait, first, beta, se, samples, error } of results) {
        const effect = effects[trait];
        for (const [v, n] of samples.entries()) {
          effect.samples += n / variants.length;
          if (error[v] === 0) effect.b[first + v] = referenceEffect(beta[v] / se[v], n);
        }
      }
    }
    const block = { id, genotypes, design: interceptOnly, breaks, rankTolerance, workspace };
    for (const [g, group] of interceptOnly.groups.entries()) {
      const { factor, rank, variants: varying } = await factorLd(block, g, partOf(run, phase));
      if (rank >= degreesOfFreedom(interceptOnly, g))
        throw rankTooHigh(block, degreesOfFreedom(interceptOnly, g));
      const own = group.traits.map((trait) => ({ b: effects[trait].b, n: effects[trait].samples }));
      const estimates = await blockFromSummary(pool, id, factor, rank, varying, own, formula);
      for (const [k, trait] of group.traits.entries()) byTrait[trait].push(estimates[k]);
    }
    genotypes.close();
    phase.advance();
  }
  phase.end();
  return byTrait.map((own, trait): TraitEstimate => {
    const group = withCovariates.groups.find(({ traits: members }) => members.includes(trait))!;
    const total = totalHeritability(own, group.people.count, formula); // n = N, as in blockFromSummary above
    return { ...total, n: group.people.count, covariates: group.columns, blocks: own };
  });
}
