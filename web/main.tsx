import { render } from 'preact';
import { App } from './app.js';
import { engine } from './engine/engine.js';

const page = document.getElementById('page')!;
page.replaceChildren();
render(<App />, page);

// the static page works offline once it was opened; that of a server ends with it
if (!engine.isLocal && isSecureContext) navigator.serviceWorker?.register('./offline.js').catch(() => {});
