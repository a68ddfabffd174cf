import { useId } from 'preact/hooks';
import { prefixesOf } from '../engine/file-sets.js';
import type { Field } from '../engine/forms.js';
import { capital } from '../words.js';

interface Props {
  readonly field: Field;
  readonly text: string | undefined;
  readonly isNeeded: boolean;
  readonly change: (text: string | undefined) => void;
  readonly fileNames: readonly string[];
}

/** One flag of a command as a field of a form. */
export function FieldInput(props: Props) {
  const { field, text, isNeeded, change } = props;
  const id = useId();
  const { name, help, defaultText, control } = field;
  const helpId = `${id}-help`;
  if (control.kind === 'switch')
    return (
      <div class="field switch">
        <input
          id={id}
          type="checkbox"
          checked={text !== undefined}
          aria-describedby={helpId}
          onChange={({ currentTarget }) => change(currentTarget.checked ? '' : undefined)}
        />
        <label for={id} class="name">
          {name}
        </label>
        <span id={helpId} class="help">
          {capital(help)}
        </span>
      </div>
    );
  return (
    <div class="field">
      <label for={id} class="name">
        {name}
        {isNeeded && <span class="needed"> needed</span>}
      </label>
      <Entry {...props} id={id} helpId={helpId} />
      <span id={helpId} class="help">
        {capital(help)}
        {defaultText !== undefined && `. Default: ${defaultText}`}
      </span>
    </div>
  );
}

function Entry({ field, text = '', change, fileNames, id, helpId }: Props & { id: string; helpId: string }) {
  const { control, defaultText, placeholder } = field;
  const given = (value: string) => change(value === '' ? undefined : value);
  const common = { id, 'aria-describedby': helpId, value: text } as const;
  if (control.kind === 'choice')
    return (
      <select {...common} onChange={({ currentTarget }) => given(currentTarget.value)}>
        <option value="">{defaultText === undefined ? 'not set' : `default: ${defaultText}`}</option>
        {control.words.map((word) => (
          <option key={word}>{word}</option>
        ))}
      </select>
    );
  if (control.kind === 'number')
    return (
      <input
        {...common}
        inputMode={control.isWhole && (control.range.min ?? -1) >= 0 ? 'numeric' : 'text'}
        placeholder={placeholder}
        autocomplete="off"
        onInput={({ currentTarget }) => given(currentTarget.value.trim())}
      />
    );
  if (control.kind === 'file') {
    const names = namesFor(placeholder ?? 'file', fileNames);
    return (
      <span class="file-entry">
        <input
          {...common}
          placeholder={placeholder}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => given(currentTarget.value)}
        />
        {names.length > 0 && (
          <select
            aria-label={`Choose a file for ${field.name}`}
            value=""
            onChange={({ currentTarget }) => {
              const chosen = currentTarget.value;
              currentTarget.value = '';
              given(control.several && text !== '' ? `${text},${chosen}` : chosen);
            }}
          >
            <option value="">choose …</option>
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
      </span>
    );
  }
  return (
    <input
      {...common}
      placeholder={placeholder}
      autocomplete="off"
      spellcheck={false}
      onInput={({ currentTarget }) => given(currentTarget.value)}
    />
  );
}

/** What may be chosen for a field: files, or what several files have in common. */
function namesFor(placeholder: string, names: readonly string[]): readonly string[] {
  return /prefix/.test(placeholder) ? prefixesOf(names).map(({ name }) => name) : names;
}
