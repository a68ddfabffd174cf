import { formatCount, formatDuration } from '../estimate/number.js';
import type { Phase, PhaseOptions, Progress } from '../progress.js';

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
  const open: PhaseState[] = [];
  let drawnAt = Number.NEGATIVE_INFINITY;
  let visible = false;

  function clear() {
    if (visible) stream.write('\r\x1b[K');
    visible = false;
  }

  function draw() {
    const now = clock();
    if (!stream.isTTY || open.length === 0 || now - drawnAt < REDRAW_MS) return;
    drawnAt = now;
    visible = true;
    const line = [...renderLine(open, now)].slice(0, (stream.columns ?? 80) - 1).join('');
    stream.write(`\r${line}\x1b[K`);
  }

  function begin(label: string, { total, unit, weight = 0 }: PhaseOptions = {}): Phase {
    const state: PhaseState = { label, total, unit, weight, done: 0, startedAt: clock() };
    open.push(state);
    draw();
    return {
      phase: begin,
      advance(amount = 1) {
        state.done += amount;
        draw();
      },
      end() {
        const depth = open.indexOf(state);
        if (depth === -1) return;
        open.length = depth;
        if (depth > 0) open[depth - 1].done += state.weight;
        if (depth === 0) clear();
        else draw();
      },
    };
  }

  return { phase: begin, clear };
}

interface PhaseState {
  readonly label: string;
  readonly total: number | undefined;
  readonly unit: string | undefined;
  readonly weight: number;
  readonly startedAt: number;
  done: number;
}

/** `GRE › chr3  [=====     ]  25 %  1,234 variants/s  1:05 left`, for the open phases, outermost first. */
function renderLine(open: readonly PhaseState[], now: number): string {
  const inner = open.at(-1)!;
  const parts = [open.map((phase) => phase.label).join(' › ')];
  const fraction = fractionDone(open);
  if (fraction !== undefined) {
    parts.push(
      bar(fraction),
      `${Math.floor(100 * fraction)
        .toString()
        .padStart(3)} %`,
    );
  }
  const seconds = (now - inner.startedAt) / 1000;
  if (inner.unit !== undefined && inner.done > 0 && seconds > 0) {
    parts.push(`${formatCount(inner.done / seconds)} ${inner.unit}/s`);
  }
  const elapsed = (now - open[0].startedAt) / 1000;
  if (fraction !== undefined && fraction > 0) {
    parts.push(`${formatDuration((elapsed * (1 - fraction)) / fraction)} left`);
  } else {
    parts.push(formatDuration(elapsed));
  }
  return parts.join('  ');
}

/** Part of the outermost phase that is done, counting the open parts inside it; undefined without a total. */
function fractionDone(open: readonly PhaseState[]): number | undefined {
  const [{ total, done }, ...inside] = open as [PhaseState, ...PhaseState[]];
  if (total === undefined || total <= 0) return undefined;
  const child = inside[0] === undefined ? 0 : inside[0].weight * (fractionDone(inside) ?? 0);
  return Math.min(1, (done + child) / total);
}

function bar(fraction: number): string {
  const full = Math.round(fraction * BAR_CELLS);
  return `[${'='.repeat(full)}${' '.repeat(BAR_CELLS - full)}]`;
}
