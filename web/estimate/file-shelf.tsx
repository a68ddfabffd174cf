import { useState } from 'preact/hooks';
import type { Engine } from '../engine/jobs.js';
import { useStore } from '../store.js';
import { FileRow } from './file-row.js';

/** More files than these are searched among. */
const MOST_ROWS = 50;

/** The files that runs can read, and how each was read. */
export function FileShelf({
  engine,
  add,
  remove,
}: {
  engine: Engine;
  /** Undefined where files are those of the machine. */
  add: ((files: Iterable<readonly [string, Blob]>) => void) | undefined;
  remove: (name: string) => void;
}) {
  const files = useStore(engine.files);
  const [isOver, setIsOver] = useState(false);
  const [search, setSearch] = useState('');
  const found = files.filter(({ name }) => name.includes(search));
  // of what was chosen and written the last, of a folder the first
  const shown = add ? found.slice(-MOST_ROWS) : found.slice(0, MOST_ROWS);
  const take = (list: FileList | null) => {
    if (list) add?.([...list].map((file) => [file.webkitRelativePath || file.name, file] as const));
  };
  return (
    <>
      {add && (
        // biome-ignore lint/a11y/noStaticElementInteractions: a place to drop files; the button does the same
        <div
          class={`drop ${isOver ? 'over' : ''}`}
          onDragOver={(event) => {
            event.preventDefault();
            setIsOver(true);
          }}
          onDragLeave={() => setIsOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setIsOver(false);
            take(event.dataTransfer?.files ?? null);
          }}
        >
          <label for="choose">Choose files, or drop them here</label>
          <input
            id="choose"
            type="file"
            multiple
            onChange={({ currentTarget }) => {
              take(currentTarget.files);
              currentTarget.value = '';
            }}
          />
          <p class="quiet">
            They stay on this machine. Choose all files of a set together: .bed, .bim and .fam; LD scores of
            all chromosomes.
          </p>
        </div>
      )}
      {files.length > MOST_ROWS && (
        <label class="field" for="search-files">
          <span class="name">Search among {files.length} files</span>
          <input
            id="search-files"
            type="search"
            value={search}
            onInput={({ currentTarget }) => setSearch(currentTarget.value)}
          />
        </label>
      )}
      {files.length > 0 && (
        <ul class="files">
          {shown.map((file) => (
            <FileRow key={file.name} file={file} engine={engine} remove={add && (() => remove(file.name))} />
          ))}
        </ul>
      )}
      {found.length > MOST_ROWS && <p class="quiet">… and {found.length - MOST_ROWS} more.</p>}
      {files.length === 0 && !add && <p class="quiet">There are no files in the declared folders.</p>}
    </>
  );
}
