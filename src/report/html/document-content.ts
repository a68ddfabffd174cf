import { formatCount, significant } from '../../estimate/number.js';
import { drawPicture } from '../document-pictures.js';
import type { OtherInput } from '../read-results.js';
import type { Cell, Column } from '../table.js';
import { figure } from './figure.js';
import { type Html, html } from './markup.js';
import { htmlTable } from './table.js';

/** Said in sections of their own. */
const ELSEWHERE = new Set(['schema', 'provenance', 'warnings', 'pictures']);

type Plain = Readonly<Record<string, unknown>>;

/** Any document: its pictures, its single values, then each list of rows. What is deeper stands in the file. */
export async function documentContent({ label, document, record, pictures }: OtherInput): Promise<Html[]> {
  const drawn = await Promise.all(pictures.map(drawPicture));
  const values: { readonly name: string; readonly value: Cell }[] = [];
  const lists: { readonly name: string; readonly rows: readonly Plain[] }[] = [];
  const walk = (plain: Plain, path: string, depth: number): void => {
    for (const [key, value] of Object.entries(plain)) {
      if (path === '' && ELSEWHERE.has(key)) continue;
      const name = path === '' ? key : `${path}.${key}`;
      if (isCell(value)) values.push({ name, value: cellOf(value) });
      else if (Array.isArray(value)) {
        if (value.every(isCell)) values.push({ name, value: value.map(cellOf).join(', ') });
        else if (value.every(isPlain)) lists.push({ name, rows: value });
      } else if (isPlain(value) && depth > 0) walk(value, name, depth - 1);
    }
  };
  walk(document as Plain, '', 2);
  const columns: Column<(typeof values)[number]>[] = [
    { name: 'name', value: ({ name }) => name },
    { name: 'value', value: ({ value }) => (typeof value === 'number' ? numberText(value) : value) },
  ];
  return [
    ...record.warnings.map((text) => html`<p class="alarm">${text}</p>`),
    ...drawn.map((svg) => figure(svg, html``)),
    ...(values.length > 0 ? [htmlTable(columns, values, `${label}: values`)] : []),
    ...lists.map(({ name, rows }) => htmlTable(columnsOf(rows), rows, `${label}: ${name}`)),
  ];
}

function columnsOf(rows: readonly Plain[]): Column<Plain>[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row).filter((key) => isCell(row[key]))))];
  return names.map((name) => ({ name, value: (row) => cellOf(row[name]) }));
}

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isCell(value: unknown): boolean {
  return value === null || value === undefined || typeof value !== 'object';
}

const cellOf = (value: unknown): Cell =>
  value === null || value === undefined ? null : typeof value === 'number' ? value : String(value);

/** Counts with separators, other numbers to five digits. */
const numberText = (value: number): string =>
  Number.isInteger(value) ? formatCount(value) : significant(value, 5);
