import type { ColumnProjector } from '../../association/project-columns.js';
import { PART_NUMBERS } from '../../genotypes/operator.js';
import { multiplySegments } from '../../genotypes/segment-products.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { streamOf } from '../../kernels/random-stream.js';
import { Scratch } from '../../kernels/scratch.js';
import { equalUnits, overUnits } from '../../parts/division.js';
import { type RunContext, silentRun } from '../../run.js';
import { addControls } from './controls.js';
import { deletedComponents, type HeData, type HeMoments, jackknifeBlocks } from './data.js';
import { RANDOM_DIGITS, type TraitAccounts, traitPasses } from './trait-moments.js';
import { unevenness } from './unevenness.js';
import { bilinear, sideOfSums } from './variant-sums.js';

export interface RandomTraceOptions {
  /** Random vectors for each group of people. */
  readonly vectors: number;
  readonly seed: number;
  /** Use what is known exactly about the vectors to take most of their noise out of the traces. */
  readonly controls: boolean;
}

/**
 * The moments of each group with traces from random vectors (METHODS 7.1): tr(K_k K_l) is the mean of (K_k z)'(K_l z)
 * over z ~ N(0, I). What a vector gives does not depend on the others, so that machines may have some of them each.
 */
export async function randomTraces(
  data: HeData,
  projector: ColumnProjector,
  traits: TraitAccounts,
  { vectors, seed, controls }: RandomTraceOptions,
  run: RunContext = silentRun,
): Promise<HeMoments[]> {
  const { design, components } = data;
  const { sums } = traits;
  const isWhole = run.division === undefined;
  const widths = {
    whole: design.groups.length * vectors + sums.columns.length,
    images: design.groups.length * vectors * components.names.length,
  };
  const settings = { seed, controls, widths, traits: isWhole ? traits : undefined };
  const drawn: Account[][] = [];
  const tagged = components.names.length === 1 ? data.genotypes.count : 0;
  const halves = design.groups.map(() => [0, 1].map(() => new Float32Array(tagged)));
  const work = { name: 'random vectors', weights: equalUnits(vectors), choices: components.names };
  const draw = (first: number, end: number, inside: RunContext) =>
    vectorAccounts(data, projector, { ...settings, first, end }, inside);
  for await (const own of overUnits(run, work, draw)) {
    for (const [g, { tagging }] of own.entries())
      for (let j = 0; j < tagging.length; j++) halves[g][drawn.length % 2][j] += tagging[j];
    drawn.push(own.map(({ tagging: _, ...account }) => account));
  }
  if (!isWhole) await traitPasses(data, projector, traits, { most: mostOfPass(widths.whole) });
  return design.groups.map((group, g) => ({
    ...sums.groups[g],
    ...(components.names.length === 1 && {
      unevenness: unevennessByHalves(data, halves[g], vectors, sums.groups[g].traces, g),
    }),
    ...finish(
      drawn.map((own) => own[g]),
      {
        components: components.names.length,
        isDeleted: deletedComponents(data),
        blocks: jackknifeBlocks(data),
        traces: sums.groups[g].traces,
        degrees: group.people.count - group.columns,
        controls,
      },
    ),
  }));
}

/**
 * Sums of some vectors, one a group each, in two passes over the genotypes. The first takes t = X'z and u_bk = X_bk t of each jackknife
 * block b, which add up to S_k = X_k X_k'z; the second takes X'S_l. Then a block's part of a trace is t_b' X_bk'S_l, so that leaving it out costs
 * nothing: (S_k - u_bk)'(S_l - u_bl) = S_k'S_l - u_bk'S_l - S_k'u_bl + u_bk'u_bl.
 */
async function* vectorAccounts(
  data: HeData,
  projector: ColumnProjector,
  {
    first,
    end,
    seed,
    controls,
    widths,
    traits,
  }: Pick<RandomTraceOptions, 'seed' | 'controls'> & {
    readonly first: number;
    readonly end: number;
    /** Columns of both passes of the whole run: parts of the genotypes are the same with however few of its vectors, as sums go by them. */
    readonly widths: { readonly whole: number; readonly images: number };
    /** Taken along; undefined where they are not wanted. */
    readonly traits: TraitAccounts | undefined;
  },
  run: RunContext,
): AsyncGenerator<VectorAccount[]> {
  if (first === end) return;
  const { genotypes, design, components, jackknife } = data;
  const count = components.names.length;
  // kernels have a way of their own with one column, whose last digits differ: it gets company
  const vectors = Math.max(2, end - first);
  const isDeleted = deletedComponents(data);
  const groupOf = design.groups.flatMap((_, g) => Array<number>(vectors).fill(g));
  const probes = groupOf.length;

  const sides = sharedFloat32(probes * design.stride);
  const norms = await drawProbes(data, projector, groupOf, { seed, first }, sides);
  const ofProbes = await genotypes.sampleSide(sides, probes, RANDOM_DIGITS);
  const ofTraits = traits && (await sideOfSums(data, traits.sums));

  const scores = sharedFloat32(genotypes.count * probes); // X'z
  const images = sharedFloat64(probes * count * design.stride); // S, columns (probe, component)
  const accounts = groupOf.map((_, p) => emptyAccount(jackknifeBlocks(data), count, norms[p]));
  const segments = { scores, groupOf, images, underWay: sharedFloat64(images.length) };
  const phase = run.progress.phase('random vectors', { total: 2 * genotypes.count, unit: 'variants' });
  const presence = design.groups.map(({ people }, g) =>
    people.count === design.samples ? undefined : projector.presenceOf(g),
  );
  const segmentation = { labels: jackknife, components, presence, basis: design.basis };
  const [room, roomOfTraits] = [new Scratch(sharedFloat64), new Scratch(sharedFloat64)];
  for await (const part of genotypes.parts(mostOfPass(widths.whole))) {
    const products = room.of(part.count * probes);
    const others = roomOfTraits.of(part.count * (ofTraits?.columns ?? 0));
    await Promise.all([
      part.transposeTimesSide(ofProbes, products),
      ofTraits && part.transposeTimesSide(ofTraits, others),
    ]);
    scores.set(products, part.first * probes);
    const multiplied = multiplySegments(genotypes, part, segmentation, segments, (label, own) => {
      for (const [p, { ownProducts }] of accounts.entries())
        addTo(ownProducts, label * count * count, own.products[p]);
      correctForCovariates(data, groupOf, own.loadings, (p, k, l, value) => {
        accounts[p].ownProducts[(label * count + k) * count + l] -= value;
      });
    });
    await Promise.all([multiplied, traits?.sums.add(part, others), traits?.forms?.addImages(part, others)]);
    phase.advance(part.count);
  }
  const ofImages = probes * count;
  const columns = ofImages + (traits?.forms?.width ?? 0);
  const projected = sharedFloat32(columns * design.stride);
  const groupOfImage = groupOf.flatMap((g) => Array<number>(count).fill(g));
  await projector.project(images, groupOfImage, projected.subarray(0, images.length));
  await traits?.forms?.project(projector, projected.subarray(images.length));
  const side = await genotypes.sampleSide(projected, columns, RANDOM_DIGITS);
  for await (const part of genotypes.parts(mostOfPass(widths.images))) {
    const products = room.of(part.count * columns);
    await part.transposeTimesSide(side, products);
    for (let j = 0; j < part.count; j++) {
      const variant = part.first + j;
      const row = {
        weights: components.weights.subarray(variant * count, (variant + 1) * count),
        block: jackknife[variant],
        scores: scores.subarray(variant * probes, (variant + 1) * probes),
        images: products.subarray(j * columns, j * columns + ofImages),
      };
      addVariant(accounts, row, controls, isDeleted);
      // the scores are not needed any more: what they say of LD takes their place
      if (count === 1) for (let p = 0; p < probes; p++) row.scores[p] *= row.images[p];
    }
    traits?.forms?.addProducts(part, products, columns, ofImages);
    phase.advance(part.count);
  }
  phase.end();
  for (let i = 0; i < end - first; i++)
    yield design.groups.map((_, g) => {
      const probe = g * vectors + i;
      const tagging = new Float32Array(count === 1 ? genotypes.count : 0);
      for (let j = 0; j < tagging.length; j++) tagging[j] = scores[j * probes + probe];
      return { ...accounts[probe], tagging };
    });
}

/** Variants of a part of a pass with so many columns. */
const mostOfPass = (columns: number): number => Math.floor(PART_NUMBERS / columns);

/** From x_j'z z'XX'x_j summed over every other vector z, and over the rest. */
function unevennessByHalves(
  { components, design }: HeData,
  sums: readonly Float32Array[],
  vectors: number,
  traces: Float64Array,
  group: number,
): number {
  const [first, second] = sums.map((half, h) =>
    half.map((value) => value / Math.floor((vectors + 1 - h) / 2)),
  );
  const { people, columns } = design.groups[group];
  return unevenness(
    { weights: components.weights, first, second, stride: 1 },
    traces,
    people.count - columns,
  );
}

/** Random vectors, one stream each, masked and projected; returns their squared norms. */
async function drawProbes(
  { genotypes, design }: HeData,
  projector: ColumnProjector,
  groupOf: readonly number[],
  { seed, first }: { readonly seed: number; readonly first: number },
  sides: Float32Array,
): Promise<Float64Array> {
  const { samples, stride, groups } = design;
  const vectors = groupOf.length / groups.length;
  const drawn = sharedFloat64(groupOf.length * stride);
  for (let p = 0; p < groupOf.length; p++) {
    const stream = streamOf('heProbes', 0, first + (p % vectors));
    genotypes.pool.kernels.normal(seed, stream, 0, drawn.subarray(p * stride, p * stride + samples));
  }
  const own = sides.subarray(0, drawn.length);
  await projector.project(drawn, groupOf, own);
  return Float64Array.from(groupOf, (_, p) => {
    let sum = 0;
    for (let i = p * stride; i < p * stride + samples; i++) sum += own[i] ** 2;
    return sum;
  });
}

/** What one random vector gives among the people of one group. */
interface VectorAccount extends Account {
  /** x_j'z z'XX'x_j of each variant, where there is one component. */
  readonly tagging: Float32Array;
}

/** Sums of one random vector among the people of one group. */
interface Account {
  /** z'z, covariates projected out. */
  readonly norm: number;
  /** X_bk X_bk'z times X_l X_l'z for each block: blocks x components x components. */
  readonly crossProducts: Float64Array;
  /** X_bk X_bk'z times X_bl X_bl'z, likewise. */
  readonly ownProducts: Float64Array;
  /** X_k X_k'z times X_l X_l'z. */
  readonly wholeProducts: Float64Array;
  /** z' X_bk X_bk' z: blocks x components. */
  readonly quadratics: Float64Array;
  /** S_l' X_k X_k' S_m, m <= l: components x components x components. */
  readonly triples: Float64Array;
}

function emptyAccount(blocks: number, count: number, norm: number): Account {
  const square = count * count;
  return {
    norm,
    crossProducts: new Float64Array(blocks * square),
    ownProducts: new Float64Array(blocks * square),
    wholeProducts: new Float64Array(square),
    quadratics: new Float64Array(blocks * count),
    triples: new Float64Array(square * count),
  };
}

interface VariantRow {
  readonly weights: Float64Array;
  readonly block: number;
  /** x'z, one a vector of every group. */
  readonly scores: Float32Array;
  /** x'S, one a vector and component. */
  readonly images: Float64Array;
}

/** @param accounts one a vector of every group. */
function addVariant(
  accounts: readonly Account[],
  { weights, block, scores, images }: VariantRow,
  controls: boolean,
  isDeleted: readonly boolean[],
): void {
  const count = weights.length;
  for (const [probe, { crossProducts, wholeProducts, quadratics, triples }] of accounts.entries()) {
    const score = scores[probe];
    const own = images.subarray(probe * count, (probe + 1) * count);
    for (let k = 0; k < count; k++) {
      const weight = weights[k];
      if (weight === 0) continue;
      for (let l = 0; l < count; l++) {
        const value = weight * score * own[l];
        if (isDeleted[k]) crossProducts[(block * count + k) * count + l] += value;
        wholeProducts[k * count + l] += value;
      }
      if (!controls) continue;
      quadratics[block * count + k] += weight * score ** 2;
      for (let l = 0; l < count; l++) {
        for (let m = 0; m <= l; m++) triples[(k * count + l) * count + m] += weight * own[l] * own[m];
      }
    }
  }
}

interface FinishOptions {
  readonly components: number;
  readonly isDeleted: readonly boolean[];
  readonly blocks: number;
  readonly traces: Float64Array;
  readonly degrees: number;
  readonly controls: boolean;
}

/** @param drawn of each vector, in order. */
function finish(
  drawn: readonly Account[],
  { components: count, isDeleted, blocks, traces, degrees, controls }: FinishOptions,
): Pick<HeMoments, 'products' | 'deletedProducts' | 'probes'> {
  const square = count * count;
  const probes = drawn.map(({ wholeProducts }) => symmetric(wholeProducts, count));
  const products = mean(probes);
  const cross = total(drawn.map(({ crossProducts }) => crossProducts));
  const own = total(drawn.map(({ ownProducts }) => ownProducts));
  const deletedProducts = new Float64Array(blocks * square);
  for (let b = 0; b < blocks; b++) {
    for (let k = 0; k < count; k++) {
      for (let l = 0; l < count; l++) {
        const at = (b * count + k) * count + l;
        const mirrored = (b * count + l) * count + k;
        const both = isDeleted[k] && isDeleted[l] ? own[at] : 0;
        deletedProducts[at] = products[k * count + l] - (cross[at] + cross[mirrored] - both) / drawn.length;
      }
    }
  }
  if (controls)
    addControls({
      account: {
        quadratics: drawn.map(({ quadratics }) => quadratics),
        triples: drawn.map(({ triples }) => triples),
      },
      count,
      isDeleted,
      blocks,
      traces,
      norms: Float64Array.from(drawn, ({ norm }) => norm),
      degrees,
      probes,
      products,
      deletedProducts,
    });
  return { products, deletedProducts, probes };
}

function total(list: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(list[0].length);
  for (const values of list) addTo(sum, 0, values);
  return sum;
}

function symmetric(matrix: Float64Array, order: number): Float64Array {
  return matrix.map((value, at) => (value + matrix[(at % order) * order + Math.floor(at / order)]) / 2);
}

function mean(list: readonly Float64Array[]): Float64Array {
  return list[0].map((_, at) => list.reduce((sum, values) => sum + values[at], 0) / list.length);
}

function addTo(target: Float64Array, at: number, values: Float64Array): void {
  for (const [k, value] of values.entries()) target[at + k] += value;
}

/** What projecting the covariates out takes from u_bk'u_bl, for each vector. */
function correctForCovariates(
  { design, components }: HeData,
  groupOf: readonly number[],
  loadings: Float64Array,
  subtract: (probe: number, k: number, l: number, value: number) => void,
): void {
  const count = components.names.length;
  const at = (p: number, k: number) => (p * count + k) * design.columns;
  for (const [p, g] of groupOf.entries()) {
    for (let k = 0; k < count; k++)
      for (let l = 0; l < count; l++)
        subtract(p, k, l, bilinear(design, g, loadings, at(p, k), loadings, at(p, l)));
  }
}
