import { largest } from '../linalg/extremes.js';

/** Families up to so many people are searched for the largest set, in at most so many steps. */
const EXACT = { people: 60, steps: 20_000 } as const;

/**
 * The samples to leave out so that no pair is left, as few as can be found: a large independent set of the graph of pairs, family
 * by family (those that pairs connect). Of a small family the set is the largest there is. In a large one first the sample
 * with the most pairs goes, again and again, of several the last (as GCTA's --grm-cutoff in spirit); then whoever has no
 * partner left comes back, and one who is kept makes room for two of his partners, as long as that is possible (Andrade,
 * Resende and Werneck 2012).
 *
 * With `preferred`, the same is done for these alone first, so that as many of them are kept as can be found, and then with the
 * others who have no partner among those that were kept.
 * @param pairs samples of each pair, two a pair.
 * @param preferred whether a sample is to be kept before others, such as one with a trait. @default all alike
 */
export function samplesToDrop(
  pairs: Int32Array,
  samples: number,
  preferred?: (sample: number) => boolean,
): Set<number> {
  const partners = partnersOf(pairs);
  if (!preferred) return droppedOf(partners, samples);
  const first = among(partners, preferred);
  const dropped = droppedOf(first, samples);
  if (first.size === partners.size) return dropped;
  // of the others, those related to somebody who is kept go; the rest is a graph of its own
  const isKept = (sample: number) => first.has(sample) && !dropped.has(sample);
  const blocked = new Set(
    [...partners].filter(([sample, own]) => !first.has(sample) && [...own].some(isKept)).map(([s]) => s),
  );
  const second = among(partners, (sample) => !first.has(sample) && !blocked.has(sample));
  for (const sample of [...blocked, ...droppedOf(second, samples)]) dropped.add(sample);
  return dropped;
}

type Graph = ReadonlyMap<number, ReadonlySet<number>>;

/** The graph of some of the samples. */
function among(graph: Graph, includes: (sample: number) => boolean): Graph {
  return new Map(
    [...graph]
      .filter(([sample]) => includes(sample))
      .map(([sample, own]) => [sample, new Set([...own].filter(includes))]),
  );
}

function droppedOf(graph: Graph, samples: number): Set<number> {
  const dropped = new Set<number>();
  for (const family of familiesOf(graph)) {
    const own = largestSet(graph, family) ?? localSearch(graph, family, samples);
    for (const sample of family) if (!own.has(sample)) dropped.add(sample);
  }
  return dropped;
}

/** Samples that pairs connect, each family in ascending order. */
function familiesOf(graph: Graph): number[][] {
  const seen = new Set<number>();
  const families: number[][] = [];
  for (const sample of graph.keys()) {
    if (seen.has(sample)) continue;
    seen.add(sample);
    const family = [sample];
    for (let at = 0; at < family.length; at++) {
      for (const k of graph.get(family[at])!) {
        if (seen.has(k)) continue;
        seen.add(k);
        family.push(k);
      }
    }
    families.push(family.sort(ascending));
  }
  return families;
}

/** The largest set of a family without a pair; undefined where the family is large or the search long. */
function largestSet(graph: Graph, family: readonly number[]): Set<number> | undefined {
  if (family.length > EXACT.people) return undefined;
  let steps = 0;
  /** The largest set of what is left; those without or with one partner belong to one, and else one is tried both ways. */
  const search = (left: ReadonlySet<number>): number[] | undefined => {
    if (++steps > EXACT.steps) return undefined;
    const own = new Set(left);
    const kept: number[] = [];
    const partners = (sample: number) => [...graph.get(sample)!].filter((k) => own.has(k));
    for (let isOver = false; !isOver; ) {
      isOver = true;
      for (const sample of own) {
        const few = partners(sample);
        if (few.length > 1) continue;
        kept.push(sample);
        for (const k of [sample, ...few]) own.delete(k);
        isOver = false;
      }
    }
    if (own.size === 0) return kept;
    const [most] = [...own].sort((a, b) => partners(b).length - partners(a).length || b - a);
    own.delete(most);
    const without = search(own);
    for (const k of partners(most)) own.delete(k);
    const including = search(own);
    if (!without || !including) return undefined;
    return [...kept, ...(including.length + 1 > without.length ? [most, ...including] : without)];
  };
  const found = search(new Set(family));
  return found && new Set(found);
}

function localSearch(graph: Graph, family: readonly number[], samples: number): Set<number> {
  const members = new Set(family);
  const own = among(graph, (sample) => members.has(sample));
  const dropped = improved(own, greedy(own, samples));
  return new Set(family.filter((sample) => !dropped.has(sample)));
}

function partnersOf(pairs: Int32Array): Map<number, Set<number>> {
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
  return partners;
}

/** Drops the sample with the most partners until there are no pairs. */
function greedy(graph: Graph, samples: number): Set<number> {
  const partners = new Map([...graph].map(([i, own]) => [i, new Set(own)]));
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
    const worst = largest([...bucket(size)]);
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

/** Keeps more: everybody without a kept partner, and two in place of one. Changes the set, and returns it. */
function improved(graph: Graph, dropped: Set<number>): Set<number> {
  const keptPartners = (sample: number) => [...graph.get(sample)!].filter((k) => !dropped.has(k));
  /** Kept partners of each dropped sample. */
  const tied = new Map<number, number>();
  const count = (sample: number) => tied.set(sample, keptPartners(sample).length);
  for (const sample of dropped) count(sample);
  const keep = (sample: number) => {
    dropped.delete(sample);
    tied.delete(sample);
    for (const k of graph.get(sample)!) if (dropped.has(k)) tied.set(k, tied.get(k)! + 1);
  };
  const drop = (sample: number) => {
    dropped.add(sample);
    for (const k of graph.get(sample)!) if (dropped.has(k)) tied.set(k, tied.get(k)! - 1);
    count(sample);
  };
  const takeBack = (samples: Iterable<number>) => {
    for (const sample of samples) if (tied.get(sample) === 0) keep(sample);
  };
  takeBack([...dropped].sort(ascending));
  // whoever is kept is looked at again when something about his partners has changed
  const waiting = [...graph.keys()].filter((sample) => !dropped.has(sample)).sort(ascending);
  for (let sample = waiting.pop(); sample !== undefined; sample = waiting.pop()) {
    if (dropped.has(sample)) continue;
    const own = graph.get(sample)!;
    const only = [...own].filter((k) => tied.get(k) === 1).sort(ascending);
    const two = unrelatedTwo(graph, only);
    if (!two) continue;
    drop(sample);
    for (const k of two) keep(k);
    takeBack([...own].sort(ascending));
    for (const k of own) if (!dropped.has(k)) waiting.push(k);
    for (const k of two) for (const other of graph.get(k)!) waiting.push(...keptPartners(other));
  }
  return dropped;
}

/** Two of the samples that are no pair, the first in order. */
function unrelatedTwo(graph: Graph, samples: readonly number[]): readonly [number, number] | undefined {
  for (const [at, i] of samples.entries()) {
    const own = graph.get(i)!;
    const other = samples.slice(at + 1).find((k) => !own.has(k));
    if (other !== undefined) return [i, other];
  }
  return undefined;
}

const ascending = (a: number, b: number): number => a - b;
