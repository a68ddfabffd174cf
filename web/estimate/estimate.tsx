import { useState } from 'preact/hooks';
import { ask } from '../engine/desk.js';
import { browser, engine } from '../engine/engine.js';
import { hashOf, route } from '../route.js';
import { usePromised, useStore } from '../store.js';
import { CommandForm } from './command-form.js';
import { FileShelf } from './file-shelf.js';
import { JobList } from './job-list.js';
import './estimate.css';

/** Files, a form made from a method's options, and runs. */
export function Estimate() {
  const { item, query } = useStore(route);
  const commands = usePromised(() => ask('commands'), []);
  const groups = [...new Set((commands.value ?? []).map(({ group }) => group))].filter(
    (group) => group !== 'Missing heritability',
  );
  const [hasMoved, setHasMoved] = useState(false);
  return (
    <div class="estimate">
      <section aria-labelledby="files-title">
        <h2 id="files-title">1. Files</h2>
        <FileShelf engine={engine} add={engine.isLocal ? undefined : browser.add} remove={browser.remove} />
      </section>
      <section aria-labelledby="method-title">
        <h2 id="method-title">2. What to do</h2>
        <label class="field" for="command">
          <span class="name">Method or step</span>
          <select
            id="command"
            value={item ?? ''}
            onChange={({ currentTarget }) => {
              setHasMoved(true);
              location.hash = hashOf('estimate', currentTarget.value || undefined);
            }}
          >
            <option value="">choose …</option>
            {groups.map((group) => (
              <optgroup key={group} label={group}>
                {commands
                  .value!.filter((own) => own.group === group)
                  .map(({ name, summary }) => (
                    <option key={name} value={name}>
                      {name}: {summary}
                    </option>
                  ))}
              </optgroup>
            ))}
          </select>
        </label>
        {commands.error && <p class="problem">{commands.error.message}</p>}
        {item === undefined ? (
          <Guide />
        ) : (
          <CommandForm key={item} name={item} given={query} engine={engine} takesFocus={hasMoved} />
        )}
      </section>
      <JobList engine={engine} />
    </div>
  );
}

/** Which method, from what one has. */
const QUESTIONS: readonly { readonly have: string; readonly use: string; readonly command: string }[] = [
  { have: 'Results of a GWAS, of any program', use: 'munge them first', command: 'munge' },
  { have: 'Summary statistics (.sumstats) and LD scores', use: 'LD score regression', command: 'ldsc' },
  { have: 'Summary statistics and taggings of LDAK', use: 'SumHer', command: 'sumher' },
  { have: 'Genotypes and traits of up to some 20,000 people', use: 'several methods at once', command: 'h2' },
  { have: 'Genotypes, and no wish to assume an architecture', use: 'GRE', command: 'gre' },
  { have: 'Twins, or correlations of relatives', use: 'twin models', command: 'twin' },
];

function Guide() {
  return (
    <div class="guide">
      <h3>Which one should I use?</h3>
      <dl>
        {QUESTIONS.map(({ have, use, command }) => (
          <div key={command}>
            <dt>{have}</dt>
            <dd>
              <a href={hashOf('estimate', command)}>{use}</a>
            </dd>
          </div>
        ))}
      </dl>
      <p class="quiet">
        Every form here is a command of heredity with the same flags, files and numbers; it shows the command
        line that does the same.
      </p>
    </div>
  );
}
