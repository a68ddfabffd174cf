import type { JsonValue } from '../formats/json.js';
import type { ComponentsPicture } from './components-chart.js';
import type { PointGroup } from './thin-points.js';

/** What a page takes of <out>.cohort.json. */
export interface PicturedCohort {
  readonly people: number;
  /** Somebody who left at each step, and why, in words. */
  readonly examples: readonly { readonly step: string; readonly reason: string }[];
  readonly variants: { readonly kinship: number; readonly pruned: number };
  readonly components: readonly { readonly name: string; readonly eigenvalue: number }[];
  /** Leading components that are told from what follows. */
  readonly determined: number;
  readonly pictures: { readonly ancestry: ComponentsPicture; readonly kinship: PointGroup | null };
}

/** @throws HeredityError `bad-input` where something is missing or of another kind. */
export function readCohortResult(document: JsonValue): PicturedCohort {
  const pictures = document.field('pictures');
  const variants = document.field('variants');
  const kinship = pictures.optional('kinship');
  return {
    people: document.field('people').number(),
    examples: document
      .field('examples')
      .list()
      .map((own) => ({ step: own.field('step').line(), reason: own.field('reason').line() })),
    variants: { kinship: variants.field('kinship').number(), pruned: variants.field('pruned').number() },
    components: document
      .field('components')
      .list()
      .map((own) => ({ name: own.field('name').line(), eigenvalue: own.field('eigenvalue').number() })),
    determined: document.field('determined').number(),
    pictures: {
      ancestry: readComponentsPicture(pictures.field('ancestry')),
      kinship: kinship ? readPoints(kinship) : null,
    },
  };
}

/** People on two components. @throws HeredityError as {@link readCohortResult}. */
export function readComponentsPicture(value: JsonValue): ComponentsPicture {
  const two = (name: string): [number, number] => {
    const [first, second] = value
      .field(name)
      .list(2)
      .map((own) => own.number());
    return [first, second];
  };
  return {
    eigenvalues: two('eigenvalues'),
    axes: two('axes'),
    groups: value
      .field('groups')
      .list()
      .map((group) => {
        group.field('name').oneOf(['own', 'projected', 'outlier']);
        return readPoints(group);
      }),
  };
}

function readPoints(group: JsonValue): PointGroup {
  const x = group
    .field('x')
    .list()
    .map((value) => value.number());
  const y = group
    .field('y')
    .list(x.length)
    .map((value) => value.number());
  return { name: group.field('name').line(), count: group.field('count').number(), x, y };
}
