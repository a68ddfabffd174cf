// `npm run bench`: speed and memory beside bounds and peers measured in the same run.
//   node bench/run.mjs                     everything, at full size, but what runs only by name (array)
//   node bench/run.mjs gram product        some benchmarks, by name
//   node bench/run.mjs --list              names and what they measure
//   node bench/run.mjs --quick             small sizes, a few minutes for all; results are printed and not kept
//   node bench/run.mjs --full              also runs NumPy's GRE at full size, which takes it more than ten minutes
import '../dist/host/node/install.js';
import { parseArgs } from 'node:util';
import { formatDuration } from '../dist/estimate/number.js';
import { textTable } from '../dist/report/table.js';
import { BENCHMARKS } from './benchmarks.mjs';
import {
  describeMachine,
  describeMoment,
  keepResult,
  machineText,
  momentText,
  resultTable,
} from './report.mjs';

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean' }, quick: { type: 'boolean' }, full: { type: 'boolean' } },
});
const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
if (flags.list || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no benchmark named ${unknown.join(', ')}. There are:`);
  console.log(
    textTable(
      [
        { name: 'name', value: ({ name }) => name },
        { name: 'measures', value: ({ title }) => title },
      ],
      BENCHMARKS,
    ),
  );
  process.exit(unknown.length > 0 ? 2 : 0);
}

const machine = describeMachine();
console.log(machineText(machine));
let kept;
for (const benchmark of BENCHMARKS.filter(
  ({ name, onlyByName }) => names.includes(name) || (names.length === 0 && !onlyByName),
)) {
  const { name, title, sizes, run } = benchmark;
  const moment = describeMoment();
  const notes = [];
  const context = { note: (text) => notes.push(text), fullPeer: flags.full ?? false };
  const size = flags.quick ? sizes.quick : sizes.full;
  try {
    const rows = await run(size, context);
    if (flags.quick) for (const row of rows) delete row.goal;
    const seconds = (Date.now() - Date.parse(moment.startedAt)) / 1000;
    console.log(
      `\n${title} (${name}, ${formatDuration(seconds)})\n\n${[resultTable(rows), ...notes, momentText(moment)].join('\n')}`,
    );
    const result = { name, title, moment, seconds, size, rows, notes };
    if (!flags.quick) kept = keepResult(machine, result, BENCHMARKS);
  } catch (error) {
    console.error(`\n${title} (${name}) FAILED: ${error.message}`);
    process.exitCode = 1;
  }
}
console.log(
  kept
    ? `\nKept in ${kept}`
    : '\nNothing is kept: goals are for full sizes, and these were small ones or failed.',
);
