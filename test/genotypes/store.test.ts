import { describe, expect, it } from 'vitest';
import { createMask, maskIndices, type SampleMask } from '../../src/genotypes/sample-mask.js';
import {
  type GenotypeBlock,
  GenotypeStore,
  splitTile,
  type VariantSource,
} from '../../src/genotypes/store.js';
import { packedStride } from '../../src/kernels/kernels.js';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { packRows, range } from '../fixture.js';
import { randomGenotypes } from '../genotype-data.js';
import { describeBackends } from '../kernels/backends.js';

const VARIANTS = 1100;
const SAMPLES = 70;
const genotypes = randomGenotypes(VARIANTS, SAMPLES, { seed: 2, missing: 0.05 });

/** Genotypes in memory that remember what was read of them, as [first, count]. */
class RecordedSource implements VariantSource {
  readonly reads: [number, number][] = [];
  failAt = Number.POSITIVE_INFINITY;

  async readVariants(first: number, count: number, target: Uint8Array, targetStride: number): Promise<void> {
    this.reads.push([first, count]);
    if (first + count > this.failAt) throw new Error(`cannot read variant ${this.failAt}`);
    const { bytes, rowBytes } = packRows(genotypes.slice(first, first + count));
    for (let v = 0; v < count; v++)
      target.set(bytes.subarray(v * rowBytes, (v + 1) * rowBytes), v * targetStride);
  }
}

const everyone = createMask(SAMPLES, () => true);
const pool = new KernelPool(loadKernels(), 1);

/** A store with tiles of 256 variants. */
function openStore(mask: SampleMask = everyone, kernelPool = pool) {
  const source = new RecordedSource();
  return { source, store: new GenotypeStore(source, mask, kernelPool, 1) };
}

const COPIES = [2, -1, 1, 0];

/** All genotypes of a block, decoded, and the sizes of its tiles. */
async function readBlock(block: GenotypeBlock): Promise<{ rows: number[][]; tiles: number[] }> {
  const rows: number[][] = [];
  const tiles: number[] = [];
  for await (const { first, variants, packed } of block.tiles()) {
    expect(first).toBe(rows.length);
    expect(packed.length).toBe(variants * block.stride);
    tiles.push(variants);
    for (let v = 0; v < variants; v++) {
      const code = (i: number) => (packed[v * block.stride + (i >> 2)] >> (2 * (i & 3))) & 3;
      rows.push(Array.from({ length: block.samples }, (_, i) => COPIES[code(i)]));
      for (let i = block.samples; i < 4 * block.stride; i++)
        if (code(i) !== 1) throw new Error(`padding at ${i}`);
    }
  }
  return { rows, tiles };
}

const expectedRows = (variants: Int32Array, mask: SampleMask = everyone) =>
  Array.from(variants, (v) => Array.from(maskIndices(mask), (i) => genotypes[v][i]));

describeBackends((kernels) => {
  const some = createMask(SAMPLES, (i) => i % 3 !== 1 && i !== 69);

  it.each([
    ['everyone', everyone],
    ['some samples', some],
    ['one sample', createMask(SAMPLES, (i) => i === 33)],
  ])('keeps %s, and gives the same genotypes resident and streamed', async (_, mask) => {
    const kernelPool = new KernelPool(kernels, 1);
    const variants = range(5, 700);
    const { store, source } = openStore(mask, kernelPool);
    expect(store.samples).toBe(mask.count);
    expect(store.stride).toBe(packedStride(mask.count));
    const resident = await store.open(variants, store.bytes(variants.length));
    expect(resident.resident).toBe(true);
    const { rows, tiles } = await readBlock(resident);
    expect(rows).toEqual(expectedRows(variants, mask));
    expect(tiles).toEqual([256, 256, 183]);
    const reads = source.reads.length;
    expect((await readBlock(resident)).rows).toEqual(rows);
    expect(source.reads).toHaveLength(reads); // the second pass read nothing

    const streamed = await store.open(variants, store.bytes(variants.length) - 1);
    expect(streamed.resident).toBe(false);
    expect(await readBlock(streamed)).toEqual({ rows, tiles });
  });
});

describe('what is read', () => {
  it('is each tile once, in one piece, where the variants are neighbours', async () => {
    const { store, source } = openStore();
    await readBlock(await store.open(range(10, 1010), 0));
    expect(source.reads).toEqual([
      [10, 256],
      [266, 256],
      [522, 256],
      [778, 232],
    ]);
  });

  it('is the whole span where most of it is wanted', async () => {
    const { store, source } = openStore();
    const variants = range(0, VARIANTS).filter((v) => v % 3 !== 0);
    const { rows } = await readBlock(await store.open(variants, 0));
    expect(rows).toEqual(expectedRows(variants));
    expect(source.reads).toHaveLength(3);
  });

  it('is only the runs that are wanted where they are few', async () => {
    const { store, source } = openStore();
    const variants = Int32Array.of(0, 1, 2, 400, 700, 701, 1099);
    const { rows } = await readBlock(await store.open(variants, 0));
    expect(rows).toEqual(expectedRows(variants));
    expect(source.reads).toEqual([
      [0, 3],
      [400, 1],
      [700, 2],
      [1099, 1],
    ]);
  });

  it('is nothing for no variants', async () => {
    const { store, source } = openStore();
    expect(await readBlock(await store.open(range(0, 0), 0))).toEqual({ rows: [], tiles: [] });
    expect(source.reads).toEqual([]);
  });

  it('is one tile ahead of the caller', async () => {
    const { store, source } = openStore();
    const block = await store.open(range(0, 1000), 0);
    for await (const { first } of block.tiles()) {
      await new Promise(setImmediate);
      expect(source.reads.at(-1)![0]).toBe(Math.min(first + 256, 768));
    }
  });
});

describe('a source that fails', () => {
  it('is reported by the pass that needs it, in a tile read ahead too', async () => {
    const { store, source } = openStore();
    source.failAt = 600;
    const block = await store.open(range(0, 1000), 0);
    const seen: number[] = [];
    const pass = async () => {
      for await (const { first } of block.tiles()) seen.push(first);
    };
    await expect(pass()).rejects.toThrow('cannot read variant 600');
    expect(seen).toEqual([0, 256]);
    await expect(store.open(range(0, 1000), 1e9)).rejects.toThrow('cannot read variant 600');
  });

  it('does not trouble a caller that stops before', async () => {
    const { store, source } = openStore();
    source.failAt = 300;
    const block = await store.open(range(0, 1000), 0);
    for await (const { first } of block.tiles()) {
      expect(first).toBe(0);
      await new Promise(setImmediate);
      break;
    }
    expect(source.reads.length).toBeGreaterThan(1);
  });
});

it('splits a tile into pieces that cover it, none empty', () => {
  const stride = packedStride(SAMPLES);
  for (const variants of [1, 7, 8, 9, 255, 256]) {
    for (const threads of [1, 3, 64]) {
      const tile = { first: 512, variants, packed: new Uint8Array(variants * stride).map((_, k) => k % 251) };
      const pieces = splitTile({ stride, rows: 1 }, tile, threads);
      expect(pieces[0].first).toBe(512);
      expect(pieces.every((piece) => piece.variants > 0)).toBe(true);
      expect(Buffer.concat(pieces.map(({ packed }) => packed)).equals(tile.packed)).toBe(true);
      for (const [k, piece] of pieces.slice(1).entries())
        expect(piece.first).toBe(pieces[k].first + pieces[k].variants);
    }
  }
});

it('does not depend on the number of threads', async () => {
  const many = new KernelPool(loadKernels(), 3);
  const counts = [pool, many].map(async (kernelPool) => {
    const { store } = openStore(
      createMask(SAMPLES, (i) => i % 2 === 0),
      kernelPool,
    );
    return store.count(range(0, VARIANTS));
  });
  const [one, three] = await Promise.all(counts);
  await many.close();
  expect(three).toEqual(one);
});
