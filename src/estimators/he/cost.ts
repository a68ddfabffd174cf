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
/** Numbers that one variant costs beside: its place, scale and share of the sums are told from thread to thread. */
const LOOPS_PER_VARIANT = 6000;
/** Numbers that an image of a jackknife block touches, for each person: it is cleared, added and multiplied with others. */
const LOOPS_PER_IMAGE = 4;

/** Whole runs take so much of what these rates say: strips of people by blocks of variants are small pieces of work. */
const OF_PRODUCTS = 1.5;

/** With more components, theory's errors would take more products than all the rest. */
export const MOST_WITH_THEORY = 4;

/** Bytes that theory's errors take beside genotypes, for each person, trait and component: its image, in float64, as a side and in digits. */
const IMAGE_BYTES = 14;

/** Bytes that theory's errors take beside genotypes. */
export function theoryBytes(
  { people, traits }: Pick<HeShape, 'people' | 'traits'>,
  components: number,
): number {
  return components > MOST_WITH_THEORY ? 0 : IMAGE_BYTES * people * traits * components;
}

/** Its two passes with random vectors and traits, or all pairs of variants and the passes with traits alone. */
export function randomisedHeWork(shape: HeShape): Work {
  const { people, variants, traits, groups, columns, components, vectors, exact } = shape;
  const genotypes = people * variants;
  const sides = traits + columns * groups;
  const squares = groups > 1 ? productWork(genotypes, groups) : {};
  const forms = components <= MOST_WITH_THEORY ? components * traits : 0;
  const images = forms > 0 ? productWork(genotypes, forms) : {};
  if (exact) {
    const ofTraits = together(productWork(genotypes, sides), squares, images, images);
    return together(ofTraits, { pairs: (groups * variants * genotypes) / 2 });
  }
  const probes = groups * vectors;
  const all = probes * components;
  const triples = variants * probes * components * (components + (components * (components + 1)) / 2);
  const work = together(
    productWork(genotypes, probes),
    productWork(genotypes, sides),
    squares,
    productWork(genotypes, probes),
    images,
    productWork(genotypes, all + forms),
    {
      loops:
        shape.jackknifeBlocks * all * people * LOOPS_PER_IMAGE +
        LOOPS_PER_TRIPLE * triples +
        LOOPS_PER_VARIANT * variants,
    },
    { dense: shape.jackknifeBlocks * all * (components + columns) * people },
  );
  return times(OF_PRODUCTS, work);
}
