import type { ModelSummary } from '../engine/models.js';
import type { Mechanism } from './mechanisms.js';

/** A mechanism of the account with the inputs of its model; what is left empty is the textbook's number. */
export function MechanismRow({
  own,
  model,
  change,
  remove,
  earlier,
}: {
  own: Mechanism;
  model: ModelSummary | undefined;
  change: (next: Mechanism) => void;
  remove: () => void;
  /** Undefined for the first. */
  earlier: (() => void) | undefined;
}) {
  const given = new Map(own.inputs);
  const set = (name: string, text: string) => {
    const next = new Map(given);
    if (text === '') next.delete(name);
    else next.set(name, text);
    change({ ...own, inputs: [...next] });
  };
  return (
    <li>
      <strong>{own.model}</strong>{' '}
      {earlier && (
        <button type="button" class="plain" aria-label={`Count ${own.model} earlier`} onClick={earlier}>
          earlier
        </button>
      )}
      <button type="button" class="plain" aria-label={`Remove ${own.model}`} onClick={remove}>
        remove
      </button>
      <details open={own.inputs.length > 0}>
        <summary>Inputs</summary>
        <div class="fields narrow">
          {(model?.inputs ?? [])
            .filter(({ kind }) => kind === 'number')
            .map(({ name, label, default: usual }) => (
              <label key={name} class="field" title={label}>
                <span class="name">{name}</span>
                <input
                  value={given.get(name) ?? ''}
                  placeholder={usual}
                  onInput={({ currentTarget }) => set(name, currentTarget.value.trim())}
                />
              </label>
            ))}
        </div>
      </details>
    </li>
  );
}
