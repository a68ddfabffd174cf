import type { Kernels } from '../kernels/kernels.js';
import { RandomStream, streamOf } from '../kernels/random-stream.js';
import { createMask, maskIndices, type SampleMask } from './sample-mask.js';

/** So many samples of a set, chosen at random, each subset being as likely as any other; all of them where there are fewer. */
export function randomSubset(kernels: Kernels, mask: SampleMask, count: number, seed: number): SampleMask {
  const random = new RandomStream(kernels, seed, streamOf('subsample', 0));
  const drawn = Array.from(maskIndices(mask), (sample) => ({ sample, key: random.uniform() }));
  const chosen = new Set(
    drawn
      .sort((a, b) => a.key - b.key)
      .slice(0, count)
      .map(({ sample }) => sample),
  );
  return createMask(mask.samples, (sample) => chosen.has(sample));
}
