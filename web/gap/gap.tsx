import { ask } from '../engine/desk.js';
import { hashOf, route } from '../route.js';
import { usePromised, useStore } from '../store.js';
import { Account } from './account.js';
import { Chapter } from './chapter.js';
import { Model } from './model.js';
import './gap.css';

/** Models of missing heritability: inputs as sliders, outputs, the curve. The address holds the inputs. */
export function Gap() {
  const { item, query } = useStore(route);
  const models = usePromised(() => ask('models'), []);
  const all = models.value ?? [];
  const chosen = all.find(({ name }) => name === item);
  return (
    <div class="gap">
      <nav class="models" aria-label="Models of missing heritability">
        <ul>
          <li>
            <a href={hashOf('gap', 'chapter')} aria-current={item === 'chapter' ? 'page' : undefined}>
              <strong>chapter</strong> the walk through all of them, with exercises
            </a>
          </li>
          <li>
            <a href={hashOf('gap', 'account')} aria-current={item === 'account' ? 'page' : undefined}>
              <strong>account</strong> from twin to SNP heritability, mechanism by mechanism
            </a>
          </li>
          {all.map(({ name, question }) => (
            <li key={name}>
              <a href={hashOf('gap', name)} aria-current={name === item ? 'page' : undefined}>
                <strong>{name}</strong> {question}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="model">
        {models.error && <p class="problem">{models.error.message}</p>}
        {chosen && <Model key={chosen.name} model={chosen} query={query} />}
        {item === 'account' && <Account models={all} />}
        {item === 'chapter' && <Chapter section={query.section} />}
        {item === undefined && <Introduction />}
      </div>
    </div>
  );
}

function Introduction() {
  return (
    <>
      <h2>Where is the missing heritability?</h2>
      <p>
        Twins say that half of a trait’s variance is inherited; all SNPs together explain a third; the SNPs
        that reached significance a tenth. Each model here is one of the known answers: move its inputs and
        see what it hides. The account adds them up, without counting anything twice.
      </p>
      <p class="quiet">
        The address of the page holds what you set: a link is a question that others can open.
      </p>
    </>
  );
}
