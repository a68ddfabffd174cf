import { packedStride } from '../kernels/kernels.js';
import { sharedBytes, sharedFloat64, sharedInt32 } from '../kernels/memory.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import { streamOf } from '../kernels/random-stream.js';
import { type FounderHaplotypes, simulateFounders } from './founders.js';

export interface GenotypeSimulation {
  readonly seed: number;
  readonly samples: number;
  /** Variants of each chromosome; the first is chromosome 1. */
  readonly variants: readonly number[];
  /** Founder haplotypes. @default 1000 */
  readonly founders?: number;
  /** Smallest minor allele frequency among the founders. @default 0.01 */
  readonly minFrequency?: number;
  /** Fraction of genotypes that are missing, at random. @default 0 */
  readonly missingRate?: number;
  /** Mean distance of neighbouring variants in base pairs. @default 5000 */
  readonly spacing?: number;
  /** Mean length, in centimorgans, over which a haplotype copies one founder. @default 1 */
  readonly segmentLength?: number;
}

/** Takes the packed rows as they are made, such as a BedWriter; it may change or keep nothing once its promise resolves. */
export interface GenotypeSink {
  append(packedRows: Uint8Array, stride: number, variants: number): Promise<void>;
}

/** Where the simulated variants are; genotype codes count allele 1, which is minor among the founders. */
export interface SimulatedVariants {
  readonly count: number;
  /** Number of the chromosome of each, from 1. */
  readonly chromosome: Int32Array;
  readonly position: Int32Array;
  readonly centimorgan: Float64Array;
}

/** Samples of a task; missing genotypes are drawn task by task, so it is part of what a seed means. */
const CHUNK = 4096;
/** Packed bytes of the variants that are made at a time. */
const TILE_BYTES = 32 << 20;
const TILE_MULTIPLE = 64;
/** Genotypes that one thread makes in a millisecond, for deciding on threads. */
const GENOTYPES_PER_MS = 5e5;

const simulateChunk = defineTask(
  'simulateGenotypes',
  (
    kernels,
    { stride: founderStride, founders, alleles, map }: Omit<FounderHaplotypes, 'position'>,
    segmentLength: number,
    first: number,
    variants: number,
    seed: number,
    chromosome: number,
    firstSample: number,
    samples: number,
    state: HaplotypeState,
    missingRate: number,
    packed: Uint8Array,
  ): void => {
    const stride = packedStride(samples);
    const stream = streamOf('haplotypes', chromosome, 2 * firstSample);
    const { segments, copied, ends } = state;
    kernels.mosaic(
      alleles,
      founderStride,
      founders,
      map,
      segmentLength,
      first,
      variants,
      seed,
      stream,
      samples,
      segments,
      copied,
      ends,
      packed,
      stride,
    );
    if (missingRate === 0) return;
    const uniform = new Float64Array(Math.ceil(1.2 * missingRate * samples) + 16);
    for (let v = 0; v < variants; v++) {
      const row = packed.subarray(v * stride, (v + 1) * stride);
      const rowStream = streamOf('missing', chromosome, first + v);
      let used = 0;
      // Gaps between missing genotypes are geometric.
      for (let i = -1; ; used++) {
        const at = used % uniform.length;
        if (at === 0) kernels.uniform(seed, rowStream, firstSample + used, uniform);
        i += 1 + Math.floor(Math.log(uniform[at]!) / Math.log1p(-missingRate));
        if (i >= samples) break;
        const shift = 2 * (i & 3);
        row[i >> 2] = (row[i >> 2]! & ~(3 << shift)) | (1 << shift);
      }
    }
  },
);

/** What the haplotypes of a chunk of samples copy ({@link Kernels.mosaic}). */
interface HaplotypeState {
  readonly segments: Int32Array;
  readonly copied: Int32Array;
  readonly ends: Float64Array;
}

/**
 * Genotypes of unrelated people with the LD of a population: mosaics of founder haplotypes, chromosome by chromosome.
 * A pure function of the options: threads and backends give the same bits. Memory holds one chromosome's founders and
 * some {@link TILE_BYTES}, whatever the size.
 * @param onProgress called with the number of further variants that are done.
 * @throws HeredityError `usage` as {@link simulateFounders}; whatever the sink throws.
 */
export async function simulateGenotypes(
  pool: KernelPool,
  options: GenotypeSimulation,
  sink: GenotypeSink,
  onProgress?: (variants: number) => void,
): Promise<SimulatedVariants> {
  const {
    seed,
    samples,
    founders = 1000,
    minFrequency = 0.01,
    missingRate = 0,
    spacing = 5000,
    segmentLength = 1,
  } = options;
  const count = options.variants.reduce((sum, variants) => sum + variants, 0);
  const table = {
    count,
    chromosome: new Int32Array(count),
    position: new Int32Array(count),
    centimorgan: new Float64Array(count),
  };
  const stride = packedStride(samples);
  const tileVariants = tileHeight(samples, Math.max(...options.variants));
  const chunks = makeChunks(samples, tileVariants);
  const rows = new Uint8Array(tileVariants * stride);
  let written = Promise.resolve();
  let done = 0;
  for (const [index, variants] of options.variants.entries()) {
    const chromosome = index + 1;
    const { position, ...haplotypes } = simulateFounders(pool.kernels, {
      seed,
      chromosome,
      variants,
      founders,
      minFrequency,
      spacing,
    });
    table.chromosome.fill(chromosome, done, done + variants);
    table.position.set(position, done);
    table.centimorgan.set(haplotypes.map, done);
    for (const { state } of chunks) for (const array of Object.values(state)) array.fill(0);
    for (let first = 0; first < variants; first += tileVariants) {
      const height = Math.min(tileVariants, variants - first);
      const calls = chunks.map(
        ({ firstSample, samples: size, state, packed }) =>
          [
            haplotypes,
            segmentLength,
            first,
            height,
            seed,
            chromosome,
            firstSample,
            size,
            state,
            missingRate,
            packed,
          ] as const,
      );
      await pool.run(simulateChunk, calls, { milliseconds: (height * samples) / GENOTYPES_PER_MS });
      await written;
      joinChunks(chunks, height, rows, stride);
      written = sink.append(rows, stride, height);
      written.catch(() => {}); // reported when it is awaited
      onProgress?.(height);
    }
    done += variants;
  }
  await written;
  return table;
}

/** Bytes that {@link simulateGenotypes} holds at most, sink not counted. */
export function simulationMemory({ samples, variants, founders = 1000 }: GenotypeSimulation): number {
  const most = Math.max(...variants);
  return (
    2 * tileHeight(samples, most) * packedStride(samples) + 32 * samples + founders * (most / 8) + 32 * most
  );
}

/** Variants that are made at a time. */
function tileHeight(samples: number, variants: number): number {
  const groups = Math.max(1, Math.floor(TILE_BYTES / packedStride(samples) / TILE_MULTIPLE));
  return Math.min(groups * TILE_MULTIPLE, variants);
}

interface Chunk {
  readonly firstSample: number;
  readonly samples: number;
  readonly state: HaplotypeState;
  readonly packed: Uint8Array;
}

function makeChunks(samples: number, variants: number): Chunk[] {
  const chunks: Chunk[] = [];
  for (let firstSample = 0; firstSample < samples; firstSample += CHUNK) {
    const size = Math.min(CHUNK, samples - firstSample);
    const state = {
      segments: sharedInt32(2 * size),
      copied: sharedInt32(2 * size),
      ends: sharedFloat64(2 * size),
    };
    chunks.push({ firstSample, samples: size, state, packed: sharedBytes(variants * packedStride(size)) });
  }
  return chunks;
}

/** Puts the chunks' rows side by side. */
function joinChunks(chunks: readonly Chunk[], variants: number, rows: Uint8Array, stride: number): void {
  for (const { firstSample, samples, packed } of chunks) {
    const bytes = packedStride(samples);
    for (let v = 0; v < variants; v++) {
      rows.set(packed.subarray(v * bytes, (v + 1) * bytes), v * stride + firstSample / 4);
    }
  }
}
