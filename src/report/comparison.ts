import { formatEstimate } from '../estimate/number.js';
import {
  beyondErrors,
  type MethodComparison,
  type MethodDifference,
  type MethodSummary,
} from '../methods/compare-methods.js';
import { methodTitle } from '../methods/facts.js';
import { type Column, textTable } from './table.js';

/** How each method differs from the one that assumes least, in percent of it. */
export const SUMMARY_COLUMNS: readonly Column<MethodSummary>[] = [
  { name: 'method', value: ({ method }) => method },
  { name: 'traits', value: ({ traits }) => traits },
  { name: 'median', value: ({ median }) => percent(median), sortBy: ({ median }) => median },
  {
    name: 'range',
    value: ({ least, most }) => `${percent(least)} to ${percent(most)}`,
    sortBy: ({ most, least }) => most - least,
  },
];

/** Differences between methods on a trait. */
export const DIFFERENCE_COLUMNS: readonly Column<MethodDifference>[] = [
  { name: 'trait', value: ({ trait }) => trait },
  { name: 'second', header: 'method', value: ({ second }) => second },
  { name: 'first', header: 'less', value: ({ first }) => first },
  {
    name: 'difference',
    header: 'difference (SE)',
    value: ({ difference: { value, se } }) => value && formatEstimate(value, se),
    sortBy: ({ difference }) => difference.value,
  },
  {
    name: 'error',
    header: 'SE at most',
    value: ({ seAtMost }) => seAtMost,
  },
  { name: 'noError', header: 'SE not available, as', value: ({ noError }) => noError },
];

/** What the summary says, for its heading. */
export function summaryTitle([{ baseline }]: readonly MethodSummary[]): string {
  return `Difference from ${methodTitle(baseline)}, in percent of it, over traits with h² above .05`;
}

/** What people read of how methods differ; the differences between all pairs are in the files. */
export function comparisonText({ summaries, differences, why }: MethodComparison): string {
  const beyond = beyondErrors(differences);
  const known = differences.filter(({ simulated }) => simulated !== null);
  return [
    ...(summaries.length > 0 ? [`${summaryTitle(summaries)}\n${textTable(SUMMARY_COLUMNS, summaries)}`] : []),
    ...differencesText(
      'Differences between methods (standard error: their spread over traits simulated on the same people)',
      known,
    ),
    ...differencesText(
      'Methods that differ by more than their errors allow (at 5 % over all of them together; the standard error knows that both saw the same people, or is at most the sum of both)',
      beyond,
    ),
    why.join('\n'),
  ].join('\n\n');
}

function differencesText(title: string, rows: readonly MethodDifference[]): string[] {
  if (rows.length === 0) return [];
  const more = rows.length > MOST_ROWS ? `\n… and ${rows.length - MOST_ROWS} more` : '';
  return [`${title}\n${textTable(SHORT_COLUMNS, rows.slice(0, MOST_ROWS))}${more}`];
}

/** The reasons are long, and for the files. */
const SHORT_COLUMNS = DIFFERENCE_COLUMNS.filter(({ name }) => name !== 'noError');

const MOST_ROWS = 20;

function percent(share: number): string {
  const text = (100 * share).toFixed(1);
  return `${share > 0 && Number(text) !== 0 ? '+' : ''}${Number(text) === 0 ? '0.0' : text} %`;
}
