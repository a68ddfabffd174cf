import { availableParallelism } from 'node:os';
import { HeredityError } from '../../errors.js';
import type { ThreadEnd, Threads } from '../threads.js';
import { builtins } from './builtins.js';

/** What a thread runs: beside this module once it is built; the tests build it too, before they start. */
const WORKER = new URL('../../../dist/run/worker.cjs', import.meta.url);

/**
 * What a thread computes lies in shared memory: its own heap holds arguments. Node.js lets the part of it that is collected often grow
 * to 48 MB, which several threads would take from --memory.
 */
const YOUNG_HEAP_MB = 6;

/** Threads of Node.js. */
export const threads: Threads = {
  parallelism: availableParallelism(),
  shareMemory: true,
  start(options, { onMessage, onEnd }) {
    const worker = new builtins.workerThreads.Worker(WORKER, {
      workerData: options,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    });
    let hasEnded = false;
    const end = (reason: unknown) => {
      if (hasEnded) return;
      hasEnded = true;
      onEnd(reason);
    };
    worker.on('message', onMessage).on('error', end);
    worker.on('exit', (code) =>
      end(new HeredityError('internal', `a worker thread ended with code ${code}`)),
    );
    worker.unref();
    return {
      send: (message) => worker.postMessage(message),
      hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
      end: async () => void (await worker.terminate()),
    };
  },
};

/** The thread that this is. */
export function thisThread(): ThreadEnd {
  const { parentPort, workerData } = builtins.workerThreads;
  return {
    options: workerData,
    listen: (onMessage) => parentPort!.on('message', onMessage),
    send: (message) => parentPort!.postMessage(message),
  };
}
