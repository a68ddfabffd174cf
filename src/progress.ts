/**
 * Progress of a long run, as it is told to whoever shows it (the command line draws a line on a terminal).
 *
 * @example
 * const blocks = progress.phase('GRE', { total: 22 });
 * for (const block of chromosomes) {
 *   const solve = blocks.phase(block.id, { total: iterations, weight: 1 });
 *   solve.advance(); // after every iteration
 *   solve.end(); // counts as one of the 22
 * }
 * blocks.end();
 */
export interface Progress {
  /** Begins a part of the work; one part at a time is open at each level. */
  phase(label: string, options?: PhaseOptions): Phase;
}

export interface Phase extends Progress {
  /** Counts `amount` (default 1) more units as done. */
  advance(amount?: number): void;
  /** Ends this phase and the parts of it that are still open; its weight is added to the phase above. */
  end(): void;
}

export interface PhaseOptions {
  /** Units of work in all; without it there is neither a percentage nor a time left. */
  readonly total?: number;
  /** What is counted, in the plural (`variants`), for the rate. */
  readonly unit?: string;
  /** How many units of the phase above this one stands for. @default 0 */
  readonly weight?: number;
}

/** Progress that nobody watches. */
export const silentProgress: Progress = { phase: () => silentPhase };
const silentPhase: Phase = { phase: () => silentPhase, advance() {}, end() {} };

/** The phases of a piece of work each stand for `weight` units of the phase above. */
export const weighing = (phase: Progress, weight: number): Progress => ({
  phase: (label, options) => phase.phase(label, { ...options, weight }),
});

/** Stages that follow one another, told by how much of each is done; a stage ends where the next one begins. */
export class Stages {
  readonly #progress: Progress;
  #stage: { readonly label: string; readonly phase: Phase; done: number } | undefined;

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  /** So much of a stage is done, in all. */
  at(label: string, done: number, total: number): void {
    if (this.#stage?.label !== label) {
      this.end();
      this.#stage = { label, phase: this.#progress.phase(label, { total }), done: 0 };
    }
    this.#stage.phase.advance(done - this.#stage.done);
    this.#stage.done = done;
  }

  end(): void {
    this.#stage?.phase.end();
    this.#stage = undefined;
  }
}
