import { useState } from 'preact/hooks';
import type { Findings } from '../../src/estimate/estimate.js';
import { ask } from '../engine/desk.js';
import { browser } from '../engine/engine.js';
import { Slider } from '../gap/slider.js';
import { Report } from '../report/report.js';
import { replaceRoute, route } from '../route.js';
import { usePromised, useStore } from '../store.js';
import { duration } from '../words.js';
import { type Architecture, INPUTS, simulationSteps, truthOf } from './architecture.js';

/** Methods that run in seconds on a thousand people, and assume different things. */
const USUAL = ['gre', 'he', 'reml-mc', 'ldsc', 'sumher-gcta', 'sumher-hd'];

interface Answer {
  /** The picture and the table. */
  readonly html: string;
  readonly seconds: number;
}

/** An architecture by sliders, small genotypes in a worker, every method at once, the truth beside the estimates. */
export function Simulate() {
  const { query } = useStore(route);
  const methods = usePromised(() => ask('methods'), []);
  const [chosen, setChosen] = useState<readonly string[]>(USUAL);
  const [step, setStep] = useState<string>();
  const [stop, setStop] = useState<() => void>();
  const [answer, setAnswer] = useState<Answer>();
  const [problem, setProblem] = useState<string>();
  const architecture = Object.fromEntries(
    INPUTS.map(({ key, input }) => [key, query[key] ?? input.default]),
  ) as Architecture;
  const change = (key: string, text: string | undefined) => {
    const { [key]: _, ...others } = query;
    replaceRoute('simulate', undefined, text === undefined ? others : { ...others, [key]: text });
  };

  const run = async () => {
    setProblem(undefined);
    setAnswer(undefined);
    const startedAt = performance.now();
    const files = new Map<string, Blob>();
    try {
      for (const { title, command, texts } of simulationSteps(architecture, chosen)) {
        setStep(title);
        const written = await browser.run(
          { command, texts, files },
          (message) => {
            const labels = message.kind === 'standing' ? message.standing?.labels : undefined;
            if (labels) setStep(`${title}: ${labels.join(' › ')}`);
          },
          (worker) => setStop(() => () => worker.terminate()),
        );
        for (const [name, blob] of written) files.set(name, blob);
      }
      const findings: Findings = JSON.parse(await files.get('simulated.h2.json')!.text());
      const html = await ask('accuracy', findings, truthOf(findings, architecture));
      setAnswer({ html, seconds: (performance.now() - startedAt) / 1000 });
      browser.add([['simulated.h2.json', files.get('simulated.h2.json')!]], true);
    } catch (error) {
      setProblem((error as Error).message);
    }
    setStep(undefined);
  };
  const cancel = () => {
    stop?.();
    setStep(undefined);
  };
  return (
    <div class="simulate">
      <h2>Simulate a trait, and estimate it</h2>
      <p>
        People and variants with linkage disequilibrium, and a trait whose architecture you choose. Every
        method sees the same data, and each is right where its assumption holds: make causal variants few,
        rare, or depend on LD, and see which ones follow.
      </p>
      <div class="play">
        <form
          aria-label="The architecture"
          onSubmit={(event) => {
            event.preventDefault();
            void run();
          }}
        >
          {INPUTS.map(({ key, input }) => (
            <Slider
              key={key}
              id={`simulate-${key}`}
              input={input}
              text={query[key]}
              change={(text) => change(key, text)}
            />
          ))}
          <fieldset>
            <legend>Methods</legend>
            {(methods.value ?? []).map(({ name, title, assumption }) => (
              <label key={name} class="check" title={assumption}>
                <input
                  type="checkbox"
                  checked={chosen.includes(name)}
                  onChange={({ currentTarget }) =>
                    setChosen(
                      currentTarget.checked ? [...chosen, name] : chosen.filter((other) => other !== name),
                    )
                  }
                />
                {title}
              </label>
            ))}
          </fieldset>
          <p class="buttons">
            <button type="submit" class="primary" disabled={step !== undefined || chosen.length === 0}>
              Simulate and estimate
            </button>
            {step !== undefined && (
              <button type="button" onClick={cancel}>
                Cancel
              </button>
            )}
          </p>
        </form>
        <div aria-live="polite">
          {step !== undefined && (
            <p class="standing">
              <progress aria-label="Simulation" /> {step}
            </p>
          )}
          {problem !== undefined && <p class="problem">{problem}</p>}
          {answer && (
            <>
              <Report html={answer.html} name="simulated" />
              <p class="quiet">Simulated and estimated in {duration(answer.seconds)}, in this browser.</p>
            </>
          )}
          {step === undefined && !answer && problem === undefined && (
            <p class="quiet">The estimates will stand here, with a line where the truth is.</p>
          )}
        </div>
      </div>
    </div>
  );
}
