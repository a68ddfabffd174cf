import type { Estimate, Findings, Part, Quantity, TraitPair } from '../estimate/estimate.js';
import { formatCount, formatEstimate, significant } from '../estimate/number.js';
import { termOf } from '../estimate/vocabulary.js';
import { compareMethods } from '../methods/compare-methods.js';
import { methodNamer } from '../methods/facts.js';
import type { LossRecord } from '../provenance.js';
import { comparisonText } from './comparison.js';
import { lossReport } from './losses.js';
import { shortWarnings } from './result-tsv.js';
import { spreadText } from './spread.js';
import { type Column, textTable } from './table.js';

/** Parts of a trait are printed for so few traits at most; files have them all. */
const TRAITS_WITH_PARTS = 1;

/** What people read of a result: what was lost, a row a trait and method, the parts of a single trait, pairs of traits. */
export function resultText(
  { estimates, pairs }: Findings,
  losses: { readonly samples: LossRecord | null; readonly variants: LossRecord | null },
): string {
  const sections = [lossSection(losses)];
  if (estimates.length > 0) sections.push(estimateTable(estimates), spreadText(estimates));
  const traits = new Set(estimates.map(({ trait }) => trait));
  for (const estimate of estimates) {
    if (isWorthATable(estimate) && traits.size <= TRAITS_WITH_PARTS)
      sections.push(
        `${estimate.trait}, ${estimate.method}\n${partTable(estimate.parts, partHeader(estimate))}`,
      );
  }
  const comparison = compareMethods(estimates);
  if (comparison) sections.push(comparisonText(comparison));
  if (pairs.length > 0) sections.push(textTable(pairColumns(pairs), pairs));
  return sections.filter((section) => section !== '').join('\n\n');
}

/** Several parts, or one that says more than the estimate itself. */
function isWorthATable({ parts }: Estimate): boolean {
  return parts.length > 1 || parts.some(({ kind }) => kind === 'cell-type');
}

/** A line each, unless something was lost: then the steps that lost it. */
function lossSection(losses: Parameters<typeof resultText>[1]): string {
  const parts = (['samples', 'variants'] as const).flatMap((unit) => {
    const record = losses[unit];
    return record ? [lossReport(unit, record)] : [];
  });
  return parts.join('\n');
}

function estimateTable(estimates: readonly Estimate[]): string {
  return textTable(estimateColumns(estimates), estimates);
}

/** The columns of what people read of estimates. */
export function estimateColumns(estimates: readonly Estimate[]): Column<Estimate>[] {
  const has = (holds: (estimate: Estimate) => boolean) => estimates.some(holds);
  const nameOf = methodNamer(estimates);
  const methods = new Set(estimates.map(nameOf));
  return [
    { name: 'trait', value: ({ trait }) => trait },
    ...(methods.size > 1 ? [{ name: 'method', value: nameOf }] : []),
    { name: 'n', value: ({ n }) => n, text: ({ n }) => formatCount(n) },
    {
      name: 'variants',
      value: ({ estimand }) => estimand.variants.heritability ?? estimand.variants.regression,
    },
    {
      name: 'h2',
      header: 'h² (SE)',
      value: ({ h2 }) => quantityText(h2),
      sortBy: ({ h2 }) => h2.value,
    },
    {
      name: 'ci',
      header: '95 % interval',
      value: ({ h2 }) => intervalText(h2),
      sortBy: ({ h2 }) => h2.ci95?.[0] ?? null,
    },
    ...(has(({ h2 }) => h2.p != null)
      ? [
          {
            name: 'p',
            header: 'P of h² = 0',
            value: ({ h2 }: Estimate) => pText(h2),
            sortBy: ({ h2 }: Estimate) => h2.p ?? null,
          },
        ]
      : []),
    ...(has(({ liability }) => liability !== null)
      ? [
          {
            name: 'liability',
            header: 'liability h² (SE)',
            value: ({ liability }: Estimate) => liability && quantityText(liability),
            sortBy: ({ liability }: Estimate) => liability?.value ?? null,
          },
        ]
      : []),
    // what only some methods have would leave a table of several mostly empty; files have it all
    ...(methods.size > 1 ? [] : shownTerms(estimates.map(({ quantities }) => quantities))).map((name) => ({
      name,
      header: termOf(name).header,
      value: ({ quantities }: Estimate) => quantityText(quantities[name]),
      sortBy: ({ quantities }: Estimate) => quantities[name]?.value ?? null,
    })),
    { name: 'notes', value: ({ warnings }) => shortWarnings(warnings) },
  ];
}

/** Parts of a twin model are shares of the variance that need not be genetic. */
export function partHeader({ estimand }: Estimate): string {
  return estimand.ld === 'none' ? 'share of variance (SE)' : 'h² (SE)';
}

function partTable(parts: readonly Part[], header: string): string {
  return textTable(partColumns(parts, header), parts);
}

/** The columns of what people read of parts. */
export function partColumns(parts: readonly Part[], header: string): Column<Part>[] {
  const kinds = new Set(parts.map(({ kind }) => kind));
  return [
    { name: 'part', header: kinds.size === 1 ? [...kinds][0] : 'part', value: ({ id }) => id },
    ...(parts.some(({ variants }) => variants !== null)
      ? [{ name: 'variants', value: ({ variants }: Part) => variants }]
      : []),
    ...(parts.some(({ h2 }) => h2.value !== null)
      ? [
          {
            name: 'h2',
            header,
            value: ({ h2 }: Part) => quantityText(h2),
            sortBy: ({ h2 }: Part) => h2.value,
          },
        ]
      : []),
    ...shownTerms(parts.map(({ quantities }) => quantities ?? {})).map((name) => ({
      name,
      header: `${termOf(name).header} (SE)`,
      value: ({ quantities }: Part) => quantityText(quantities?.[name]),
      sortBy: ({ quantities }: Part) => quantities?.[name]?.value ?? null,
    })),
    ...(['enrichment', 'coefficient'] as const)
      .filter((name) => parts.some(({ quantities }) => quantities?.[name]?.p != null))
      .map((name) => ({
        name: `p-${name}`,
        header: `P of ${termOf(name).header}`,
        value: ({ quantities }: Part) => pText(quantities?.[name]),
        sortBy: ({ quantities }: Part) => quantities?.[name]?.p ?? null,
      })),
  ];
}

/** The columns of what people read of pairs of traits. */
export function pairColumns(pairs: readonly TraitPair[]): Column<TraitPair>[] {
  const methods = new Set(pairs.map(({ method }) => method));
  return [
    { name: 'trait1', header: 'trait 1', value: ({ trait1 }) => trait1 },
    { name: 'trait2', header: 'trait 2', value: ({ trait2 }) => trait2 },
    ...(methods.size > 1 ? [{ name: 'method', value: ({ method }: TraitPair) => method }] : []),
    { name: 'rg', header: 'r_g (SE)', value: ({ rg }) => quantityText(rg), sortBy: ({ rg }) => rg.value },
    { name: 'p', header: 'P', value: ({ rg }) => pText(rg), sortBy: ({ rg }) => rg.p ?? null },
    {
      name: 'covariance',
      header: 'covariance (SE)',
      value: ({ covariance }) => quantityText(covariance),
      sortBy: ({ covariance }) => covariance.value,
    },
    ...shownTerms(pairs.map(({ quantities }) => quantities)).map((name) => ({
      name,
      header: `${termOf(name).header} (SE)`,
      value: ({ quantities }: TraitPair) => quantityText(quantities[name]),
      sortBy: ({ quantities }: TraitPair) => quantities[name]?.value ?? null,
    })),
    { name: 'notes', value: ({ warnings }) => shortWarnings(warnings) },
  ];
}

/** Names of the quantities that some row has and tables for people show, in the order of the vocabulary. */
function shownTerms(rows: readonly Readonly<Record<string, Quantity>>[]): string[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...names].filter((name) => termOf(name).inTables);
}

function quantityText(number: Quantity | undefined): string | null {
  if (number === undefined || number.value === null) return null;
  return formatEstimate(number.value, number.se);
}

function intervalText({ ci95, se }: Quantity): string | null {
  if (ci95 === null) return null;
  const decimals = se !== null && se > 0 ? Math.min(Math.max(1 - Math.floor(Math.log10(se)), 0), 10) : 4;
  return `[${ci95.map((end) => end.toFixed(decimals)).join(', ')}]`;
}

function pText(number: Quantity | undefined): string | null {
  if (number?.p == null) return null;
  // no double is smaller
  return number.p === 0 ? '<1e-307' : significant(number.p, 3);
}
