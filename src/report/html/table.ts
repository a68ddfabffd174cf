import { formatCount } from '../../estimate/number.js';
import { type Column, cellText } from '../table.js';
import { type Html, html } from './markup.js';

/** Rows that a page shows; the downloads have them all. */
const MOST_ROWS = 400;

/**
 * A table of the columns that the terminal and TSV have. The first column is the head of its row.
 * @param caption what it is, in a sentence.
 */
export function htmlTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], caption: string): Html {
  const isNumber = columns.map(
    ({ value, sortBy }) => sortBy !== undefined || rows.some((row) => typeof value(row) === 'number'),
  );
  const shown = rows.slice(0, MOST_ROWS);
  const rest = rows.length - shown.length;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table class="sortable">
<caption>${caption}</caption>
<thead><tr>${columns.map((column, c) => html`<th scope="col"${numeric(isNumber[c])}>${column.header ?? column.name}</th>`)}</tr></thead>
<tbody>
${shown.map(
  (row) =>
    html`<tr>${columns.map((column, c) => {
      const text = cellText(column, row, '–');
      return c === 0
        ? html`<th scope="row"${numeric(isNumber[c])}${sortValue(column, row)}>${text}</th>`
        : html`<td${numeric(isNumber[c])}${sortValue(column, row)}>${text}</td>`;
    })}</tr>
`,
)}</tbody>
</table></div>${rest > 0 ? html`<p class="quiet">${formatCount(rest)} more rows are in the downloads.</p>` : null}`;
}

function numeric(isNumber: boolean): Html | null {
  return isNumber ? html` class="number"` : null;
}

/** What a cell is sorted by, where that is not its text. */
function sortValue<Row>({ value, sortBy }: Column<Row>, row: Row): Html | null {
  const key = sortBy ? sortBy(row) : value(row);
  return typeof key === 'number' ? html` data-value="${key}"` : null;
}
