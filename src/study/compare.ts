import { methodNamed } from '../methods/facts.js';
import type { Cell } from './grids.js';
import {
  PAPER_CELLS,
  PAPER_LD_SCORE_CELLS,
  PAPER_RESULTS,
  PAPER_SETTINGS,
  type PaperResult,
  type PaperSetting,
} from './paper.js';
import type { CellSummary, StudyAggregate } from './summary.js';

/** What a comparison needs of a study's results. */
export interface StudyToCompare {
  readonly variants: number;
  readonly blocks: number;
  readonly scaling: string;
  readonly replicates: number;
  readonly cells: readonly Cell[];
  readonly summaries: readonly Pick<
    CellSummary,
    'samples' | 'cell' | 'estimator' | 'relativeBias' | 'relativeBiasSem'
  >[];
  readonly aggregates: readonly Pick<
    StudyAggregate,
    'samples' | 'estimator' | 'cells' | 'meanRelativeBias' | 'minRelativeBias' | 'maxRelativeBias'
  >[];
}

/** Relative bias over many cells, ours and the paper's. */
export interface AggregateComparison {
  readonly estimator: string;
  readonly samples: number;
  readonly setting: PaperResult['setting'];
  readonly table: number;
  readonly cells: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly paperCells: number;
  readonly paperMean: number;
  readonly paperMin: number;
  readonly paperMax: number;
}

/** Relative bias in one cell, ours and the paper's. */
export interface CellComparison {
  readonly estimator: string;
  readonly samples: number;
  readonly setting: PaperResult['setting'];
  readonly table: number;
  readonly cell: string;
  readonly relativeBias: number;
  readonly relativeBiasSem: number;
  readonly paperRelativeBias: number;
  /** Null where the paper's table has no standard error. */
  readonly paperSem: number | null;
}

/** How alike the cells are that both have. */
export interface Agreement {
  readonly estimator: string;
  readonly samples: number;
  readonly setting: PaperResult['setting'];
  readonly cells: number;
  /** Of the relative biases; null where either does not vary. */
  readonly correlation: number | null;
  /** Cells in which both are further than 2 % from 0, and those of them with one sign. */
  readonly biased: number;
  readonly sameSign: number;
}

export interface PaperComparison {
  readonly aggregates: readonly AggregateComparison[];
  readonly cells: readonly CellComparison[];
  readonly agreement: readonly Agreement[];
  /** How the setting differs from each of the paper's that it is compared with, in words. */
  readonly differences: readonly string[];
}

/** Relative biases closer to 0 than this say nothing about a sign. */
const NOTICEABLE = 0.02;
const H2_OF_CELLS = 0.25;

/**
 * A study's results beside those of Hou et al. for the same estimators, at every size at which the paper has them. The
 * simulations differ in genotypes, size and LD, so that the signs and orders of size are to be compared, not the digits.
 */
export function comparePaper(study: StudyToCompare): PaperComparison {
  const pairs = study.aggregates.flatMap((aggregate) =>
    PAPER_RESULTS.filter(({ estimator }) => isSame(estimator, aggregate.estimator)).map((paper) => ({
      aggregate,
      paper,
    })),
  );
  const aggregates = pairs.flatMap(({ aggregate, paper }): AggregateComparison[] => {
    const { meanRelativeBias: mean, minRelativeBias: min, maxRelativeBias: max } = aggregate;
    // The paper has no cells of h² = 0.
    if (mean === null || min === null || max === null) return [];
    const ours = {
      estimator: aggregate.estimator,
      samples: aggregate.samples,
      setting: paper.setting,
      table: paper.table,
      cells: aggregate.cells,
      mean,
      min,
      max,
      paperCells: paper.cells,
      paperMean: paper.meanRelativeBias,
      paperMin: paper.minRelativeBias,
      paperMax: paper.maxRelativeBias,
    };
    return [ours];
  });
  const cells = pairs.flatMap(({ aggregate, paper }) => compareCells(study, aggregate, paper));
  const agreement = pairs.flatMap(({ aggregate, paper }) => {
    const own = cells.filter(
      ({ estimator, samples, setting }) =>
        estimator === aggregate.estimator && samples === aggregate.samples && setting === paper.setting,
    );
    return own.length > 0 ? [agreementOf(own)] : [];
  });
  const settings = [...new Set(pairs.map(({ paper }) => paper.setting))];
  const sizes = [...new Set(pairs.map(({ aggregate }) => aggregate.samples))];
  const differences = sizes.flatMap((samples) =>
    settings.map((setting) => describeDifference(study, samples, PAPER_SETTINGS[setting])),
  );
  return { aggregates, cells, agreement, differences };
}

/** Names of methods have aliases, and earlier studies have earlier names. */
function isSame(one: string, other: string): boolean {
  return (methodNamed(one) ?? one) === (methodNamed(other) ?? other);
}

function compareCells(
  { summaries }: StudyToCompare,
  { estimator, samples }: Pick<StudyAggregate, 'estimator' | 'samples'>,
  paper: PaperResult,
): CellComparison[] {
  const published = [
    ...PAPER_CELLS.map((cell, k) => ({
      cell,
      table: paper.table,
      bias: paper.bias[k],
      sem: paper.sem[k] / H2_OF_CELLS,
    })),
    ...PAPER_LD_SCORE_CELLS.flatMap((cell, k) =>
      paper.ldScore ? [{ cell, table: paper.ldScore.table, bias: paper.ldScore.bias[k], sem: null }] : [],
    ),
  ];
  return published.flatMap(({ cell, table, bias, sem }): CellComparison[] => {
    const own = summaries.find(
      (row) => row.cell === cell && row.estimator === estimator && row.samples === samples,
    );
    if (!own || own.relativeBias === null || own.relativeBiasSem === null) return [];
    return [
      {
        estimator,
        samples,
        setting: paper.setting,
        table,
        cell,
        relativeBias: own.relativeBias,
        relativeBiasSem: own.relativeBiasSem,
        paperRelativeBias: bias / H2_OF_CELLS,
        paperSem: sem,
      },
    ];
  });
}

function agreementOf(cells: readonly CellComparison[]): Agreement {
  const biased = cells.filter(
    ({ relativeBias, paperRelativeBias }) =>
      Math.min(Math.abs(relativeBias), Math.abs(paperRelativeBias)) > NOTICEABLE,
  );
  const [{ estimator, samples, setting }] = cells as [CellComparison];
  return {
    estimator,
    samples,
    setting,
    cells: cells.length,
    correlation: correlation(
      cells.map(({ relativeBias }) => relativeBias),
      cells.map(({ paperRelativeBias }) => paperRelativeBias),
    ),
    biased: biased.length,
    sameSign: biased.filter((cell) => cell.relativeBias > 0 === cell.paperRelativeBias > 0).length,
  };
}

function correlation(x: readonly number[], y: readonly number[]): number | null {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const product = (a: readonly number[], meanA: number, b: readonly number[], meanB: number) =>
    a.reduce((sum, value, k) => sum + (value - meanA) * (b[k] - meanB), 0);
  const squares = product(x, meanX, x, meanX) * product(y, meanY, y, meanY);
  return squares > 0 ? product(x, meanX, y, meanY) / Math.sqrt(squares) : null;
}

function describeDifference(study: StudyToCompare, samples: number, paper: PaperSetting): string {
  const count = (value: number) => value.toLocaleString('en-US');
  const parts = [
    `people ${count(samples)}, paper ${count(paper.samples)}`,
    `variants ${count(study.variants)}, paper ${count(paper.variants)}`,
    `variants a person ${(study.variants / samples).toPrecision(2)}, paper ${(paper.variants / paper.samples).toPrecision(2)}`,
    `blocks of GRE ${count(study.blocks)}, paper ${count(paper.blocks)}`,
    `replicates ${count(study.replicates)}, paper 100`,
  ];
  const differing = parts.filter((part) => {
    const [ours, theirs] = part.split(', paper ').map((text) => text.replace(/^.* /, ''));
    return ours !== theirs;
  });
  const scaling =
    study.scaling === 'exact-sample'
      ? []
      : ['variances as expected, where the paper rescaled each sample to exactly h² and 1 - h²'];
  const same = differing.length === 0 ? ['the same numbers of people, variants, blocks and replicates'] : [];
  return [
    `Beside the paper's ${paper.title}: ${[...same, ...differing, ...scaling].join('; ')}.`,
    "The paper simulated on UK Biobank's genotypes: LD and frequencies are other ones here, and LDAK weights and LD scores are those of the study's own genotypes unless they were given.",
  ].join(' ');
}
