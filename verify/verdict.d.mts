export interface Cell {
  readonly id: string;
  readonly what: string;
  readonly replicates: number;
  readonly value: number;
  /** Null where a number is measured beside the claim. */
  readonly within: readonly [number, number] | null;
  readonly interval: (z: number) => readonly [number, number];
  /** Where one number is claimed: half-width of the interval beyond which it says nothing. */
  readonly resolution?: number;
}
export type Verdict = 'holds' | 'fails' | 'undecided' | 'not claimed';
export interface JudgedCell extends Omit<Cell, 'interval'> {
  readonly low: number;
  readonly high: number;
  readonly verdict: Verdict;
}
interface Identity {
  readonly id: string;
  readonly what?: string;
  readonly within?: readonly [number, number] | null;
}
export const LEVEL: number;
export function measured(
  options: Required<Identity> & Pick<Cell, 'replicates' | 'value'> & { se: number },
): Cell;
export function bias(options: Identity & { values: readonly number[]; truth: number }): Cell;
export function calibration(options: Identity & { errors: readonly number[]; ses: readonly number[] }): Cell;
export function share(options: Required<Identity> & { count: number; of: number }): Cell;
export function coverage(options: Identity & { errors: readonly number[]; ses: readonly number[] }): Cell;
export function judge(cells: readonly Cell[], resolution?: number): { cells: JudgedCell[]; verdict: Verdict };
