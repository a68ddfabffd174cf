import { largest } from '../linalg/extremes.js';

/**
 * The samples to leave out so that no pair is left: again and again the one with the most pairs, of several the last, as
 * GCTA's --grm-cutoff does in spirit: it keeps many.
 * @param pairs samples of each pair, two a pair.
 */
export function samplesToDrop(pairs: Int32Array, samples: number): Set<number> {
  const partners = new Map<number, Set<number>>();
  const pair = (i: number, k: number) => {
    const own = partners.get(i);
    if (own) own.add(k);
    else partners.set(i, new Set([k]));
  };
  for (let p = 0; p < pairs.length; p += 2) {
    pair(pairs[p], pairs[p + 1]);
    pair(pairs[p + 1], pairs[p]);
  }
  // samples by their number of partners: the fullest bucket is emptied first
  const buckets: Set<number>[] = [];
  const bucket = (size: number) => (buckets[size] ??= new Set());
  for (const [i, own] of partners) bucket(own.size).add(i);
  const dropped = new Set<number>();
  for (let size = Math.min(samples, buckets.length) - 1; size > 0; ) {
    if (bucket(size).size === 0) {
      size--;
      continue;
    }
    const worst = largest(bucket(size));
    bucket(size).delete(worst);
    dropped.add(worst);
    for (const k of partners.get(worst)!) {
      if (dropped.has(k)) continue;
      const own = partners.get(k)!;
      bucket(own.size).delete(k);
      own.delete(worst);
      bucket(own.size).add(k);
    }
  }
  return dropped;
}
