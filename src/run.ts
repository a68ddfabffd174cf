import type { Division } from './parts/division.js';
import { type Progress, silentProgress } from './progress.js';
import type { Provenance } from './provenance.js';

/** What a long computation is told about the run that it is part of. Whatever takes long takes one as its last argument. */
export interface RunContext {
  /** Where to say how far it has come: it opens the phases that it needs, and ends them. */
  readonly progress: Progress;
  /** Aborted when the run is to end before its time. */
  readonly signal: AbortSignal;
  /**
   * Opens what an earlier try of the same run finished, once all inputs are known; undefined where nothing is kept. For one method,
   * which alone knows what its parts are.
   */
  readonly finished?: (() => Promise<FinishedParts>) | undefined;
  /** How the work is divided among machines; undefined where one does all of it. */
  readonly division?: Division | undefined;
}

/** Parts of a long run that need not be computed again (src/checkpoint.ts). */
export interface FinishedParts {
  recall(id: string): unknown;
  remember(part: { readonly id: string }): Promise<void>;
}

/** A run that nobody watches or ends. */
export const silentRun: RunContext = {
  progress: silentProgress,
  signal: new AbortController().signal,
};

/** The same run seen from a part of it, whose phases are shown inside another. */
export const partOf = <R extends RunContext>(run: R, progress: Progress): R => ({ ...run, progress });

/** What a run says. Everything is kept for its log, whether or not it was shown. */
export interface Log {
  /** A note on how the run goes. */
  info(text: string): void;
  /** Something that the user should look at; it goes into the provenance record. */
  warn(text: string): void;
  /** A table or another answer. */
  result(text: string): void;
}

/** A run that keeps a record: what it reads and loses, and what it says. What goes from files to estimates takes one. */
export interface RecordedRun extends RunContext {
  readonly log: Log;
  readonly provenance: Provenance;
  readonly startedAt: Date;
}
