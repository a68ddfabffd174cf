import type { DESK } from './desk-answers.js';
import type { DeskAnswer, Work } from './worker.js';
import PageWorker from './worker.ts?worker';

type Desk = typeof DESK;
type Asked<K extends keyof Desk> = Promise<Awaited<ReturnType<Desk[K]>>>;

const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
let worker: Worker | undefined;
let last = 0;

function start(): Worker {
  const started = new PageWorker();
  started.addEventListener('message', ({ data }: MessageEvent<DeskAnswer>) => {
    const asker = waiting.get(data.id);
    waiting.delete(data.id);
    if ('problem' in data) asker?.reject(new Error(data.problem));
    else asker?.resolve(data.answer);
  });
  started.addEventListener('error', ({ message = 'the page’s worker could not be loaded' }) => {
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
    worker = undefined;
  });
  return started;
}

/** Asks the worker that answers between runs; it is started when it is first asked. */
export function ask<K extends keyof Desk>(what: K, ...given: Parameters<Desk[K]>): Asked<K> {
  worker ??= start();
  const id = ++last;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
    worker!.postMessage({ id, ask: what, given } satisfies Work);
  });
}
