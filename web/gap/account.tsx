import { useState } from 'preact/hooks';
import type { ModelSummary } from '../engine/desk-answers.js';
import { browser } from '../engine/engine.js';
import { Picture } from '../results/picture.js';
import { replaceRoute, route } from '../route.js';
import { Printed } from '../scroll.js';
import { useStore } from '../store.js';

/** A mechanism of the account: a model, with its inputs as they are typed. */
interface Mechanism {
  readonly model: string;
  readonly inputs: string;
}

/** The account from twin to SNP heritability, built mechanism by mechanism. */
export function Account({ models }: { models: readonly ModelSummary[] }) {
  const { query } = useStore(route);
  const { twin = '0.52:0.067', snp = '0.31:0.02' } = query;
  const mechanisms = (query.mechanisms ?? 'tagging:h2-low-frequency=0.15:0.03')
    .split(';')
    .filter(Boolean)
    .map(parse);
  const [state, setState] = useState<{ svg?: string; text?: string; problem?: string; isRunning?: boolean }>(
    {},
  );
  const change = (next: { twin?: string; snp?: string; mechanisms?: readonly Mechanism[] }) => {
    const list = (next.mechanisms ?? mechanisms).map(typed).join(';');
    replaceRoute('gap', 'account', { twin: next.twin ?? twin, snp: next.snp ?? snp, mechanisms: list });
  };
  const run = async () => {
    setState({ isRunning: true });
    let text = '';
    const texts = { twin, snp, mechanism: mechanisms.map(typed), out: 'account' };
    try {
      const written = await browser.run(
        { command: 'gap account', texts, files: new Map() },
        (message) => {
          if (message.kind === 'text') text += message.text;
        },
        () => {},
      );
      browser.add(written, true);
      setState({ svg: await written.get('account.account.svg')!.text(), text });
    } catch (error) {
      setState({ problem: (error as Error).message });
    }
  };
  return (
    <>
      <h2>The account: from twin to SNP heritability</h2>
      <p>
        Mechanisms count in their order. Those that claim the same variance count only what they add to the
        ones before; inputs with a standard error (<code>0.9:0.02</code>) are drawn, and every step gets an
        interval.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <div class="fields">
          <label class="field" for="account-twin">
            <span class="name">Twin heritability, value:SE</span>
            <input
              id="account-twin"
              value={twin}
              onInput={({ currentTarget }) => change({ twin: currentTarget.value })}
            />
          </label>
          <label class="field" for="account-snp">
            <span class="name">SNP heritability, value:SE</span>
            <input
              id="account-snp"
              value={snp}
              onInput={({ currentTarget }) => change({ snp: currentTarget.value })}
            />
          </label>
        </div>
        <ol class="mechanisms">
          {mechanisms.map((own, k) => (
            <MechanismRow
              key={k}
              own={own}
              model={models.find(({ name }) => name === own.model)}
              change={(next) =>
                change({ mechanisms: mechanisms.map((other, j) => (j === k ? next : other)) })
              }
              remove={() => change({ mechanisms: mechanisms.filter((_, j) => j !== k) })}
            />
          ))}
        </ol>
        <p class="buttons">
          <label for="account-add">Add a mechanism</label>
          <select
            id="account-add"
            value=""
            onChange={({ currentTarget }) => {
              const model = currentTarget.value;
              currentTarget.value = '';
              if (model !== '') change({ mechanisms: [...mechanisms, { model, inputs: '' }] });
            }}
          >
            <option value="">choose …</option>
            {models
              .filter(({ name }) => name !== 'definition')
              .map(({ name, question }) => (
                <option key={name} value={name}>
                  {name}: {question}
                </option>
              ))}
          </select>
          <button type="submit" class="primary" disabled={state.isRunning ?? false}>
            Add it up
          </button>
        </p>
      </form>
      <div aria-live="polite">
        {state.problem !== undefined && <p class="problem">{state.problem}</p>}
        {state.svg !== undefined && <Picture svg={state.svg} name="account" />}
        {state.text !== undefined && <Printed label="What it said" text={state.text} />}
      </div>
    </>
  );
}

function MechanismRow({
  own,
  model,
  change,
  remove,
}: {
  own: Mechanism;
  model: ModelSummary | undefined;
  change: (next: Mechanism) => void;
  remove: () => void;
}) {
  const inputs = model?.inputs.filter(({ kind }) => kind === 'number') ?? [];
  const given = new Map(
    own.inputs
      .split(',')
      .filter(Boolean)
      .map((word) => [word.split('=')[0], word.split('=').slice(1).join('=')]),
  );
  return (
    <li>
      <strong>{own.model}</strong>{' '}
      <button type="button" class="plain" aria-label={`Remove ${own.model}`} onClick={remove}>
        remove
      </button>
      <div class="fields narrow">
        {inputs.map(({ name, label, default: usual }) => (
          <label key={name} class="field" title={label}>
            <span class="name">{name}</span>
            <input
              value={given.get(name) ?? ''}
              placeholder={usual}
              onInput={({ currentTarget }) => {
                const { value } = currentTarget;
                if (value === '') given.delete(name);
                else given.set(name, value);
                change({ ...own, inputs: [...given].map(([key, text]) => `${key}=${text}`).join(',') });
              }}
            />
          </label>
        ))}
      </div>
    </li>
  );
}

function parse(text: string): Mechanism {
  const [model] = text.split(':', 1);
  return { model, inputs: text.slice(model.length + 1) };
}

const typed = ({ model, inputs }: Mechanism) => (inputs === '' ? model : `${model}:${inputs}`);
