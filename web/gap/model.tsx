import { useEffect, useState } from 'preact/hooks';
import { ask } from '../engine/desk.js';
import type { ModelAnswer, ModelInput, ModelSummary } from '../engine/models.js';
import { Report } from '../report/report.js';
import { replaceRoute } from '../route.js';
import { Scroll } from '../scroll.js';
import { usePromised } from '../store.js';
import { capital } from '../words.js';
import { Formulas } from './formulas.js';
import { Slider } from './slider.js';

/** A model: its formulas, inputs as sliders, outputs, the curve. */
export function Model({ model, query }: { model: ModelSummary; query: Readonly<Record<string, string>> }) {
  const [texts, setTexts] = useState(query);
  useEffect(() => setTexts(query), [JSON.stringify(query)]);
  const answer = usePromised(() => ask('model', model.name, texts), [JSON.stringify(texts)]);
  const change = (name: string, text: string | undefined) => {
    const { [name]: _, ...others } = texts;
    const next = text === undefined ? others : { ...others, [name]: text };
    setTexts(next);
    replaceRoute('gap', model.name, next);
  };
  const line = [
    'heredity gap',
    model.name,
    ...Object.entries(texts).map(([name, text]) => `--${name} ${text}`),
  ];
  return (
    <>
      <h2>
        {model.name}: {model.question}
      </h2>
      <p>{model.description}</p>
      <Formulas formulas={model.formulas} />
      <div class="play">
        <form onSubmit={(event) => event.preventDefault()} aria-label={`Inputs of ${model.name}`}>
          {model.inputs.map((input) => (
            <InputRow
              key={input.key}
              input={input}
              text={texts[input.name]}
              change={(text) => change(input.name, text)}
            />
          ))}
          <p class="buttons">
            <button
              type="button"
              onClick={() => {
                setTexts({});
                replaceRoute('gap', model.name);
              }}
            >
              Back to the worked example
            </button>
          </p>
        </form>
        <div aria-live="polite">
          {answer.error && <p class="problem">{answer.error.message}</p>}
          {answer.value && <Answer answer={answer.value} name={model.name} />}
        </div>
      </div>
      <p class="quiet">
        Source: {model.source}. The same on a command line: <code>{line.join(' ')}</code>
      </p>
    </>
  );
}

function InputRow({
  input,
  text,
  change,
}: {
  input: ModelInput;
  text: string | undefined;
  change: (text: string | undefined) => void;
}) {
  const id = `input-${input.name}`;
  if (input.kind === 'table')
    return (
      <p class="quiet">
        {capital(input.label)}: the worked example. Tables of your own go to the command line (--{input.name}
        ).
      </p>
    );
  if (input.kind === 'number') return <Slider id={id} input={input} text={text} change={change} />;
  return (
    <label class="field" for={id}>
      <span class="name">{capital(input.label)}</span>
      {input.kind === 'choice' ? (
        <select
          id={id}
          value={text ?? input.default}
          onChange={({ currentTarget }) => change(currentTarget.value)}
        >
          {input.words.map((word) => (
            <option key={word}>{word}</option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          value={text ?? input.default}
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
      )}
    </label>
  );
}

/** Rows that are shown behind the values. */
const MOST_ROWS = 20;

function Answer({ answer: { outputs, rows, warnings, curve }, name }: { answer: ModelAnswer; name: string }) {
  return (
    <>
      <table class="outputs">
        <caption>What follows</caption>
        <tbody>
          {outputs.map(({ key, label, unit, value }) => (
            <tr key={key}>
              <th scope="row">{capital(label)}</th>
              <td class="number">
                <output>{numberText(value)}</output>
              </td>
              <td class="quiet">{unit}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {warnings.map((warning) => (
        <p key={warning} class="warning">
          {capital(warning)}.
        </p>
      ))}
      <Report html={curve} name={`gap-${name}`} />
      {rows.length > 0 && (
        <details>
          <summary>Row by row</summary>
          <Scroll label="Row by row">
            <table>
              <thead>
                <tr>
                  {Object.keys(rows[0]).map((column) => (
                    <th key={column} scope="col">
                      {column}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.slice(0, MOST_ROWS).map((row, r) => (
                  <tr key={r}>
                    {Object.entries(row).map(([column, cell]) => (
                      <td key={column} class={typeof cell === 'number' ? 'number' : undefined}>
                        {typeof cell === 'number' ? numberText(cell) : cell}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </details>
      )}
    </>
  );
}

/** Five significant digits, without trailing zeros. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(5))).replace('-', '−');
}
