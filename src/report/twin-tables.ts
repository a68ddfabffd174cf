import { formatEstimate, significant } from '../estimate/number.js';
import type { CorrelationRow, TwinAnalysis } from '../estimators/twin/analysis.js';
import type { Comparison, Mixture } from '../estimators/twin/comparisons.js';
import { COMPONENTS, type ModelEstimate, type ShareKey, shareKey } from '../estimators/twin/models.js';
import { type Column, textTable } from './table.js';

/** What tables of results have not: correlations, what they solve to, all models, tests. */
export function twinTables(analysis: TwinAnalysis): string {
  return [
    correlationTable(analysis.correlations),
    ...solvedTable(analysis),
    ...(analysis.models.length > 0 ? [modelTable(analysis)] : []),
    ...(analysis.comparisons.length > 0 ? [comparisonTable(analysis.comparisons)] : []),
  ].join('\n\n');
}

function correlationTable(correlations: TwinAnalysis['correlations']): string {
  type Row = CorrelationRow & { readonly label: string };
  const columns: Column<Row>[] = [
    { name: 'pairs', value: ({ label }) => label },
    { name: 'n', value: ({ pairs }) => pairs ?? null },
    { name: 'singletons', value: ({ singletons }) => singletons ?? null },
    { name: 'r', header: 'r (SE)', value: ({ r, se }) => formatEstimate(r, se) },
  ];
  return textTable(
    columns,
    Object.entries(correlations).map(([label, row]) => ({ label, ...row })),
  );
}

/** Components solved from the correlations alone, one row with C and one with D. */
function solvedTable({ falconer, falconerDominance }: TwinAnalysis): string[] {
  const rows = [
    { label: 'from correlations, ACE', solved: falconer },
    { label: 'from correlations, ADE', solved: falconerDominance },
  ].filter(({ solved }) => solved !== undefined);
  if (rows.length === 0) return [];
  const cell = (key: ShareKey) => ({
    name: key,
    header: `${key} (SE)`,
    value: ({ solved }: (typeof rows)[number]) =>
      solved?.[key] === undefined ? null : formatEstimate(solved[key], solved.se?.[key]),
  });
  return [
    textTable(
      [{ name: 'solved', value: (row) => row.label }, ...(['a2', 'c2', 'd2', 'e2'] as const).map(cell)],
      rows,
    ),
  ];
}

function modelTable({ models, preferred, saturated }: TwinAnalysis): string {
  const used = COMPONENTS.filter((component) => models.some(({ name }) => name.includes(component)));
  const share = (key: ShareKey): Column<ModelEstimate> => ({
    name: key,
    header: `${key} [95 %]`,
    value: (model) => (model.name.includes(key[0].toUpperCase()) ? estimateText(model, key) : null),
  });
  const table = textTable(
    [
      { name: 'model', value: ({ name }) => (name === preferred ? `${name} *` : name) },
      ...used.map((component) => share(shareKey(component))),
      { name: 'minus2lnL', header: '-2 lnL', value: ({ minus2lnL }) => minus2lnL.toFixed(4) },
      { name: 'parameters', header: 'parameters', value: ({ parameters }) => parameters },
      { name: 'aic', header: 'AIC', value: ({ aic }) => aic.toFixed(3) },
      { name: 'bic', header: 'BIC', value: ({ bic }) => bic.toFixed(3) },
    ],
    models,
  );
  const full = saturated
    ? `\nsaturated model: -2 lnL ${saturated.minus2lnL.toFixed(4)}, ${saturated.parameters} parameters`
    : '';
  return `${table}\n* lowest AIC${full}`;
}

function estimateText(model: ModelEstimate, key: ShareKey): string {
  const interval = model.ci95[key];
  const ends = interval ? ` [${interval.map((end) => end.toFixed(3)).join(', ')}]` : '';
  return `${model[key].toFixed(4)}${ends}`;
}

function comparisonTable(comparisons: readonly Comparison[]): string {
  return textTable(
    [
      { name: 'test', value: ({ model, against }: Comparison) => `${model} against ${against}` },
      { name: 'lrt', header: 'LRT', value: ({ lrt }) => lrt.toFixed(4) },
      { name: 'df', value: ({ df }) => df },
      { name: 'distribution', value: ({ mixture }) => mixtureText(mixture) },
      { name: 'p', header: 'P', value: ({ p }) => significant(p, 3) },
    ],
    comparisons,
  );
}

/** `1/2 chi2(0) + 1/2 chi2(1)`, `chi2(6)`, `0.452 chi2(0) + 1/2 chi2(1) + 0.048 chi2(2)`. */
function mixtureText(mixture: Mixture): string {
  const weightText = (weight: number) =>
    weight === 1 ? '' : weight === 0.5 ? '1/2 ' : `${weight.toFixed(3)} `;
  return mixture.map(({ df, weight }) => `${weightText(weight)}chi2(${df})`).join(' + ');
}
