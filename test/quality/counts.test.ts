import { expect, it } from 'vitest';
import { GenotypeOperator } from '../../src/genotypes/operator.js';
import { packedStride } from '../../src/kernels/kernels.js';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { countGenotypes } from '../../src/quality/counts.js';
import { kinshipPairs } from '../../src/relatedness/king.js';
import { storeOf } from '../fixture.js';
import { randomGenotypes } from '../genotype-data.js';

const [VARIANTS, SAMPLES] = [900, 70];

/** The same genotypes in one tile, or in several. */
function operator(tileBytes: number): Promise<GenotypeOperator> {
  const genotypes = randomGenotypes(VARIANTS, SAMPLES, { seed: 9, missing: 0.05 });
  const store = storeOf(genotypes, new KernelPool(loadKernels(), 1), tileBytes);
  const variants = Int32Array.from({ length: VARIANTS }, (_, v) => v);
  return GenotypeOperator.open(store, variants, { memory: 0 });
}

const ONE_TILE = 1024 * packedStride(SAMPLES);
const SMALL_TILES = 256 * packedStride(SAMPLES);

it('counts of variants and of people do not depend on how a pass is cut', async () => {
  const copies = Array.from({ length: VARIANTS }, (_, v) =>
    v < 500 ? ('two' as const) : v < 700 ? ('x' as const) : v < 800 ? ('y' as const) : ('one' as const),
  );
  const people = {
    sex: Uint8Array.from({ length: SAMPLES }, (_, i) => i % 3),
    founder: (i: number) => i % 5 > 0,
  };
  const countsOf = async (tileBytes: number) => {
    const counts = await countGenotypes(await operator(tileBytes), copies, people, { persons: true });
    return { ...counts, people: undefined };
  };
  const whole = await countsOf(ONE_TILE);
  expect(await countsOf(SMALL_TILES)).toEqual(whole);
  expect(whole.persons!.possible[0] - whole.persons!.possible[1]).toBe(-100); // 1 is male, and could have Y
});

it('kinship does not depend on it either', async () => {
  const pairsOf = async (tileBytes: number) => {
    const found: number[] = [];
    const options = { least: -Infinity, memory: 1e9 };
    for await (const { fields } of kinshipPairs(await operator(tileBytes), options)) found.push(...fields);
    return found;
  };
  const whole = await pairsOf(ONE_TILE);
  expect(whole).toHaveLength(((SAMPLES * (SAMPLES - 1)) / 2) * 7);
  expect(await pairsOf(SMALL_TILES)).toEqual(whole);
});
