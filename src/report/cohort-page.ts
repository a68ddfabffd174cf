import { formatCount } from '../estimate/number.js';
import type { LossRecord, ProvenanceRecord } from '../provenance.js';
import { escapeXml } from './chart.js';

/** What the page of a cohort is made of. */
export interface CohortPage {
  readonly out: string;
  readonly losses: LossRecord;
  readonly departures: readonly { readonly step: string; readonly reason: string }[];
  /** SVG texts. */
  readonly pictures: { readonly ancestry: string; readonly scree: string };
  readonly provenance: ProvenanceRecord;
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#1d2530;background:#fff}
table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:600;padding:.5rem 0}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #d5dae0;vertical-align:top}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
svg{max-width:100%;height:auto}code{overflow-wrap:anywhere}
@media(prefers-color-scheme:dark){body{color:#e4e8ee;background:#14181d}th,td{border-color:#3a424c}}`;

/** One page without anything fetched: who left at which step and why, the pictures, every threshold. */
export function cohortPage({ out, losses, departures, pictures, provenance }: CohortPage): string {
  const rows = [
    { step: 'in the files', lost: '', left: formatCount(losses.start), why: '' },
    ...losses.steps.map(({ step, lost, left, why }) => ({
      ...{ step, why },
      lost: formatCount(lost),
      left: formatCount(left),
    })),
  ];
  const examples = [...new Set(departures.map(({ step }) => step))].map((step) => ({
    step,
    reason: departures.find((departure) => departure.step === step)!.reason,
  }));
  const flags = Object.entries(provenance.flags).filter(([, value]) => value !== null && value !== false);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escapeXml(`People of the analysis ${out}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${formatCount(losses.left)} of ${formatCount(losses.start)} people stay</h1>
<p>Those who stay are in <code>${escapeXml(out)}.keep</code>, those who left, with their reasons, in <code>${escapeXml(out)}.remove</code>, and the components of those who stay in <code>${escapeXml(out)}.covar</code>.</p>
${table(
  'Who left at which step',
  ['step', 'left the cohort', 'stay', 'why'],
  rows.map(({ step, lost, left, why }) => [step, lost, left, why]),
  [1, 2],
)}
${
  examples.length === 0
    ? ''
    : table(
        'A reason of each step, as an example',
        ['step', 'reason'],
        examples.map(({ step, reason }) => [step, reason]),
        [],
      )
}
<figure>${pictures.ancestry}</figure>
<figure>${pictures.scree}</figure>
${
  provenance.warnings.length === 0
    ? ''
    : `<h2>Warnings</h2><ul>${provenance.warnings.map((text) => `<li>${escapeXml(text)}</li>`).join('')}</ul>`
}
${table(
  'Flags of the run, defaults filled in',
  ['flag', 'value'],
  flags.map(([flag, value]) => [flag, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  [],
)}
<p>heredity ${escapeXml(provenance.version)}, ${escapeXml(provenance.startedAt)}: <code>${escapeXml(provenance.commandLine.join(' '))}</code></p>
</body>
</html>
`;
}

function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[],
): string {
  const kind = (column: number) => (numbers.includes(column) ? ' class="number"' : '');
  const head = heads.map((text, c) => `<th scope="col"${kind(c)}>${escapeXml(text)}</th>`).join('');
  const body = rows.map(
    (cells) => `<tr>${cells.map((text, c) => `<td${kind(c)}>${escapeXml(text)}</td>`).join('')}</tr>`,
  );
  return `<table><caption>${escapeXml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>
${body.join('\n')}
</tbody></table>`;
}
