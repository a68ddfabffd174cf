import { type Estimate, type Findings, type Quantity, spreadOf } from '../estimate/estimate.js';
import { WARNINGS } from '../estimate/warnings.js';
import { compareMethods } from '../methods/compare-methods.js';
import { meaningful, meaningfulCount } from './meaningful.js';
import { type Column, tsv } from './table.js';

/** One number of a result with its error: a row of the table that every method writes. */
interface Row {
  readonly trait: string;
  readonly method: string;
  readonly part: string;
  readonly kind: string;
  readonly scale: string | null;
  readonly n: number | null;
  readonly variants: number | null;
  readonly number: Quantity;
  readonly spread?: string | null;
  readonly warnings: string | null;
}

/**
 * The same columns for every method, one number a row, as R, pandas and Excel read it: `trait method part kind scale n
 * variants estimate se ci_low ci_high se_kind p warnings se_around`. A row's `kind` is `total` for the heritability of a trait, the
 * kind of part (`block`, `component`, `category`) for that of a part, and else the name of the quantity (`intercept`,
 * `enrichment`); `part` says which part it is of. A pair of traits has the second one in `part`, a `difference` between two
 * methods the method that is taken off.
 */
export function resultTsv({ estimates, pairs }: Findings): string {
  const rows = [
    ...estimates.flatMap(rowsOf),
    ...(compareMethods(estimates)?.differences ?? []).map(
      ({ trait, first, second, difference }): Row => ({
        trait,
        method: second,
        part: first,
        kind: 'difference',
        scale: 'observed',
        n: null,
        variants: null,
        number: difference,
        warnings: null,
      }),
    ),
    ...pairs.flatMap((pair): Row[] => {
      const { trait1: trait, trait2: part, method, rg, covariance, quantities } = pair;
      const common = { trait, part, method, scale: null, n: null, variants: null };
      const warnings = pair.warnings.map(({ code }) => code).join(';') || null;
      return [
        { ...common, kind: 'rg', number: rg, warnings },
        { ...common, kind: 'covariance', number: covariance, warnings: null },
        ...Object.entries(quantities).map(([kind, number]) => ({ ...common, kind, number, warnings: null })),
      ];
    }),
  ];
  return tsv(COLUMNS, rows);
}

const COLUMNS: readonly Column<Row>[] = [
  { name: 'trait', value: ({ trait }) => trait },
  { name: 'method', value: ({ method }) => method },
  { name: 'part', value: ({ part }) => part },
  { name: 'kind', value: ({ kind }) => kind },
  { name: 'scale', value: ({ scale }) => scale },
  { name: 'n', value: ({ n }) => (n === null ? null : meaningfulCount(n)) },
  { name: 'variants', value: ({ variants }) => variants },
  { name: 'estimate', value: ({ number }) => digits(number.value, number.se) },
  { name: 'se', value: ({ number }) => digits(number.se) },
  { name: 'ci_low', value: ({ number }) => digits(number.ci95?.[0] ?? null, number.se) },
  { name: 'ci_high', value: ({ number }) => digits(number.ci95?.[1] ?? null, number.se) },
  { name: 'se_kind', value: ({ number }) => number.seKind },
  { name: 'p', value: ({ number }) => digits(number.p ?? null) },
  { name: 'warnings', value: ({ warnings }) => warnings },
  { name: 'se_around', value: ({ spread }) => spread ?? null },
];

/** The heritability, then the same on the liability scale, the other quantities, and each part with its own. */
function rowsOf({
  trait,
  method,
  n,
  scale,
  h2,
  liability,
  quantities,
  parts,
  estimand,
  warnings,
}: Estimate): Row[] {
  const of = (part: string, kind: string, number: Quantity, more: Partial<Row> = {}): Row => ({
    trait,
    method,
    part,
    kind,
    scale,
    n,
    variants: estimand.variants.heritability ?? estimand.variants.regression,
    number,
    spread: spreadOf({ estimand }, number),
    warnings: null,
    ...more,
  });
  return [
    of('total', 'total', h2, { warnings: warnings.map(({ code }) => code).join(';') || null }),
    ...(liability ? [of('total', 'total', liability, { scale: 'liability' })] : []),
    ...Object.entries(quantities).map(([name, number]) => of('total', name, number)),
    ...parts.flatMap((part) => {
      const { id, kind, variants } = part;
      return [
        of(id, kind, part.h2, { variants }),
        ...Object.entries(part.quantities ?? {}).map(([name, number]) => of(id, name, number, { variants })),
      ];
    }),
  ];
}

function digits(value: number | null, scale?: number | null): number | null {
  return value === null ? null : meaningful(value, scale ?? 0);
}

/** @returns the few words that tables have for warnings. */
export function shortWarnings(warnings: Estimate['warnings']): string | null {
  return [...new Set(warnings.map(({ code }) => WARNINGS[code].short))].join('; ') || null;
}
