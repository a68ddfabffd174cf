import { breathe } from '../breathe.js';
import { HeredityError, receivedError } from '../errors.js';
import { host } from '../host/host.js';
import type { Thread } from '../host/threads.js';
import type { Kernels } from './kernels.js';
import { collectionsSoFar, giveBackUnused, isShared } from './memory.js';

/**
 * Work that can run on any thread: a pure function of kernels and arguments that writes into shared arrays, or returns something small.
 * Tasks are defined at module level, and src/tasks.ts says which module defines which.
 */
export interface Task<A extends readonly unknown[], R = void> {
  readonly name: string;
  readonly run: (kernels: Kernels, ...args: A) => R;
}

const registry = new Map<string, Task<readonly unknown[], unknown>>();

/** Registers a task under its name, so that a worker that imports the same module can find it. */
export function defineTask<A extends readonly unknown[], R = void>(
  name: string,
  run: (kernels: Kernels, ...args: A) => R,
): Task<A, R> {
  if (registry.has(name)) throw new HeredityError('internal', `task "${name}" is defined twice`);
  const task = { name, run };
  registry.set(name, task as unknown as Task<readonly unknown[], unknown>);
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

/** Runs a task by name; what a worker does with a message. Returns what the task does, or a promise of it. */
export function runTask(kernels: Kernels, name: string, args: readonly unknown[]): unknown {
  if (name in kernels) return callKernel(kernels, name as KernelName, args);
  return registry.get(name)!.run(kernels, ...args);
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
  /** The arguments of each call, one after another; there are none where a thread is only to give back what it does not use. */
  readonly calls: readonly (readonly unknown[])[];
  /** Whether the thread is to give back what earlier messages left before it begins. */
  readonly collects?: boolean;
}

/** What a thread sends back: once that it is ready; then what the calls returned, or why one of them failed. */
export interface WorkerAnswer {
  readonly isReady?: true;
  readonly returned?: readonly unknown[];
  readonly error?: unknown;
}

export interface WorkerOptions {
  readonly backend: Kernels['backend'];
  readonly level: string;
}

/**
 * Workers start once so much work has come, all runs together: what came before was done on the calling thread, and so is what comes
 * until the first of them is ready.
 */
const WORTH_STARTING_WORKERS_MS = 100;
/** Work shorter than this is done on the calling thread even when workers wait. */
const WORTH_SENDING_MS = 1;
/** Short calls go together, so many that a message has about this much work: one of a dozen shared arrays takes a good part of a millisecond to send. */
const WORTH_A_MESSAGE_MS = 4;

interface Job {
  readonly message: WorkerMessage;
  readonly resolve: (returned: readonly unknown[]) => void;
  readonly reject: (error: unknown) => void;
}

interface Worker {
  readonly thread: Thread;
  /** Whether it has started. */
  isReady: boolean;
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
   * Typed arrays among the arguments must be in shared memory (src/kernels/memory.ts); what a call returns is copied.
   * @returns what each call returned, in the order of the calls.
   * @throws HeredityError `interrupted` when the pool's signal is aborted; else whatever a call threw first.
   */
  async run<A extends readonly unknown[], R = void>(
    task: Task<A, R>,
    calls: readonly Readonly<A>[],
    { milliseconds, onProgress }: RunOptions,
  ): Promise<Awaited<R>[]> {
    this.#throwIfAborted();
    if (this.threads > 1) requireShared(task.name, calls); // also where this thread does it: the next time another may
    this.#work += milliseconds;
    const isWorthIt =
      milliseconds >= WORTH_SENDING_MS &&
      (this.#workers.length > 0 || this.#work >= WORTH_STARTING_WORKERS_MS);
    let finished = 0;
    if (this.threads === 1 || calls.length < 2 || !isWorthIt) {
      const returned: Awaited<R>[] = [];
      for (const args of calls) {
        returned.push(await task.run(this.kernels, ...(args as A)));
        onProgress?.(++finished);
        await breathe();
        this.#throwIfAborted();
      }
      return returned;
    }
    this.#startWorkers();
    const messages = Math.max(this.threads, Math.ceil(milliseconds / WORTH_A_MESSAGE_MS));
    const jobs = inGroups(calls, messages).map((group) =>
      this.#enqueue({ task: task.name, calls: group }).then((returned) => {
        onProgress?.((finished += group.length));
        return returned;
      }),
    );
    this.#dispatch();
    await this.#workUntilReady();
    const outcomes = await Promise.allSettled(jobs);
    return outcomes.flatMap((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value as Awaited<R>[];
    });
  }

  /** Says that at least so much work will come: threads that are worth it start now, while this one still reads tables. */
  expect(milliseconds: number): void {
    if (this.threads > 1 && milliseconds >= WORTH_STARTING_WORKERS_MS) this.#startWorkers();
  }

  /**
   * Gives what is not used any more back to the machine, as between two methods, which would else hold theirs together: what this thread
   * has of it, and what waiting threads were sent.
   */
  async giveBackUnused(): Promise<void> {
    giveBackUnused();
    const waiting = this.#workers.filter(({ isReady, job }) => isReady && !job);
    const message = { task: 'nothing', calls: [] };
    await Promise.all(
      waiting.map(
        (worker) => new Promise((resolve, reject) => this.#send(worker, { message, resolve, reject })),
      ),
    );
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

  #enqueue(message: WorkerMessage): Promise<readonly unknown[]> {
    return new Promise((resolve, reject) => this.#queue.push({ message, resolve, reject }));
  }

  /** Does waiting jobs on this thread as long as no other is ready to. */
  async #workUntilReady(): Promise<void> {
    while (this.#queue.length > 0 && !this.#workers.some(({ isReady }) => isReady)) {
      const { message, resolve, reject } = this.#queue.shift()!;
      try {
        const returned: unknown[] = [];
        for (const args of message.calls) returned.push(await runTask(this.kernels, message.task, args));
        resolve(returned);
      } catch (error) {
        reject(error);
      }
      await host().pause(); // a thread that has become ready can say so
      this.#dispatch();
    }
  }

  /** Gives waiting jobs to waiting threads. */
  #dispatch(): void {
    if (this.#signal?.aborted) {
      for (const job of this.#queue.splice(0)) job.reject(interrupted());
    }
    for (const worker of this.#workers) {
      if (worker.job || !worker.isReady) continue;
      const job = this.#queue.shift();
      if (!job) return;
      this.#send(worker, job);
    }
  }

  #send(worker: Worker, job: Job): void {
    worker.job = job;
    worker.thread.hold(true);
    const collects = worker.collections < collectionsSoFar();
    worker.collections = collectionsSoFar();
    worker.thread.send(collects ? { ...job.message, collects } : job.message);
  }

  #startWorkers(): void {
    while (this.#workers.length < this.threads) {
      const options: WorkerOptions = { backend: this.kernels.backend, level: this.kernels.level };
      const settle = ({ isReady, returned = [], error }: WorkerAnswer) => {
        if (isReady) {
          worker.isReady = true;
          this.#dispatch();
          return;
        }
        const { job } = worker;
        delete worker.job;
        worker.thread.hold(false);
        if (error === undefined) job?.resolve(returned);
        else job?.reject(receivedError(error));
        this.#dispatch();
      };
      const die = (reason: unknown) => {
        this.#workers = this.#workers.filter((other) => other !== worker);
        // with nobody left to take what waits, the process would end in silence
        if (this.#workers.length === 0) for (const job of this.#queue.splice(0)) job.reject(reason);
        settle({ error: reason });
      };
      const worker: Worker = {
        thread: host().threads.start(options, {
          onMessage: (answer) => settle(answer as WorkerAnswer),
          onEnd: die,
        }),
        isReady: false,
        collections: collectionsSoFar(),
      };
      this.#workers.push(worker);
    }
  }
}

function requireShared(task: string, calls: readonly (readonly unknown[])[]): void {
  for (const call of calls)
    for (const arg of call)
      if (ArrayBuffer.isView(arg) && !isShared(arg))
        throw new HeredityError('internal', `task "${task}" was given an array outside shared memory`);
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
