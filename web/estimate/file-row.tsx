import { useState } from 'preact/hooks';
import { ask } from '../engine/desk.js';
import type { Engine, FileEntry } from '../engine/jobs.js';
import { hashOf, route } from '../route.js';
import { Scroll } from '../scroll.js';
import { usePromised, useStore } from '../store.js';
import { bytes, save } from '../words.js';
import { AsRead } from './as-read.js';

/** A file: what it seems to be, its first lines, and how it is read. */
export function FileRow({
  file: { name, size, isOutput },
  engine,
  remove,
}: {
  file: FileEntry;
  engine: Engine;
  remove: (() => void) | undefined;
}) {
  const isResult = /\.json$/.test(name);
  const look = usePromised(
    // files of the machine may be large: their names have to do
    async () => ask('look', name, engine.isLocal ? new Blob() : await engine.read(name)),
    [name, size],
  );
  const { kind, suggestion, head = [], subject } = look.value ?? {};
  const place = useStore(route);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <li>
      <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
        <summary>
          <span class="file-name">{name}</span> <span class="quiet">{bytes(size)}</span>{' '}
          {kind !== undefined && <span class="kind">{kind}</span>}
        </summary>
        {head.length > 0 && (
          <Scroll label={`First lines of ${name}`}>
            <table>
              <tbody>
                {head.map((row, r) => (
                  <tr key={r}>
                    {row.slice(0, 20).map((cell, c) => (
                      <td key={c}>{cell}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
        {subject !== undefined && isOpen && <AsRead name={name} subject={subject} engine={engine} />}
      </details>
      <span class="actions">
        {isResult && <a href={hashOf('results', name)}>show</a>}
        {suggestion && (
          <a
            href={hashOf('estimate', suggestion.command, {
              // beside what its form holds already
              ...(place.item === suggestion.command && place.query),
              [suggestion.key]: suggestion.value,
            })}
          >
            {suggestion.command}
          </a>
        )}
        <button
          type="button"
          class="plain"
          aria-label={`Save ${name}`}
          onClick={async () => save(name, await engine.read(name))}
        >
          save
        </button>
        {remove && (
          <button
            type="button"
            class="plain"
            aria-label={`${isOutput ? 'Forget' : 'Remove'} ${name}`}
            onClick={remove}
          >
            {isOutput ? 'forget' : 'remove'}
          </button>
        )}
      </span>
    </li>
  );
}
