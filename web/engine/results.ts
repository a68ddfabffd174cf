import { isHeredityError } from '../../src/errors.js';
import { htmlReport, reportContent } from '../../src/report/html/report.js';
import { type ReportInput, readResult, toldApart } from '../../src/report/read-results.js';
import { useFiles } from './web-engine.js';

/** What is shown of results: the sections of a report, as HTML. */
export interface ResultView {
  readonly lead: string;
  readonly sections: readonly { readonly id: string; readonly title: string; readonly html: string }[];
  /** What was wrong with files that are no results. */
  readonly leftOut: readonly string[];
}

/** Files by name. */
export type NamedFiles = readonly (readonly [name: string, file: Blob])[];

/**
 * Results as a report shows them. Of several files, those that are no results are left out.
 * @throws HeredityError `bad-input` for a file that is none, or where none of several is.
 */
export async function results(files: NamedFiles): Promise<ResultView> {
  const { inputs, leftOut } = await readAll(files);
  const { lead, sections } = await reportContent(inputs);
  return {
    lead: lead.text,
    sections: sections.map(({ id, title, body }) => ({ id, title, html: body.text })),
    leftOut,
  };
}

/** The report as one file: that of `heredity report`. @throws HeredityError as {@link results}. */
export async function report(files: NamedFiles): Promise<string> {
  return htmlReport((await readAll(files)).inputs);
}

async function readAll(files: NamedFiles) {
  await useFiles(files);
  const read: { readonly name: string; readonly input: ReportInput }[] = [];
  const leftOut: string[] = [];
  for (const [name] of files) {
    try {
      read.push({ name, input: await readResult(name) });
    } catch (error) {
      if (!isHeredityError(error, 'bad-input') || files.length === 1) throw error;
      leftOut.push(error.message);
    }
  }
  if (read.length === 0) throw new Error(`There is no result among ${files.length} files: ${leftOut[0]}`);
  const inputs = toldApart(
    read.map(({ input }) => input),
    read.map(({ name }) => name),
  );
  return { inputs, leftOut };
}
