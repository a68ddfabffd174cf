import * as Plot from '@observablehq/plot';
import { formatCount } from '../estimate/number.js';
import { AXIS, COLOUR, draw, HEAD, pointedAt } from './chart.js';
import { genomeAxis, type Stretch } from './genome-axis.js';

const DOT = 0.01;

/** A scan of the genome as its picture shows it. */
export interface ScanPicture {
  readonly kind: 'scan';
  readonly title: string;
  /** -log10 P at which a line is drawn. */
  readonly threshold: number;
  /** In their order along the axis. */
  readonly chromosomes: readonly Stretch[];
  /** Place along the axis, least and largest -log10 P, of one peak after another. */
  readonly peaks: readonly number[];
  /** Variants that say their numbers to who points at them. */
  readonly strongest: readonly {
    readonly variant: string;
    readonly chromosome: string;
    readonly position: number;
    readonly minusLog10P: number;
  }[];
}

/** A Manhattan picture: -log10 P of variants along the genome, chromosomes in turn dark and light. */
export function scanChart({ title, threshold, chromosomes, peaks, strongest }: ScanPicture): string {
  const width = 960;
  const axis = genomeAxis(chromosomes);
  // two paths for all of them, each peak a stroke: elements of their own would take thousands
  const strokes = Array.from({ length: Math.floor(peaks.length / 3) }, (_, k) => {
    const [place, low, high] = peaks.slice(3 * k, 3 * k + 3);
    const colour = axis.colourAt(place);
    // a stroke without length is not drawn everywhere
    return [low, Math.max(high, low + DOT), Number.NaN].map((height) => ({ place, height, colour }));
  });
  const picture = {
    width,
    height: HEAD + 300 + 52,
    marginLeft: 66,
    marginRight: 24,
    x: axis.scale(width - 90),
    y: { ...AXIS, label: '−log₁₀ P', labelOffset: 50, nice: true, grid: true, zero: true },
    marks: [
      Plot.ruleY([threshold], { stroke: COLOUR.reference, strokeWidth: 1.5 }),
      Plot.line(strokes.flat(), {
        x: 'place',
        y: 'height',
        z: 'colour',
        stroke: 'colour',
        strokeWidth: 3,
        strokeLinecap: 'round',
      }),
      Plot.dot(strongest, {
        x: ({ chromosome, position }) => axis.place(chromosome, position),
        y: 'minusLog10P',
        r: 1.5,
        fill: ({ chromosome }) => axis.colour(chromosome),
        title: ({ variant, chromosome, position, minusLog10P }) =>
          pointedAt(`${variant}, chromosome ${chromosome}: ${formatCount(position)}`, {
            '−log₁₀ P': minusLog10P,
          }),
      }),
      Plot.ruleY([0], { stroke: COLOUR.quiet }),
    ],
  };
  return draw(picture, title, [
    { shape: 'dot', colour: COLOUR.estimate, text: 'variants' },
    { shape: 'dash', colour: COLOUR.reference, text: 'P = 5e-8' },
  ]);
}
