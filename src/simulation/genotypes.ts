import { packedStride } from '../kernels/kernels.js';
import { sharedFloat64, sharedInt32 } from '../kernels/memory.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import { streamOf } from '../kernels/random-stream.js';
import { type RunContext, silentRun } from '../run.js';
import { familyPlan } from './families.js';
import { type FounderHaplotypes, simulateFounders } from './founders.js';
import { addFst, driftFounders, type FstSums } from './groups.js';
import { type InheritanceState, inheritTask, newInheritance, restart } from './inheritance.js';
import { type FamilyOptions, type GroupOptions, layOutPeople, type Section } from './layout.js';
import {
  addMissing,
  CHUNK,
  type GenotypeSink,
  joinChunks,
  newChunk,
  type SampleChunk,
  tileHeight,
} from './sample-chunks.js';
import type { FrequencySpectrum } from './spectrum.js';

export type { GenotypeSink } from './sample-chunks.js';

export interface GenotypeSimulation {
  readonly seed: number;
  readonly samples: number;
  /** Variants of each chromosome; the first is chromosome 1. */
  readonly variants: readonly number[];
  /** Founder haplotypes. @default 1000 */
  readonly founders?: number;
  /** Smallest minor allele frequency among the founders. @default 0.01 */
  readonly minFrequency?: number;
  /** Largest one. @default 0.5 */
  readonly maxFrequency?: number;
  /** How common frequencies are within these limits. @default uniform */
  readonly spectrum?: FrequencySpectrum;
  /** Fraction of genotypes that are missing, at random. @default 0 */
  readonly missingRate?: number;
  /** Mean distance of neighbouring variants in base pairs. @default 5000 */
  readonly spacing?: number;
  /** Mean length, in centimorgans, over which a haplotype copies one founder. @default 1 */
  readonly segmentLength?: number;
  /** Groups that have drifted apart, one after another. @default one group */
  readonly groups?: GroupOptions;
  /** Families, at the start of each group in proportion to its size. @default everybody is unrelated */
  readonly families?: FamilyOptions;
}

/** Where the simulated variants are; genotype codes count allele 1, which is minor among the founders. */
export interface SimulatedVariants {
  readonly count: number;
  /** Number of the chromosome of each, from 1. */
  readonly chromosome: Int32Array;
  readonly position: Int32Array;
  readonly centimorgan: Float64Array;
  /** F_ST (Hudson's) of each pair of groups, 0 and 1, 0 and 2, 1 and 2, …, by the frequencies of their founders. */
  readonly fst: readonly number[];
}

/** Genotypes that one thread makes in a millisecond, for deciding on threads. */
const GENOTYPES_PER_MS = 5e5;

const mosaicTask = defineTask(
  'simulateGenotypes',
  (
    kernels,
    { stride: founderStride, founders, alleles, map }: Omit<FounderHaplotypes, 'position'>,
    segmentLength: number,
    first: number,
    variants: number,
    seed: number,
    chromosome: number,
    { segments, copied, ends }: HaplotypeState,
    missingRate: number,
    chunk: SampleChunk,
  ): void => {
    const { firstSample, samples, packed } = chunk;
    kernels.mosaic(
      alleles,
      founderStride,
      founders,
      map,
      segmentLength,
      first,
      variants,
      seed,
      streamOf('haplotypes', chromosome, 2 * firstSample),
      samples,
      segments,
      copied,
      ends,
      packed,
      packedStride(samples),
    );
    addMissing(kernels, chunk, missingRate, seed, chromosome, first, variants);
  },
);

/** What the haplotypes of a chunk of samples copy ({@link Kernels.mosaic}). */
interface HaplotypeState {
  readonly segments: Int32Array;
  readonly copied: Int32Array;
  readonly ends: Float64Array;
}

/** People of one group who are made together. */
interface Chunk extends SampleChunk {
  readonly group: number;
  /** State along the chromosome: of unrelated people, or of families. */
  readonly mosaic?: HaplotypeState;
  readonly inheritance?: InheritanceState;
  readonly firstFamily: number;
  readonly families: number;
}

/**
 * Genotypes with the LD of a population: mosaics of founder haplotypes, chromosome by chromosome, of unrelated people or of
 * families, in one group or several. A pure function of the options: threads and backends give the same bits. Memory holds
 * one chromosome's founders, once for each group, and some 64 MB, whatever the size.
 * @throws HeredityError `usage` as {@link simulateFounders}, {@link driftFounders} and {@link layOutPeople}; whatever the
 *   sink throws.
 */
export async function simulateGenotypes(
  pool: KernelPool,
  options: GenotypeSimulation,
  sink: GenotypeSink,
  run: RunContext = silentRun,
): Promise<SimulatedVariants> {
  const {
    seed,
    samples,
    founders = 1000,
    minFrequency = 0.01,
    missingRate = 0,
    spacing = 5000,
    segmentLength = 1,
    groups,
    families,
  } = options;
  const count = options.variants.reduce((sum, variants) => sum + variants, 0);
  const table = {
    count,
    chromosome: new Int32Array(count),
    position: new Int32Array(count),
    centimorgan: new Float64Array(count),
  };
  const plan = familyPlan(families?.kind ?? 'trio');
  const stride = packedStride(samples);
  const tileVariants = tileHeight(samples, Math.max(...options.variants));
  const chunks = layOutPeople(samples, groups, families).flatMap((section) =>
    chunksOf(section, plan.samples.length, tileVariants, (count) => newInheritance(count, plan)),
  );
  const rows = new Uint8Array(tileVariants * stride);
  const fstSums: FstSums[] = [];
  const phase = run.progress.phase('simulating genotypes', { total: count, unit: 'variants' });
  let written = Promise.resolve();
  let done = 0;
  for (const [index, variants] of options.variants.entries()) {
    const chromosome = index + 1;
    const population = simulateFounders(pool.kernels, {
      seed,
      chromosome,
      variants,
      founders,
      minFrequency,
      spacing,
      ...(options.maxFrequency !== undefined && { maxFrequency: options.maxFrequency }),
      ...(options.spectrum && { spectrum: options.spectrum }),
    });
    table.chromosome.fill(chromosome, done, done + variants);
    table.position.set(population.position, done);
    table.centimorgan.set(population.map, done);
    const panels = groups
      ? groups.sizes.map((_, group) =>
          driftFounders(pool.kernels, population, { seed, chromosome, group, fst: groups.fst }),
        )
      : [population];
    addFst(fstSums, panels);
    const haplotypes = panels.map(({ position: _, ...haplotypes }) => haplotypes);
    for (const { mosaic, inheritance } of chunks) {
      if (mosaic) for (const array of Object.values(mosaic)) array.fill(0);
      if (inheritance) restart(inheritance);
    }
    for (let first = 0; first < variants; first += tileVariants) {
      const height = Math.min(tileVariants, variants - first);
      const place = [segmentLength, first, height, seed, chromosome] as const;
      const milliseconds = (height * samples) / GENOTYPES_PER_MS;
      const mosaicCalls = chunks.flatMap(({ group, mosaic, ...chunk }) =>
        mosaic ? [[haplotypes[group], ...place, mosaic, missingRate, asChunk(chunk)] as const] : [],
      );
      const familyCalls = chunks.flatMap(({ group, inheritance, firstFamily, families, ...chunk }) =>
        inheritance
          ? [
              [
                haplotypes[group],
                ...place,
                firstFamily,
                families,
                plan,
                inheritance,
                missingRate,
                asChunk(chunk),
              ] as const,
            ]
          : [],
      );
      await Promise.all([
        pool.run(mosaicTask, mosaicCalls, { milliseconds }),
        pool.run(inheritTask, familyCalls, { milliseconds: 5 * milliseconds }),
      ]);
      await written;
      joinChunks(chunks, height, rows, stride);
      written = sink.append(rows, stride, height);
      written.catch(() => {}); // reported when it is awaited
      phase.advance(height);
    }
    done += variants;
  }
  await written;
  phase.end();
  return { ...table, fst: fstSums.map(({ between, total }) => between / total) };
}

/** Bytes that {@link simulateGenotypes} holds at most, sink not counted. */
export function simulationMemory({ samples, variants, founders = 1000, groups }: GenotypeSimulation): number {
  const most = Math.max(...variants);
  const panels = groups ? groups.sizes.length + 1 : 1;
  return (
    2 * tileHeight(samples, most) * packedStride(samples) +
    32 * samples +
    panels * founders * (most / 8) +
    32 * most
  );
}

/** What a task needs to know of a chunk. */
function asChunk({ firstSample, samples, packed }: SampleChunk): SampleChunk {
  return { firstSample, samples, packed };
}

/** Cuts a section into chunks, families whole. */
function chunksOf(
  { group, firstSample, samples, firstFamily, families }: Section,
  familySize: number,
  tileVariants: number,
  newFamilies: (count: number) => InheritanceState,
): Chunk[] {
  const chunks: Chunk[] = [];
  const unit = families > 0 ? familySize : 1;
  const step = Math.max(1, Math.floor(CHUNK / unit)) * unit;
  for (let done = 0; done < samples; done += step) {
    const size = Math.min(step, samples - done);
    const chunk = { ...newChunk(firstSample + done, size, tileVariants), group };
    if (families > 0) {
      const count = size / familySize;
      const first = firstFamily + done / familySize;
      chunks.push({ ...chunk, inheritance: newFamilies(count), firstFamily: first, families: count });
    } else {
      const mosaic = {
        segments: sharedInt32(2 * size),
        copied: sharedInt32(2 * size),
        ends: sharedFloat64(2 * size),
      };
      chunks.push({ ...chunk, mosaic, firstFamily, families: 0 });
    }
  }
  return chunks;
}
