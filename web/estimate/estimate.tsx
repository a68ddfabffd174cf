import { useState } from 'preact/hooks';
import { ask } from '../engine/desk.js';
import { browser, engine } from '../engine/engine.js';
import { hashOf, route } from '../route.js';
import { usePromised, useStore } from '../store.js';
import { CommandForm } from './command-form.js';
import { FileShelf } from './file-shelf.js';
import { Guide } from './guide.js';
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
          <Guide engine={engine} />
        ) : (
          <CommandForm key={item} name={item} given={query} engine={engine} takesFocus={hasMoved} />
        )}
      </section>
      <JobList engine={engine} />
    </div>
  );
}
