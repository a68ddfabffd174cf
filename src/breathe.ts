import { host } from './host/host.js';

/** How long a thread computes before it looks at timers and signals. */
const BREATHE_EVERY_MS = 50;

let lastBreath = performance.now();

/**
 * Lets signals, timers and the progress line through, where this thread has computed for a while; else returns at once. Long
 * loops that await nothing call it every few milliseconds of work.
 * @throws HeredityError `interrupted` where the run is to stop.
 */
export async function breathe(): Promise<void> {
  if (performance.now() - lastBreath < BREATHE_EVERY_MS) return;
  await host().pause();
  lastBreath = performance.now();
  host().run()?.signal?.throwIfAborted();
}
