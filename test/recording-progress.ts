import type { Phase, Progress } from '../src/progress.js';

/** Progress that writes down what it is told, one line an event. */
export function recordingProgress(): { progress: Progress; events: string[] } {
  const events: string[] = [];
  const progress: Progress = {
    phase(label, { total, weight } = {}): Phase {
      events.push(`${label} of ${total}${weight === undefined ? '' : `, weight ${weight}`}`);
      return {
        phase: progress.phase,
        advance: (amount = 1) => void events.push(`${label} +${amount}`),
        end: () => void events.push(`${label} ends`),
      };
    },
  };
  return { progress, events };
}
