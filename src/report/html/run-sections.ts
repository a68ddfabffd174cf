import { formatBytes, formatCount, formatDuration } from '../../estimate/number.js';
import { type Warning, warningFacts } from '../../estimate/warnings.js';
import { methodTitle } from '../../methods/facts.js';
import type { LossRecord } from '../../provenance.js';
import type { ReportInput, ResultInput } from '../read-results.js';
import { resultTsv } from '../result-tsv.js';
import { download } from './figure.js';
import { type Html, html } from './markup.js';
import { htmlTable } from './table.js';

/** How many people and variants there were at the start, were left out at each step, and are left. */
export function flowSection(inputs: readonly ReportInput[]): Html | undefined {
  const flows = inputs.flatMap(({ label, record }) =>
    (['samples', 'variants'] as const).flatMap((unit) => {
      const losses = record[unit];
      return losses ? [{ title: inputs.length > 1 ? `${label}: ${unit}` : unit, unit, losses }] : [];
    }),
  );
  if (flows.length === 0) return undefined;
  return html`<div class="flows">${flows.map(
    ({ title, unit, losses }) =>
      html`<div><h3>${title[0].toUpperCase()}${title.slice(1)}</h3>${flow(unit, losses)}</div>`,
  )}</div>`;
}

/** Counts that begin, are left out at each step, and are left. @param kind what is counted */
export function flow(kind: string, { start, steps, left, unit = kind }: LossRecord): Html {
  const losing = steps.filter(({ lost }) => lost > 0);
  return html`<ol class="flow">
<li><strong>${formatCount(start)}</strong> ${unit} read</li>
${losing.map(
  ({ step, lost, left: after, why }) =>
    html`<li class="lost"><strong>−${formatCount(lost)}</strong> ${why} <span class="quiet">(${step}; ${formatCount(after)} left)</span></li>
`,
)}<li><strong>${formatCount(left)}</strong> ${unit} used${losing.length === 0 ? ', none lost' : ''}</li>
</ol>`;
}

/** A warning with all that it is about. */
interface Found {
  readonly warning: Warning;
  readonly places: string[];
}

/** Every warning once, what it means, what to do, and which estimates it is about; doubts about numbers first. */
export function warningSection(results: readonly ResultInput[]): Html | undefined {
  const found = new Map<string, Found>();
  const add = (place: string, warnings: readonly Warning[]) => {
    for (const warning of warnings) {
      const key = JSON.stringify(warning);
      const own = found.get(key) ?? { warning, places: [] };
      own.places.push(place);
      found.set(key, own);
    }
  };
  for (const { label, findings } of results) {
    const run = results.length > 1 ? `${label}: ` : '';
    add(`${run}the run`, findings.warnings);
    for (const { trait, method, warnings } of findings.estimates)
      add(`${run}${trait} by ${methodTitle(method)}`, warnings);
    for (const { trait1, trait2, warnings } of findings.pairs) add(`${run}${trait1} and ${trait2}`, warnings);
  }
  if (found.size === 0) return undefined;
  const isDoubt = ({ warning }: Found) => warningFacts(warning.code).doubts === true;
  const ordered = [...found.values()].sort((a, b) => Number(isDoubt(b)) - Number(isDoubt(a)));
  return html`<ul class="warnings">${ordered.map((own) => {
    const { short, meaning, fix } = factsOf(own.warning);
    return html`<li${isDoubt(own) ? html` class="doubt"` : null}>
<strong>${short}</strong> <code>${own.warning.code}</code>: ${own.warning.text}.
${fix ? html`<br><strong>What to do:</strong> ${fix}.` : null}
<br><span class="quiet">${meaning} About: ${placesText(own.places)}.</span></li>
`;
  })}</ul>`;
}

/** What is known of a code, with the fix of this case where it has one. */
function factsOf({ code, fix }: Warning) {
  const facts = warningFacts(code);
  return { short: facts.short, meaning: facts.meaning, fix: fix ?? facts.fix };
}

const MOST_PLACES = 12;

function placesText(places: readonly string[]): string {
  const more = places.length - MOST_PLACES;
  return places.slice(0, MOST_PLACES).join('; ') + (more > 0 ? `; and ${more} more` : '');
}

/** Versions, command lines, inputs with their hashes, machine. */
export function provenanceSection(inputs: readonly ReportInput[]): Html {
  return html`${inputs.map(({ label, record }) => {
    const { version, node, system, backend, threads, seed, startedAt, wallSeconds, peakMemoryBytes } = record;
    const flags = Object.entries(record.flags).filter(([, value]) => value !== null && value !== false);
    return html`<h3>${label}</h3>
<pre><code>${record.commandLine.map(quoted).join(' ')}</code></pre>
<dl>
<dt>Program</dt><dd>heredity ${version}, Node.js ${node}${backend ? `, ${backend.backend} kernels (${backend.level})` : ''}</dd>
<dt>Machine</dt><dd>${system.cpu}, ${system.cores} cores, ${formatBytes(system.memoryBytes)}, ${system.platform} ${system.release} ${system.arch}</dd>
<dt>Run</dt><dd>${startedAt}, ${formatDuration(wallSeconds)}, peak memory ${formatBytes(peakMemoryBytes)}${threads === null ? '' : `, ${threads} thread${threads === 1 ? '' : 's'}`}${seed === null ? '' : `, seed ${seed}`}</dd>
</dl>
${
  record.inputs.length > 0
    ? html`<details><summary>${formatCount(record.inputs.length)} files read, by content</summary>${htmlTable(INPUT_COLUMNS, record.inputs, 'Files that were read')}</details>`
    : null
}
<details><summary>Every flag, with defaults</summary>${htmlTable(
      [
        { name: 'flag', value: ([name]: readonly [string, unknown]) => name },
        { name: 'value', value: ([, value]) => (Array.isArray(value) ? value.join(', ') : String(value)) },
      ],
      flags,
      'Flags of the run',
    )}</details>
`;
  })}`;
}

const INPUT_COLUMNS = [
  { name: 'file', value: ({ path }: { readonly path: string }) => path },
  {
    name: 'bytes',
    value: ({ bytes }: { readonly bytes: number | null }) => bytes,
  },
  { name: 'sha256', header: 'SHA-256', value: ({ sha256 }: { readonly sha256: string | null }) => sha256 },
] as const;

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The data behind the page, as files. */
export function downloadSection(inputs: readonly ReportInput[]): Html {
  return html`<p class="downloads">${inputs.map((input) => [
    download(`${input.label}.json`, input.json, 'application/json'),
    ...(input.kind === 'result'
      ? [download(`${input.label}.tsv`, resultTsv(input.findings), 'text/tab-separated-values')]
      : []),
  ])}</p>
<p class="quiet">JSON holds everything, with provenance; TSV has one number a row, with the same columns for every method. They are inside this page: nothing is fetched.</p>`;
}
