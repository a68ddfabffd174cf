import type { Html } from '../../src/report/html/markup.js';
import { htmlTable } from '../../src/report/html/table.js';

/** What was found in a file, a fact a row. */
export function factTable(rows: readonly (readonly [what: string, found: string])[]): Html {
  return htmlTable(
    [
      { name: 'what', value: ([what]: (typeof rows)[number]) => what },
      { name: 'read', value: ([, found]) => found },
    ],
    rows,
    'As read',
  );
}

/** The distinct ones, or how many they are. */
export function listed(values: readonly string[]): string {
  const distinct = [...new Set(values)];
  return distinct.length > 24 ? `${distinct.length}` : distinct.join(', ');
}
