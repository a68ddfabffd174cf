import { HeredityError } from '../errors.js';
import { runFlags } from '../options/common-flags.js';
import { defineFlags, type Flag, files, required } from '../options/flags.js';
import { type ReportInput, readResult, toldApart } from '../report/read-results.js';
import { writeReport } from '../report/write-result.js';
import type { RecordedRun } from '../run.js';
import { defineCommand } from './command.js';

/** JSON files of results; their names stand by themselves, and may have commas in them. */
export function resultFilesFlag(help: string): Flag<readonly string[]> {
  return required(files(help, { heading: 'Input' }));
}

/**
 * Reads results, each under a name of its own.
 * @throws HeredityError `usage` for a file that is given twice, `bad-input` for what is no result.
 */
export async function readResults(
  files: readonly string[],
  { provenance }: RecordedRun,
): Promise<ReportInput[]> {
  const twice = files.find((file, k) => files.indexOf(file) < k);
  if (twice !== undefined)
    throw new HeredityError('usage', 'a file is given twice', { file: twice, fix: 'give it once' });
  const inputs: ReportInput[] = [];
  for (const file of files) {
    provenance.input(file);
    inputs.push(await readResult(file));
  }
  return toldApart(inputs, files);
}

const { out, quiet } = runFlags;

const flags = defineFlags({
  results: resultFilesFlag(
    'results, <out>.<method>.json, .study.json, .account.json, and JSON of any other command; may stand without --results',
  ),
  out: { ...out, parse: (text: string) => out.parse(text.replace(/\.html$/, '')) },
  quiet,
});

export const report = defineCommand({
  description:
    'Puts any results on one page: estimates in a table and a picture, what they consist of, fits, enrichment, genetic ' +
    'correlations, twins, the account of missing heritability, what each method estimates, every warning with what to do, ' +
    'people and variants lost, a methods paragraph with citations, provenance, and the data to save. The page is one file ' +
    'that fetches nothing, for screens, phones and paper. --report of a command that estimates writes it for that run.',
  flags,
  argument: 'results',
  examples: [
    { line: 'heredity report bmi.h2.json --out bmi', what: 'one run' },
    {
      line: 'heredity report height.gre.json height.twin.json height.account.json --out height.html',
      what: 'SNPs, twins and the gap between them on one page',
    },
  ],
  outputs: [
    { file: '<out>.html', what: 'the page' },
    { file: '<out>_mqc.json', what: 'the estimates as a table for MultiQC' },
    { file: '<out>.report.log', what: 'what was printed' },
  ],
  async run({ results, out: prefix }, run) {
    const inputs = await readResults(results, run);
    await writeReport(prefix, inputs);
    run.log.result(`Written: ${prefix}.html, _mqc.json, .report.log`);
  },
});
