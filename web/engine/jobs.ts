import type { Standing } from '../../src/cli/phases.js';
import type { FlagTexts } from '../../src/cli/values.js';
import { createStore, type Store } from '../store.js';
import type { JobMessage, JobRequest } from './job-messages.js';
import type { Work } from './worker.js';
import PageWorker from './worker.ts?worker';

export interface Job {
  readonly id: string;
  readonly command: string;
  /** The command line that does the same. */
  readonly line: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly text: string;
  readonly standing: Standing | undefined;
  /** Names of the files that it wrote. */
  readonly files: readonly string[];
  /** Why it failed. */
  readonly problem: string | undefined;
  readonly seconds: number;
}

/** Where jobs run: workers of this page, or processes of this machine. */
export interface Engine {
  readonly isLocal: boolean;
  /** The newest first. */
  readonly jobs: Store<readonly Job[]>;
  /** Names and sizes of the files that a run can read. */
  readonly files: Store<readonly FileEntry[]>;
  /** @returns the job's number. @throws Error in a user's words where it cannot begin. */
  start(command: string, texts: FlagTexts, line: string): Promise<string>;
  cancel(id: string): void;
  /** Bytes of the largest file that can be read whole. */
  readonly largest: number;
  read(name: string): Promise<Blob>;
  /** So many of the first bytes of a file of any size. */
  begin(name: string, bytes: number): Promise<Blob>;
}

export interface FileEntry {
  readonly name: string;
  readonly size: number;
  /** Written by a run. */
  readonly isOutput: boolean;
}

/** Runs jobs in workers of this page, one at a time, on files that the page holds. */
export function createBrowserEngine() {
  const jobs = createStore<readonly Job[]>([]);
  const files = createStore<readonly FileEntry[]>([]);
  const held = new Map<string, { readonly blob: Blob; readonly isOutput: boolean }>();
  const workers = new Map<string, Worker>();
  let last = 0;

  const change = (id: string, changed: (job: Job) => Partial<Job>) =>
    jobs.update((all) => all.map((job) => (job.id === id ? { ...job, ...changed(job) } : job)));
  const list = () =>
    files.set([...held].map(([name, { blob, isOutput }]) => ({ name, size: blob.size, isOutput })));

  function add(more: Iterable<readonly [string, Blob]>, isOutput = false): void {
    for (const [name, blob] of more) held.set(name, { blob, isOutput });
    list();
  }

  /** Runs a command, and gives the files that it wrote. @throws Error in the command's words. */
  function run(
    { command, texts, files: own }: JobRequest,
    onMessage: (message: JobMessage) => void,
    onStart: (worker: Worker) => void,
  ): Promise<ReadonlyMap<string, Blob>> {
    return new Promise((resolve, reject) => {
      const worker = new PageWorker();
      onStart(worker);
      const end = () => worker.terminate();
      worker.addEventListener('message', ({ data }: MessageEvent<JobMessage>) => {
        onMessage(data);
        if (data.kind === 'done') resolve(data.files);
        if (data.kind === 'failed')
          reject(new Error(data.isBug ? `a bug of heredity's: ${data.message}` : data.message));
        if (data.kind === 'done' || data.kind === 'failed') end();
      });
      worker.addEventListener('error', ({ message = 'the worker could not be loaded' }) => {
        reject(new Error(message));
        end();
      });
      worker.postMessage({ job: { command, texts, files: own } } satisfies Work);
    });
  }

  const engine: Engine & { add: typeof add; remove(name: string): void; run: typeof run } = {
    isLocal: false,
    jobs,
    files,
    add,
    remove(name) {
      held.delete(name);
      list();
    },
    run,
    async start(command, texts, line) {
      const id = String(++last);
      const startedAt = performance.now();
      const seconds = () => (performance.now() - startedAt) / 1000;
      const job: Job = {
        ...{ id, command, line, state: 'running', text: '', standing: undefined, files: [] },
        ...{ problem: undefined, seconds: 0 },
      };
      jobs.update((all) => [job, ...all]);
      const own = new Map([...held].map(([name, { blob }]) => [name, blob]));
      const onMessage = (message: JobMessage) => {
        if (message.kind === 'text') change(id, ({ text }) => ({ text: text + message.text }));
        if (message.kind === 'standing')
          change(id, () => ({ standing: message.standing, seconds: seconds() }));
      };
      run({ command, texts, files: own }, onMessage, (worker) => workers.set(id, worker))
        .then(
          (written) => {
            add(written, true);
            change(id, () => ({ state: 'done', files: [...written.keys()], seconds: seconds() }));
          },
          (error: Error) =>
            change(id, () => ({ state: 'failed', problem: error.message, seconds: seconds() })),
        )
        .finally(() => workers.delete(id));
      return id;
    },
    cancel(id) {
      workers.get(id)?.terminate();
      workers.delete(id);
      change(id, (job) => (job.state === 'running' ? { state: 'cancelled', standing: undefined } : {}));
    },
    largest: Number.POSITIVE_INFINITY, // what is read of a file of the browser stays on the disk until it is wanted
    async read(name) {
      const found = held.get(name);
      if (found === undefined) throw new Error(`${name} is not here any more`);
      return found.blob;
    },
    async begin(name, bytes) {
      return (await engine.read(name)).slice(0, bytes);
    },
  };
  return engine;
}
