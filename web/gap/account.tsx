import { useId } from 'preact/hooks';
import { ask } from '../engine/desk.js';
import { browser, engine } from '../engine/engine.js';
import type { ModelSummary } from '../engine/models.js';
import { Report } from '../report/report.js';
import { hashOf, replaceRoute, route } from '../route.js';
import { Printed } from '../scroll.js';
import { usePromised, useSettled, useStore } from '../store.js';
import { MechanismRow } from './mechanism-row.js';
import { type Mechanism, parseMechanism, typedMechanism } from './mechanisms.js';

/** The numbers of the chapter, with one mechanism. */
const USUAL = { twin: '0.52:0.067', snp: '0.31:0.02', mechanisms: 'tagging:h2-low-frequency=0.15:0.03' };
/** So long nothing is changed before it is added up again. */
const SETTLED_MS = 250;

/** The account from twin to SNP heritability, built mechanism by mechanism; the address holds it. */
export function Account({ models }: { models: readonly ModelSummary[] }) {
  const { query } = useStore(route);
  const files = useStore(engine.files);
  const { twin = USUAL.twin, snp = USUAL.snp, snps = 'all' } = query;
  const mechanisms = (query.mechanisms ?? USUAL.mechanisms).split(';').filter(Boolean).map(parseMechanism);
  const change = (next: Partial<Record<'twin' | 'snp' | 'snps', string>>, list = mechanisms) =>
    replaceRoute('gap', 'account', {
      ...{ twin, snp, snps, ...next },
      mechanisms: list.map(typedMechanism).join(';'),
    });

  const texts = { twin, snp, snps, mechanism: mechanisms.map(typedMechanism) };
  const asked = useSettled(JSON.stringify(texts), SETTLED_MS);
  const answer = usePromised(async () => {
    const own = JSON.parse(asked) as typeof texts;
    const named = files.filter(({ name }) => name === own.twin || name === own.snp);
    const given = await Promise.all(named.map(async ({ name }) => [name, await engine.read(name)] as const));
    return ask('account', own, given);
  }, [asked]);
  const line = [
    ...['heredity gap account --twin', twin, '--snp', snp],
    ...(snps === 'all' ? [] : ['--snps', snps]),
    ...mechanisms.flatMap((own) => ['--mechanism', typedMechanism(own)]),
  ];
  return (
    <>
      <h2>The account: from twin to SNP heritability</h2>
      <p>
        Mechanisms count in their order. Those that claim the same variance count only what they add to the
        ones before; inputs with a standard error (<code>0.9:0.02</code>) are drawn, and every step gets an
        interval. An estimate may also be a result: the name of a .json among the files.
      </p>
      <div class="play">
        <form onSubmit={(event) => event.preventDefault()} aria-label="What is accounted for">
          <div class="fields">
            <Given
              title="Twin heritability, value:SE"
              text={twin}
              names={files.map(({ name }) => name).filter((name) => name.endsWith('.twin.json'))}
              change={(text) => change({ twin: text })}
            />
            <Given
              title="SNP heritability, value:SE"
              text={snp}
              names={files.map(({ name }) => name).filter((name) => name.endsWith('.json'))}
              change={(text) => change({ snp: text })}
            />
            <label class="field">
              <span class="name">The SNP estimate sums over</span>
              <select value={snps} onChange={({ currentTarget }) => change({ snps: currentTarget.value })}>
                <option value="all">all SNPs</option>
                <option value="significant">significant SNPs</option>
              </select>
            </label>
          </div>
          <ol class="mechanisms">
            {mechanisms.map((own, k) => (
              <MechanismRow
                key={`${k} ${own.model}`}
                own={own}
                model={models.find(({ name }) => name === own.model)}
                change={(next) => change({}, mechanisms.with(k, next))}
                remove={() => change({}, mechanisms.toSpliced(k, 1))}
                earlier={k === 0 ? undefined : () => change({}, moved(mechanisms, k))}
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
                if (model !== '') change({}, [...mechanisms, { model, inputs: [] }]);
              }}
            >
              <option value="">choose …</option>
              {models
                .filter(({ claims }) => claims)
                .map(({ name, question }) => (
                  <option key={name} value={name}>
                    {name}: {question}
                  </option>
                ))}
            </select>
          </p>
        </form>
        <div class="answer" aria-live="polite">
          {answer.error && <p class="problem">{answer.error.message}</p>}
          {answer.value && (
            <>
              <Report html={answer.value.html} name="account" />
              <details>
                <summary>As the command line says it</summary>
                <Printed label="What it said" text={answer.value.text} />
              </details>
              <p class="buttons">
                <button
                  type="button"
                  onClick={() => {
                    browser.add(answer.value!.files, true);
                    if (!engine.isLocal) location.hash = hashOf('results', 'account.account.json');
                  }}
                  hidden={engine.isLocal}
                >
                  Keep it among the results
                </button>
              </p>
            </>
          )}
        </div>
      </div>
      <p class="quiet">
        The same on a command line: <code>{line.join(' ')}</code>
      </p>
    </>
  );
}

const moved = (all: readonly Mechanism[], k: number) => all.with(k - 1, all[k]).with(k, all[k - 1]);

/** An estimate, typed or the name of a result. */
function Given({
  title,
  text,
  names,
  change,
}: {
  title: string;
  text: string;
  names: readonly string[];
  change: (text: string) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label class="name" for={id}>
        {title}
      </label>
      <input
        id={id}
        value={text}
        list={`${id}-list`}
        onInput={({ currentTarget }) => change(currentTarget.value)}
      />
      <datalist id={`${id}-list`}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
}
