import { formatCount, formatDuration } from '../estimate/number.js';
import type { Progress } from '../progress.js';
import { followPhases, type Standing } from './phases.js';

/** Somewhere to write: `process.stderr`, or a test's double. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressLine extends Progress {
  /** Wipes the line, so that other output can be written; the next step forward draws it again. */
  clear(): void;
}

const REDRAW_MS = 100;
const BAR_CELLS = 20;

/**
 * Shows progress as one line of `stream` where that is a terminal, and not at all elsewhere.
 * @param clock milliseconds since any fixed time.
 */
export function createProgressLine(stream: TextStream, clock = () => performance.now()): ProgressLine {
  const phases = followPhases((isOver) => (isOver ? clear() : draw()), clock);
  let drawnAt = Number.NEGATIVE_INFINITY;
  let visible = false;

  function clear() {
    if (visible) stream.write('\r\x1b[K');
    visible = false;
  }

  function draw() {
    const now = clock();
    if (!stream.isTTY || now - drawnAt < REDRAW_MS) return;
    const standing = phases.standing();
    if (standing === undefined) return;
    drawnAt = now;
    visible = true;
    const line = fitted(standing, (stream.columns || 80) - 1);
    stream.write(`\r${line}\x1b[K`);
  }

  return { phase: phases.phase, clear };
}

/** The line, without the outer labels where it is too wide with them. */
function fitted(standing: Standing, width: number): string {
  for (let skipped = 0; ; skipped++) {
    const characters = [...renderLine({ ...standing, labels: standing.labels.slice(skipped) })];
    if (characters.length <= width || skipped === standing.labels.length - 1)
      return characters.slice(0, width).join('');
  }
}

/** `GRE › chr3  [=====     ]  25 %  1,234 variants/s  1:05 left`. */
function renderLine({ labels, fraction, rate, elapsed, left }: Standing): string {
  const parts = [labels.join(' › ')];
  if (fraction !== undefined)
    parts.push(bar(fraction), `${String(Math.floor(100 * fraction)).padStart(3)} %`);
  if (rate !== undefined) parts.push(`${formatCount(rate.amount)} ${rate.unit}/s`);
  parts.push(left === undefined ? formatDuration(elapsed) : `${formatDuration(left)} left`);
  return parts.join('  ');
}

function bar(fraction: number): string {
  const full = Math.round(fraction * BAR_CELLS);
  return `[${'='.repeat(full)}${' '.repeat(BAR_CELLS - full)}]`;
}
