import { type Progress, silentProgress } from './progress.js';

/** What a long computation is told about the run that it is part of. Whatever takes long takes one as its last argument. */
export interface RunContext {
  /** Where to say how far it has come: it opens the phases that it needs, and ends them. */
  readonly progress: Progress;
  /** Aborted when the run is to end before its time. */
  readonly signal: AbortSignal;
}

/** A run that nobody watches or ends. */
export const silentRun: RunContext = {
  progress: silentProgress,
  signal: new AbortController().signal,
};

/** The same run seen from a part of it, whose phases are shown inside another. */
export const partOf = (run: RunContext, progress: Progress): RunContext => ({ ...run, progress });
