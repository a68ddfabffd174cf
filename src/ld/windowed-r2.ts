import { HeredityError } from '../errors.js';
import type { VariantRange } from '../genotypes/gather-ranges.js';
import { type GramSide, sliceSide, standardisedGram } from '../genotypes/gram.js';
import type { GenotypeOperator, RangeRows } from '../genotypes/operator.js';
import type { Kernels } from '../kernels/kernels.js';
import { sharedFloat64, sharedInt32 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { STANDARD_RATES, secondsOf, type Work } from '../kernels/rates.js';
import { scratchFloat64 } from '../kernels/scratch.js';
import { overUnits } from '../parts/division.js';
import { type RunContext, silentRun } from '../run.js';
import type { Windows } from './windows.js';

/** What LD scores sum up: `values[k * columns + c]` is annotation c of variant k; in shared memory. */
export interface Annotations {
  readonly values: Float64Array;
  readonly columns: number;
}

export interface R2Options {
  /**
   * Whether r2 - (1 - r2) / (n - 2) takes the place of r2: nearly unbiased for the r2 of the population (METHODS 3.2).
   * A variant with itself has 1 either way.
   */
  readonly adjusted: boolean;
  /** What the pass is called while it is under way. @default LD scores, or r² */
  readonly label?: string;
}

/** Variants of a call: their rows and those of their neighbours to the right are read together. */
const UNIT = 256;
/** Variants of one packed Gram; fewer would build the bit planes of the neighbours more often. */
const ROWS = 64;
/** Cells of the widest packed Gram: its work space stays in cache, and small for WebAssembly. */
const CELLS = 1 << 15;
/** Results of calls that wait to be added up take about so many bytes. */
const RESULT_BYTES = 64 << 20;

/** Numbers that are touched for an r2: it is squared, adjusted and added to two sums, once for all columns or for each of a few. */
const LOOPS_PER_R2 = 5;

/** What {@link ldScores} and r² of these windows take. */
export function ldScoreWork(windows: Windows, samples: number, columns = 1): Work {
  return workOf(unitsOf(windows), samples, columns);
}

function workOf(units: readonly Unit[], samples: number, columns: number): Work {
  const pairs = units.reduce((sum, unit) => sum + pairsOf(unit), 0);
  return { pairs: pairs * samples, loops: LOOPS_PER_R2 * pairs * columns ** 0.5 };
}

const tileSpace = scratchFloat64();
const transposedSpace = scratchFloat64();

interface Unit extends VariantRange {
  /** Those whose neighbours are looked at; the rest of the range are neighbours of theirs. */
  readonly own: number;
}

/** The r2 of `rows` variants from `row` on with the neighbours to their right, which end before `end`. */
interface R2Tile {
  readonly row: number;
  readonly rows: number;
  /** First and one beyond the last column. */
  readonly column: number;
  readonly end: number;
  /** rows x (end - column), 0 beyond the window and at or left of the diagonal. */
  readonly values: Float64Array;
}

/**
 * Tiles of r2 that hold every pair of neighbours of a unit once. The array of values is used again.
 * @param last last neighbour of each own variant, counted in the unit's rows.
 */
function* r2Tiles(
  kernels: Kernels,
  rows: GramSide,
  stride: number,
  samples: number,
  last: Int32Array,
  adjusted: boolean,
): Generator<R2Tile> {
  const perSample = 1 / samples;
  const penalty = adjusted ? 1 / (samples - 2) : 0;
  for (let row = 0; row < last.length; row += ROWS) {
    const count = Math.min(ROWS, last.length - row);
    const a = sliceSide(rows, stride, row, row + count);
    const reach = last[row + count - 1] + 1;
    for (let column = row; column < reach; column += CELLS / ROWS) {
      const end = Math.min(reach, column + CELLS / ROWS);
      const width = end - column;
      const values = tileSpace.of(count * width);
      standardisedGram(kernels, a, sliceSide(rows, stride, column, end), stride, samples, values, width);
      for (let i = 0; i < count; i++) {
        const left = Math.min(Math.max(row + i + 1 - column, 0), width);
        const right = Math.max(Math.min(last[row + i] + 1 - column, width), left);
        const cell = i * width;
        values.fill(0, cell, cell + left);
        for (let j = cell + left; j < cell + right; j++) {
          const r = values[j] * perSample;
          const r2 = r * r;
          values[j] = r2 - (1 - r2) * penalty;
        }
        values.fill(0, cell + right, cell + width);
      }
      yield { row, rows: count, column, end, values };
    }
  }
}

/** Sums of one unit's pairs, for its own variants and for the neighbours to their right. */
const ldScoreUnit = defineTask(
  'ldScoreUnit',
  (
    kernels,
    rows: GramSide,
    stride: number,
    samples: number,
    last: Int32Array,
    adjusted: boolean,
    annotations: Float64Array,
    columns: number,
    out: Float64Array,
  ): void => {
    out.fill(0);
    for (let cell = 0; cell < last.length * columns; cell++) out[cell] = annotations[cell];
    const add = columns === 1 ? addOneColumn : addColumns;
    for (const tile of r2Tiles(kernels, rows, stride, samples, last, adjusted))
      add(kernels, tile, annotations, columns, out);
  },
);

function addOneColumn(
  _kernels: Kernels,
  { row, rows, column, end, values }: R2Tile,
  annotation: Float64Array,
  _columns: number,
  out: Float64Array,
): void {
  for (let i = row, cell = 0; i < row + rows; i++) {
    const own = annotation[i];
    let sum = 0;
    for (let j = column; j < end; j++, cell++) {
      const r2 = values[cell];
      sum += r2 * annotation[j];
      out[j] += r2 * own;
    }
    out[i] += sum;
  }
}

/** For R the tile and A the annotations: R A to the rows' sums and R'A to the columns'. */
function addColumns(
  kernels: Kernels,
  { row, rows, column, end, values }: R2Tile,
  annotations: Float64Array,
  columns: number,
  out: Float64Array,
): void {
  const width = end - column;
  const ownRows = [row * columns, (row + rows) * columns] as const;
  const others = [column * columns, end * columns] as const;
  kernels.multiply(
    values,
    width,
    annotations.subarray(...others),
    columns,
    out.subarray(...ownRows),
    columns,
    rows,
    columns,
    width,
    1,
  );
  const transposed = transposedSpace.of(rows * width);
  for (let i = 0, cell = 0; i < rows; i++)
    for (let j = 0; j < width; j++, cell++) transposed[j * rows + i] = values[cell];
  kernels.multiply(
    transposed,
    rows,
    annotations.subarray(...ownRows),
    columns,
    out.subarray(...others),
    columns,
    width,
    columns,
    rows,
    1,
  );
}

const bandUnit = defineTask(
  'bandUnit',
  (
    kernels,
    rows: GramSide,
    stride: number,
    samples: number,
    last: Int32Array,
    adjusted: boolean,
    starts: Int32Array,
    out: Float64Array,
  ): void => {
    for (const { row, rows: count, column, end, values } of r2Tiles(
      kernels,
      rows,
      stride,
      samples,
      last,
      adjusted,
    )) {
      for (let i = 0; i < count; i++) {
        const from = Math.max(column, row + i + 1);
        const to = Math.min(end, last[row + i] + 1);
        const cell = i * (end - column) - column;
        const at = starts[row + i] - (row + i + 1);
        for (let j = from; j < to; j++) out[at + j] = values[cell + j];
      }
    }
  },
);

/**
 * LD scores of every variant: `sum over neighbours k of r2_jk annotations[k, c]`, itself included with r2 = 1,
 * variants x columns, row-major, in shared memory; from exact integer Grams (METHODS 3.2, 4.1). One pass over the genotypes;
 * each pair is looked at once, and sums run in a fixed order, whatever the number of threads. With one annotation of ones:
 * LDSC's scores; not adjusted, GCTA's; with heritability weights as annotations, LDAK's taggings.
 *
 * @throws HeredityError `degenerate-data` for a variant that does not vary, or fewer than three people.
 */
export async function ldScores(
  genotypes: GenotypeOperator,
  windows: Windows,
  annotations: Annotations,
  { adjusted, label = 'LD scores' }: R2Options,
  run: RunContext = silentRun,
): Promise<Float64Array> {
  const { columns } = annotations;
  checkGenotypes(genotypes);
  const scores = sharedFloat64(genotypes.count * columns);
  const units = unitsOf(windows);
  const work = {
    name: `windows of ${label}`,
    weights: units.map(pairsOf),
    choices: Array.from(units, ({ variants }) => variants),
  };
  const sum = (first: number, end: number, inside: RunContext) =>
    sumsOfUnits(genotypes, windows, annotations, { adjusted, label, units: units.slice(first, end) }, inside);
  for await (const { first, sums } of overUnits(run, work, sum)) {
    const target = scores.subarray(first * columns);
    for (let cell = 0; cell < sums.length; cell++) target[cell] += sums[cell];
  }
  return scores;
}

/** Sums of the pairs of consecutive units, good until the next are asked for. */
async function* sumsOfUnits(
  genotypes: GenotypeOperator,
  windows: Windows,
  { values, columns }: Annotations,
  { adjusted, label, units }: Required<R2Options> & { readonly units: readonly Unit[] },
  run: RunContext,
): AsyncGenerator<{ readonly first: number; readonly sums: Float64Array }> {
  const last = lastWithinUnits(windows);
  const widest = units.reduce((most, { variants }) => Math.max(most, variants), 0);
  const room = Math.max(4 * genotypes.pool.threads, Math.floor(RESULT_BYTES / (8 * widest * columns)));
  const results = units.slice(0, room).map(() => sharedFloat64(widest * columns));
  const total = units.reduce((sum, { own }) => sum + own, 0);
  const phase = run.progress.phase(label, { total, unit: 'variants' });
  for await (const gathered of genotypes.ranges(units)) {
    for (let at = 0; at < gathered.length; at += room) {
      const batch = gathered.slice(at, at + room);
      const outs = batch.map(({ range }, k) => results[k].subarray(0, range.variants * columns));
      const calls = batch.map(
        (unit, k) =>
          [
            ...unitArguments(unit, genotypes, last),
            adjusted,
            values.subarray(unit.range.first * columns, (unit.range.first + unit.range.variants) * columns),
            columns,
            outs[k],
          ] as const,
      );
      await genotypes.pool.run(ldScoreUnit, calls, {
        milliseconds: millisecondsOf(units, genotypes.samples, columns),
      });
      for (const [k, { range }] of batch.entries()) {
        yield { first: range.first, sums: outs[k] };
        phase.advance(range.own);
      }
    }
  }
  phase.end();
}

/** r2 of consecutive variants with the neighbours to their right. */
export interface R2Band {
  /** First of the variants, as a position in the block. */
  readonly first: number;
  readonly variants: number;
  /** `values[starts[j - first] + k - j - 1]` is the r2 of j and k, for k from j + 1 to the last neighbour of j. */
  readonly starts: Int32Array;
  readonly values: Float64Array;
}

/** All pairs of neighbours as bands that follow each other, so that not all have to be held at once. Else as {@link bandedR2}. */
export async function* r2Bands(
  genotypes: GenotypeOperator,
  windows: Windows,
  { adjusted, label = 'r²' }: R2Options,
  run: RunContext = silentRun,
): AsyncGenerator<R2Band> {
  checkGenotypes(genotypes);
  const units = unitsOf(windows);
  const last = lastWithinUnits(windows);
  const cellsOf = ({ first, own }: Unit) => {
    let cells = 0;
    for (let j = first; j < first + own; j++) cells += windows.last[j] - j;
    return cells;
  };
  const most = units.reduce((cells, unit) => Math.max(cells, cellsOf(unit)), 1);
  const room = Math.max(4 * genotypes.pool.threads, Math.floor(RESULT_BYTES / (8 * most)));
  const milliseconds = millisecondsOf(units, genotypes.samples, 1);
  const phase = run.progress.phase(label, { total: genotypes.count, unit: 'variants' });
  for await (const gathered of genotypes.ranges(units)) {
    for (let at = 0; at < gathered.length; at += room) {
      const batch = gathered.slice(at, at + room);
      const bands = batch.map(({ range }) => {
        const starts = sharedInt32(range.own + 1);
        for (let i = 0; i < range.own; i++) {
          const j = range.first + i;
          starts[i + 1] = starts[i] + windows.last[j] - j;
        }
        return { first: range.first, variants: range.own, starts, values: sharedFloat64(starts[range.own]) };
      });
      const calls = batch.map(
        (unit, k) =>
          [...unitArguments(unit, genotypes, last), adjusted, bands[k].starts, bands[k].values] as const,
      );
      await genotypes.pool.run(bandUnit, calls, { milliseconds });
      for (const band of bands) {
        phase.advance(band.variants);
        yield band;
      }
    }
  }
  phase.end();
}

/** r2 of all pairs of neighbours; {@link R2Band} with `first` 0 and every variant of the block. */
export interface BandedR2 {
  /** `values[starts[j] + k - j - 1]` is the r2 of j and k, for k from j + 1 to the last neighbour of j; one more at the end. */
  readonly starts: Float64Array;
  readonly values: Float64Array;
}

/** Bytes of {@link bandedR2}. */
export function bandedR2Bytes({ last }: Windows): number {
  let pairs = 0;
  for (let j = 0; j < last.length; j++) pairs += last[j] - j;
  return 8 * (pairs + last.length + 1);
}

/**
 * r2 of every pair of neighbours of a block, each once, held in memory: 8 bytes a pair. {@link ldScores} says what the
 * arguments are, and what is thrown.
 */
export async function bandedR2(
  genotypes: GenotypeOperator,
  windows: Windows,
  options: R2Options,
  run: RunContext = silentRun,
): Promise<BandedR2> {
  const { count } = genotypes;
  const starts = new Float64Array(count + 1);
  for (let j = 0; j < count; j++) starts[j + 1] = starts[j] + windows.last[j] - j;
  const values = sharedFloat64(starts[count]);
  for await (const band of r2Bands(genotypes, windows, options, run))
    values.set(band.values, starts[band.first]);
  return { starts, values };
}

function unitsOf({ last }: Windows): Unit[] {
  const units: Unit[] = [];
  for (let first = 0; first < last.length; first += UNIT) {
    const own = Math.min(UNIT, last.length - first);
    units.push({ first, own, variants: last[first + own - 1] + 1 - first });
  }
  return units;
}

/** Last neighbours counted from the first variant of the unit. */
function lastWithinUnits({ last }: Windows): Int32Array {
  const within = sharedInt32(last.length);
  for (let j = 0; j < last.length; j++) within[j] = last[j] - (j - (j % UNIT));
  return within;
}

function unitArguments(
  { range: { first, own }, rows }: RangeRows<Unit>,
  { rowStride, samples }: GenotypeOperator,
  last: Int32Array,
) {
  return [rows, rowStride, samples, last.subarray(first, first + own)] as const;
}

const pairsOf = ({ own, variants }: Unit): number => own * (variants - own / 2);

const millisecondsOf = (units: readonly Unit[], samples: number, columns: number): number =>
  1000 * secondsOf(workOf(units, samples, columns), STANDARD_RATES, 1);

function checkGenotypes({ samples, table }: GenotypeOperator): void {
  if (samples < 3) {
    throw new HeredityError('degenerate-data', 'LD needs more people', {
      value: samples,
      expected: 'at least 3',
    });
  }
  const constant = table.scale.indexOf(0);
  if (constant >= 0) {
    throw new HeredityError('degenerate-data', 'a variant that does not vary has no LD', {
      value: `variant ${constant + 1} of the block`,
      fix: 'leave such variants out first, as filterVariants does',
    });
  }
}
