import { productWork, times, together, type Work } from '../../kernels/rates.js';
import type { RandomisedShape } from '../randomised-shape.js';

/** What decides how long randomised Haseman-Elston regression takes. */
interface HeShape extends RandomisedShape {
  readonly jackknifeBlocks: number;
  /** Traces from all pairs of variants. */
  readonly exact: boolean;
}

/** Numbers that a variant's part of the traces of a random vector touches, for each triple of components. */
const LOOPS_PER_TRIPLE = 3;
/** Numbers that an image of a jackknife block touches, for each person: it is cleared, added and multiplied with others. */
const LOOPS_PER_IMAGE = 4;

/** Whole runs take so much of what these rates say: strips of people by blocks of variants are small pieces of work. */
const OF_PRODUCTS = 1.5;

/** With more components, theory's errors would take more products than all the rest. */
export const MOST_WITH_THEORY = 4;

/** Bytes that theory's errors take beside genotypes: traits, their images by component, and a score of every variant. */
export function theoryBytes(
  { people, variants, traits }: Pick<HeShape, 'people' | 'variants' | 'traits'>,
  components: number,
): number {
  if (components > MOST_WITH_THEORY) return 0;
  return traits * (people * (12 + 4 * components) + 12 * variants);
}

/** Its two passes with random vectors, or all pairs of variants; and with few components what theory needs of the traits. */
export function randomisedHeWork(shape: HeShape): Work {
  const { people, variants, traits, groups, columns, components, vectors, exact } = shape;
  const genotypes = people * variants;
  const sides = traits + columns * groups;
  const ofTraits = productWork(genotypes, sides + groups);
  const theory =
    components <= MOST_WITH_THEORY
      ? together(
          productWork((1 + components) * genotypes, traits),
          productWork(genotypes, components * traits),
        )
      : {};
  if (exact) return together(ofTraits, theory, { pairs: (groups * variants * genotypes) / 2 });
  const probes = groups * vectors;
  const images = probes * components;
  const triples = variants * probes * components * (components + (components * (components + 1)) / 2);
  const work = together(
    productWork(genotypes, probes + sides),
    productWork(genotypes, groups),
    productWork(genotypes, probes),
    productWork(genotypes, images),
    theory,
    { loops: shape.jackknifeBlocks * images * people * LOOPS_PER_IMAGE + LOOPS_PER_TRIPLE * triples },
    { dense: shape.jackknifeBlocks * images * (components + columns) * people },
  );
  return times(OF_PRODUCTS, work);
}
