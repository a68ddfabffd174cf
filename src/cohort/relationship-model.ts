import { HeredityError } from '../errors.js';
import { readLdakWeights } from '../formats/ldak-weights.js';
import { HERITABILITY_MODELS } from '../genotypes/heritability-model.js';
import { choice, defineFlags, type FlagValues, number, path } from '../options/flags.js';
import type { RelationshipModel } from '../relatedness/grm.js';
import type { Recorder } from './counted-variants.js';

const METHOD = { heading: 'Method' } as const;

/** How relationships are computed from genotypes: shared by every command that makes a matrix. */
export const relationshipFlags = defineFlags({
  model: choice(
    'heritability model that says how much each variant counts (docs/reml.md); ldak and ldak-thin need --weights',
    Object.keys(HERITABILITY_MODELS) as (keyof typeof HERITABILITY_MODELS)[],
    { ...METHOD, default: 'gcta' },
  ),
  power: number(
    "exponent of 2f(1-f) in a variant's weight, instead of the model's: -1 for GCTA's first formula, 0 for its second",
    { ...METHOD, min: -5, max: 5, placeholder: 'alpha' },
  ),
  weights: path(
    'weights of variants, such as LDAK weights: ID and weight; a variant that is not listed weighs 0',
    METHOD,
  ),
  missing: choice(
    'divide a pair by the variants that both have, or by all (missing genotypes at the mean)',
    ['pairwise', 'mean'],
    { ...METHOD, default: 'pairwise' },
  ),
});

export type RelationshipFlags = FlagValues<typeof relationshipFlags>;

/**
 * The model of the flags, with weights for variants by position in the file.
 * @param ids of all variants of the file.
 * @throws HeredityError `usage` where a model needs weights and has none; `mismatch` where no variant has one.
 */
export async function relationshipModel(
  flags: RelationshipFlags,
  ids: readonly string[],
  provenance: Recorder['provenance'],
): Promise<RelationshipModel> {
  const model = HERITABILITY_MODELS[flags.model];
  if (model.weights !== 'none' && flags.weights === undefined)
    throw new HeredityError('usage', `--model ${flags.model} needs --weights`, {
      fix: 'compute them with "heredity ld weights", or give those of LDAK',
    });
  const power = flags.power ?? model.power;
  if (flags.weights === undefined) return { power, missing: flags.missing };
  provenance.input(flags.weights);
  const file = await readLdakWeights(flags.weights);
  const weights = Float64Array.from(ids, (id) => file.weightOf(id) ?? 0);
  if (!weights.some((weight) => weight > 0))
    throw new HeredityError('mismatch', 'no variant of the genotypes has a weight above 0', {
      file: flags.weights,
      expected: `IDs such as ${ids[0]}`,
    });
  return { power, missing: flags.missing, weights };
}

/** The model for some of the file's variants only. */
export const modelOf = (model: RelationshipModel, variants: Int32Array): RelationshipModel =>
  model.weights === undefined
    ? model
    : { ...model, weights: Float64Array.from(variants, (v) => model.weights![v]) };
