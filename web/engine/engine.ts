import { createBrowserEngine, type Engine } from './jobs.js';
import { createLocalEngine } from './local-engine.js';

/** What `heredity page` writes into the page; where it is absent, the page is a static one. */
const secret = document.querySelector<HTMLMetaElement>('meta[name="heredity-secret"]')?.content;

/** Runs in this browser: those of the static page, and of the simulator everywhere. */
export const browser = createBrowserEngine();

export const engine: Engine = secret === undefined ? browser : createLocalEngine(secret);
