import type { Phase, PhaseOptions, Progress } from '../progress.js';

/** How far a run has come. */
export interface Standing {
  /** Of the open phases, outermost first. */
  readonly labels: readonly string[];
  /** Part of the outermost phase that is done; undefined where its total is not known. */
  readonly fraction: number | undefined;
  /** What the innermost phase counts, a second; undefined where it counts nothing. */
  readonly rate: { readonly amount: number; readonly unit: string } | undefined;
  /** Seconds since the outermost phase began. */
  readonly elapsed: number;
  /** Seconds that it will take at this pace. */
  readonly left: number | undefined;
}

export interface Phases extends Progress {
  /** Undefined where no phase is open. */
  standing(): Standing | undefined;
}

/**
 * Follows the phases of a run.
 * @param changed called after every step, with whether the last open phase has just ended.
 * @param clock milliseconds since any fixed time.
 */
export function followPhases(changed: (isOver: boolean) => void, clock: () => number): Phases {
  const open: PhaseState[] = [];

  function begin(label: string, { total, unit, weight = 0 }: PhaseOptions = {}): Phase {
    const state: PhaseState = { label, total, unit, weight, done: 0, startedAt: clock() };
    open.push(state);
    changed(false);
    return {
      phase: begin,
      advance(amount = 1) {
        state.done += amount;
        changed(false);
      },
      end() {
        const depth = open.indexOf(state);
        if (depth === -1) return;
        open.length = depth;
        if (depth > 0) open[depth - 1].done += state.weight;
        changed(depth === 0);
      },
    };
  }

  return { phase: begin, standing: () => (open.length === 0 ? undefined : standingOf(open, clock())) };
}

interface PhaseState {
  readonly label: string;
  readonly total: number | undefined;
  readonly unit: string | undefined;
  readonly weight: number;
  readonly startedAt: number;
  done: number;
}

function standingOf(open: readonly PhaseState[], now: number): Standing {
  const inner = open.at(-1)!;
  const fraction = fractionDone(open);
  const seconds = (now - inner.startedAt) / 1000;
  const elapsed = (now - open[0].startedAt) / 1000;
  return {
    labels: open.map(({ label }) => label),
    fraction,
    rate:
      inner.unit !== undefined && inner.done > 0 && seconds > 0
        ? { amount: inner.done / seconds, unit: inner.unit }
        : undefined,
    elapsed,
    left: fraction !== undefined && fraction > 0 ? (elapsed * (1 - fraction)) / fraction : undefined,
  };
}

/** Part of the outermost phase that is done, counting the open parts inside it; undefined without a total. */
function fractionDone(open: readonly PhaseState[]): number | undefined {
  const [{ total, done }, ...inside] = open as [PhaseState, ...PhaseState[]];
  if (total === undefined || total <= 0) return undefined;
  const child = inside[0] === undefined ? 0 : inside[0].weight * (fractionDone(inside) ?? 0);
  return Math.min(1, (done + child) / total);
}
