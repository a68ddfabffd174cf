import { followPhases } from './phases.js';
import type { ProgressLine } from './progress-line.js';

/** Between two messages. */
const REPORT_MS = 200;

/**
 * Progress told to the process that started this one, where it asked for it (`heredity page` does).
 * @returns undefined where nobody asked.
 */
export function progressMessages(): ProgressLine | undefined {
  if (process.env.HEREDITY_PROGRESS !== 'ipc' || process.send === undefined) return undefined;
  let sentAt = Number.NEGATIVE_INFINITY;
  const clock = () => performance.now();
  const phases = followPhases(() => {
    const now = clock();
    if (now - sentAt < REPORT_MS || !process.connected) return;
    sentAt = now;
    process.send!(phases.standing() ?? null, undefined, undefined, () => {});
  }, clock);
  return { phase: phases.phase, clear() {} };
}
