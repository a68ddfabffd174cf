import { normalCdf } from '../linalg/distributions.js';
import { largest, smallest } from '../linalg/extremes.js';
import { quantile } from '../linalg/quantile.js';
import type { Cell } from './grids.js';
import type { StudyPart } from './run.js';

/** How the estimates of one cell by one estimator compare with the truth (METHODS 2.3). */
export interface CellSummary {
  readonly samples: number;
  readonly cell: string;
  readonly estimator: string;
  /** Replicates with an estimate, and without. */
  readonly replicates: number;
  readonly failed: number;
  readonly mean: number;
  /** Standard error of the mean: standard deviation with divisor R - 1, over √R. */
  readonly sem: number;
  /** Standard deviation with divisor R, as the paper's tables print it. */
  readonly sd: number;
  readonly bias: number;
  /** bias / sem, and its two-sided normal P value; null where the estimates do not vary. */
  readonly z: number | null;
  readonly p: number | null;
  /** bias / h², and its standard error; null where h² is 0. */
  readonly relativeBias: number | null;
  readonly relativeBiasSem: number | null;
  /** Mean of the estimator's own standard errors; null where it has none. */
  readonly meanSe: number | null;
  /** meanSe over the standard deviation with divisor R - 1: 1 where the estimator's standard error is right. */
  readonly seCalibration: number | null;
  /** Quantiles of the errors ĥ² - h². */
  readonly errors: ErrorQuantiles;
}

export interface ErrorQuantiles {
  readonly min: number;
  readonly q05: number;
  readonly q25: number;
  readonly median: number;
  readonly q75: number;
  readonly q95: number;
  readonly max: number;
}

/** One estimator over all cells. A relative bias does not exist at h² = 0, where the bias itself is averaged. */
export interface StudyAggregate {
  readonly samples: number;
  readonly estimator: string;
  readonly cells: number;
  /** Null where all cells have h² = 0. */
  readonly meanRelativeBias: number | null;
  readonly minRelativeBias: number | null;
  readonly maxRelativeBias: number | null;
  /** Cells with h² = 0, and the mean of their bias; null where there are none. */
  readonly nullCells: number;
  readonly meanNullBias: number | null;
  /** Cells whose bias is significant at .05 over the number of cells of their h². */
  readonly significant: number;
  /** Chance of so many or more cells below that P value where nothing is biased. */
  readonly significantP: number;
  /** Average over cells of mean SE over SD; null without standard errors. */
  readonly seCalibration: number | null;
}

const SIGNIFICANCE = 0.05;

/** Summaries of every cell and estimator, in the order of the cells, then of the estimators. */
export function summariseStudy(
  cells: readonly Cell[],
  estimators: readonly string[],
  parts: readonly StudyPart[],
): CellSummary[] {
  const sizes = [...new Set(parts.map(({ samples }) => samples))];
  return sizes.flatMap((samples) =>
    cells.flatMap((cell) => {
      const own = parts.filter((part) => part.samples === samples && part.cell === cell.id);
      return estimators.flatMap((estimator) => {
        const h2 = own.flatMap((part) => part.estimates[estimator].h2);
        const se = own.flatMap((part) => part.estimates[estimator].se);
        const summary = summariseCell(cell.h2, h2, se);
        return summary ? [{ samples, cell: cell.id, estimator, ...summary }] : [];
      });
    }),
  );
}

/** Undefined where fewer than two replicates have an estimate. */
export function summariseCell(
  truth: number,
  h2: readonly (number | null)[],
  se: readonly (number | null)[],
): Omit<CellSummary, 'samples' | 'cell' | 'estimator'> | undefined {
  const values = h2.filter((value) => value !== null);
  const errors = se.filter((value, r) => value !== null && h2[r] !== null) as number[];
  const count = values.length;
  if (count < 2) return undefined;
  const mean = average(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (count - 1));
  const sem = deviation / Math.sqrt(count);
  const bias = mean - truth;
  const z = sem > 0 ? bias / sem : null;
  const meanSe = errors.length > 0 ? average(errors) : null;
  return {
    replicates: count,
    failed: h2.length - count,
    mean,
    sem,
    sd: Math.sqrt(squares / count),
    bias,
    z,
    p: z === null ? null : 2 * normalCdf(-Math.abs(z)),
    relativeBias: truth > 0 ? bias / truth : null,
    relativeBiasSem: truth > 0 ? sem / truth : null,
    meanSe,
    seCalibration: meanSe !== null && deviation > 0 ? meanSe / deviation : null,
    errors: errorQuantiles(values.map((value) => value - truth)),
  };
}

function errorQuantiles(values: readonly number[]): ErrorQuantiles {
  const sorted = Float64Array.from(values).sort();
  const at = (q: number) => quantile(sorted, q);
  return {
    min: at(0),
    q05: at(0.05),
    q25: at(0.25),
    median: at(0.5),
    q75: at(0.75),
    q95: at(0.95),
    max: at(1),
  };
}

/** Each estimator over all cells, for each number of people. */
export function aggregateStudy(cells: readonly Cell[], summaries: readonly CellSummary[]): StudyAggregate[] {
  const h2Of = new Map(cells.map(({ id, h2 }) => [id, h2]));
  const cellsOfH2 = new Map<number, number>();
  for (const { h2 } of cells) cellsOfH2.set(h2, (cellsOfH2.get(h2) ?? 0) + 1);
  const threshold = (cell: string) => SIGNIFICANCE / cellsOfH2.get(h2Of.get(cell)!)!;
  const keyOf = ({ samples, estimator }: CellSummary) => `${samples}/${estimator}`;
  return [...new Set(summaries.map(keyOf))].flatMap((key) => {
    const own = summaries.filter((summary) => keyOf(summary) === key);
    const biases = own.map(({ relativeBias }) => relativeBias).filter((bias) => bias !== null);
    const nullBiases = own.filter(({ cell }) => h2Of.get(cell) === 0).map(({ bias }) => bias);
    const calibrations = own.map(({ seCalibration }) => seCalibration).filter((value) => value !== null);
    const significant = own.filter(({ p, cell }) => p !== null && p < threshold(cell)).length;
    const expected = own.map(({ cell }) => threshold(cell));
    return [
      {
        samples: own[0].samples,
        estimator: own[0].estimator,
        cells: own.length,
        meanRelativeBias: biases.length > 0 ? average(biases) : null,
        minRelativeBias: biases.length > 0 ? smallest(biases) : null,
        maxRelativeBias: biases.length > 0 ? largest(biases) : null,
        nullCells: nullBiases.length,
        meanNullBias: nullBiases.length > 0 ? average(nullBiases) : null,
        significant,
        significantP: chanceOfAtLeast(significant, expected),
        seCalibration: calibrations.length > 0 ? average(calibrations) : null,
      },
    ];
  });
}

/** Probability that at least so many of independent events happen, each of its own probability. */
function chanceOfAtLeast(count: number, probabilities: readonly number[]): number {
  let chances = [1];
  for (const p of probabilities) {
    chances = [...chances, 0].map((chance, k) => chance * (1 - p) + (k > 0 ? chances[k - 1] * p : 0));
  }
  return Math.min(
    1,
    chances.slice(count).reduce((sum, chance) => sum + chance, 0),
  );
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
