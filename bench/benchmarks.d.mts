/** One line of results. */
export interface Row {
  readonly what: string;
  readonly value: number;
  /** `s`, `B`, or a rate. */
  readonly unit: string;
  /** The bound, limit or peer that was measured in the same run; absent where the peer is not installed. */
  readonly beside?: { readonly name: string; readonly value: number };
  /** How many times as good as `beside`: above 1 is better, whether more or less of the unit is. */
  readonly times?: number;
  /** The least `times` that is asked for (DESIGN section 4). */
  readonly goal?: number;
}

export interface BenchmarkContext {
  /** Adds a sentence below the table: settings of peers, and what was skipped and why. */
  readonly note: (text: string) => void;
  /** Whether to run peers also at sizes where they need more than ten minutes. */
  readonly fullPeer: boolean;
}

/** What a benchmark is given; the rest is its own. */
export interface Size {
  /** Alternating repeats, of which the median counts. */
  readonly repeats: number;
}

/** A benchmark measures nothing when it is loaded, and everything in one call of `run`. */
export interface Benchmark {
  readonly name: string;
  readonly title: string;
  /** Runs only where it is named, for it needs an hour or tens of gigabytes of disk. */
  readonly onlyByName?: boolean;
  readonly sizes: { readonly full: Size; readonly quick: Size };
  /** How much is computed at a size, by what is counted; pinned by test/bench.test.ts. */
  work(size: Size): Readonly<Record<string, number | readonly number[]>>;
  /** Checks that what it times is right, times it beside its bound or peer, and returns the results. */
  run(size: Size, context: BenchmarkContext): Promise<Row[]>;
}

export const BENCHMARKS: readonly Benchmark[];
