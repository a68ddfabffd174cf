import type { Estimate, Quantity } from '../estimate/estimate.js';
import { formatCount, formatEstimate } from '../estimate/number.js';
import { doubtsIn, warningFacts } from '../estimate/warnings.js';
import { methodNamer, methodTitle } from '../methods/facts.js';
import type { ResultInput } from './read-results.js';
import { type Column, cellText, tsv } from './table.js';

/** Forms of a table for papers. */
export const TABLE_FORMATS = ['md', 'latex', 'tsv'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** A table with what stands below it. */
interface PaperTable<Row> {
  readonly title: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

/** A trait, and its estimate by each method that there is. */
interface TraitRow {
  readonly trait: string;
  readonly result: string;
  readonly byMethod: ReadonlyMap<string, Estimate>;
}

/** Marks of estimates that are not to be believed as they stand, in the order in which papers use them. */
const MARKS = ['*', '†', '‡', '§', '¶'];
const SCALES = ['observed', 'liability'] as const;
type Scale = (typeof SCALES)[number];

/**
 * Results as tables for a paper: a row a trait, h² (SE) of each method beside each other, and genetic correlations of pairs.
 * Estimates that are not to be believed as they stand are marked, and the notes say why.
 * @returns text in Markdown, LaTeX (booktabs) or TSV, where numbers and errors have columns of their own.
 */
export function paperTables(results: readonly ResultInput[], format: TableFormat): string {
  const tables = [
    ...(results.some(({ findings }) => findings.estimates.length > 0) ? [estimatesOf(results, format)] : []),
    ...(results.some(({ findings }) => findings.pairs.length > 0) ? [pairsOf(results, format)] : []),
  ];
  return tables.join('\n');
}

function written<Row>(table: PaperTable<Row>, format: TableFormat): string {
  if (format === 'md') return markdown(table);
  return format === 'latex' ? latex(table) : tsv(table.columns, table.rows);
}

function estimatesOf(results: readonly ResultInput[], format: TableFormat): string {
  const nameOf = methodNamer(results.flatMap(({ findings }) => findings.estimates));
  const rows: TraitRow[] = results.flatMap(({ label, findings: { estimates } }) =>
    [...new Set(estimates.map(({ trait }) => trait))].map((trait) => ({
      trait,
      result: label,
      byMethod: new Map(estimates.filter((own) => own.trait === trait).map((own) => [nameOf(own), own])),
    })),
  );
  const all = rows.flatMap(({ byMethod }) => [...byMethod.values()]);
  const methods = [...new Set(all.map(nameOf))];
  const sizes = rows.map(({ byMethod }) => new Set([...byMethod.values()].map(({ n }) => Math.round(n))));
  const hasOneSize = sizes.every((own) => own.size <= 1);
  const doubts = [...new Set(all.flatMap(({ warnings }) => doubtsIn(warnings).map(({ code }) => code)))];
  const marksOf = ({ warnings }: Estimate) =>
    doubts
      .flatMap((code, k) => (warnings.some((own) => own.code === code) ? (MARKS[k] ?? `(${k + 1})`) : []))
      .join('');
  const columns: Column<TraitRow>[] = [
    { name: 'trait', value: ({ trait }) => trait },
    ...(results.length > 1 ? [{ name: 'result', value: ({ result }: TraitRow) => result }] : []),
    ...(hasOneSize
      ? [
          {
            name: 'n',
            header: 'N',
            value: ({ byMethod }: TraitRow) => Math.round([...byMethod.values()][0].n),
          },
        ]
      : []),
    ...methods.flatMap((method) => [
      ...(hasOneSize ? [] : [sizeColumn(method, methods.length)]),
      ...SCALES.flatMap((scale) =>
        numberColumns({ method, scale, isAlone: methods.length === 1, all, nameOf, marksOf, format }),
      ),
    ]),
  ];
  const notes = [
    `h² is the share of the trait's variance${methods.length > 1 ? '; methods are in the columns' : ` by ${methodTitle(methods[0])}`}; standard errors in brackets.`,
    ...methods.map((method) => aboutMethod(all.filter((own) => nameOf(own) === method))),
    ...doubts.map(
      (code, k) =>
        `${MARKS[k] ?? `(${k + 1})`} Not to be believed as it stands: ${warningFacts(code).short}. ${warningFacts(code).meaning}`,
    ),
  ];
  return written({ title: 'Heritability', columns, rows, notes }, format);
}

function sizeColumn(method: string, methods: number): Column<TraitRow> {
  const value = ({ byMethod }: TraitRow) => {
    const n = byMethod.get(method)?.n;
    return n === undefined ? null : Math.round(n);
  };
  return { name: `${method}_n`, header: methods === 1 ? 'N' : `N, ${methodTitle(method)}`, value };
}

/** Estimate and error of a method, in one column for people and in two for programs; none where no trait has the scale. */
function numberColumns(of: {
  readonly method: string;
  readonly scale: Scale;
  readonly isAlone: boolean;
  readonly all: readonly Estimate[];
  readonly nameOf: (estimate: Estimate) => string;
  readonly marksOf: (estimate: Estimate) => string;
  readonly format: TableFormat;
}): Column<TraitRow>[] {
  const { method, scale, isAlone, all, nameOf, marksOf, format } = of;
  const own = all.filter((estimate) => nameOf(estimate) === method);
  if (own.every((estimate) => onScale(estimate, scale) === undefined)) return [];
  const number = ({ byMethod }: TraitRow): Quantity | undefined => {
    const estimate = byMethod.get(method);
    return estimate && onScale(estimate, scale);
  };
  const suffix = scale === 'liability' ? ', liability scale' : '';
  const name = `${method.replace(/[^\w-]+/g, '_').replace(/_$/, '')}${scale === 'liability' ? '_liability' : ''}`;
  if (format === 'tsv') {
    const warnings = ({ byMethod }: TraitRow) =>
      byMethod
        .get(method)
        ?.warnings.map(({ code }) => code)
        .join(';') || null;
    return [
      { name, value: (row) => number(row)?.value ?? null },
      { name: `${name}_se`, value: (row) => number(row)?.se ?? null },
      ...(scale === 'observed' ? [{ name: `${name}_warnings`, value: warnings }] : []),
    ];
  }
  const text = (row: TraitRow) => {
    const { value = null, se = null } = number(row) ?? {};
    const estimate = row.byMethod.get(method);
    return value === null || !estimate ? null : `${formatEstimate(value, se)}${marksOf(estimate)}`;
  };
  const interval = (row: TraitRow) =>
    number(row)
      ?.ci95?.map((end) => end.toFixed(3))
      .join(' to ') ?? null;
  return [
    { name, header: isAlone ? `h²${suffix} (SE)` : `${methodTitle(method)}${suffix}`, value: text },
    ...(isAlone ? [{ name: `${name}_ci`, header: '95 % interval', value: interval }] : []),
  ];
}

/** The heritability on a scale; undefined where it is not on it. */
function onScale({ h2, scale, liability }: Estimate, wanted: Scale): Quantity | undefined {
  if (scale === wanted) return h2;
  return wanted === 'liability' ? (liability ?? undefined) : undefined;
}

function aboutMethod(estimates: readonly Estimate[]): string {
  const [{ method, estimand }] = estimates;
  const counts = [...new Set(estimates.flatMap((own) => own.estimand.variants.heritability ?? []))];
  const variants =
    counts.length === 0
      ? ''
      : `, ${counts.length === 1 ? formatCount(counts[0]) : `${formatCount(Math.min(...counts))} to ${formatCount(Math.max(...counts))}`} variants`;
  return `${methodTitle(method)}: ${estimand.what}${variants}; assumption: ${estimand.assumption}.`;
}

function pairsOf(results: readonly ResultInput[], format: TableFormat): string {
  const rows = results.flatMap(({ label, findings }) => findings.pairs.map((pair) => ({ ...pair, label })));
  type Row = (typeof rows)[number];
  const number = (name: string, header: string, of: (row: Row) => Quantity): Column<Row>[] =>
    format === 'tsv'
      ? [
          { name, value: (row) => of(row).value },
          { name: `${name}_se`, value: (row) => of(row).se },
        ]
      : [
          {
            name,
            header,
            value: (row) => {
              const { value, se } = of(row);
              return value === null ? null : formatEstimate(value, se);
            },
          },
        ];
  const columns: Column<Row>[] = [
    { name: 'trait1', header: 'trait 1', value: ({ trait1 }) => trait1 },
    { name: 'trait2', header: 'trait 2', value: ({ trait2 }) => trait2 },
    ...(results.length > 1 ? [{ name: 'result', value: ({ label }: Row) => label }] : []),
    { name: 'method', value: ({ method }) => methodTitle(method) },
    ...number('rg', 'r_g (SE)', ({ rg }) => rg),
    { name: 'p', header: 'P', value: ({ rg }) => rg.p ?? null },
    ...number('covariance', 'genetic covariance (SE)', ({ covariance }) => covariance),
  ];
  return written({ title: 'Genetic correlation', columns, rows, notes: [] }, format);
}

function markdown<Row>({ columns, rows, notes }: PaperTable<Row>): string {
  const escaped = (text: string) => text.replace(/[|\\*_<>`]/g, '\\$&').replace(/\s+/g, ' ');
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = columns.map(({ name, header = name }) => escaped(header));
  const rule = columns.map((_, c) => (c === 0 ? '---' : '---:'));
  const body = rows.map((row) => columns.map((column) => escaped(cellText(column, row, '–'))));
  return [...[head, rule, ...body].map(line), '', ...notes.flatMap((note) => [escaped(note), ''])].join('\n');
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '²': '\\textsuperscript{2}',
  χ: '$\\chi$',
  '†': '\\dag{}',
  '‡': '\\ddag{}',
  '§': '\\S{}',
  '¶': '\\P{}',
  '–': '--',
  '−': '$-$',
};

function latex<Row>({ title, columns, rows, notes }: PaperTable<Row>): string {
  const escaped = (text: string) =>
    text.replace(/[\\~^²χ†‡§¶–−{}#$%&_]/g, (character) => LATEX[character] ?? `\\${character}`);
  // a number below 0 has a minus, not a hyphen
  const cell = (text: string) => escaped(text.replace(/(^|[[ ])-(?=\d)/g, '$1−'));
  const line = (cells: readonly string[]) => `  ${cells.join(' & ')} \\\\`;
  return [
    '% needs \\usepackage{booktabs}',
    '\\begin{table}',
    `\\caption{${escaped(title)}}`,
    `\\begin{tabular}{l${'r'.repeat(columns.length - 1)}}`,
    '  \\toprule',
    line(columns.map(({ name, header = name }) => escaped(header))),
    '  \\midrule',
    ...rows.map((row) => line(columns.map((column) => cell(cellText(column, row, '–'))))),
    '  \\bottomrule',
    '\\end{tabular}',
    ...notes.map((note) => `\\par\\smallskip\\footnotesize ${escaped(note)}`),
    '\\end{table}',
    '',
  ].join('\n');
}
