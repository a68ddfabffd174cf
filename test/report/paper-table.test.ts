import { expect, test } from 'vitest';
import { paperTables } from '../../src/report/paper-table.js';
import { FINDINGS, HOSTILE, RECORD } from './findings.js';

const input = { kind: 'result' as const, label: 'r', findings: FINDINGS, record: RECORD, json: '' };

test('Markdown: a row a trait, methods side by side, marks and why', () => {
  const lines = paperTables([input], 'md').split('\n');
  expect(lines[0]).toBe('| trait | N | GRE | LDSC | LDSC, liability scale |');
  expect(lines[2]).toMatch(/\\\| \\_z \| 5,000 \| 0\.250 \(0\.020\)\\\* \| -0\.05 \(0\.10\) \| – \|$/);
  expect(lines[3]).toBe('| height | 5,000 | – | 0.250 (0.020) | 0.500 (0.040) |');
  expect(lines.join('\n')).toMatch(/\\\* Not to be believed as it stands: blocks overlap/);
  expect(lines.join('\n')).toContain('| height | LDSC | -0.40 (0.10) | 6e-5 |');
});

test('LaTeX: special characters are escaped, and every row has as many cells as the head', () => {
  const text = paperTables([input], 'latex');
  expect(text).toContain(
    `bmi <script>alert(1)</script> \\& "x" 'y' | \\_z & 5,000 & 0.250 (0.020)* & $-$0.05 (0.10)`,
  );
  for (const table of text.split('\\begin{table}').slice(1)) {
    const rows = table.split('\n').filter((line) => line.endsWith('\\\\'));
    const cells = rows.map((row) => row.replaceAll('\\&', '').split('&').length);
    expect(new Set(cells).size).toBe(1);
  }
});

test('TSV: numbers at full precision with their errors', () => {
  const [head, first] = paperTables([input], 'tsv')
    .split('\n')
    .map((line) => line.split('\t'));
  const row = Object.fromEntries(head.map((name, k) => [name, first[k]]));
  expect(row).toMatchObject({
    trait: HOSTILE,
    n: '5000',
    gre: '0.25',
    gre_se: '0.02',
    gre_warnings: 'blocks-overlap',
  });
  expect(row.ldsc_liability).toBe('NA');
});
