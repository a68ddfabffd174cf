import type { Design } from '../../association/design.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { dot } from '../../linalg/orthonormal-basis.js';
import { type CutBlock, type GroupProbes, weightedProjections } from './cut-blocks.js';
import type { BlockDefinition } from './gre.js';
import { degreesOfFreedom } from './projection.js';

/**
 * Sampling variance of an estimate y'Ay / y'y less a constant, A = sum of w_k P_k, for a trait y = g + e of heritability h²,
 * e ~ N(0, (1-h²) I) and genetic values spread evenly over the variants. With B = A - cI, c = sum of w_k R²_k:
 *
 *     n² Var = 2 (1-h²)² tr B² + 4 (1-h²) h² tr BGB + 2 h⁴ tr BGBG,
 *
 * G the relationship matrix, tr G = n. The last term is the spread over traits of what effects make of the blocks' signal. The traces
 * are those of these very genotypes, LD between blocks, relatives and structure included, from vectors projected in full.
 */
export class Spread {
  readonly #n: number;
  /** u'A u / u'u and ‖A u‖² / u'u, of noise and of genetic values. */
  readonly #noise: Moments;
  readonly #genetic: Moments;
  /** ‖X'(A - cI) g‖² = s0 - 2 c s1 + c² s2, over P² / n. */
  readonly #effects: readonly [number, number, number];

  private constructor(
    n: number,
    noise: Moments,
    genetic: Moments,
    effects: readonly [number, number, number],
  ) {
    this.#n = n;
    this.#noise = noise;
    this.#genetic = genetic;
    this.#effects = effects;
  }

  /** Two passes over the genotypes. @param weights w_k of each block. */
  static async measure(
    genotypes: GenotypeOperator,
    design: Design,
    g: number,
    blocks: readonly BlockDefinition[],
    solved: readonly CutBlock[],
    { vectors, genetic }: GroupProbes,
    weights: ArrayLike<number>,
  ): Promise<Spread> {
    const n = degreesOfFreedom(design, g);
    const projections = await weightedProjections(
      genotypes,
      design,
      g,
      blocks,
      solved,
      weights,
      vectors.length,
    );
    const moments = (from: number, end: number): Moments => {
      let [whole, product, square] = [0, 0, 0];
      for (let e = from; e < end; e++) {
        whole += dot(vectors[e], vectors[e]);
        for (const [k, { explained }] of solved.entries()) product += weights[k] * explained[e] * n;
        square += dot(projections[e], projections[e]);
      }
      return { first: product / whole, second: square / whole };
    };
    const columns = sharedFloat32(2 * genetic * design.stride);
    for (let e = 0; e < genetic; e++) {
      columns.set(projections[e], 2 * e * design.stride);
      columns.set(vectors[e], (2 * e + 1) * design.stride);
    }
    const scores = sharedFloat64(genotypes.count * 2 * genetic);
    await genotypes.transposeTimes(columns, 2 * genetic, scores);
    const sums: [number, number, number] = [0, 0, 0];
    for (let at = 0; at < scores.length; at += 2) {
      sums[0] += scores[at] ** 2;
      sums[1] += scores[at] * scores[at + 1];
      sums[2] += scores[at + 1] ** 2;
    }
    const variance = solved.reduce((sum, { trace }) => sum + trace, 0);
    const scale = 1 / (genetic * variance * variance * n);
    return new Spread(n, moments(genetic, vectors.length), moments(0, genetic), [
      sums[0] * scale,
      sums[1] * scale,
      sums[2] * scale,
    ]);
  }

  /** @param c sum of w_k R²_k of the trait. */
  variance(h2: number, c: number): number {
    const h = Math.min(1, Math.max(0, h2));
    const about = ({ first, second }: Moments) => second - 2 * c * first + c * c;
    const [s0, s1, s2] = this.#effects;
    return (
      (2 * (1 - h) ** 2 * about(this.#noise) +
        4 * (1 - h) * h * about(this.#genetic) +
        2 * h * h * (s0 - 2 * c * s1 + c * c * s2)) /
      this.#n
    );
  }
}

interface Moments {
  readonly first: number;
  readonly second: number;
}
