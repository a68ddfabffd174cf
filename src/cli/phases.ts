import type { Phase, PhaseOptions, Progress } from '../progress.js';

/** How far a run has come. */
export interface Standing {
  /** Of the open phases, outermost first. */
  readonly labels: readonly string[];
  /**
   * Part that is done of the outermost phase that is counted down to where the run is: below a phase of which nobody knows how many
   * parts follow, it is the part's own. Undefined where nothing is counted.
   */
  readonly fraction: number | undefined;
  /** What the innermost phase that counts something counts, a second; undefined where none does. */
  readonly rate: { readonly amount: number; readonly unit: string } | undefined;
  /** Seconds since that phase began, the outermost where nothing is counted. */
  readonly elapsed: number;
  /**
   * Seconds that it will take at this pace. It never rises while that phase is open: what was said before holds where the
   * pace has fallen. Undefined until the pace can be told.
   */
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
  /** The least time left that was told of the phase whose share is shown. */
  let told: { readonly of: PhaseState; readonly left: number } | undefined;

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

  function standing(): Standing | undefined {
    if (open.length === 0) return undefined;
    const counted = countedPhases(open);
    const now = standingOf(open, counted, clock());
    if (now.left === undefined) return now;
    const of = counted[0];
    const left = told?.of === of ? Math.min(told.left, now.left) : now.left;
    told = { of, left };
    return { ...now, left };
  }

  return { phase: begin, standing };
}

/** The pace is told from this share of the work on, or after this time: the first steps are no measure of the others. */
const TOLD_FROM = { fraction: 0.05, seconds: 5 };

interface PhaseState {
  readonly label: string;
  readonly total: number | undefined;
  readonly unit: string | undefined;
  readonly weight: number;
  readonly startedAt: number;
  done: number;
}

/** The phases from the outermost that is counted down to where the run is on, and what is open in the last of them. */
function countedPhases(open: readonly PhaseState[]): readonly PhaseState[] {
  const isCounted = ({ total }: PhaseState) => total !== undefined && total > 0;
  let first = open.findLastIndex(isCounted);
  while (first > 0 && isCounted(open[first - 1])) first--;
  return open.slice(Math.max(first, 0));
}

/** @param counted of {@link countedPhases}. */
function standingOf(open: readonly PhaseState[], counted: readonly PhaseState[], now: number): Standing {
  const fraction = fractionDone(counted);
  const elapsed = (now - counted[0].startedAt) / 1000;
  const isTold =
    fraction !== undefined &&
    fraction > 0 &&
    (fraction >= TOLD_FROM.fraction || elapsed >= TOLD_FROM.seconds);
  return {
    labels: open.map(({ label }) => label),
    fraction,
    rate: rateOf(counted, now),
    elapsed,
    left: isTold ? (elapsed * (1 - fraction)) / fraction : undefined,
  };
}

/** The pace of the innermost phase that has a unit, the open parts inside it counted. */
function rateOf(open: readonly PhaseState[], now: number): Standing['rate'] {
  const depth = open.findLastIndex(({ unit }) => unit !== undefined);
  if (depth < 0) return undefined;
  const { unit, total, done, startedAt } = open[depth];
  const fraction = fractionDone(open.slice(depth));
  const amount = fraction === undefined ? done : fraction * total!;
  const seconds = (now - startedAt) / 1000;
  return amount > 0 && seconds > 0 ? { amount: amount / seconds, unit: unit! } : undefined;
}

/** Part of the first phase that is done, counting the open parts inside it; undefined without a total. */
function fractionDone(open: readonly PhaseState[]): number | undefined {
  const [{ total, done }, ...inside] = open as [PhaseState, ...PhaseState[]];
  if (total === undefined || total <= 0) return undefined;
  const child = inside[0] === undefined ? 0 : inside[0].weight * (fractionDone(inside) ?? 0);
  return Math.min(1, (done + child) / total);
}
