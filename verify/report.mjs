// What was measured, kept as one JSON file a claim, and as docs/verification.md made from them.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../bench/measure.mjs';
import { formatDuration } from '../dist/estimate/number.js';
import { textTable } from '../dist/report/table.js';
import { CLAIMS } from './claims.mjs';
import { LEVEL } from './verdict.mjs';

const RESULTS = join(ROOT, 'verify/results');
const PAGE = join(ROOT, 'docs/verification.md');

const digits = (value) => Number(value.toPrecision(3)).toString();
const bounds = (within) => (within === null ? '' : between(within));
const between = ([low, high]) => (low === high ? digits(low) : `${digits(low)} to ${digits(high)}`);
const interval = ({ low, high }) => `${digits(low)} to ${digits(high)}`;

/** The cells of one claim, for the terminal; all of them where there are few, else those that do not hold and the extremes. */
export function cellTable(cells) {
  return textTable(
    [
      { name: 'cell', value: ({ id }) => id },
      { name: 'measure', value: ({ what }) => what },
      { name: 'replicates', value: ({ replicates }) => replicates },
      { name: 'value', value: ({ value }) => value, text: ({ value }) => digits(value) },
      { name: 'interval', value: interval },
      { name: 'claimed', value: ({ within }) => bounds(within) },
      { name: 'verdict', value: ({ verdict }) => verdict },
    ],
    cells,
  );
}

/** Keeps a claim's result, and writes the page anew from all that are kept. */
export function keep(result) {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${result.name}.json`), `${JSON.stringify(result, null, 1)}\n`);
  writeFileSync(PAGE, page());
}

function readResults() {
  const kept = readdirSync(RESULTS)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(RESULTS, file), 'utf8')));
  return CLAIMS.flatMap(({ name }) => kept.filter((result) => result.name === name));
}

function page() {
  const results = readResults();
  const sections = results.map(
    ({ name, claim, docs, size, seed, replicates, verdict, cells, measured }) => `## ${name}: ${verdict}

${claim.charAt(0).toUpperCase()}${claim.slice(1)} ([${docs.replace('docs/', '')}](${docs.replace('docs/', '')})). ${size}; ${replicates} traits a cell, seed ${seed}; measured ${measured}.

| cell | measure | replicates | value | interval | claimed | verdict |
| ---- | ------- | ---------- | ----- | -------- | ------- | ------- |
${cells.map((cell) => `| ${[cell.id, cell.what, cell.replicates, digits(cell.value), interval(cell), bounds(cell.within), cell.verdict].join(' | ')} |`).join('\n')}
`,
  );
  const timed = results.map(
    ({ name, verdict, seconds }) =>
      `| [${name}](#${name}-${verdict}) | ${verdict} | ${formatDuration(seconds)} |`,
  );
  const pending = CLAIMS.filter(({ name }) => !results.some((result) => result.name === name));
  return `# Verification: statistical claims, measured

Written by \`npm run verify\`; not to be edited. Tests ask whether code does what it should; this asks whether the statistics hold that
the docs claim, over at least 1,000 simulated traits a claim. A cell's interval has a confidence of 1 − ${LEVEL} over the number of cells, so
that a true claim fails in at most one run of ${Math.round(1 / LEVEL)}, however many cells it has. A cell for which bounds are claimed \`holds\` where its whole interval is within
them and \`fails\` where it is outside; across a bound it is \`undecided\`, and more traits would tell. A cell for which one number is claimed, such as a bias of 0, holds where
its interval has that number and is narrow enough to say something. The command ends with 0 where every claim holds, else with 1: an undecided claim is not shown. \`npm run verify -- --list\` names the claims, \`--only NAME\` measures some, \`--replicates N\` and
\`--seed N\` measure them otherwise (and keep nothing).

Times are of one thread, on a machine that other work may have shared.

| claim | verdict | time |
| ----- | ------- | ---- |
${[...timed, ...pending.map(({ name }) => `| ${name} | not measured yet | |`)].join('\n')}

${sections.join('\n')}`;
}
