import { useEffect } from 'preact/hooks';
import { engine } from './engine/engine.js';
import { Estimate } from './estimate/estimate.js';
import { Gap } from './gap/gap.js';
import { Results } from './results/results.js';
import { hashOf, route } from './route.js';
import { Simulate } from './simulate/simulate.js';
import { useStore } from './store.js';

const TABS = [
  { name: 'estimate', title: 'Estimate', View: Estimate },
  { name: 'results', title: 'Results', View: Results },
  { name: 'gap', title: 'Missing heritability', View: Gap },
  { name: 'simulate', title: 'Simulate', View: Simulate },
] as const;

export function App() {
  const { tab } = useStore(route);
  const jobs = useStore(engine.jobs);
  const current = TABS.find(({ name }) => name === tab) ?? TABS[0];
  const running = jobs.filter(({ state }) => state === 'running').length;
  useEffect(() => {
    document.title = `${running > 0 ? `(${running}) ` : ''}${current.title} · heredity`;
  }, [current, running]);
  useEffect(() => {
    // a run of this page ends with it; those of the server go on
    if (running === 0 || engine.isLocal) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [running]);
  return (
    <>
      <a class="skip" href={location.hash} onClick={toContent}>
        To the content
      </a>
      <header>
        <h1>
          <a href="#estimate">heredity</a>
        </h1>
        <nav aria-label="Parts of the page">
          {TABS.map(({ name, title }) => (
            <a key={name} href={hashOf(name)} aria-current={name === current.name ? 'page' : undefined}>
              {title}
              {name === 'estimate' && running > 0 && <span class="count">{running} running</span>}
            </a>
          ))}
          <a href="./docs/index.html">Documents</a>
        </nav>
        <p class="promise">
          {engine.isLocal
            ? 'Runs on this machine; files stay where they are.'
            : 'Nothing is uploaded: it computes in this browser.'}
        </p>
      </header>
      <main id="content" tabIndex={-1}>
        <current.View />
      </main>
    </>
  );
}

function toContent(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
