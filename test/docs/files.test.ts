import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COLUMN_FLAGS, COLUMN_NAMES, MEANINGS, type Meaning } from '../../src/formats/gwas/column-names.js';

const PAGE = new URL('../../docs/files.md', import.meta.url);
const [BEGIN, END] = ['<!-- names: written by test/docs/files.test.ts -->\n', '<!-- end of names -->\n'];

/** The table of names, from the reader's own. */
function namesTable(): string {
  const rows = (Object.keys(COLUMN_NAMES) as Meaning[]).map(
    (meaning) =>
      `| ${MEANINGS[meaning]} | \`${COLUMN_FLAGS[meaning]}\` | ${COLUMN_NAMES[meaning].join(', ')} |`,
  );
  return ['| read as | flag | names |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

test('the names on the page "Files" are those of the reader; UPDATE_DOCS=1 writes them', () => {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN) as [string, string];
  const [names, after] = rest.split(END) as [string, string];
  if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, `${before}${BEGIN}${namesTable()}${END}${after}`);
  else expect(names).toBe(namesTable());
});
