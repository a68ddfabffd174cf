import { RELATIONSHIPS, type Relationship } from '../estimators/twin/relatives.js';
import { checkTotal, defineModel, share } from './model.js';

/** What of a trait's variance is what; the rest is the environment of each person alone. */
interface Truth {
  readonly a2: number;
  readonly d2: number;
  readonly aa2: number;
  readonly c2: number;
}

/** Correlation of relatives: the parts that they share, of pairwise epistasis the square of the additive one. */
function correlation({ additive, dominance, shared }: Relationship, { a2, d2, aa2, c2 }: Truth): number {
  return additive * a2 + dominance * d2 + additive ** 2 * aa2 + shared * c2;
}

export const twinDesigns = defineModel({
  name: 'twin-designs',
  description:
    'Every design compares relatives who differ in one thing only, and takes the rest for granted. MZ against DZ twins ' +
    '(Falconer) takes dominance, epistasis and a home that treats MZ twins more alike for heritability; MZ twins reared ' +
    'apart take dominance and epistasis; full against adoptive siblings take half of the dominance and of pairwise ' +
    'epistasis. What a twin study overstates is a gap that no variant can fill.',
  source: 'chapter on missing heritability, section on twins',
  formulas: [
    'r_{MZ} = a² + d² + i² + c² + m²,  r_{DZ} = ½ a² + ¼ d² + ¼ i² + c²',
    'Falconer: 2 (r_{MZ} − r_{DZ}) = a² + 1½ d² + 1½ i² + 2 m²',
    'MZ apart: r_{MZA} = a² + d² + i²',
    'siblings: 2 (r_{full} − r_{adoptive}) = a² + ½ d² + ½ i²',
  ],
  inputs: {
    a2: share('additive variance a2', 0.4),
    d2: share('variance of dominance d2', 0.1),
    i2: share('variance of pairwise epistasis i2', 0),
    c2: share('environment c2 that all reared together share', 0.1),
    m2: share('environment m2 that only MZ twins reared together share besides', 0),
  },
  outputs: {
    rmz: { label: 'correlation of MZ twins', unit: 'correlation' },
    rdz: { label: 'correlation of DZ twins, and of full siblings', unit: 'correlation' },
    rmza: { label: 'correlation of MZ twins reared apart', unit: 'correlation' },
    radoptive: { label: 'correlation of adoptive siblings', unit: 'correlation' },
    falconerH2: { label: 'h2 by Falconer, MZ against DZ', unit: 'share of variance', range: 'any' },
    falconerC2: { label: 'c2 by Falconer', unit: 'share of variance', range: 'any' },
    apartH2: { label: 'h2 by MZ twins reared apart', unit: 'share of variance' },
    siblingH2: { label: 'h2 by full against adoptive siblings', unit: 'share of variance' },
    inflation: { label: 'what Falconer has above a2', unit: 'share of variance', range: 'any' },
  },
  curve: {
    over: 'd2',
    from: 0,
    to: ({ a2, i2, c2, m2 }) => Math.max(0, 1 - a2 - i2 - c2 - m2),
    outputs: ['falconerH2', 'apartH2', 'siblingH2'],
    yLabel: 'h² that the design gives',
  },
  evaluate({ a2, d2, i2, c2, m2 }) {
    checkTotal(['a2', 'd2', 'i2', 'c2', 'm2'], a2 + d2 + i2 + c2 + m2, 'any');
    const of = (name: keyof typeof RELATIONSHIPS) =>
      correlation(RELATIONSHIPS[name], { a2, d2, aa2: i2, c2 });
    const rmz = of('mz') + m2;
    const [rdz, rmza, radoptive] = [of('dz'), of('mz-apart'), of('adoptive-siblings')];
    const falconerH2 = 2 * (rmz - rdz);
    return {
      values: {
        rmz,
        rdz,
        rmza,
        radoptive,
        falconerH2,
        falconerC2: 2 * rdz - rmz,
        apartH2: rmza,
        siblingH2: 2 * (of('full-siblings') - radoptive),
        inflation: falconerH2 - a2,
      },
    };
  },
});
