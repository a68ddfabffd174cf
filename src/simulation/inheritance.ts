import { HET, HOM_ALLELE1, HOM_ALLELE2, packedStride } from '../kernels/kernels.js';
import { sharedFloat64, sharedInt32 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { RandomStream, streamOf } from '../kernels/random-stream.js';
import type { FamilyPlan } from './families.js';
import type { FounderHaplotypes } from './founders.js';
import { addMissing, type SampleChunk } from './sample-chunks.js';

/** Mean distance of crossovers on the genetic map, which has no interference. */
const CROSSOVER_DISTANCE = 100;

const CODE_OF_COPIES = [HOM_ALLELE2, HET, HOM_ALLELE1] as const;

/** Where the haplotypes of some families are along a chromosome. */
export interface InheritanceState {
  /** Founder whose allele each haplotype has, two haplotypes a member, also those who are no samples. */
  readonly copied: Int32Array;
  /** End of the segment on the map. */
  readonly ends: Float64Array;
  /** Which of the parent's two haplotypes a child's is copying; -1 before the first variant. */
  readonly phase: Int32Array;
  /** Index of the next random number. */
  readonly drawn: Float64Array;
}

export function newInheritance(families: number, { members }: FamilyPlan): InheritanceState {
  const haplotypes = 2 * families * members;
  return {
    copied: sharedInt32(haplotypes),
    ends: sharedFloat64(haplotypes),
    phase: sharedInt32(haplotypes),
    drawn: sharedFloat64(1),
  };
}

/** Takes families back to the start of a chromosome. */
export function restart({ copied, ends, phase, drawn }: InheritanceState): void {
  copied.fill(0);
  ends.fill(0);
  phase.fill(-1);
  drawn.fill(0);
}

/**
 * Genotypes of whole families: founders of a family are mosaics of founder haplotypes as unrelated people are, and children
 * inherit from their parents with crossovers. Calls follow each other along the chromosome.
 * @param first first variant of this call.
 * @param firstFamily number of the first family of the chunk.
 */
export const inheritTask = defineTask(
  'inheritGenotypes',
  (
    kernels,
    panel: Omit<FounderHaplotypes, 'position'>,
    segmentLength: number,
    first: number,
    variants: number,
    seed: number,
    chromosome: number,
    firstFamily: number,
    families: number,
    plan: FamilyPlan,
    state: InheritanceState,
    missingRate: number,
    chunk: SampleChunk,
  ): void => {
    const { founders, stride: panelStride, alleles, map } = panel;
    const { members, parents, twins, samples } = plan;
    const { copied, ends, phase, drawn } = state;
    const random = new RandomStream(kernels, seed, streamOf('relatives', chromosome, firstFamily), drawn[0]);
    const stride = packedStride(chunk.samples);
    const { packed } = chunk;
    packed.fill(0x55, 0, variants * stride);

    /** Moves haplotype h, from parent `from` of its family or none, on to a place of the map. */
    const advance = (h: number, base: number, from: number, place: number): void => {
      while (place >= ends[h]) {
        if (from < 0) copied[h] = random.integer(founders);
        else phase[h] = phase[h] < 0 ? random.integer(2) : 1 - phase[h];
        ends[h] += random.exponential() * (from < 0 ? segmentLength : CROSSOVER_DISTANCE);
      }
      if (from >= 0) copied[h] = copied[2 * (base + from) + phase[h]];
    };

    const carries = new Uint8Array(founders);
    for (let v = 0; v < variants; v++) {
      const variant = first + v;
      for (let f = 0; f < founders; f++) {
        carries[f] = (alleles[f * panelStride + (variant >> 3)] >> (variant & 7)) & 1;
      }
      let sample = 0;
      for (let base = 0; base < families * members; base += members) {
        for (let m = 0; m < members; m++) {
          const h = 2 * (base + m);
          const twin = twins[m];
          if (twin >= 0) {
            copied[h] = copied[2 * (base + twin)];
            copied[h + 1] = copied[2 * (base + twin) + 1];
            continue;
          }
          advance(h, base, parents[2 * m], map[variant]);
          advance(h + 1, base, parents[2 * m + 1], map[variant]);
        }
        for (const m of samples) {
          const h = 2 * (base + m);
          const copies = carries[copied[h]] + carries[copied[h + 1]];
          const shift = 2 * (sample & 3);
          const at = v * stride + (sample >> 2);
          packed[at] = (packed[at] & ~(3 << shift)) | (CODE_OF_COPIES[copies] << shift);
          sample++;
        }
      }
    }
    drawn[0] = random.next;
    addMissing(kernels, chunk, missingRate, seed, chromosome, first, variants);
  },
);
