import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { wordsOfTexts } from '../../src/cli/values.js';
import { ask } from '../engine/desk.js';
import type { Field, Form } from '../engine/forms.js';
import type { Engine } from '../engine/jobs.js';
import { replaceRoute } from '../route.js';
import { usePromised, useStore } from '../store.js';
import { shellWord } from '../words.js';
import { FieldInput } from './field-input.js';
import { isNeeded, missing, shownFields, type Texts } from './shown-fields.js';

/** Flags that most people leave as they are. */
const QUIET_HEADINGS = new Set(['Running', 'Output', 'Samples', 'Variants', 'Rules']);

/** The form of a command, made from its flags: nothing here knows any command. */
export function CommandForm({
  name,
  given,
  engine,
  takesFocus,
}: {
  name: string;
  given: Texts;
  engine: Engine;
  takesFocus: boolean;
}) {
  const form = usePromised(() => ask('form', name), [name]);
  if (form.error) return <p class="problem">{form.error.message}</p>;
  if (form.value === undefined)
    return <p class="quiet">{form.value === undefined ? 'Loading the form …' : ''}</p>;
  return <LoadedForm form={form.value} given={given} engine={engine} takesFocus={takesFocus} />;
}

function LoadedForm({
  form,
  given,
  engine,
  takesFocus,
}: {
  form: Form;
  given: Texts;
  engine: Engine;
  takesFocus: boolean;
}) {
  const known = new Set(form.fields.map(({ key }) => key));
  const inAddress = () => Object.fromEntries(Object.entries(given).filter(([key]) => known.has(key)));
  const [texts, setTexts] = useState<Texts>(inAddress);
  const [problem, setProblem] = useState<string>();
  const [isCopied, setIsCopied] = useState(false);
  const files = useStore(engine.files);
  const jobs = useStore(engine.jobs);
  const title = useRef<HTMLHeadingElement>(null);
  const id = useId();

  // the address is what the form holds: a link, or a file that is chosen elsewhere, changes it
  const address = JSON.stringify(given);
  useEffect(() => setTexts(inAddress()), [address]);
  useEffect(() => {
    if (takesFocus) title.current?.focus();
  }, []);

  const change = (key: string, text: string | undefined) => {
    const { [key]: _, ...others } = texts;
    const next = text === undefined ? others : { ...others, [key]: text };
    setTexts(next);
    setProblem(undefined);
    replaceRoute('estimate', form.command, next);
  };
  const fields = shownFields(form, texts);
  const keys = new Set(fields.map(({ key }) => key));
  const own = Object.fromEntries(Object.entries(texts).filter(([key]) => keys.has(key)));
  const flags = Object.fromEntries(form.fields.map((field) => [field.key, field]));
  const lineOf = (all: Texts) =>
    ['heredity', ...form.command.split(' '), ...wordsOfTexts(flags, all).map(shellWord)].join(' ');
  // each run of the server has its own folder
  const out = nameOfRun(form.command, engine.isLocal ? 0 : jobs.length);
  const line = `${lineOf(own)} --out ${out}`;
  const lacking = missing(form, own);
  const running = jobs.some(({ state }) => state === 'running');

  const start = async (more: Texts = {}) => {
    setProblem(undefined);
    if (lacking.length > 0) {
      setProblem(`Still needed: ${lacking.map(({ name }) => name).join(', ')}`);
      return;
    }
    try {
      await engine.start(form.command, { ...own, out, ...more }, `${line}${'plan' in more ? ' --plan' : ''}`);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };

  const needed = new Set(fields.filter((field) => isNeeded(form, own, field)).map(({ key }) => key));
  const isFirst = (heading: string) =>
    fields.some(
      (field) => field.heading === heading && (needed.has(field.key) || own[field.key] !== undefined),
    );
  const all = [...new Set(fields.map(({ heading }) => heading))];
  const headings = [...all.filter(isFirst), ...all.filter((heading) => !isFirst(heading))];
  return (
    <form
      class="command"
      aria-labelledby={`${id}-title`}
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <h3 id={`${id}-title`} tabIndex={-1} ref={title}>
        {form.command}
      </h3>
      <p>
        {form.description}{' '}
        <a href={`./docs/commands.html#heredity-${form.command.replaceAll(' ', '-')}`}>Its flags and files</a>
      </p>
      {headings.map((heading) => (
        <FieldGroup
          key={heading}
          heading={heading}
          fields={fields.filter((field) => field.heading === heading)}
          texts={own}
          needed={needed}
          change={change}
          fileNames={files.map((file) => file.name)}
        />
      ))}
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <p class="buttons">
        <button type="submit" class="primary" disabled={running && !engine.isLocal}>
          Run
        </button>
        {form.hasPlan && (
          <button
            type="button"
            disabled={running && !engine.isLocal}
            onClick={() => void start({ plan: '' })}
          >
            Plan only
          </button>
        )}
        {running && !engine.isLocal && (
          <span class="quiet">A run is under way; one at a time in a page.</span>
        )}
      </p>
      <div class="line">
        <code>{line}</code>
        <button
          type="button"
          class="plain"
          onClick={async () => {
            await navigator.clipboard.writeText(line);
            setIsCopied(true);
            setTimeout(() => setIsCopied(false), 2000);
          }}
        >
          {isCopied ? 'copied' : 'copy'}
        </button>
      </div>
    </form>
  );
}

/** A name that no earlier run of this page has: results never replace each other. */
function nameOfRun(command: string, runs: number): string {
  return `${command.replaceAll(' ', '-')}${runs === 0 ? '' : `-${runs + 1}`}`;
}

function FieldGroup({
  heading,
  fields,
  texts,
  needed,
  change,
  fileNames,
}: {
  heading: string;
  fields: readonly Field[];
  texts: Texts;
  needed: ReadonlySet<string>;
  change: (key: string, text: string | undefined) => void;
  fileNames: readonly string[];
}) {
  const filled = fields.filter(({ key }) => texts[key] !== undefined).length;
  const isQuiet =
    (QUIET_HEADINGS.has(heading) || fields.length > 12) && !fields.some(({ key }) => needed.has(key));
  return (
    <details class="group" open={!isQuiet || filled > 0}>
      <summary>
        {heading}
        {filled > 0 && <span class="quiet"> ({filled} set)</span>}
      </summary>
      <div class="fields">
        {fields.map((field) => (
          <FieldInput
            key={field.key}
            field={field}
            text={texts[field.key]}
            isNeeded={needed.has(field.key)}
            change={(text) => change(field.key, text)}
            fileNames={fileNames}
          />
        ))}
      </div>
    </details>
  );
}
