import type { FileEntry } from '../engine/jobs.js';

/** Which results: one, or all of a folder. */
export function ResultFiles({
  files,
  chosen,
  choose,
  open,
}: {
  files: readonly FileEntry[];
  chosen: string;
  choose: (name: string) => void;
  /** Undefined where files are those of the machine. */
  open: ((files: readonly File[]) => void) | undefined;
}) {
  const folders = foldersOf(files);
  return (
    <div class="choose-result">
      <label class="field" for="result">
        <span class="name">Result</span>
        <select id="result" value={chosen} onChange={({ currentTarget }) => choose(currentTarget.value)}>
          {files.length === 0 && <option value="">none yet</option>}
          {folders.length > 0 && (
            <optgroup label="Together">
              {folders.map(({ name, count }) => (
                <option key={name} value={name}>
                  all {count} in {name === './' ? 'sight' : name}
                </option>
              ))}
            </optgroup>
          )}
          <optgroup label="One">
            {files.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </optgroup>
        </select>
      </label>
      {open && (
        <>
          <Opener id="open-result" title="Open results (.json)" open={open} more={{ accept: '.json,.gz' }} />
          <Opener id="open-folder" title="or a folder of them" open={open} more={{ webkitdirectory: true }} />
        </>
      )}
    </div>
  );
}

function Opener({
  id,
  title,
  open,
  more,
}: {
  id: string;
  title: string;
  open: (files: readonly File[]) => void;
  more: { readonly accept?: string; readonly webkitdirectory?: boolean };
}) {
  return (
    <label class="field" for={id}>
      <span class="name">{title}</span>
      <input
        id={id}
        type="file"
        multiple
        {...more}
        onChange={({ currentTarget }) => {
          open([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
    </label>
  );
}

/** Folders with several results, and all together. */
function foldersOf(files: readonly FileEntry[]): { readonly name: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { name } of files) {
    const pieces = name.split('/').slice(0, -1);
    const above = pieces.map((_, k) => `${pieces.slice(0, k + 1).join('/')}/`);
    for (const folder of ['./', ...above]) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => ({ name, count })).filter(({ count }) => count > 1);
}
