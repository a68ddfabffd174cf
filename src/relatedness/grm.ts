import type { GenotypePart } from '../genotypes/genotype-part.js';
import { expectedHeritability } from '../genotypes/heritability-model.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { expectedStandardised } from '../genotypes/standardise.js';
import { MISSING } from '../kernels/kernels.js';
import { sharedFloat64, sharedInt32 } from '../kernels/memory.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import type { Work } from '../kernels/rates.js';
import { type Panel, TILE, type TiledLower, TiledWorkspace } from '../linalg/tiled-lower.js';
import { type RunContext, silentRun } from '../run.js';

/**
 * Relationship matrices: A_ik = Σ_v w_v [2f_v(1-f_v)]^α (g_iv - 2f_v)(g_kv - 2f_v) / Σ_v w_v [2f_v(1-f_v)]^(1+α), with f_v the
 * frequency among the samples of the matrix, and missing genotypes at the mean (METHODS 5.1, 8.2, 8.3).
 */
export interface RelationshipModel {
  /** α: -1 for GCTA's default (every variant has the same share), 0 for its other formula, -0.25 for LDAK's models. */
  readonly power: number;
  /** w, one a variant; all 1 by default. */
  readonly weights?: ArrayLike<number> | undefined;
  /** Whether the divisor counts only the variants that both samples have (GCTA) or all (mean-imputed). */
  readonly missing: 'pairwise' | 'mean';
}

export const GCTA_MODEL: RelationshipModel = { power: -1, missing: 'pairwise' };

/** Some rows of a relationship matrix: panel i of a {@link TiledLower}, and what its numerators were divided by. */
export interface RelationshipPanel {
  readonly firstRow: number;
  readonly panel: Panel;
  /** What a pair is divided by that misses no variant. */
  readonly total: number;
  /** The divisor of each pair, laid out as `panel`; undefined where it is `total` for all. */
  readonly divisors: Panel | undefined;
}

export interface RelationshipMatrix {
  readonly matrix: TiledLower;
  /** Mean divisor over pairs: with α = -1 and w = 1, the number of variants. */
  readonly total: number;
}

/** What a relationship matrix takes. */
export const relationshipWork = (samples: number, variants: number): Work => ({
  relationships: (samples ** 2 * variants) / 2,
});

/** Bytes of the largest group of rows for a matrix of so many samples, when all rows are held at once. */
export const relationshipBytes = (samples: number, hasMissing: boolean): number =>
  (hasMissing ? 2 : 1) * 4 * samples * (samples + TILE);

/** About how many multiply-adds one thread does in a millisecond, for deciding on threads. */
const MULTIPLY_ADDS_PER_MS = 4e7;

/** Panels of a matrix of so many samples. */
export const panelCount = (samples: number): number => Math.ceil(samples / TILE);

/**
 * Rows of the matrix in order, as many at a time as `memory` bytes hold; each group of rows is one pass over the genotypes. A
 * panel is good until the next one is asked for.
 * @param only first panel and the one after the last; all by default.
 */
export async function* relationshipPanels(
  genotypes: GenotypeOperator,
  model: RelationshipModel,
  memory: number,
  run: RunContext = silentRun,
  only: readonly [number, number] = [0, panelCount(genotypes.samples)],
): AsyncGenerator<RelationshipPanel> {
  const { pool, samples, statistics } = genotypes;
  const table = expectedStandardised(statistics, model.power, model.weights).values32;
  const divisor = expectedHeritability(statistics, model.power, model.weights);
  const total = divisor.reduce((sum, value) => sum + value, 0);
  const countsPairs =
    model.missing === 'pairwise' && divisor.some((_, v) => statistics.missing(v) > 0 && divisor[v] > 0);
  const missingOf = sharedFloat64(samples);
  const [sums, pairs] = [new TiledWorkspace(), new TiledWorkspace()];
  let isFirst = true;
  const [from, to] = only.map((panel) => Math.min(samples, panel * TILE));
  const elements = (to * (to + 1) - from * (from + 1)) / 2;
  const phase = run.progress.phase('relationships', { total: elements * genotypes.count });
  for (const { first, end } of panelGroups(from, to, memory, countsPairs ? 2 : 1)) {
    const panels = sums.rows(samples, first, end);
    const shared = countsPairs ? pairs.rows(samples, first, end) : undefined;
    for (const { values } of [...panels, ...(shared ?? [])]) values.fill(0);
    for await (const part of genotypes.parts()) {
      await addProducts(genotypes, part, table, panels, (finished) => phase.advance(finished * part.count));
      if (!countsPairs || !shared) continue;
      const lists = listMissing(genotypes, part, divisor);
      if (isFirst) for (const [k, i] of lists.samples.entries()) missingOf[i] += lists.divisors[k];
      await addMissingPairs(pool, lists, part.count, shared);
    }
    isFirst = false;
    for (const [k, panel] of panels.entries()) {
      const divisors = shared?.[k];
      divide(panel, divisors, total, missingOf);
      yield { firstRow: panel.width - panel.height, panel, divisors, total };
    }
  }
  phase.end();
}

/** The whole matrix in memory; for arguments see {@link relationshipPanels}. */
export async function relationshipMatrix(
  genotypes: GenotypeOperator,
  model: RelationshipModel,
  run: RunContext = silentRun,
): Promise<RelationshipMatrix> {
  const panels: Panel[] = [];
  let divisors = 0;
  const { samples, statistics } = genotypes;
  for await (const rows of relationshipPanels(genotypes, model, Number.POSITIVE_INFINITY, run)) {
    panels.push(rows.panel);
    if (rows.divisors) divisors += sumLower(rows.divisors);
  }
  const pairs = (samples * (samples + 1)) / 2;
  const total =
    divisors > 0
      ? divisors / pairs
      : expectedHeritability(statistics, model.power, model.weights).reduce((sum, d) => sum + d, 0);
  return { matrix: { order: samples, panels }, total };
}

/** Groups of consecutive rows from one to before another, whole panels, whose sums take at most `memory` bytes. */
function* panelGroups(
  from: number,
  to: number,
  memory: number,
  matrices: number,
): Generator<{ first: number; end: number }> {
  let first = from;
  let bytes = 0;
  for (let row = from; row < to; row += TILE) {
    const end = Math.min(to, row + TILE);
    const more = 8 * matrices * (end - row) * end;
    if (bytes > 0 && bytes + more > memory) {
      yield { first, end: row };
      first = row;
      bytes = 0;
    }
    bytes += more;
  }
  if (from < to) yield { first, end: to };
}

const samplePanel = defineTask(
  'samplePanel',
  (
    kernels,
    packed: Uint8Array,
    stride: number,
    variants: number,
    table: Float32Array,
    panel: Panel,
  ): void => {
    const { values, height, width } = panel;
    kernels.sampleGram(packed, stride, variants, table, width - height, height, width, values, width);
  },
);

async function addProducts(
  { pool, rowStride }: GenotypeOperator,
  part: GenotypePart,
  table: Float32Array,
  panels: readonly Panel[],
  onPanel: (elements: number) => void,
): Promise<void> {
  const largestFirst = panels.toReversed();
  const elements = ({ height, width }: Panel) => height * (width - (height - 1) / 2);
  const work = panels.reduce((sum, panel) => sum + elements(panel), 0) * part.count;
  const codes = table.subarray(4 * part.first, 4 * (part.first + part.count));
  let reported = 0;
  await pool.run(
    samplePanel,
    largestFirst.map((panel) => [part.packed, rowStride, part.count, codes, panel] as const),
    {
      milliseconds: work / MULTIPLY_ADDS_PER_MS,
      onProgress: () => onPanel(elements(largestFirst[reported++])),
    },
  );
}

/** Who misses which variant: those of variant v are samples[starts[v]] to samples[starts[v + 1] - 1], ascending. */
interface MissingLists {
  readonly starts: Int32Array;
  readonly samples: Int32Array;
  /** For each entry of `samples`, the divisor of its variant. */
  readonly divisors: Float64Array;
}

function listMissing(
  { rowStride, samples: people, statistics }: GenotypeOperator,
  part: GenotypePart,
  divisor: Float64Array,
): MissingLists {
  const starts = sharedInt32(part.count + 1);
  for (let v = 0; v < part.count; v++) starts[v + 1] = starts[v] + statistics.missing(part.first + v);
  const samples = sharedInt32(starts[part.count]);
  const divisors = sharedFloat64(starts[part.count]);
  let at = 0;
  for (let v = 0; v < part.count; v++) {
    if (starts[v + 1] === starts[v]) continue;
    const row = v * rowStride;
    for (let i = 0; i < people; i++) {
      if (((part.packed[row + (i >> 2)] >> (2 * (i & 3))) & 3) !== MISSING) continue;
      divisors[at] = divisor[part.first + v];
      samples[at++] = i;
    }
  }
  return { starts, samples, divisors };
}

/** Adds to each pair of a panel the divisors of the variants that both miss. */
const missingPairs = defineTask(
  'missingPairs',
  (
    _,
    starts: Int32Array,
    samples: Int32Array,
    divisors: Float64Array,
    variants: number,
    panel: Panel,
  ): void => {
    const { values, height, width } = panel;
    const firstRow = width - height;
    for (let v = 0; v < variants; v++) {
      const first = starts[v];
      for (let a = starts[v + 1] - 1; a >= first && samples[a] >= firstRow; a--) {
        const row = samples[a] - firstRow;
        if (row >= height) continue;
        const divisor = divisors[a];
        for (let b = first; b <= a; b++) values[row * width + samples[b]] += divisor;
      }
    }
  },
);

async function addMissingPairs(
  pool: KernelPool,
  { starts, samples, divisors }: MissingLists,
  variants: number,
  panels: readonly Panel[],
): Promise<void> {
  if (samples.length === 0) return;
  const pairs = samples.length ** 2 / (2 * variants);
  await pool.run(
    missingPairs,
    panels.toReversed().map((panel) => [starts, samples, divisors, variants, panel] as const),
    { milliseconds: pairs / 3e5 },
  );
}

/** Numerators to ratios, and pairs that both miss to divisors. A pair without a variant in common gets 0. */
function divide(
  { values, height, width }: Panel,
  divisors: Panel | undefined,
  total: number,
  missingOf: Float64Array,
): void {
  const scale = total > 0 ? 1 / total : 0;
  for (let r = 0; r < height; r++) {
    const row = width - height + r;
    for (let k = 0; k <= row; k++) {
      const at = r * width + k;
      if (divisors === undefined) {
        values[at] *= scale;
        continue;
      }
      const both = total - missingOf[row] - missingOf[k] + divisors.values[at];
      divisors.values[at] = both;
      values[at] = both > 1e-12 * total ? values[at] / both : 0;
    }
  }
}

function sumLower({ values, height, width }: Panel): number {
  let sum = 0;
  for (let r = 0; r < height; r++) for (let k = 0; k <= width - height + r; k++) sum += values[r * width + k];
  return sum;
}
