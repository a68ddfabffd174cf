import { HeredityError } from '../errors.js';
import { formatCount } from '../estimate/number.js';
import { chromosomeLabel } from '../formats/bim.js';
import { isWithin } from '../formats/intervals.js';
import { GenotypeOperator } from '../genotypes/operator.js';
import { createMask, maskIndices, type SampleMask } from '../genotypes/sample-mask.js';
import { GenotypeStore } from '../genotypes/store.js';
import { type PruningRule, pruneVariants } from '../ld/prune.js';
import type { KinshipPair } from '../relatedness/king.js';
import type { RecordedRun } from '../run.js';
import type { OpenCohort } from './cohort.js';
import { readRegion } from './regions.js';
import { findRelatives, unrelatedSet } from './relatives.js';

type Files = Pick<OpenCohort, 'fileset' | 'pool'>;

/** Pairs of some people with more than a kinship; numbers are indices in the file. */
export interface RelatedPairs {
  readonly pairs: readonly KinshipPair[];
  /** Pairs between duplicates or identical twins. */
  readonly duplicates: number;
}

/** Bytes of a pair: its numbers, and the partners of both in sets, which are copied while somebody is chosen. */
const PAIR_BYTES = 1400;
/** Pairs between two looks at what they take. */
const LOOK_AFTER = 1 << 14;

/**
 * KING-robust kinship of all pairs of some people, over some variants.
 * @throws HeredityError `resource` where there are so many pairs that they do not fit into --memory.
 */
export async function relatedPairs(
  { fileset, pool, requireMemory }: Files & Pick<OpenCohort, 'requireMemory'>,
  variants: Int32Array,
  people: SampleMask,
  { kingCutoff, memory }: { readonly kingCutoff: number; readonly memory: number },
  run: RecordedRun,
): Promise<RelatedPairs> {
  const store = new GenotypeStore(fileset.source, people, pool);
  const genotypes = await GenotypeOperator.open(store, variants, { memory: 0 });
  const indices = maskIndices(people);
  const pairs: KinshipPair[] = [];
  const { duplicates } = await findRelatives(
    genotypes,
    { cutoff: kingCutoff, least: kingCutoff, memory },
    (pair) => {
      if (!(pair.kinship > kingCutoff)) return undefined;
      pairs.push({ ...pair, later: indices[pair.later], earlier: indices[pair.earlier] });
      if (pairs.length % LOOK_AFTER === 0)
        requireMemory(
          `a table of so many relatives (${formatCount(pairs.length)} pairs until here, above a kinship of ${kingCutoff})`,
          PAIR_BYTES * pairs.length,
        );
      return undefined;
    },
    run,
  );
  genotypes.close();
  return { pairs, duplicates: duplicates.length };
}

/**
 * A large set of the people of whom no two are a pair.
 * @param holders by index in the file, who is kept before others. @default all alike
 */
export function withoutRelatives(
  people: SampleMask,
  pairs: readonly KinshipPair[],
  holders?: Uint8Array,
): SampleMask {
  const indices = maskIndices(people);
  const place = new Int32Array(people.samples).fill(-1);
  for (const [k, i] of indices.entries()) place[i] = k;
  const related = pairs
    .filter(({ later, earlier }) => place[later] >= 0 && place[earlier] >= 0)
    .flatMap(({ later, earlier }) => [place[later], place[earlier]]);
  const { leftOut } = unrelatedSet(
    [Int32Array.from(related)],
    people.count,
    holders && ((k) => holders[indices[k]] === 1),
  );
  return createMask(people.samples, (i) => place[i] >= 0 && leftOut[place[i]] === 0);
}

/**
 * Variants in approximate linkage equilibrium among some people, indices in the file.
 * @param longRangeLd whether regions of long-range LD stay.
 * @throws HeredityError `degenerate-data` where all variants lie in them.
 */
export async function prunedAmong(
  { fileset, pool }: Files,
  variants: Int32Array,
  people: SampleMask,
  {
    indepPairwise,
    longRangeLd,
    memory,
  }: { readonly indepPairwise: PruningRule; readonly longRangeLd: boolean; readonly memory: number },
  context: RecordedRun,
): Promise<Int32Array> {
  const { variants: table, variantFile, source } = fileset;
  const regions = longRangeLd ? undefined : await readRegion('lrld', context);
  const spread = variants.filter((v) => {
    const label = chromosomeLabel(table.chromosome[v]);
    return !regions?.parts.some((part) => isWithin(part, label, table.position[v]));
  });
  if (spread.length === 0)
    throw new HeredityError('degenerate-data', 'all variants lie in regions of long-range LD', {
      file: variantFile,
      fix: 'let them count with --long-range-ld',
    });
  const store = new GenotypeStore(source, people, pool);
  const statistics = await store.count(spread, context);
  const genotypes = await GenotypeOperator.open(store, spread, { memory, statistics });
  const kept = await pruneVariants(genotypes, table, indepPairwise, variantFile, context);
  genotypes.close();
  return spread.filter((_, k) => kept[k] === 1);
}
