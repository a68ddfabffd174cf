import { ageCohort } from './age-cohort.js';
import { definition } from './definition.js';
import { gwasPowerModel } from './gwas-power.js';
import { ldscBias } from './ldsc-bias.js';
import type { GapModel } from './model.js';
import { mutationSelection } from './mutation-selection.js';
import { nonAdditive } from './non-additive.js';
import { omnigenic } from './omnigenic.js';
import { partition } from './partition.js';
import { rareVariantList } from './rare-variant-list.js';
import { rareVariants } from './rare-variants.js';
import { somatic } from './somatic.js';
import { structural } from './structural.js';
import { tagging } from './tagging.js';
import { taggingVariants } from './tagging-variants.js';
import { twinDesigns } from './twin-designs.js';

/**
 * Every model of missing heritability, in the order of the chapter. The cast forgets the exact inputs of each: whoever goes
 * through the list hands over what `validateInputs` has checked.
 */
export const GAP_MODELS = [
  twinDesigns,
  definition,
  gwasPowerModel,
  tagging,
  taggingVariants,
  rareVariants,
  rareVariantList,
  mutationSelection,
  structural,
  nonAdditive,
  omnigenic,
  ldscBias,
  partition,
  somatic,
  ageCohort,
] as readonly unknown[] as readonly GapModel[];
