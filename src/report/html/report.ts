import type { Estimand, Estimate, TraitPair } from '../../estimate/estimate.js';
import { formatCount } from '../../estimate/number.js';
import { doubtsIn, type Warning, warningFacts } from '../../estimate/warnings.js';
import type { ScoreBin } from '../../estimators/ldsc/score-bins.js';
import type { TwinAnalysis } from '../../estimators/twin/analysis.js';
import { compareMethods } from '../../methods/compare-methods.js';
import { methodTitle } from '../../methods/facts.js';
import type { JointDetails } from '../../methods/twin/joint.js';
import { accountChart, accountRows } from '../account.js';
import { DIFFERENCE_COLUMNS, SUMMARY_COLUMNS, summaryTitle } from '../comparison.js';
import { jointTables } from '../joint-twin-tables.js';
import type { ReportInput, ResultInput } from '../read-results.js';
import { overviewChart, type ResultChart, resultCharts } from '../result-charts.js';
import { estimateColumns, pairColumns, partColumns, partHeader } from '../result-text.js';
import { studyPictures } from '../study-pictures.js';
import type { Column } from '../table.js';
import { COMPARISON_COLUMNS, CORRELATION_COLUMNS, correlationRows, modelColumns } from '../twin-tables.js';
import { cohortSection } from './cohort-section.js';
import { documentContent } from './document-content.js';
import { figure } from './figure.js';
import { type Html, html } from './markup.js';
import { methodsText } from './methods-text.js';
import { type PageContent, page, type Section } from './page.js';
import { downloadSection, flowSection, provenanceSection, warningSection } from './run-sections.js';
import { htmlTable } from './table.js';

/** @returns the HTML of {@link reportContent} as a page that carries all that it needs. */
export async function htmlReport(inputs: readonly ReportInput[]): Promise<string> {
  return page(await reportContent(inputs));
}

/**
 * What a page says about any results: estimates in a table and a picture, what they consist of, what each method estimates, warnings
 * with what to do, people and variants, a paragraph for the paper, provenance, and the data.
 */
export async function reportContent(inputs: readonly ReportInput[]): Promise<PageContent> {
  const results = inputs.filter((input): input is ResultInput => input.kind === 'result');
  const charts: ResultChart[] = [];
  for (const { findings } of results)
    for await (const chart of resultCharts(findings, methodTitle)) charts.push(chart);
  const of = (kind: ResultChart['kind']) => charts.filter((chart) => chart.kind === kind);
  const sections: (Section | undefined)[] = [
    section('cohort', 'Who stays', cohortSection(inputs.filter((input) => input.kind === 'cohort'))),
    section('heritability', 'Heritability', await heritability(results)),
    section('correlation', 'Genetic correlation', correlations(results, of('pairs'))),
    section('comparison', 'How the methods differ', comparisons(results)),
    section('parts', 'Where it lies', [...of('parts'), ...of('trait')].map(chartWithData)),
    section('twins', 'Twins and other relatives', twins(results)),
    section('account', 'From twins to SNPs', await accounts(inputs)),
    section('study', 'Accuracy of the estimators', await studies(inputs)),
    section('said', 'What it says', await others(inputs)),
    section('estimands', 'What each method estimates', estimands(results)),
    section('warnings', 'Warnings', warningSection(results)),
    section('flow', 'People and variants', flowSection(inputs)),
    section('methods', 'For the paper', paper(results)),
    section('provenance', 'How it came about', provenanceSection(inputs)),
    section('data', 'Data', downloadSection(inputs)),
  ];
  const [{ record }] = inputs;
  return {
    title: titleOf(inputs),
    lead: lead(inputs, results),
    sections: sections.filter((one) => one !== undefined),
    footer: html`<p>Made by heredity ${record.version}. This page fetches nothing and sends nothing.</p>`,
  };
}

function section(id: string, title: string, body: Html | readonly Html[] | undefined): Section | undefined {
  if (body === undefined || (Array.isArray(body) && body.length === 0)) return undefined;
  return { id, title, body: html`${body as Html}` };
}

function titleOf(inputs: readonly ReportInput[]): string {
  const [{ kind, label }] = inputs;
  const what = kind === 'cohort' ? 'People of an analysis' : 'Heritability';
  return inputs.length === 1 ? `${what}: ${label}` : `Heritability: ${inputs.length} results`;
}

/** The whole in a sentence, and what is not to be believed. */
function lead(inputs: readonly ReportInput[], results: readonly ResultInput[]): Html {
  const estimates = results.flatMap(({ findings }) => findings.estimates);
  const distinct = (names: readonly string[]) => new Set(names).size;
  const count = (n: number, word: string) => `${formatCount(n)} ${word}${n === 1 ? '' : 's'}`;
  const traits = distinct(estimates.map(({ trait }) => trait));
  const methods = distinct(estimates.map(({ method }) => method));
  const most = estimates.reduce((n, own) => Math.max(n, own.n), 0);
  const date = inputs
    .map(({ record }) => record.startedAt)
    .sort()
    .at(-1)!
    .slice(0, 10);
  const [first] = inputs;
  const sentence =
    first.kind === 'cohort' && inputs.length === 1
      ? `${formatCount(first.cohort.people)} of ${formatCount(first.record.samples?.start ?? first.cohort.people)} people stay.`
      : estimates.length === 0
        ? `${count(inputs.length, 'result')}.`
        : `${count(traits, 'trait')} by ${count(methods, 'method')}${most > 0 ? `, on up to ${formatCount(most)} people` : ''}.`;
  const doubtful = estimates.filter(({ warnings }) => doubtsIn(warnings).length > 0);
  return html`<p class="lead">${sentence} <span class="quiet">${date}</span></p>
${
  doubtful.length === 0
    ? null
    : html`<p class="alarm"><strong>Not to be believed as they stand:</strong> ${doubtful.length === estimates.length ? 'all' : formatCount(doubtful.length)} of ${count(estimates.length, 'estimate')}. Pictures draw them hollow; <a href="#warnings">the warnings</a> say why and what to do.</p>`
}`;
}

/** All estimates in a picture and a table. */
async function heritability(results: readonly ResultInput[]): Promise<Html[]> {
  const rows = results.flatMap(({ label, findings }) =>
    findings.estimates.map((estimate) => ({ ...estimate, label })),
  );
  if (rows.length === 0) return [];
  const known = rows.filter(({ h2 }) => h2.value !== null);
  // where a method has estimated a trait in several runs, the runs are told apart
  const keys = rows.map(({ trait, method }) => `${trait}\n${method}`);
  const isOfRun = new Set(rows.filter((_, k) => keys.indexOf(keys[k]) < k).map(({ method }) => method));
  const named = known.map((row) =>
    isOfRun.has(row.method) ? { ...row, method: `${methodTitle(row.method)} (${row.label})` } : row,
  );
  const svg = await overviewChart(named, methodTitle);
  const columns: Column<Estimate & { readonly label: string }>[] = [
    ...estimateColumns(rows),
    ...(results.length > 1
      ? [{ name: 'result', value: ({ label }: { readonly label: string }) => label }]
      : []),
  ];
  return [
    ...(svg ? [figure(svg, caption('Points are estimates, lines 95 % intervals.', known))] : []),
    htmlTable(
      columns,
      rows,
      'Estimates of every trait and method; h² is a share of the variance of the trait',
    ),
  ];
}

/** Methods of each result against each other, and why they differ. */
function comparisons(results: readonly ResultInput[]): Html[] {
  return results.flatMap(({ label, findings }) => {
    const found = compareMethods(findings.estimates);
    if (!found) return [];
    const { summaries, differences, why } = found;
    const of = results.length > 1 ? `${label}: ` : '';
    return [
      ...why.map((text) => html`<p>${text}</p>`),
      ...(summaries.length > 0
        ? [htmlTable(SUMMARY_COLUMNS, summaries, `${of}${summaryTitle(summaries)}`)]
        : []),
      html`<details><summary>Differences between all pairs of methods</summary>${htmlTable(
        DIFFERENCE_COLUMNS,
        differences,
        `${of}h² by the second method less that by the first; a standard error in brackets knows that both saw the same people, and where there is none it is at most the sum of both`,
      )}</details>`,
    ];
  });
}

function correlations(results: readonly ResultInput[], charts: readonly ResultChart[]): Html[] {
  const pairs = results.flatMap(({ findings }) => findings.pairs);
  if (pairs.length === 0) return [];
  return [
    ...charts.map(({ svg, shows }) =>
      figure(
        svg,
        caption('From −1 (orange) to 1 (blue); on the diagonal the heritability of the trait.', shows),
      ),
    ),
    htmlTable(pairColumns(pairs), pairs, 'Genetic correlation and covariance of pairs of traits'),
  ];
}

/** What a picture shows, and the doubts about its numbers with what to do. */
function caption(text: string, shown: readonly (Estimate | TraitPair)[]): Html {
  const doubts = new Map(
    shown.flatMap(({ warnings }) => doubtsIn(warnings)).map((own) => [own.code, own] as const),
  );
  return html`${text}${[...doubts.values()].map(doubt)}`;
}

function doubt({ code, text, fix }: Warning): Html {
  const facts = warningFacts(code);
  return html`<div class="alarm"><strong>Not to be believed as it stands (${facts.short}):</strong> ${text}. ${sentence(fix ?? facts.fix)}</div>`;
}

function sentence(text: string | undefined): string {
  return text === undefined ? '' : `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/** A picture of parts or of a fit, with its numbers to unfold. */
function chartWithData({ svg, shows, suffix, kind }: ResultChart): Html {
  const estimates = shows.filter((one): one is Estimate => 'parts' in one);
  const isFit = kind === 'trait' && suffix.endsWith('scores');
  const tables = estimates.flatMap((estimate) =>
    isFit
      ? binTable(estimate)
      : estimate.parts.length > 0
        ? [
            htmlTable(
              partColumns(estimate.parts, partHeader(estimate)),
              estimate.parts,
              `${estimate.trait}, ${methodTitle(estimate.method)}`,
            ),
          ]
        : [],
  );
  const text = isFit
    ? 'Each point is a group of SNPs with similar LD scores; the line is what the regression expects.'
    : 'Lines are 95 % intervals.';
  return html`${figure(svg, caption(text, shows))}${tables.length > 0 ? html`<details><summary>Numbers of this picture</summary>${tables}</details>` : null}`;
}

function binTable({ trait, method, details }: Estimate): Html[] {
  const { scoreBins = [] } = (details ?? {}) as { readonly scoreBins?: readonly ScoreBin[] };
  const columns: Column<ScoreBin>[] = [
    { name: 'score', header: 'mean LD score', value: ({ meanScore }) => meanScore },
    { name: 'chi2', header: 'mean χ²', value: ({ meanChi2 }) => meanChi2 },
    { name: 'se', header: 'SE', value: ({ se }) => se },
    { name: 'expected', header: 'expected χ²', value: ({ expected }) => expected },
  ];
  return scoreBins.length === 0
    ? []
    : [htmlTable(columns, scoreBins, `${trait}, ${methodTitle(method)}: χ² by LD score`)];
}

/** Correlations, models and tests of estimates from relatives. */
function twins(results: readonly ResultInput[]): Html[] {
  return results
    .flatMap(({ findings }) => findings.estimates)
    .filter(({ method }) => method === 'twin')
    .flatMap(({ trait, details }) => {
      const {
        correlations: r,
        models = [],
        comparisons = [],
        preferred,
      } = (details ?? {}) as Partial<TwinAnalysis>;
      const joint = jointTables(
        (details ?? {}) as JointDetails,
        <Row>(title: string, columns: readonly Column<Row>[], rows: readonly Row[], note = '') =>
          htmlTable(columns, rows, `${trait}: ${title}${note === '' ? '' : `; ${note}`}`),
      );
      return [
        ...joint,
        ...(r ? [htmlTable(CORRELATION_COLUMNS, correlationRows(r), `${trait}: correlations of pairs`)] : []),
        ...(models.length > 0
          ? [
              htmlTable(
                modelColumns({ models, ...(preferred !== undefined && { preferred }) }),
                models,
                `${trait}: models; * has the lowest AIC`,
              ),
            ]
          : []),
        ...(comparisons.length > 0
          ? [htmlTable(COMPARISON_COLUMNS, comparisons, `${trait}: likelihood-ratio tests`)]
          : []),
      ];
    });
}

async function accounts(inputs: readonly ReportInput[]): Promise<Html[]> {
  const found = inputs.filter((input) => input.kind === 'account');
  return Promise.all(
    found.map(async ({ account, label, record }) => {
      const svg = await accountChart(account);
      const notes = record.warnings.map((text) => html`<p class="alarm">${sentence(text)}</p>`);
      const columns: Column<ReturnType<typeof accountRows>[number]>[] = [
        { name: 'step', value: (row) => row.label },
        { name: 'model', value: ({ step }) => step?.model ?? null },
        { name: 'claimed', value: ({ step }) => step?.claimed.value ?? null },
        { name: 'counted', value: ({ amount }) => amount.value },
        {
          name: 'interval',
          header: '95 % interval',
          value: ({ amount }) => `[${amount.low.toFixed(3)}, ${amount.high.toFixed(3)}]`,
        },
        { name: 'reason', header: 'counted twice', value: ({ step }) => step?.reason ?? null },
      ];
      return html`${figure(svg, html`What each mechanism takes off the twin estimate, and what is left unexplained.${notes}`)}
${htmlTable(columns, accountRows(account), `${label}: shares of variance`)}`;
    }),
  );
}

async function studies(inputs: readonly ReportInput[]): Promise<Html[]> {
  const found = inputs.filter((input) => input.kind === 'study');
  const pictures = await Promise.all(found.map(({ study }) => studyPictures(study)));
  return pictures.flatMap((own, k) =>
    own.map(({ svg }) =>
      figure(svg, html`${found[k].label}: estimates of simulated traits against the truth.`),
    ),
  );
}

/** Documents of commands that estimate nothing. */
async function others(inputs: readonly ReportInput[]): Promise<Html[]> {
  const found = await Promise.all(inputs.filter((input) => input.kind === 'other').map(documentContent));
  return found.flat();
}

/** Methods side by side: what is estimated, over which variants, under which assumption. */
function estimands(results: readonly ResultInput[]): Html | undefined {
  const rows = distinctEstimands(results.flatMap(({ findings }) => findings.estimates));
  if (rows.length === 0) return undefined;
  const columns: Column<EstimandRow>[] = [
    { name: 'method', value: ({ method }) => `${methodTitle(method)} (${method})` },
    { name: 'what', header: 'share of variance', value: ({ estimand }) => estimand.what },
    { name: 'assumption', value: ({ estimand }) => estimand.assumption },
    { name: 'ld', header: 'LD', value: ({ estimand }) => estimand.ld },
    { name: 'spread', header: 'SE around h² that is', value: ({ estimand }) => estimand.spread ?? null },
    {
      name: 'reference',
      header: 'SNPs whose LD counts',
      value: ({ estimand }) => estimand.variants.reference,
    },
    {
      name: 'regression',
      header: 'SNPs with statistics',
      value: ({ estimand }) => estimand.variants.regression,
    },
    {
      name: 'heritability',
      header: 'SNPs whose h² it is',
      value: ({ estimand }) => estimand.variants.heritability,
    },
    { name: 'n', value: ({ n }) => n },
    { name: 'scale', value: ({ scale }) => scale },
  ];
  return html`<p>Numbers of different methods are alike only as far as these are: compare them with that in mind.</p>
${htmlTable(columns, rows, 'Estimands side by side')}`;
}

interface EstimandRow {
  readonly method: string;
  readonly estimand: Estimand;
  readonly n: string;
  readonly scale: string;
}

/** A row a method and estimand; people and scales of all traits that share it. */
function distinctEstimands(estimates: readonly Estimate[]): EstimandRow[] {
  const groups = new Map<string, Estimate[]>();
  for (const own of estimates) {
    const key = JSON.stringify([own.method, own.estimand]);
    groups.set(key, [...(groups.get(key) ?? []), own]);
  }
  return [...groups.values()].map((own) => {
    const sizes = own.map(({ n }) => n);
    const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
    return {
      method: own[0].method,
      estimand: own[0].estimand,
      n: least === most ? formatCount(most) : `${formatCount(least)} to ${formatCount(most)}`,
      scale: [
        ...new Set(own.flatMap(({ scale, liability }) => (liability ? [scale, 'liability'] : [scale]))),
      ].join(', '),
    };
  });
}

function paper(results: readonly ResultInput[]): Html | undefined {
  const { paragraphs, citations } = methodsText(results);
  if (paragraphs.length === 0) return undefined;
  return html`<p class="quiet">Methods, in words to paste: a click selects them all.</p>
<div class="paste">${paragraphs.map((text) => html`<p>${text}</p>`)}${citations.length > 0 ? html`<p>References: ${citations.join('; ')}.</p>` : null}</div>`;
}
