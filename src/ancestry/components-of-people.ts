import { HeredityError } from '../errors.js';
import type { VariantTable } from '../formats/bim.js';
import { GenotypeOperator } from '../genotypes/operator.js';
import { createMask, maskHas, maskIndices, type SampleMask } from '../genotypes/sample-mask.js';
import { expectedStandardised } from '../genotypes/standardise.js';
import type { VariantStatistics } from '../genotypes/statistics.js';
import { GenotypeStore, type VariantSource } from '../genotypes/store.js';
import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import type { KernelPool } from '../kernels/pool.js';
import { evenly } from '../linalg/evenly.js';
import { median } from '../linalg/median.js';
import { endOfRounds } from '../parts/division.js';
import { type RunContext, silentRun } from '../run.js';
import { densestRegions, type LoadedRegion } from './ld-regions.js';
import {
  type ComponentFacts,
  type ComponentsOptions,
  componentsBytes,
  loadingsOf,
  mostComponents,
  principalComponents,
} from './principal-components.js';
import { project, SAMPLED_PEOPLE, stretches } from './projection.js';

/** Genotypes of whom and of what. */
export interface ComponentsInput {
  readonly source: VariantSource;
  readonly pool: KernelPool;
  readonly table: VariantTable;
  /** Indices in the table, ascending. */
  readonly variants: Int32Array;
  /** Those that the components are of. */
  readonly unrelated: SampleMask;
  /** all people who get values, those among them. */
  readonly people: SampleMask;
  /** Bytes for genotypes and vectors. */
  readonly memory: number;
}

/** Principal components of some people, and where these and others lie on them. */
export interface ComponentsOfPeople {
  /** Indices in the file of all people, ascending, and whether the components are of each. */
  readonly people: Int32Array;
  readonly isUnrelated: Uint8Array;
  /** People x components, row-major; of length 1 over the unrelated. */
  readonly scores: Float64Array;
  readonly components: readonly (ComponentFacts & {
    /** By how much projected values were stretched: the reciprocal of their shrinkage; null where nobody was projected, or the shrinkage is not known and values are plain. */
    readonly stretch: number | null;
    readonly densest: LoadedRegion | null;
  })[];
  /** Leading components above the last clear gap. */
  readonly determined: number;
  /** Indices in the table of the variants that vary among them, and their loadings, variants x components. */
  readonly variants: Int32Array;
  readonly loadings: Float64Array;
  readonly passes: number;
}

/** Bytes of packed genotypes and of everything beside them. */
export function componentsMemory(unrelated: number, variants: number, count: number) {
  const stride = 4 * Math.ceil(unrelated / 4);
  return { genotypes: (variants * stride) / 4, vectors: componentsBytes(stride, variants, count) };
}

/**
 * Components of unrelated people, with everybody else projected. Frequencies and scale are those of the unrelated.
 * @throws HeredityError `degenerate-data` where there are too few people or variants for so many components; as
 * {@link principalComponents}.
 */
export async function componentsOfPeople(
  input: ComponentsInput,
  options: ComponentsOptions,
  run: RunContext = silentRun,
): Promise<ComponentsOfPeople> {
  const { source, pool, table, unrelated, people, memory } = input;
  const store = new GenotypeStore(source, unrelated, pool);
  const all = await store.count(input.variants, run);
  const kept = Array.from(input.variants.keys()).filter((k) => !all.isMonomorphic(k));
  const variants = Int32Array.from(kept, (k) => input.variants[k]);
  const statistics = all.subset(kept);
  const most = mostComponents(unrelated.count, variants.length);
  if (options.count > most)
    throw new HeredityError('degenerate-data', 'there are not so many principal components', {
      value: options.count,
      expected: `at most ${most} of ${unrelated.count} people and ${variants.length} variants that vary among them`,
      fix: 'ask for fewer with --pcs',
    });
  const vectorBytes = componentsMemory(unrelated.count, variants.length, options.count).vectors;
  const room = Math.max(0, memory - vectorBytes);
  // a part holds its own variants only
  const genotypes = await open(store, variants, statistics, run.division ? 0 : room);
  try {
    const components = await principalComponents(genotypes, { ...options, memory: room }, run);
    if (people.count === unrelated.count) endOfRounds(run);
    const loadings = await loadingsOf(genotypes, components);
    const counted = { variants, statistics, memory: room };
    const projected = await projectOthers(input, genotypes, counted, components, loadings, run);
    endOfRounds(run);
    const count = options.count;
    const { vectors, facts, determined, passes } = components;
    const indices = maskIndices(people);
    const isUnrelated = Uint8Array.from(indices, (i) => Number(maskHas(unrelated, i)));
    const scores = new Float64Array(indices.length * count);
    for (let i = 0, own = 0, other = 0; i < indices.length; i++) {
      if (isUnrelated[i] === 1) {
        for (let k = 0; k < count; k++) scores[i * count + k] = vectors.values[k * vectors.stride + own];
        own++;
      } else {
        for (let k = 0; k < count; k++)
          scores[i * count + k] = projected!.plain[other * count + k] * projected!.stretch[k];
        other++;
      }
    }
    const densest = densestRegions(table, variants, loadings, count);
    return {
      people: indices,
      isUnrelated,
      scores,
      components: facts.map((fact, k) => ({
        ...fact,
        stretch: projected && projected.stretch[k] > 1 ? projected.stretch[k] : null,
        densest: densest[k],
      })),
      determined,
      variants,
      loadings,
      passes,
    };
  } finally {
    genotypes.close();
  }
}

function open(
  store: GenotypeStore,
  variants: Int32Array,
  statistics: VariantStatistics,
  memory: number,
): Promise<GenotypeOperator> {
  const standardise = (counted: VariantStatistics) => expectedStandardised(counted);
  return GenotypeOperator.open(store, variants, { memory, statistics, standardise });
}

/** Plain projections of the others, and how they are to be stretched; undefined where there are none. */
async function projectOthers(
  { source, pool, people, unrelated }: ComponentsInput,
  genotypes: GenotypeOperator,
  {
    variants,
    statistics,
    memory,
  }: { readonly variants: Int32Array; readonly statistics: VariantStatistics; readonly memory: number },
  components: Parameters<typeof stretches>[1],
  loadings: Float64Array,
  run: RunContext,
): Promise<{ plain: Float64Array; stretch: Float64Array } | undefined> {
  const others = createMask(people.samples, (i) => maskHas(people, i) && !maskHas(unrelated, i));
  if (others.count === 0) return undefined;
  const store = new GenotypeStore(source, others, pool);
  const { plain, remainder } = await project(
    await open(store, variants, statistics, 0),
    loadings,
    components,
    run,
  );
  const places = evenly(others.count, SAMPLED_PEOPLE);
  const indices = maskIndices(others);
  const chosen = new Set(places.map((place) => indices[place]));
  const some = createMask(people.samples, (i) => chosen.has(i));
  const sampled = await open(new GenotypeStore(source, some, pool), variants, statistics, 0);
  const units = sharedFloat32(places.length * sampled.columnStride);
  for (let p = 0; p < places.length; p++) units[p * sampled.columnStride + p] = 1;
  const rows = sharedFloat64(variants.length * places.length);
  await sampled.transposeTimes(units, places.length, rows);
  const remainders = Float64Array.from(places, (place) => remainder[place]);
  const stretch = await stretches(genotypes, components, rows, remainders, median(remainder), run, memory);
  return { plain, stretch };
}
