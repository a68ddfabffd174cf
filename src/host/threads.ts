/** Threads beside the calling one, which run `src/worker.ts`. */
export interface Threads {
  /** How many compute at once, at best. */
  readonly parallelism: number;
  /** Whether threads see one memory; where not, the calling thread does all the work. */
  readonly shareMemory: boolean;
  /** @param options the thread finds in {@link ThreadEnd}. */
  start(options: unknown, events: ThreadEvents): Thread;
}

export interface ThreadEvents {
  onMessage(message: unknown): void;
  /** Called once: it failed, or was ended. */
  onEnd(reason: unknown): void;
}

/** A thread as the one that started it sees it. */
export interface Thread {
  send(message: unknown): void;
  /** Whether the process waits for it; it does not at first. */
  hold(isHeld: boolean): void;
  end(): Promise<void>;
}

/** A thread as it sees itself. */
export interface ThreadEnd {
  readonly options: unknown;
  listen(onMessage: (message: unknown) => void): void;
  send(message: unknown): void;
}
