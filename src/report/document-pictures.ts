import type { JsonValue } from '../formats/json.js';
import { readComponentsPicture } from './cohort-result.js';
import type { ComponentsPicture } from './components-chart.js';
import type { QuantilePicture } from './quantile-picture.js';
import type { ScanPicture } from './scan-chart.js';

/**
 * A picture as the numbers that it is drawn from. Documents keep them beside what they say, so that a report and the page draw
 * it again and name its numbers.
 */
export type PictureData = ScanPicture | QuantilePicture | PeoplePicture | ScreePicture;

/** People on two components. */
interface PeoplePicture extends ComponentsPicture {
  readonly kind: 'people';
  readonly title: string;
  /** What those who lie far from the others are called. */
  readonly outliers: string;
}

/** Eigenvalues in order. */
interface ScreePicture {
  readonly kind: 'scree';
  readonly title: string;
  readonly eigenvalues: readonly number[];
  /** Leading ones that are told from what follows. */
  readonly determined: number;
}

/** @param name what stands between the prefix and the ending of its file. */
export type NamedPicture = PictureData & { readonly name: string };

/** @returns SVG. */
export async function drawPicture(data: PictureData): Promise<string> {
  switch (data.kind) {
    case 'scan':
      return (await import('./scan-chart.js')).scanChart(data);
    case 'quantiles':
      return (await import('./qq-chart.js')).qqChart(data);
    case 'people':
      return (await import('./components-chart.js')).peopleOnComponents(data, data.title, data.outliers);
    case 'scree':
      return (await import('./components-chart.js')).screeChart(data);
  }
}

/** The pictures of a document; none where it has no such field. @throws HeredityError `bad-input` for what is no picture. */
export function readPictures(document: JsonValue): PictureData[] {
  return (document.optional('pictures')?.list() ?? []).map(readPicture);
}

function readPicture(value: JsonValue): PictureData {
  const title = value.field('title').line();
  const numbers = (name: string) =>
    value
      .field(name)
      .list()
      .map((own) => own.number());
  const kind = value.field('kind').oneOf(['scan', 'quantiles', 'people', 'scree']);
  switch (kind) {
    case 'scan':
      return {
        kind,
        title,
        threshold: value.field('threshold').number(),
        chromosomes: value
          .field('chromosomes')
          .list()
          .map((own) => ({
            chromosome: own.field('chromosome').line(),
            start: own.field('start').number(),
            end: own.field('end').number(),
          })),
        peaks: numbers('peaks'),
        strongest: value
          .field('strongest')
          .list()
          .map((own) => ({
            variant: own.field('variant').line(),
            chromosome: own.field('chromosome').line(),
            position: own.field('position').number(),
            minusLog10P: own.field('minusLog10P').number(),
          })),
      };
    case 'quantiles':
      return {
        kind,
        title,
        xLabel: value.field('xLabel').line(),
        yLabel: value.field('yLabel').line(),
        expected: numbers('expected'),
        observed: numbers('observed'),
      };
    case 'people':
      return { kind, title, outliers: value.field('outliers').line(), ...readComponentsPicture(value) };
    case 'scree':
      return {
        kind,
        title,
        eigenvalues: numbers('eigenvalues'),
        determined: value.field('determined').number(),
      };
  }
}
