import { flagName } from '../options/flags.js';
import { type Progress, silentProgress } from '../progress.js';
import { Provenance } from '../provenance.js';
import type { RecordedRun } from '../run.js';

/** How the caller follows and ends work of the library. */
export interface Watching {
  /** Where to say how far the work has come. @default nowhere */
  readonly progress?: Progress;
  /** Ends the work before its time. */
  readonly signal?: AbortSignal;
}

/** A run whose record is kept, and whose warnings are heard. @param flags of the record, by their names in the library. */
export function libraryRun(
  command: string,
  flags: Readonly<Record<string, unknown>>,
  { progress = silentProgress, signal = new AbortController().signal }: Watching,
  onWarning: (text: string) => void,
): RecordedRun {
  const startedAt = new Date();
  const provenance = new Provenance({
    command,
    commandLine: [],
    flags: Object.fromEntries(Object.entries(flags).map(([name, value]) => [flagName(name), value])),
    startedAt,
    signal,
  });
  const log = {
    info: () => {},
    result: () => {},
    warn(text: string) {
      provenance.warn(text);
      onWarning(text);
    },
  };
  return { progress, signal, provenance, startedAt, log };
}
