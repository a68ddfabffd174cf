import type { FlagTexts } from '../../src/cli/values.js';
import { silentProgress } from '../../src/progress.js';
import { reportContent } from '../../src/report/html/report.js';
import { readResult } from '../../src/report/read-results.js';
import type { NamedFiles } from './results.js';
import { runHere, writtenFiles } from './run-here.js';

export interface AccountView {
  /** The waterfall and every step with its interval, as HTML. */
  readonly html: string;
  readonly text: string;
  readonly files: ReadonlyMap<string, Blob>;
}

const OUT = 'account';

/**
 * The account from twin to SNP heritability, as `heredity gap account` makes it.
 * @param texts of its flags. @param files results that these name.
 * @throws HeredityError as the command does.
 */
export async function account(texts: FlagTexts, files: NamedFiles): Promise<AccountView> {
  let said = '';
  const web = await runHere(
    { command: 'gap account', texts: { ...texts, out: OUT }, files: new Map(files) },
    {
      onText: (text, isResult) => {
        if (isResult) said += text;
      },
      phase: silentProgress.phase,
    },
  );
  const { sections } = await reportContent([await readResult(`${OUT}.account.json`)]);
  const html = sections.find(({ id }) => id === 'account')?.body.text ?? '';
  return { html, text: said, files: writtenFiles(web) };
}
