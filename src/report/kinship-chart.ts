import * as Plot from '@observablehq/plot';
import { formatCount } from '../estimate/number.js';
import { KINSHIP_DEGREES, type KinshipPair } from '../relatedness/king.js';
import { AXIS, COLOUR, draw, HEAD } from './chart.js';
import { type PointGroup, shownOf, thinPoints } from './thin-points.js';

const RADIUS = 2.6;
const DEGREES = [
  { least: KINSHIP_DEGREES.duplicate, name: 'duplicates, identical twins' },
  { least: KINSHIP_DEGREES.first, name: 'first degree' },
  { least: KINSHIP_DEGREES.second, name: 'second degree' },
  { least: KINSHIP_DEGREES.third, name: 'third degree' },
] as const;

/** Pairs by the share of variants at which they are different homozygotes, and by kinship. */
export function kinshipPicture(pairs: readonly KinshipPair[]): PointGroup | null {
  const [group] = thinPoints(
    {
      count: pairs.length,
      x: (k) => pairs[k].opposed / pairs[k].variants,
      y: (k) => pairs[k].kinship,
      kind: () => 0,
    },
    ['pairs'],
  );
  return group ?? null;
}

/**
 * Related pairs, with the limits of degrees: parents and children lie at the left of the first degree, as they share an allele
 * everywhere, and full siblings at its right.
 */
export function kinshipChart(pairs: PointGroup): string {
  const highest = Math.max(0.5, ...pairs.y);
  const lowest = Math.min(...pairs.y, KINSHIP_DEGREES.third);
  const degrees = DEGREES.map((degree, k) => ({
    ...degree,
    middle: (degree.least + (DEGREES[k - 1]?.least ?? highest)) / 2,
  }));
  const picture = {
    width: 640,
    height: HEAD + 340 + 52,
    marginLeft: 72,
    marginRight: 180,
    x: {
      ...AXIS,
      label: 'share of variants at which they are different homozygotes (IBS0)',
      labelOffset: 40,
      nice: true,
      zero: true,
      grid: true,
    },
    y: { ...AXIS, label: 'kinship (KING-robust)', labelOffset: 58, domain: [lowest, highest], nice: true },
    marks: [
      Plot.ruleY(degrees, { y: 'least', stroke: COLOUR.reference, strokeDasharray: '4 3' }),
      Plot.text(degrees, {
        y: 'middle',
        text: 'name',
        frameAnchor: 'right',
        textAnchor: 'start',
        dx: 8,
        fill: COLOUR.quiet,
      }),
      Plot.dot(pairs.x, { x: pairs.x, y: pairs.y, r: RADIUS, fill: COLOUR.estimate }),
    ],
  };
  return draw(picture, `${formatCount(pairs.count)} pairs of relatives`, [
    { shape: 'dot', colour: COLOUR.estimate, text: `a pair${shownOf(pairs, 'pairs')}` },
    { shape: 'dash', colour: COLOUR.reference, text: 'lower limits of degrees' },
  ]);
}
