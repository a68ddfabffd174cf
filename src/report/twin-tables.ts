import { formatEstimate, significant } from '../estimate/number.js';
import type { CorrelationRow, TwinAnalysis } from '../estimators/twin/analysis.js';
import type { Comparison, Mixture } from '../estimators/twin/comparisons.js';
import { COMPONENTS, type ModelEstimate, type ShareKey, shareKey } from '../estimators/twin/models.js';
import { type Column, textTable } from './table.js';

/** What tables of results have not: correlations, what they solve to, all models, tests. */
export function twinTables(analysis: TwinAnalysis): string {
  return [
    textTable(CORRELATION_COLUMNS, correlationRows(analysis.correlations)),
    ...solvedTable(analysis),
    ...(analysis.models.length > 0 ? [modelTable(analysis)] : []),
    ...(analysis.comparisons.length > 0 ? [textTable(COMPARISON_COLUMNS, analysis.comparisons)] : []),
  ].join('\n\n');
}

type LabelledCorrelation = CorrelationRow & { readonly label: string };

/** Correlations of each kind of pair. */
export function correlationRows(correlations: TwinAnalysis['correlations']): LabelledCorrelation[] {
  return Object.entries(correlations).map(([label, row]) => ({ label, ...row }));
}

export const CORRELATION_COLUMNS: readonly Column<LabelledCorrelation>[] = [
  { name: 'pairs', value: ({ label }) => label },
  { name: 'n', value: ({ pairs }) => pairs ?? null },
  { name: 'singletons', value: ({ singletons }) => singletons ?? null },
  { name: 'r', header: 'r (SE)', value: ({ r, se }) => formatEstimate(r, se), sortBy: ({ r }) => r },
];

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

/** The columns of the models that were fitted, the one with the lowest AIC marked. */
export function modelColumns({
  models,
  preferred,
}: Pick<TwinAnalysis, 'models' | 'preferred'>): Column<ModelEstimate>[] {
  const used = COMPONENTS.filter((component) => models.some(({ name }) => name.includes(component)));
  const share = (key: ShareKey): Column<ModelEstimate> => ({
    name: key,
    header: `${key} [95 %]`,
    value: (model) => (model.name.includes(key[0].toUpperCase()) ? estimateText(model, key) : null),
  });
  return [
    { name: 'model', value: ({ name }) => (name === preferred ? `${name} *` : name) },
    ...used.map((component) => share(shareKey(component))),
    { name: 'minus2lnL', header: '-2 lnL', value: ({ minus2lnL }) => minus2lnL.toFixed(4) },
    { name: 'parameters', header: 'parameters', value: ({ parameters }) => parameters },
    { name: 'aic', header: 'AIC', value: ({ aic }) => aic.toFixed(3) },
    { name: 'bic', header: 'BIC', value: ({ bic }) => bic.toFixed(3) },
  ];
}

function modelTable(analysis: TwinAnalysis): string {
  const { models, saturated } = analysis;
  const table = textTable(modelColumns(analysis), models);
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

/** The columns of likelihood-ratio tests between models. */
export const COMPARISON_COLUMNS: readonly Column<Comparison>[] = [
  { name: 'test', value: ({ model, against }: Comparison) => `${model} against ${against}` },
  { name: 'lrt', header: 'LRT', value: ({ lrt }) => lrt.toFixed(4) },
  { name: 'df', value: ({ df }) => df },
  { name: 'distribution', value: ({ mixture }) => mixtureText(mixture) },
  { name: 'p', header: 'P', value: ({ p }) => significant(p, 3), sortBy: ({ p }) => p },
];

/** `1/2 chi2(0) + 1/2 chi2(1)`, `chi2(6)`, `0.452 chi2(0) + 1/2 chi2(1) + 0.048 chi2(2)`. */
function mixtureText(mixture: Mixture): string {
  const weightText = (weight: number) =>
    weight === 1 ? '' : weight === 0.5 ? '1/2 ' : `${weight.toFixed(3)} `;
  return mixture.map(({ df, weight }) => `${weightText(weight)}chi2(${df})`).join(' + ');
}
