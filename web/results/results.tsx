import { ask } from '../engine/desk.js';
import type { ResultView } from '../engine/desk-answers.js';
import { browser, engine } from '../engine/engine.js';
import { hashOf, route } from '../route.js';
import { usePromised, useStore } from '../store.js';
import { save } from '../words.js';
import { Picture } from './picture.js';
import { EstimateTable, LossTable, PairTable, PartTable } from './tables.js';

/** Any result file: tables, charts, warnings with what to do, how it came about. */
export function Results() {
  const { item } = useStore(route);
  const files = useStore(engine.files).filter(({ name }) => name.endsWith('.json'));
  const name = item ?? files.at(-1)?.name;
  const result = usePromised(
    async () =>
      name === undefined || !files.some((file) => file.name === name)
        ? undefined
        : ask('result', name, await (await engine.read(name)).text()),
    [name, files.length],
  );
  return (
    <div class="results">
      <div class="choose-result">
        <label class="field" for="result">
          <span class="name">Result</span>
          <select
            id="result"
            value={name ?? ''}
            onChange={({ currentTarget }) => {
              location.hash = hashOf('results', currentTarget.value || undefined);
            }}
          >
            {files.length === 0 && <option value="">none yet</option>}
            {files.map((file) => (
              <option key={file.name}>{file.name}</option>
            ))}
          </select>
        </label>
        {!engine.isLocal && (
          <label class="field" for="open-result">
            <span class="name">Open a result from a file (.json)</span>
            <input
              id="open-result"
              type="file"
              accept=".json"
              multiple
              onChange={({ currentTarget }) => {
                const chosen = [...(currentTarget.files ?? [])];
                browser.add(chosen.map((file) => [file.name, file] as const));
                if (chosen[0]) location.hash = hashOf('results', chosen[0].name);
              }}
            />
          </label>
        )}
      </div>
      {files.length === 0 && (
        <p class="quiet">
          Results of runs stand here, and those of the command line: every method writes one JSON file of the
          same form.
        </p>
      )}
      {result.error && (
        <p class="problem" role="alert">
          {result.error.message}
        </p>
      )}
      {result.value && !result.error && name !== undefined && (
        <ResultPage name={name.replace(/\.json$/, '')} view={result.value} />
      )}
    </div>
  );
}

function ResultPage({ name, view }: { name: string; view: ResultView }) {
  const { document, charts, tsv, titles } = view;
  const { estimates, pairs, warnings, samples, variants, provenance } = document;
  const notes = [
    ...warnings.map((own) => ({ about: undefined, ...own })),
    ...estimates.flatMap(({ trait, method, warnings: own }) =>
      own.map((warning) => ({ about: `${trait}, ${titles[method]}`, ...warning })),
    ),
    ...pairs.flatMap(({ trait1, trait2, warnings: own }) =>
      own.map((warning) => ({ about: `${trait1} and ${trait2}`, ...warning })),
    ),
  ];
  return (
    <>
      {estimates.length > 0 && <EstimateTable estimates={estimates} titles={titles} />}
      {pairs.length > 0 && <PairTable pairs={pairs} titles={titles} />}
      <p class="buttons">
        <button type="button" onClick={() => save(`${name}.tsv`, new Blob([tsv]))}>
          Save as TSV
        </button>
      </p>
      {notes.length > 0 && (
        <section aria-labelledby="notes-title">
          <h2 id="notes-title">What to look at</h2>
          <ul class="notes">
            {notes.map(({ about, code, text, fix }, k) => (
              <li key={k}>
                {about !== undefined && <strong>{about}: </strong>}
                {text}
                {fix && <span class="fix"> {fix}.</span>} <span class="quiet">({code})</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="charts-title" class="charts">
        <h2 id="charts-title">Charts</h2>
        {charts.map(({ suffix, svg }) => (
          <Picture key={suffix} svg={svg} name={`${name}${suffix}`} />
        ))}
      </section>
      {estimates
        .filter(({ parts }) => parts.length > 1)
        .slice(0, 12)
        .map((estimate) => (
          <PartTable key={`${estimate.trait}/${estimate.method}`} estimate={estimate} titles={titles} />
        ))}
      {samples && <LossTable losses={samples} what="People" />}
      {variants && <LossTable losses={variants} what="Variants" />}
      <section aria-labelledby="estimand-title">
        <h2 id="estimand-title">What these numbers are</h2>
        <dl class="facts">
          {[...new Map(estimates.map((own) => [own.method, own])).values()].map(({ method, estimand }) => (
            <div key={method}>
              <dt>{titles[method]}</dt>
              <dd>
                The share of: {estimand.what}. What is taken for granted: {estimand.assumption}.
              </dd>
            </div>
          ))}
          <div>
            <dt>Made by</dt>
            <dd>
              heredity {provenance.version}, {provenance.startedAt.slice(0, 10)}
              {provenance.backend && `, ${provenance.backend.backend} kernels`}:{' '}
              <code>{provenance.commandLine.join(' ')}</code>
            </dd>
          </div>
        </dl>
        {provenance.inputs.length > 0 && (
          <details>
            <summary>The files it was made from, by content (SHA-256)</summary>
            <dl class="facts">
              {provenance.inputs.map(({ path, sha256 }) => (
                <div key={path}>
                  <dt>{path}</dt>
                  <dd>
                    <code class="hash">{sha256 ?? 'a pipe'}</code>
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </section>
    </>
  );
}
