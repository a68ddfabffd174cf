import type { RunContext } from '../run.js';

/**
 * Long work that falls into units in a row: blocks of variants, rows of a matrix. What a unit gives depends neither on which
 * units are computed beside it, nor on where.
 */
export interface UnitWork {
  /** What the units are, such as `blocks`; told where parts do not go together. */
  readonly name: string;
  /** About how much work each unit is, by which units are shared out: of the data alone, not of the machine. */
  readonly weights: ArrayLike<number>;
  /** What was decided before, such as where blocks are cut: parts that decided otherwise do not go together. JSON values. */
  readonly choices?: unknown;
}

/** Computes consecutive units: gives their products in order, one or several a unit. Products are plain values and typed arrays. */
export type UnitsFrom<T> = (first: number, end: number, run: RunContext) => AsyncIterable<T>;

/**
 * How the work of a run is divided among machines (docs/decisions/0023-parts.md). A run may divide several pieces of work, each of which needs the
 * products of the one before: rounds.
 */
export interface Division {
  /** A plan ends where the parts' own work begins, a part with it; a merge goes on from there. */
  readonly role: 'plan' | 'part' | 'merge';
  /** In a part: computes its own units and keeps their products, of a round so that others see them at once. In a plan: notes what the work is. */
  readonly keep?: <T>(
    work: UnitWork,
    own: (first: number, end: number) => AsyncIterable<T>,
    isRound: boolean,
  ) => Promise<void>;
  /** What all parts make in common before their own units: made once, where it is kept for the others. */
  readonly common?: <T>(name: string, make: () => Promise<T>) => Promise<T>;
  /** What {@link common} would give next, where it is made already and has this name. */
  readonly known?: <T>(name: string) => T | undefined;
  /**
   * The products of all units, in order: where parts are merged, and in a part those of a round that all parts have finished, else
   * undefined.
   */
  readonly recall?: (work: UnitWork) => Promise<AsyncIterable<unknown> | undefined>;
  /** Whether what the run divides has several rounds, so that a part goes on from one that all parts have finished. */
  readonly hasRounds?: boolean;
}

/** Thrown where a part has kept its products, and by a plan: what comes after them is for the merge. */
export class PartDone {
  /** Whether no round is left. */
  readonly isEnd: boolean;

  constructor(isEnd = false) {
    this.isEnd = isEnd;
  }
}

/**
 * The products of all units of the work that a run divides: computed here, or by the parts. A part ends with its own units.
 * @param compute is given the run as one that divides nothing, so that what a unit is made of is not divided again.
 * @throws PartDone in a part.
 */
export async function* overUnits<T>(
  run: RunContext,
  work: UnitWork,
  compute: UnitsFrom<T>,
): AsyncGenerator<T, void, void> {
  const { division } = run;
  const inside = undivided(run);
  const { role, hasRounds = false } = division ?? {};
  const recall = () => (role === 'merge' || hasRounds ? division?.recall?.(work) : undefined);
  let products = await recall();
  if (!products && division?.keep) {
    await division.keep(work, (first, end) => compute(first, end, inside), hasRounds);
    products = await recall();
    if (!products) throw new PartDone();
  }
  yield* (products as AsyncIterable<T> | undefined) ?? compute(0, work.weights.length, inside);
}

/** The same run as one whose work is divided in rounds: {@link endOfRounds} has to stand before anything is written. */
export const inRounds = <R extends RunContext>(run: R): R =>
  run.division ? { ...run, division: { ...run.division, hasRounds: true } } : run;

/** Where nothing more is divided. @throws PartDone in a part: what follows is for the merge. */
export function endOfRounds({ division }: RunContext): void {
  if (division?.role === 'part') throw new PartDone(true);
}

/**
 * What every part of a run makes in common before its own units, such as counts of genotypes, or where blocks are cut: made by the plan that
 * writes the manifest, or by the first part, and read by the others and the merge. Asked for in the same order in all of them.
 * @param make gives plain values and typed arrays. It is given the run as one that divides nothing: what units are made of has no units of its own.
 */
export function commonToParts<T, R extends Pick<RunContext, 'division'>>(
  run: R,
  name: string,
  make: (inside: R) => Promise<T>,
): Promise<T> {
  const whole = () => make(undivided(run));
  return run.division?.common?.(name, whole) ?? whole();
}

/** The same run without its division: for work that each part does in whole. */
export const undivided = <R extends Pick<RunContext, 'division'>>(run: R): R => ({
  ...run,
  division: undefined,
});

/** Work of some equal units. */
export const equalUnits = (count: number): Float64Array => new Float64Array(count).fill(1);

/**
 * The units of a part: consecutive, each unit in one part, and about the same work in each.
 * @param part from 1 to `parts`.
 */
export function unitsOfPart(
  weights: ArrayLike<number>,
  part: number,
  parts: number,
): { first: number; end: number } {
  let total = 0;
  for (let unit = 0; unit < weights.length; unit++) total += weights[unit];
  let [first, end] = [0, 0];
  for (let unit = 0, before = 0; unit < weights.length; before += weights[unit++]) {
    const place = total > 0 ? (before + weights[unit] / 2) / total : (unit + 0.5) / weights.length;
    const own = Math.min(parts, 1 + Math.floor(parts * place));
    if (own < part) first++;
    if (own <= part) end++;
  }
  return { first, end };
}
