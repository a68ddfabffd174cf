import type { Taggings } from '../formats/tagging.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { type RunContext, silentRun } from '../run.js';
import { ldScores } from './windowed-r2.js';
import type { Windows } from './windows.js';

/** The categories of a heritability model. */
export interface TaggingCategories {
  readonly kind: Taggings['kind'];
  readonly names: readonly string[];
  /** `values[c * variants + l]` is a_c(l): what category c gives to variant l; 0 where the variant is not in it. */
  readonly values: Float64Array;
}

/** The one category of a model without annotations. */
export function baseCategory(variants: number): TaggingCategories {
  return { kind: 'annotations', names: ['Base'], values: new Float64Array(variants).fill(1) };
}

export interface TaggingOptions {
  /** Whether r² - (1 - r²)/(n - 2) takes the place of r², as LDAK 6 does. */
  readonly adjusted: boolean;
}

/**
 * Taggings of a heritability model in one pass over the genotypes (METHODS 8.4): for each variant and category
 * sum over l in the window of a_c(l) e_l r²_jl, and sum of r², both with the variant itself at r² = 1.
 *
 * @param expected e_l of each variant (expectedHeritability).
 */
export async function taggings(
  genotypes: GenotypeOperator,
  windows: Windows,
  expected: Float64Array,
  { kind, names, values }: TaggingCategories,
  { adjusted }: TaggingOptions = { adjusted: true },
  run: RunContext = silentRun,
): Promise<Taggings> {
  const variants = genotypes.count;
  const categories = names.length;
  const columns = categories + 1;
  const annotations = sharedFloat64(variants * columns);
  for (let l = 0; l < variants; l++) {
    annotations[l * columns] = 1;
    for (let c = 0; c < categories; c++)
      annotations[l * columns + 1 + c] = values[c * variants + l] * expected[l];
  }
  const scores = await ldScores(
    genotypes,
    windows,
    { values: annotations, columns },
    { adjusted, label: 'taggings' },
    run,
  );
  const tagging = new Float64Array(variants);
  const byCategory = new Float64Array(categories * variants);
  for (let j = 0; j < variants; j++) {
    tagging[j] = scores[j * columns];
    for (let c = 0; c < categories; c++) byCategory[c * variants + j] = scores[j * columns + 1 + c];
  }
  const contribution = new Float64Array(categories * categories);
  const sizes = new Float64Array(categories);
  for (let c = 0; c < categories; c++) {
    for (let l = 0; l < variants; l++) {
      if (values[c * variants + l] === 0) continue;
      sizes[c]++;
      for (let k = 0; k < categories; k++)
        contribution[c * categories + k] += annotations[l * columns + 1 + k];
    }
  }
  return { kind, names, variants, tagging, byCategory, contribution, sizes, reference: variants };
}
