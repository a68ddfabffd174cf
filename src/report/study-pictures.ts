import { formatCount } from '../estimate/number.js';
import { largest } from '../linalg/extremes.js';
import { type Cell, describeArchitecture } from '../study/grids.js';
import type { CellSummary, StudyAggregate } from '../study/summary.js';

/** What pictures need of a study. */
export interface PicturedStudy {
  readonly samples: readonly number[];
  readonly estimators: readonly { readonly name: string; readonly title: string }[];
  readonly cells: readonly Cell[];
  readonly summaries: readonly Pick<
    CellSummary,
    'samples' | 'cell' | 'estimator' | 'relativeBias' | 'relativeBiasSem' | 'errors'
  >[];
  readonly aggregates: readonly Pick<StudyAggregate, 'samples' | 'estimator' | 'meanRelativeBias'>[];
}

/** The pictures of a study by the names that their files have: bias, errors, and bias by blocks or people where they vary. */
export async function studyPictures(
  study: PicturedStudy,
): Promise<{ readonly name: string; readonly svg: string }[]> {
  const { biasChart, errorChart, sizeChart } = await import('./study-charts.js');
  const { cells, estimators, samples, summaries } = study;
  const most = largest(samples);
  const rows = summaries
    .filter((summary) => summary.samples === most && blocksOf(summary.estimator) === undefined)
    .map((summary) => {
      const cell = cells.find(({ id }) => id === summary.cell)!;
      const { title } = estimators.find(({ name }) => name === summary.estimator)!;
      return { ...summary, h2: cell.h2, architecture: describeArchitecture(cell), estimator: title };
    });
  const charts = [
    { name: 'study-bias', svg: biasChart(rows) },
    { name: 'study-errors', svg: errorChart(rows) },
    ...sizeSeries(study).map(({ name, label, points }) => ({ name, svg: sizeChart(points, label) })),
  ];
  return charts.flatMap(({ name, svg }) => (svg === undefined ? [] : [{ name, svg }]));
}

/** The number of blocks of an estimator of the experiment on it. */
function blocksOf(estimator: string): number | undefined {
  const match = /^gre:(\d+)$/.exec(estimator);
  return match ? Number(match[1]) : undefined;
}

/** Mean relative bias over cells by number of blocks and by number of people, where there are several of them. */
function sizeSeries({ aggregates, estimators, summaries }: PicturedStudy) {
  const points = aggregates.flatMap((aggregate) => {
    if (aggregate.meanRelativeBias === null) return [];
    const own = summaries.filter(
      ({ samples, estimator, relativeBiasSem }) =>
        samples === aggregate.samples && estimator === aggregate.estimator && relativeBiasSem !== null,
    );
    const squares = own.reduce((sum, { relativeBiasSem }) => sum + relativeBiasSem! ** 2, 0);
    const { title } = estimators.find(({ name }) => name === aggregate.estimator)!;
    return [
      {
        ...aggregate,
        title,
        blocks: blocksOf(aggregate.estimator),
        relativeBias: aggregate.meanRelativeBias,
        sem: Math.sqrt(squares) / own.length,
      },
    ];
  });
  const pictures = [
    {
      name: 'study-blocks',
      label: 'number of blocks',
      points: points.flatMap((point) =>
        point.blocks === undefined
          ? []
          : [{ ...point, series: `GRE, ${formatCount(point.samples)} people`, size: point.blocks }],
      ),
    },
    {
      name: 'study-people',
      label: 'number of people',
      points: points.flatMap((point) =>
        point.blocks === undefined ? [{ ...point, series: point.title, size: point.samples }] : [],
      ),
    },
  ];
  return pictures.filter(({ points: own }) => new Set(own.map(({ size }) => size)).size > 1);
}
