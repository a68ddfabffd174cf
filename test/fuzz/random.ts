import { randomSource } from '../kernels/packed.js';

/** Seeded choices. */
export class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = randomSource(Math.imul(seed, 0x9e3779b1) ^ (seed >>> 7));
    this.#next();
  }

  /** In [0, 1). */
  uniform(): number {
    return this.#next();
  }

  /** A whole number in [0, end). */
  below(end: number): number {
    return Math.floor(this.#next() * end);
  }

  chance(share: number): boolean {
    return this.#next() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}
