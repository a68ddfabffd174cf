import { breathe } from '../breathe.js';
import { HeredityError, receivedError } from '../errors.js';
import { host } from '../host/host.js';
import type { Thread } from '../host/threads.js';
import type { Kernels } from './kernels.js';
import { collectionsSoFar } from './memory.js';

/**
 * Work that can run on any thread: a pure function of kernels and arguments that writes into shared arrays.
 * Tasks are defined at module level, and src/tasks.ts says which module defines which.
 */
export interface Task<A extends readonly unknown[]> {
  readonly name: string;
  readonly run: (kernels: Kernels, ...args: A) => void;
}

const registry = new Map<string, Task<readonly unknown[]>>();

/** Registers a task under its name, so that a worker that imports the same module can find it. */
export function defineTask<A extends readonly unknown[]>(
  name: string,
  run: (kernels: Kernels, ...args: A) => void,
): Task<A> {
  if (registry.has(name)) throw new HeredityError('internal', `task "${name}" is defined twice`);
  const task = { name, run };
  registry.set(name, task as unknown as Task<readonly unknown[]>);
  return task;
}

type KernelName = Exclude<keyof Kernels, 'backend' | 'level'>;

/** The task that is one call of a kernel: every thread knows it. */
export function kernelTask<K extends KernelName>(name: K): Task<Parameters<Kernels[K]>> {
  return { name, run: (kernels, ...args) => callKernel(kernels, name, args) };
}

function callKernel(kernels: Kernels, name: KernelName, args: readonly unknown[]): void {
  (kernels[name] as (...args: readonly unknown[]) => unknown)(...args);
}

/** Whether {@link runTask} knows the name: a kernel's, or a task's whose module is loaded. */
export function isDefined(kernels: Kernels, name: string): boolean {
  return name in kernels || registry.has(name);
}

/** Runs a task by name; what a worker does with a message. */
export function runTask(kernels: Kernels, name: string, args: readonly unknown[]): void {
  if (name in kernels) callKernel(kernels, name as KernelName, args);
  else registry.get(name)!.run(kernels, ...args);
}

export interface RunOptions {
  /**
   * About how long all calls take on one thread, in milliseconds. Threads start only when the work is worth it:
   * a worker takes some 90 ms to start, and many jobs are over by then.
   */
  readonly milliseconds: number;
  /** Called after each finished call with the number finished so far. */
  readonly onProgress?: (finished: number) => void;
}

export interface WorkerMessage {
  readonly task: string;
  /** The arguments of each call, one after another. */
  readonly calls: readonly (readonly unknown[])[];
  /** Whether the thread is to give back what earlier messages left before it begins. */
  readonly collects?: boolean;
}

export interface WorkerOptions {
  readonly backend: Kernels['backend'];
  readonly level: string;
}

/** Workers start once so much work has come, all runs together: what came before was done on the calling thread. */
const WORTH_STARTING_WORKERS_MS = 400;
/** Work shorter than this is done on the calling thread even when workers wait. */
const WORTH_SENDING_MS = 1;
/** Short calls go together, so many that a message has about this much work: one of a dozen shared arrays takes a good part of a millisecond to send. */
const WORTH_A_MESSAGE_MS = 4;

interface Job {
  readonly message: WorkerMessage;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Worker {
  readonly thread: Thread;
  /** What it is doing; undefined while it waits. */
  job?: Job;
  /** {@link collectionsSoFar} when it last collected its garbage. */
  collections: number;
}

/**
 * Threads that run {@link Task}s. Callers cut work into fixed tiles that write to disjoint places, so results do not
 * depend on the number of threads or on the order in which tiles finish. Several runs may be under way at once (a tile
 * is unpacked while another is computed on): their calls share one queue.
 */
export class KernelPool {
  readonly kernels: Kernels;
  readonly threads: number;
  readonly #signal: AbortSignal | undefined;
  #workers: Worker[] = [];
  /** Milliseconds of work on one thread that have come so far. */
  #work = 0;
  #queue: Job[] = [];

  constructor(kernels: Kernels, threads: number, signal?: AbortSignal) {
    this.kernels = kernels;
    this.threads = host().threads.shareMemory ? threads : 1;
    this.#signal = signal;
  }

  /**
   * Runs the task once for each list of arguments, in any order, and waits for all of them.
   * Typed arrays among the arguments must be in shared memory (src/kernels/memory.ts).
   * @throws HeredityError `interrupted` when the pool's signal is aborted; else whatever a call threw first.
   */
  async run<A extends readonly unknown[]>(
    task: Task<A>,
    calls: readonly Readonly<A>[],
    { milliseconds, onProgress }: RunOptions,
  ): Promise<void> {
    this.#throwIfAborted();
    this.#work += milliseconds;
    const isWorthIt =
      milliseconds >= WORTH_SENDING_MS &&
      (this.#workers.length > 0 || this.#work >= WORTH_STARTING_WORKERS_MS);
    let finished = 0;
    if (this.threads === 1 || calls.length < 2 || !isWorthIt) {
      for (const args of calls) {
        task.run(this.kernels, ...(args as A));
        onProgress?.(++finished);
        await breathe();
        this.#throwIfAborted();
      }
      return;
    }
    this.#startWorkers();
    const messages = Math.max(this.threads, Math.ceil(milliseconds / WORTH_A_MESSAGE_MS));
    const jobs = inGroups(calls, messages).map((group) =>
      this.#enqueue({ task: task.name, calls: group }).then(() => onProgress?.((finished += group.length))),
    );
    this.#dispatch();
    const outcomes = await Promise.allSettled(jobs);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Ends the threads. The pool can be used again: it starts new ones. */
  async close(): Promise<void> {
    const workers = this.#workers;
    this.#workers = [];
    await Promise.all(workers.map(({ thread }) => thread.end()));
  }

  #throwIfAborted(): void {
    if (this.#signal?.aborted) throw interrupted();
  }

  #enqueue(message: WorkerMessage): Promise<void> {
    for (const arg of message.calls.flat()) {
      if (ArrayBuffer.isView(arg) && !(arg.buffer instanceof SharedArrayBuffer)) {
        throw new HeredityError(
          'internal',
          `task "${message.task}" was given an array outside shared memory`,
        );
      }
    }
    return new Promise((resolve, reject) => this.#queue.push({ message, resolve, reject }));
  }

  /** Gives waiting jobs to waiting threads. */
  #dispatch(): void {
    if (this.#signal?.aborted) {
      for (const job of this.#queue.splice(0)) job.reject(interrupted());
    }
    for (const worker of this.#workers) {
      if (worker.job) continue;
      const job = this.#queue.shift();
      if (!job) return;
      worker.job = job;
      worker.thread.hold(true);
      const collects = worker.collections < collectionsSoFar();
      worker.collections = collectionsSoFar();
      worker.thread.send(collects ? { ...job.message, collects } : job.message);
    }
  }

  #startWorkers(): void {
    while (this.#workers.length < this.threads) {
      const options: WorkerOptions = { backend: this.kernels.backend, level: this.kernels.level };
      const settle = (error: unknown) => {
        const { job } = worker;
        delete worker.job;
        worker.thread.hold(false);
        if (error === null) job?.resolve();
        else job?.reject(receivedError(error));
        this.#dispatch();
      };
      const die = (reason: unknown) => {
        this.#workers = this.#workers.filter((other) => other !== worker);
        // with nobody left to take what waits, the process would end in silence
        if (this.#workers.length === 0) for (const job of this.#queue.splice(0)) job.reject(reason);
        settle(reason);
      };
      const worker: Worker = {
        thread: host().threads.start(options, { onMessage: settle, onEnd: die }),
        collections: collectionsSoFar(),
      };
      this.#workers.push(worker);
    }
  }
}

/** A list in at most so many groups of consecutive items, of equal numbers to within one. */
function inGroups<T>(items: readonly T[], most: number): (readonly T[])[] {
  const count = Math.min(items.length, most);
  const edge = (k: number) => Math.floor((k * items.length) / count);
  return Array.from({ length: count }, (_, k) => items.slice(edge(k), edge(k + 1)));
}

function interrupted(): HeredityError {
  return new HeredityError('interrupted', 'stopped before the work was finished');
}
