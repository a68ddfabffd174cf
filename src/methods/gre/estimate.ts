import { ascertainmentWarnings } from '../../estimate/ascertainment.js';
import { type Estimate, type Part, type Quantity, quantity, type SeKind } from '../../estimate/estimate.js';
import { Z95 } from '../../estimate/interval.js';
import { onLiabilityScale } from '../../estimate/liability.js';
import { formatEstimate, significant } from '../../estimate/number.js';
import { type TraitFacts, traitWarnings } from '../../estimate/trait-facts.js';
import { rangeWarnings, type Warning, warning } from '../../estimate/warnings.js';
import type { CategoryEstimate } from '../../estimators/gre/partition.js';
import type { BlockEstimate, CorrectedEstimate, TraitEstimate } from '../../estimators/gre/result.js';
import { estimandOf } from '../facts.js';
import type { GreName } from './method.js';

/**
 * An estimate of GRE in the terms of all methods: blocks are its parts, and what they share is taken out where they are cut inside
 * chromosomes, or where that was asked for.
 */
export function greEstimate(
  trait: TraitFacts,
  found: TraitEstimate,
  seKind: SeKind,
  method: GreName = 'gre',
): Estimate {
  const { blocks, overlap, corrected, n, covariates } = found;
  const plain = quantity(found.h2, found.se, seKind);
  const h2 = totalOf(found, seKind);
  const variants = sum(blocks, (block) => block.variants);
  const liability = trait.cases && onLiabilityScale(h2, trait.cases.prevalence, trait.cases.ascertainment);
  return {
    trait: trait.name,
    method,
    n,
    estimand: {
      ...estimandOf(method, { reference: variants, regression: variants, heritability: variants }),
      // the error of what is corrected for LD between blocks takes effects as random
      ...(corrected && { spread: corrected.se === undefined ? null : ('expected' as const) }),
    },
    h2,
    scale: 'observed',
    liability: liability ?? null,
    parts: found.categories
      ? found.categories.map(categoryPart)
      : blocks.map((block, k): Part => blockPart(block, seKind, corrected, k)),
    quantities: corrected ? { plain } : {},
    diagnostics: {
      rank: sum(blocks, (block) => block.rank),
      covariates,
      solverError: sum(blocks, (block) => block.solverError),
      ...(found.aliased && { aliasedVariants: found.aliased.length }),
      ...(corrected && {
        plainSum: found.h2,
        correctionShare: found.h2 === 0 ? null : (found.h2 - corrected.h2) / found.h2,
        probeSe: corrected.probeSe,
      }),
      overlapShare: overlap?.averageShare ?? null,
      overlapRankShare: overlap?.averageRankShare ?? null,
      overlapExcess: overlap?.excess ?? null,
      overlapExcessSe: overlap?.excessSe ?? null,
    },
    warnings: greWarnings(found, trait),
  };
}

/** The corrected estimate where there is one, else the plain sum. */
export function totalOf({ h2, se, corrected }: TraitEstimate, seKind: SeKind): Quantity {
  return corrected ? correctedQuantity(corrected) : quantity(h2, se, seKind);
}

function correctedQuantity({ h2, se, probeSe }: CorrectedEstimate): Quantity {
  return se === undefined ? quantity(h2, probeSe, 'probes') : quantity(h2, se, 'calibrated');
}

function categoryPart({ name, size, h2, se, enrichment, enrichmentSe }: CategoryEstimate): Part {
  return {
    kind: 'category',
    id: name,
    variants: Math.round(size),
    h2: quantity(h2, se, 'calibrated'),
    quantities: { enrichment: quantity(enrichment, enrichmentSe, 'calibrated') },
    diagnostics: { size },
  };
}

function blockPart(
  block: BlockEstimate,
  seKind: SeKind,
  all: CorrectedEstimate | undefined,
  k: number,
): Part {
  const { id, variants, rank, r2, iterations, solverError, place } = block;
  const plain = quantity(block.h2, block.se, seKind);
  const corrected = all?.blocks[k];
  return {
    kind: 'block',
    id,
    variants,
    h2: corrected === undefined ? plain : quantity(corrected, all?.blockErrors?.[k] ?? null, 'calibrated'),
    ...(corrected !== undefined && { quantities: { plain } }),
    diagnostics: { rank, r2, iterations, solverError, ...place },
  };
}

/** An overlap that moves the estimate by this share of its standard error is worth a warning: 95 % intervals then hold 92 %. */
const OVERLAP_MATTERS = 0.5;
/** ... and it has to stand out from the noise of the probes. */
const OVERLAP_Z = 2;

function greWarnings(found: TraitEstimate, trait: TraitFacts): Warning[] {
  const { corrected, blocks } = found;
  const h2 = corrected ? quantity(corrected.h2, corrected.se ?? null) : quantity(found.h2, found.se);
  const isMisleading = overlaps(found) && !corrected;
  const range = rangeWarnings(
    h2,
    isMisleading
      ? 'see the overlap of the blocks'
      : 'look for related people, structure, or a block whose rank is close to the number of people',
  );
  const parts = corrected?.blocks ?? blocks.map((block) => block.h2);
  return [
    ...blockWarnings(found),
    ...categoryWarnings(found),
    ...range,
    ...ascertainmentWarnings(trait, parts, false),
    ...traitWarnings(trait),
  ];
}

/** Categories whose errors hide whether they have anything, or all. */
function categoryWarnings({ categories = [], h2: plain, corrected, blocks }: TraitEstimate): Warning[] {
  const h2 = corrected?.h2 ?? plain;
  const variants = sum(blocks, (block) => block.variants);
  const even = ({ size }: CategoryEstimate) => (h2 * size) / variants;
  const wide = categories.filter((category) => Z95 * category.se > Math.max(0, even(category)));
  if (wide.length === 0) return [];
  const [first] = wide;
  return [
    warning(
      'categories-wide',
      `${wide.length} of ${categories.length} categories are too uncertain to tell an enriched one from an empty one, such as ${first.name}: ${formatEstimate(first.h2, first.se)}, where an even spread over the variants gives ${significant(Math.max(0, even(first)), 2)}`,
      'take fewer and larger categories (--maf-bins 2), or more people',
    ),
  ];
}

function overlaps({ overlap, se }: TraitEstimate): boolean {
  return (
    overlap !== undefined &&
    Math.abs(overlap.excess) > OVERLAP_MATTERS * se &&
    Math.abs(overlap.excess) > OVERLAP_Z * overlap.excessSe
  );
}

/** What the blocks of an estimate make doubtful. */
export function blockWarnings(found: TraitEstimate): Warning[] {
  const { se, overlap, corrected, n, covariates, blocks } = found;
  const warnings: Warning[] = [];
  if (overlap && overlaps(found)) {
    const cause =
      `the blocks are not independent in this sample: on average a block explains ${overlap.averageShare.toFixed(3)} of the genetic variance of the others, where ${overlap.averageRankShare.toFixed(3)} ` +
      `(rank / n) is due to chance. Signal of one block is counted again in others, which changes the sum by about ${formatEstimate(overlap.excess, overlap.excessSe)} beside its standard error of ${significant(se, 2)}. ` +
      'Related people or population structure do this';
    warnings.push(
      corrected
        ? warning(
            'blocks-corrected',
            `${cause}; the corrected estimate is given, ${formatEstimate(corrected.h2, corrected.se ?? corrected.probeSe)} for a plain sum of ${formatEstimate(found.h2, se)}${corrected.se === undefined ? ' (the standard error of the corrected one is that of the random probes only)' : ''}`,
          )
        : warning(
            'blocks-overlap',
            `${cause}; do not use the plain sum`,
            'estimate with --cross-block, leave out related people (--remove), add principal components as covariates, or use fewer blocks (--blocks genome)',
          ),
    );
  }
  const tightest = Math.max(0, ...blocks.map(({ rank }) => rank / (n - covariates)));
  if (tightest > 0.9)
    warnings.push(
      warning(
        'rank-near-n',
        `a block's rank is ${(100 * tightest).toFixed(0)} % of the degrees of freedom: its estimate is hardly determined`,
        'use smaller blocks (--blocks count:K)',
      ),
    );
  const bound = blocks.filter(({ isMemoryBound }) => isMemoryBound);
  if (bound.length > 0)
    warnings.push(
      warning(
        'solver-by-memory',
        `memory kept ${bound.length} of ${blocks.length} blocks from the direct solver; conjugate gradients took its place`,
        'nothing, as the solver error is bounded; or allow more with --memory',
      ),
    );
  return warnings;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
