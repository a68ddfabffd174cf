import { useState } from 'preact/hooks';
import { ask } from '../engine/desk.js';
import { browser, engine } from '../engine/engine.js';
import type { FileEntry } from '../engine/jobs.js';
import type { NamedFiles, ResultView } from '../engine/results.js';
import { Report } from '../report/report.js';
import { hashOf, route } from '../route.js';
import { usePromised, useStore } from '../store.js';
import { save } from '../words.js';
import { ResultFiles } from './result-files.js';
import './results.css';

/** More results than these are not read at once. */
const MOST_RESULTS = 60;

const isResultName = (name: string) => /\.json(\.gz)?$/.test(name);

/** Any result file, or all of a folder: what a report says of them. */
export function Results() {
  const { item } = useStore(route);
  const files = useStore(engine.files).filter(({ name }) => isResultName(name));
  const chosen = item ?? files.at(-1)?.name;
  const names = namesOf(chosen, files);
  const view = usePromised(
    async () => (names.length === 0 ? undefined : ask('results', await contents(names))),
    [names.join('\n')],
  );
  const isGone = chosen !== undefined && names.length === 0;
  return (
    <div class="results">
      <ResultFiles
        files={files}
        chosen={chosen ?? ''}
        choose={(name) => {
          location.hash = hashOf('results', name);
        }}
        open={engine.isLocal ? undefined : openFiles}
      />
      {files.length === 0 && (
        <p class="quiet">
          Results of runs stand here, and those of the command line: every command writes one JSON file.
        </p>
      )}
      {isGone && files.length > 0 && (
        <p class="problem" role="alert">
          There is no result called {chosen}.
        </p>
      )}
      {view.error && names.length > 0 && (
        <p class="problem" role="alert">
          {view.error.message}
        </p>
      )}
      {view.value && !view.error && chosen !== undefined && names.length > 0 && (
        <ResultPage name={fileNameOf(chosen)} view={view.value} names={names} />
      )}
    </div>
  );
}

/** A name, or that of a folder with its slash: all results in it. */
function namesOf(chosen: string | undefined, files: readonly FileEntry[]): string[] {
  if (chosen === undefined) return [];
  const isFolder = chosen.endsWith('/');
  const isIn = ({ name }: FileEntry) =>
    isFolder ? chosen === './' || name.startsWith(chosen) : name === chosen;
  return files
    .filter(isIn)
    .map(({ name }) => name)
    .slice(0, MOST_RESULTS);
}

const fileNameOf = (chosen: string) =>
  chosen
    .replace(/\/$/, '')
    .split('/')
    .at(-1)!
    .replace(/\.json(\.gz)?$/, '')
    .replace(/^\.$/, 'results');

async function contents(names: readonly string[]): Promise<NamedFiles> {
  return Promise.all(names.map(async (name) => [name, await engine.read(name)] as const));
}

function openFiles(chosen: readonly File[]): void {
  const found = chosen
    .map((file) => [file.webkitRelativePath || file.name, file] as const)
    .filter(([name]) => isResultName(name));
  browser.add(found);
  const [first] = found;
  if (first === undefined) return;
  const folder = first[0].includes('/') ? `${first[0].split('/')[0]}/` : './';
  location.hash = hashOf('results', found.length === 1 ? first[0] : folder);
}

function ResultPage({ name, view, names }: { name: string; view: ResultView; names: readonly string[] }) {
  const [isWriting, setIsWriting] = useState(false);
  const [problem, setProblem] = useState<string>();
  const writeReport = async () => {
    setIsWriting(true);
    setProblem(undefined);
    try {
      const page = await ask('report', await contents(names));
      save(`${name}.html`, new Blob([page], { type: 'text/html' }));
    } catch (error) {
      setProblem((error as Error).message);
    }
    setIsWriting(false);
  };
  return (
    <>
      <nav class="contents" aria-label="Parts of the result">
        <ul>
          {view.sections.map(({ id, title }) => (
            <li key={id}>
              <button type="button" class="plain" onClick={() => goTo(id)}>
                {title}
              </button>
            </li>
          ))}
        </ul>
        <button type="button" class="primary" disabled={isWriting} onClick={() => void writeReport()}>
          Save the report
        </button>
      </nav>
      {problem !== undefined && <p class="problem">{problem}</p>}
      {view.leftOut.length > 0 && (
        <details class="warning">
          <summary>{view.leftOut.length} files are no results, and are left out</summary>
          {view.leftOut.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </details>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: links of the report, which a keyboard clicks too */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: as above */}
      <div onClick={followLink}>
        <Report html={view.lead} name={name} />
        {view.sections.map(({ id, title, html }) => (
          <section key={id} id={`section-${id}`} aria-labelledby={`section-${id}-title`}>
            <h2 id={`section-${id}-title`} tabIndex={-1}>
              {title}
            </h2>
            <Report html={html} name={name} />
          </section>
        ))}
      </div>
    </>
  );
}

/** Links inside a report lead to its sections; the address is that of the page's parts. */
function followLink(event: MouseEvent): void {
  const link = (event.target as Element).closest('a');
  const target = link?.getAttribute('href') ?? '';
  if (!target.startsWith('#')) return;
  event.preventDefault();
  goTo(target.slice(1));
}

function goTo(id: string): void {
  const title = document.getElementById(`section-${id}-title`);
  title?.scrollIntoView();
  title?.focus({ preventScroll: true });
}
