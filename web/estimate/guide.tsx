import { ask } from '../engine/desk.js';
import type { Engine } from '../engine/jobs.js';
import { hashOf } from '../route.js';
import { usePromised, useStore } from '../store.js';

/** Which method, from what one has, where there are no files yet. */
const QUESTIONS: readonly { readonly have: string; readonly use: string; readonly command: string }[] = [
  { have: 'Results of a GWAS, of any program', use: 'munge them first', command: 'munge' },
  { have: 'Summary statistics (.sumstats) and LD scores', use: 'LD score regression', command: 'ldsc' },
  { have: 'Summary statistics and taggings of LDAK', use: 'SumHer', command: 'sumher' },
  { have: 'Genotypes and traits of up to some 20,000 people', use: 'several methods at once', command: 'h2' },
  { have: 'Genotypes, and no wish to assume an architecture', use: 'GRE', command: 'gre' },
  { have: 'Twins, or correlations of relatives', use: 'twin models', command: 'twin' },
];

/** Files that are looked at for advice, and how large one may be that the machine is asked for. */
const MOST_FILES = 80;
const LARGEST = 20e6;

/** Which estimator to use: from the files that are there, else from what a reader has. */
export function Guide({ engine }: { engine: Engine }) {
  const files = useStore(engine.files).slice(0, MOST_FILES);
  const advice = usePromised(async () => {
    const looked = files.filter(
      ({ name, size }) => !engine.isLocal || (/\.fam$/.test(name) && size < LARGEST),
    );
    const contents = await Promise.all(
      looked.map(async ({ name }) => [name, await engine.read(name)] as const),
    );
    return ask('advise', files, contents, !engine.isLocal);
  }, [files.map(({ name }) => name).join('\n')]);
  const own = advice.value ?? [];
  return (
    <div class="guide">
      <h3>Which one should I use?</h3>
      <p class="quiet">
        <a href="./docs/which-estimator.html">What each takes for granted, and which number to report</a>
      </p>
      {own.length > 0 && (
        <>
          <p>From the files that are here:</p>
          <ul class="advice">
            {own.map(({ have, use, command, texts, why }) => (
              <li key={`${have} ${use}`}>
                <a class="button" href={hashOf('estimate', command, texts)}>
                  {use}
                </a>{' '}
                <span>
                  {have}. <span class="quiet">{why}.</span>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {own.length === 0 ? (
        <Questions />
      ) : (
        <details>
          <summary>For other data</summary>
          <Questions />
        </details>
      )}
      <p class="quiet">
        Every form here is a command of heredity with the same flags, files and numbers; it shows the command
        line that does the same.
      </p>
    </div>
  );
}

function Questions() {
  return (
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
  );
}
