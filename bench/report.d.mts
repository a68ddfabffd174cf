import type { Row } from './benchmarks.mjs';

interface Beside {
  readonly name: string;
  /** Undefined where the peer is not installed. */
  readonly value: number | undefined;
}
export function rate(what: string, value: number, unit: string, beside?: Beside, goal?: number): Row;
export function cost(what: string, value: number, unit: string, beside?: Beside, goal?: number): Row;
