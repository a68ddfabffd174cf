import { HeredityError } from '../errors.js';
import { writeOutput } from '../formats/output.js';
import { runFlags } from '../options/common-flags.js';
import { choice, defineFlags, path } from '../options/flags.js';
import { paperTables, TABLE_FORMATS } from '../report/paper-table.js';
import { defineCommand } from './command.js';
import { readResults, resultFilesFlag } from './report.js';

const ENDINGS = { md: 'md', latex: 'tex', tsv: 'tsv' } as const;

const flags = defineFlags({
  results: resultFilesFlag('results, <out>.<method>.json; may stand without --results'),
  format: choice('Markdown, LaTeX with booktabs, or values between tabs', TABLE_FORMATS, {
    heading: 'Output',
    default: 'md',
  }),
  out: path('prefix of the file to write', {
    heading: 'Output',
    placeholder: 'prefix',
    defaultText: 'printed, and no file',
  }),
  quiet: runFlags.quiet,
});

export const table = defineCommand({
  description:
    'Results as tables for a paper: a row a trait, h² with its standard error by each method, on the observed scale and the ' +
    'liability scale where there is one, and genetic correlations. Estimates that are not to be believed as they stand are ' +
    'marked, and notes below say why, what each method estimates and what it assumes. TSV has numbers at full precision.',
  flags,
  argument: 'results',
  examples: [
    { line: 'heredity table bmi.h2.json', what: 'Markdown on the terminal' },
    {
      line: 'heredity table height.gre.json height.ldms.json --format latex --out table2',
      what: 'two results as table2.tex',
    },
  ],
  outputs: [
    { file: '<out>.md', what: 'the tables, with --format md' },
    { file: '<out>.tex', what: 'with --format latex' },
    { file: '<out>.tsv', what: 'with --format tsv' },
    { file: '<out>.table.log', what: 'what was printed' },
  ],
  async run({ results, format, out }, run) {
    const inputs = await readResults(results, run);
    const other = inputs.find(({ kind }) => kind !== 'result');
    if (other !== undefined)
      throw new HeredityError('bad-input', 'it has no estimates of traits for a table', {
        file: other.label,
        value: other.kind,
        expected: '<out>.<method>.json of a command that estimates',
        fix: '"heredity report" takes it',
      });
    const text = paperTables(
      inputs.filter((input) => input.kind === 'result'),
      format,
    );
    if (out === undefined) {
      run.log.result(text.trimEnd());
      return;
    }
    const file = `${out}.${ENDINGS[format]}`;
    await writeOutput(file, text);
    run.log.result(`Written: ${file}, ${out}.table.log`);
  },
});
