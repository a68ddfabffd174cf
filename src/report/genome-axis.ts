import { AXIS, CHARACTER, COLOUR } from './chart.js';

/** A part of a chromosome, from its first to its last base pair. */
export interface Stretch {
  readonly chromosome: string;
  readonly start: number;
  readonly end: number;
}

/** Chromosomes beside each other, each from the first place that is named to the last. */
export interface GenomeAxis {
  /** From the first place that is named to the last, in their order. */
  readonly chromosomes: readonly Stretch[];
  /** All chromosomes and the room between them, in base pairs. */
  readonly length: number;
  place(chromosome: string, position: number): number;
  /** Dark and light in turn. */
  colour(chromosome: string): string;
  /** That of the chromosome at a place along the axis. */
  colourAt(place: number): string;
  /** Options of the x scale. @param width of the plot in pixels: labels of narrow chromosomes give way to those before them */
  scale(width: number): object;
}

/** Room between chromosomes, as a share of all they hold. */
const GAP = 0.006;

export function genomeAxis(stretches: Iterable<Stretch>): GenomeAxis {
  const extents = new Map<string, { start: number; end: number }>();
  for (const { chromosome, start, end } of stretches) {
    const own = extents.get(chromosome) ?? { start, end };
    extents.set(chromosome, { start: Math.min(own.start, start), end: Math.max(own.end, end) });
  }
  const lengths = [...extents.values()].map(({ start, end }) => Math.max(1, end - start));
  const gap = GAP * lengths.reduce((sum, length) => sum + length, 0);
  const offsets = new Map<string, number>();
  const labelOf = new Map<number, string>();
  const colours = new Map<string, string>();
  let total = 0;
  const names = [...extents.keys()];
  for (const [c, chromosome] of names.entries()) {
    offsets.set(chromosome, total);
    labelOf.set(total + lengths[c] / 2, chromosome.replace(/^chr/, ''));
    colours.set(chromosome, c % 2 === 0 ? COLOUR.estimate : COLOUR.bar);
    total += lengths[c] + gap;
  }
  return {
    chromosomes: names.map((chromosome) => ({ chromosome, ...extents.get(chromosome)! })),
    length: total,
    place: (chromosome, position) => offsets.get(chromosome)! + position - extents.get(chromosome)!.start,
    colour: (chromosome) => colours.get(chromosome)!,
    colourAt: (place) => colours.get(names.findLast((name) => offsets.get(name)! <= place + gap / 2)!)!,
    scale(width) {
      const room = 3.5 * CHARACTER * (total / width);
      const ticks: number[] = [];
      for (const x of labelOf.keys()) if (ticks.length === 0 || x - ticks.at(-1)! > room) ticks.push(x);
      return {
        ...AXIS,
        label: 'chromosome',
        labelOffset: 40,
        domain: [-gap, total],
        ticks,
        tickFormat: (x: number) => labelOf.get(x) ?? '',
      };
    },
  };
}
