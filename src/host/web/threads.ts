import { HeredityError } from '../../errors.js';
import type { Threads } from '../threads.js';

/** The first message to a thread; every other one is a task. */
export interface ThreadBeginning {
  readonly options: unknown;
  readonly wasm: Uint8Array;
}

/**
 * Workers of the browser.
 * @param script what they run: src/worker-web.ts, as the page's bundler made it; none where the calling thread does all the work.
 */
export function webThreads(script: string | URL | undefined, wasm: Uint8Array): Threads {
  const isIsolated = typeof crossOriginIsolated !== 'undefined' && crossOriginIsolated === true;
  const shareMemory = isIsolated && script !== undefined && typeof SharedArrayBuffer !== 'undefined';
  return {
    parallelism: shareMemory ? (navigator.hardwareConcurrency ?? 1) : 1,
    shareMemory,
    start(options, { onMessage, onEnd }) {
      const worker = new Worker(script!, { type: 'module' });
      let hasEnded = false;
      const end = (reason: unknown) => {
        if (hasEnded) return;
        hasEnded = true;
        onEnd(reason);
      };
      worker.onmessage = ({ data }) => onMessage(data);
      worker.onerror = ({ message = 'it could not be loaded' }) =>
        end(new HeredityError('internal', `a worker thread failed: ${message}`));
      worker.postMessage({ options, wasm } satisfies ThreadBeginning);
      return {
        send: (message) => worker.postMessage(message),
        hold: () => {},
        async end() {
          worker.terminate();
          end(new HeredityError('internal', 'a worker thread was ended'));
        },
      };
    },
  };
}
