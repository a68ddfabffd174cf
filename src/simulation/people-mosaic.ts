import { HeredityError } from '../errors.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { packedStride } from '../kernels/kernels.js';
import { sharedFloat64, sharedInt32 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { RandomStream, streamOf } from '../kernels/random-stream.js';
import { type RunContext, silentRun } from '../run.js';
import {
  type AssortativeChoice,
  type AssortativeMating,
  assortativeChoice,
  chosenMate,
} from './assortative.js';
import {
  addMissing,
  CHUNK,
  type GenotypeSink,
  joinChunks,
  newChunk,
  type SampleChunk,
  tileHeight,
} from './sample-chunks.js';

export interface PeopleMosaic {
  readonly seed: number;
  /** New people. */
  readonly samples: number;
  /** Mean length, in centimorgans, over which a new person copies one of the old. @default 1 */
  readonly segmentLength?: number;
  /** Fraction of genotypes that are made missing besides those that are copied. @default 0 */
  readonly missingRate?: number;
  /** Mates are alike in a trait. @default mating is random */
  readonly assortative?: AssortativeMating;
}

/** Neighbouring variants on one chromosome. */
export interface ChromosomeStretch {
  /** Number of the chromosome among those of the old people's variants, from 1. */
  readonly number: number;
  /** Positions among the old people's variants. */
  readonly first: number;
  readonly variants: number;
  /** Place of each of them in centimorgans, in shared memory; it does not go back. */
  readonly map: Float64Array;
}

/** What the people of a chunk copy. */
interface CopyState {
  readonly copied: Int32Array;
  readonly ends: Float64Array;
  /** Index of the next random number. */
  readonly drawn: Float64Array;
}

/** Genotypes that one thread copies in a millisecond, for deciding on threads. */
const GENOTYPES_PER_MS = 3e5;

const copyTask = defineTask(
  'copyPeople',
  (
    kernels,
    source: { readonly packed: Uint8Array; readonly stride: number; readonly samples: number },
    map: Float64Array,
    segmentLength: number,
    first: number,
    variants: number,
    seed: number,
    chromosome: number,
    { copied, ends, drawn }: CopyState,
    missingRate: number,
    choice: AssortativeChoice | undefined,
    chunk: SampleChunk,
  ): void => {
    const { firstSample, samples, packed } = chunk;
    const random = new RandomStream(kernels, seed, streamOf('haplotypes', chromosome, firstSample), drawn[0]);
    const stride = packedStride(samples);
    const codes = new Uint8Array(source.samples);
    packed.fill(0x55, 0, variants * stride);
    for (let v = 0; v < variants; v++) {
      const place = map[first + v];
      for (let i = 0; i < samples; i++) {
        while (place >= ends[i]) {
          copied[i] = choice
            ? chosenMate(choice, firstSample + i, random.uniform())
            : random.integer(source.samples);
          ends[i] += random.exponential() * segmentLength;
        }
      }
      const row = source.packed.subarray(v * source.stride, (v + 1) * source.stride);
      for (let s = 0; s < source.samples; s++) codes[s] = (row[s >> 2] >> (2 * (s & 3))) & 3;
      for (let i = 0, at = v * stride; i < samples; i += 4, at++) {
        let byte = 0;
        const end = Math.min(4, samples - i);
        for (let k = 0; k < end; k++) byte |= codes[copied[i + k]] << (2 * k);
        packed[at] = end === 4 ? byte : byte | (0x55 << (2 * end));
      }
    }
    drawn[0] = random.next;
    addMissing(kernels, chunk, missingRate, seed, chromosome, first, variants);
  },
);

/**
 * New people whose genotypes are mosaics of whole genotypes of old ones: each copies one person for a segment of
 * exponential length, then another, drawn evenly. Genotypes need no phase, and within a segment all of their correlations
 * stay; between variants d centimorgans apart correlation shrinks by exp(-d / segmentLength). Allele frequencies and
 * Hardy-Weinberg proportions are those of the old people. A pure function of the options: threads and backends give the
 * same bits. With assortative mating those whom a new person copies have genetic values that go together ({@link assortativeChoice}).
 * @param old genotypes of the old people.
 * @param stretches its chromosomes, in order.
 */
export async function mosaicOfPeople(
  old: GenotypeOperator,
  stretches: readonly ChromosomeStretch[],
  { seed, samples, segmentLength = 1, missingRate = 0, assortative }: PeopleMosaic,
  sink: GenotypeSink,
  run: RunContext = silentRun,
): Promise<void> {
  const stride = packedStride(samples);
  const tileVariants = tileHeight(samples, old.count);
  const rows = new Uint8Array(tileVariants * stride);
  const chunks: (SampleChunk & { readonly state: CopyState })[] = [];
  for (let first = 0; first < samples; first += CHUNK) {
    const size = Math.min(CHUNK, samples - first);
    const state = { copied: sharedInt32(size), ends: sharedFloat64(size), drawn: sharedFloat64(1) };
    chunks.push({ ...newChunk(first, size, tileVariants), state });
  }
  const choice = assortative && assortativeChoice(assortative, samples, old.pool.kernels, seed);
  const phase = run.progress.phase('simulating genotypes', { total: old.count, unit: 'variants' });
  let written = Promise.resolve();
  for await (const part of old.parts()) {
    for (const { number, map, ...stretch } of stretches) {
      const end = Math.min(part.first + part.count, stretch.first + stretch.variants);
      for (let at = Math.max(part.first, stretch.first); at < end; at += tileVariants) {
        const height = Math.min(tileVariants, end - at);
        const source = {
          packed: part.packed.subarray(
            (at - part.first) * old.rowStride,
            (at - part.first + height) * old.rowStride,
          ),
          stride: old.rowStride,
          samples: old.samples,
        };
        const first = at - stretch.first;
        if (first === 0)
          for (const { state } of chunks) for (const array of Object.values(state)) array.fill(0);
        const calls = chunks.map(
          ({ state, firstSample, samples, packed }) =>
            [
              source,
              map,
              segmentLength,
              first,
              height,
              seed,
              number,
              state,
              missingRate,
              choice,
              { firstSample, samples, packed },
            ] as const,
        );
        await old.pool.run(copyTask, calls, { milliseconds: (height * samples) / GENOTYPES_PER_MS });
        await written;
        joinChunks(chunks, height, rows, stride);
        written = sink.append(rows, stride, height);
        written.catch(() => {}); // reported when it is awaited
        phase.advance(height);
      }
    }
  }
  await written;
  phase.end();
}

/** Base pairs of a centimorgan where there is no genetic map. */
const CENTIMORGAN = 1e6;

/**
 * The chromosomes of some variants with their places in centimorgans from the first variant: those of the table where it
 * has them, else one centimorgan per megabase.
 * @param variants indices in the table, ascending.
 * @throws HeredityError `degenerate-data` for a chromosome without any positions.
 */
export function chromosomeStretches(
  table: {
    readonly chromosome: readonly string[];
    readonly centimorgan: Float64Array;
    readonly position: Int32Array;
  },
  variants: Int32Array,
): ChromosomeStretch[] {
  const stretches: ChromosomeStretch[] = [];
  for (let first = 0, end: number; first < variants.length; first = end) {
    const chromosome = table.chromosome[variants[first]];
    end = first;
    while (end < variants.length && table.chromosome[variants[end]] === chromosome) end++;
    const own = variants.subarray(first, end);
    const centimorgan = Float64Array.from(own, (v) => table.centimorgan[v]);
    const hasMap = centimorgan.some((place) => place > centimorgan[0]);
    const place = hasMap ? centimorgan : Float64Array.from(own, (v) => table.position[v] / CENTIMORGAN);
    if (own.length > 1 && !place.some((x) => x !== place[0])) {
      throw new HeredityError(
        'degenerate-data',
        `all variants of chromosome ${chromosome} are at one place`,
        {
          fix: 'give base-pair positions in the .bim file',
        },
      );
    }
    const map = sharedFloat64(own.length);
    let last = 0;
    for (const [k, x] of place.entries()) map[k] = last = Math.max(last, x - place[0]);
    stretches.push({ number: stretches.length + 1, first, variants: own.length, map });
  }
  return stretches;
}
