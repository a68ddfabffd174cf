import { formatEstimate, significant } from '../estimate/number.js';
import type { BivariateFit, SharedComponent } from '../estimators/twin/bivariate.js';
import type { ModeratedPath, ModeratedShares, ModerationFit } from '../estimators/twin/moderation.js';
import type { Component } from '../estimators/twin/relatives.js';
import { SEXES, type SexLimitationFit } from '../estimators/twin/sex-limitation.js';
import type {
  BivariateAnalysis,
  JointDetails,
  ModerationAnalysis,
  SexAnalysis,
} from '../methods/twin/joint.js';
import { type Column, textTable } from './table.js';
import { COMPARISON_COLUMNS } from './twin-tables.js';

/** Makes a table of one kind, for a terminal or for a page. */
export type Render<T> = <Row>(
  title: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  note?: string,
) => T;

/** The models, their tests, and what the one with the lowest AIC says. */
export function jointTables<T>({ bivariate, sexes, moderation }: JointDetails, render: Render<T>): T[] {
  return [
    ...(bivariate ?? []).flatMap((own) => bivariateTables(own, render)),
    ...(sexes ? sexTables(sexes, render) : []),
    ...(moderation ? moderationTables(moderation, render) : []),
  ];
}

/** {@link jointTables} for a terminal. */
export function jointText(details: JointDetails): string {
  const render = <Row>(title: string, columns: readonly Column<Row>[], rows: readonly Row[], note = '') =>
    `${title}\n${textTable(columns, rows)}${note === '' ? '' : `\n${note}`}`;
  return jointTables(details, render).join('\n\n');
}

const LOWEST = '* lowest AIC';

const ALL: readonly Component[] = ['A', 'C', 'D', 'E'];
const FIT = [
  {
    name: 'minus2lnL',
    header: '-2 lnL',
    value: (model: { minus2lnL: number }) => model.minus2lnL.toFixed(4),
  },
  { name: 'parameters', header: 'parameters', value: (model: { parameters: number }) => model.parameters },
  { name: 'aic', header: 'AIC', value: (model: { aic: number }) => model.aic.toFixed(3) },
] as const;

function nameColumn<M extends { readonly name: string }>(preferred: string): Column<M> {
  return { name: 'model', value: ({ name }) => (name === preferred ? `${name} *` : name) };
}

function bivariateTables<T>(
  { trait1, trait2, models, comparisons, preferred }: BivariateAnalysis,
  render: Render<T>,
): T[] {
  const used = ALL.filter((one) => models.some(({ name }) => name.includes(one)));
  const of = (model: BivariateFit, one: Component) =>
    model.components.find(({ component }) => component === one);
  const columns: Column<BivariateFit>[] = [
    nameColumn(preferred),
    ...used.map(
      (one): Column<BivariateFit> => ({
        name: `r_${one}`,
        header: `r_${one} [95 %]`,
        value: (model) => correlationText(of(model, one)),
      }),
    ),
    ...FIT,
  ];
  const best = models.find(({ name }) => name === preferred)!;
  const parts: Column<SharedComponent>[] = [
    { name: 'component', value: ({ component }) => component },
    { name: 'first', header: `share of ${trait1}`, value: ({ shares }) => shares[0].toFixed(4) },
    { name: 'second', header: `share of ${trait2}`, value: ({ shares }) => shares[1].toFixed(4) },
    {
      name: 'r',
      header: 'r (SE)',
      value: ({ correlation, correlationSe }) =>
        correlation === null ? null : formatEstimate(correlation, correlationSe),
    },
    {
      name: 'part',
      header: 'part of r_P (SE)',
      value: ({ contribution, contributionSe }) => formatEstimate(contribution, contributionSe),
    },
    {
      name: 'percent',
      header: '% of r_P',
      value: ({ contribution }) => significant((100 * contribution) / best.phenotypic.value, 3),
    },
  ];
  const r = formatEstimate(best.phenotypic.value, best.phenotypic.se);
  const both = `${trait1} and ${trait2}`;
  const note = 'P is at most what is shown: a component that is nothing stands at the edge of what it can be';
  return [
    render(`${both}: correlations by component and model`, columns, models, LOWEST),
    render(`${both}: r_P ${r} by model ${preferred}`, parts, best.components),
    ...(comparisons.length > 0 ? [render(`${both}: tests`, COMPARISON_COLUMNS, comparisons, note)] : []),
  ];
}

function correlationText(own: SharedComponent | undefined): string | null {
  if (!own) return null;
  if (own.correlation === null) return 'not defined';
  const ends = own.correlationCi95;
  return `${own.correlation.toFixed(3)}${ends ? ` [${ends.map((end) => end.toFixed(3)).join(', ')}]` : ''}`;
}

function sexTables<T>({ models, comparisons, preferred }: SexAnalysis, render: Render<T>): T[] {
  const used = ALL.filter((one) => models.some(({ base }) => base.includes(one)));
  const columns: Column<SexLimitationFit>[] = [
    nameColumn(preferred),
    ...([0, 1] as const).flatMap((sex) =>
      used.map(
        (one): Column<SexLimitationFit> => ({
          name: `${one}-${sex}`,
          header: `${one.toLowerCase()}2 ${SEXES[sex]} (SE)`,
          value: ({ shares }) => {
            const own = shares[sex].find(({ component }) => component === one);
            return own ? formatEstimate(own.share, own.shareSe) : null;
          },
        }),
      ),
    ),
    {
      name: 'between',
      header: 'between sexes [95 %]',
      value: ({ correlation, free }) => {
        if (!correlation || correlation.value === null) return null;
        const { value, ci95 } = correlation;
        return `r_${free} ${value.toFixed(3)}${ci95 ? ` [${ci95.map((end) => end.toFixed(3)).join(', ')}]` : ''}`;
      },
    },
    {
      name: 'scale',
      header: 'SD of men / women (SE)',
      value: ({ scale }) => (scale ? formatEstimate(scale.value, scale.se) : null),
    },
    ...FIT,
  ];
  return [
    render('women and men: models', columns, models, LOWEST),
    ...(comparisons.length > 0 ? [render('women and men: tests', COMPARISON_COLUMNS, comparisons)] : []),
  ];
}

function moderationTables<T>(
  { moderator, models, comparisons, preferred }: ModerationAnalysis,
  render: Render<T>,
): T[] {
  const used = ALL.filter((one) => models.some(({ base }) => base.includes(one)));
  const pathOf = (model: ModerationFit, one: Component) =>
    model.paths.find(({ component }) => component === one);
  const text = (own: ModeratedPath | undefined, what: 'level' | 'slope') => {
    if (!own || (what === 'slope' && own.slope === 0)) return null;
    return formatEstimate(own[what], what === 'level' ? own.levelSe : own.slopeSe);
  };
  const columns: Column<ModerationFit>[] = [
    nameColumn(preferred),
    ...used.flatMap((one): Column<ModerationFit>[] => [
      {
        name: `${one}-level`,
        header: `${one.toLowerCase()} at 0 (SE)`,
        value: (model) => text(pathOf(model, one), 'level'),
      },
      {
        name: `${one}-slope`,
        header: `${one.toLowerCase()} a unit (SE)`,
        value: (model) => text(pathOf(model, one), 'slope'),
      },
    ]),
    ...FIT,
  ];
  const best = models.find(({ name }) => name === preferred)!;
  const [mean, ...curve] = best.shares;
  const rows = [
    { where: 'low end', ...curve[0] },
    { where: 'mean', ...mean },
    { where: 'high end', ...curve[curve.length - 1] },
  ];
  const at: Column<ModeratedShares & { readonly where: string }>[] = [
    { name: 'at', header: moderator, value: ({ at: value, where }) => `${significant(value, 4)} (${where})` },
    { name: 'total', header: 'variance', value: ({ total }) => significant(total, 4) },
    ...best.paths.map(({ component }, c) => ({
      name: component,
      header: `${component.toLowerCase()}2 (SE)`,
      value: ({ parts }: ModeratedShares) => formatEstimate(parts[c].share, parts[c].shareSe),
    })),
  ];
  return [
    render(`path coefficients along ${moderator}`, columns, models, LOWEST),
    render(`tests of the slopes along ${moderator}`, COMPARISON_COLUMNS, comparisons),
    render(`shares of the variance along ${moderator}, model ${preferred}`, at, rows),
  ];
}
