import { ask } from '../engine/desk.js';
import type { Engine, FileEntry } from '../engine/jobs.js';
import type { Subject } from '../engine/look.js';
import { Report } from '../report/report.js';
import { usePromised, useStore } from '../store.js';

/** Files of one set of genotypes. */
const SET = /\.(bed|bim|fam|pgen|pvar|pvar\.zst|psam|bgen|sample)$/;
/** What is looked into of a file that is too large to be given to the page. */
const BEGINNING = 16 * 2 ** 20;

/** Beside which files a file is read. */
const BESIDE: Readonly<Record<Subject, RegExp>> = {
  gwas: /^$/,
  sumstats: /\.l2\.(ldscore(\.gz)?|M(_5_50)?)$/,
  scores: /^$/,
  genotypes: SET,
  people: /\.(fam|psam|sample)$/,
  twins: /^$/,
  taggings: /^$/,
  summaries: /\.tagging(\.gz)?$/,
};

/** How a file is read, and what of it will be lost, before anything is run. */
export function AsRead({ name, subject, engine }: { name: string; subject: Subject; engine: Engine }) {
  const files = useStore(engine.files);
  const beside = files.filter((file) => file.name === name || isBeside(file, name, subject));
  const cut = beside.filter(({ size }) => size > engine.largest);
  const read = usePromised(
    async () =>
      ask(
        'inspect',
        name,
        subject,
        await Promise.all(
          beside.map(async (file) => {
            const blob = await (cut.includes(file)
              ? engine.begin(file.name, BEGINNING)
              : engine.read(file.name));
            return [file.name, blob] as const;
          }),
        ),
        files.find((file) => file.name === name)?.size ?? 0,
        cut.map((file) => file.name),
      ),
    [name, subject, beside.map((file) => file.name).join('\n')],
  );
  return (
    <div class="as-read" aria-live="polite">
      {read.error && <p class="problem">{read.error.message}</p>}
      {!read.error && read.value === undefined && <p class="quiet">Reading all of it …</p>}
      {!read.error && read.value !== undefined && <Report html={read.value} name={name} />}
    </div>
  );
}

function isBeside(file: FileEntry, name: string, subject: Subject): boolean {
  if (!BESIDE[subject].test(file.name)) return false;
  const stem = (own: string) => own.replace(SET, '');
  return subject !== 'genotypes' || stem(file.name) === stem(name);
}
