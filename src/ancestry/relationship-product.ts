import type { GenotypeOperator } from '../genotypes/operator.js';
import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import { Scratch } from '../kernels/scratch.js';
import { ExactUnits } from '../linalg/exact-sum.js';
import { largest } from '../linalg/extremes.js';
import { type LongRows, RowsRoom, rowNorms } from '../linalg/long-rows.js';
import { equalUnits, overUnits } from '../parts/division.js';
import type { RunContext } from '../run.js';

/** Into about so many runs of variants the sum over all of them is cut. */
const RUNS = 64;
/** Variants that products take at once: of a tile of the store, so that sums are the same wherever a run of variants begins; a unit of digits. */
const STEP = 256;
/** As good as float32. */
const DIGITS = 3;

/**
 * X X'/M times columns over samples: a sum over runs of variants, which are rounded so that it is exact ({@link ExactUnits}). Each product can
 * be divided among machines, in a round of its own.
 */
export class RelationshipProduct {
  /** Variants that vary. */
  readonly variants: number;
  readonly #genotypes: GenotypeOperator;
  readonly #memory: number;
  /** No sum of X X'y/M over some variants is larger, y of length 1. */
  readonly #bound: number;
  readonly #runVariants: number;
  readonly #columns32 = new Scratch(sharedFloat32);
  readonly #ofStep = new Scratch(sharedFloat32);
  readonly #ofRun = new RowsRoom();
  readonly #ofRuns = new RowsRoom();
  /** Of this part only, in memory if there is enough. */
  #own: GenotypeOperator | undefined;
  #products = 0;

  /** @param memory bytes for the genotypes of a part, where the product is divided. */
  constructor(genotypes: GenotypeOperator, memory: number) {
    this.#genotypes = genotypes;
    this.#memory = memory;
    this.variants = genotypes.table.scale.reduce((sum, scale) => sum + Number(scale > 0), 0);
    this.#bound = largestProduct(genotypes) / this.variants;
    this.#runVariants = STEP * Math.ceil(genotypes.count / (RUNS * STEP));
  }

  /**
   * In digits where those pay: steps are units of them, so that sums are the same however little memory there is.
   * @param out receives the products.
   */
  async times(rows: LongRows, out: LongRows, run: RunContext): Promise<LongRows> {
    const { values, stride } = rows;
    const y = this.#columns32.of(values.length);
    y.set(values);
    const exact = new ExactUnits(this.#bound * largestNorm(rows));
    const work = {
      name: `runs of ${this.#runVariants} variants`,
      weights: equalUnits(Math.ceil(this.#genotypes.count / this.#runVariants)),
      choices: [{ product: ++this.#products, columns: rows.rows }],
    };
    const sums = overUnits(run, work, (first, end) => this.#sum(y, rows.rows, stride, exact, first, end));
    const all = out.values.subarray(0, rows.rows * stride).fill(0);
    for await (const sum of sums) exact.add(all, sum);
    return out;
  }

  /** Gives back what it has opened. */
  close(): void {
    this.#own?.close();
    this.#own = undefined;
  }

  /** The sum over some runs of variants. */
  async *#sum(
    y: Float32Array,
    columns: number,
    stride: number,
    exact: ExactUnits,
    first: number,
    end: number,
  ): AsyncGenerator<Float64Array> {
    const { variants } = this.#genotypes;
    const own = variants.subarray(first * this.#runVariants, end * this.#runVariants);
    if (own.length === 0) return;
    let genotypes = this.#genotypes;
    if (own.length < variants.length)
      genotypes = this.#own ??= await this.#genotypes.subset(own, this.#memory, true);
    const { values: ofRuns } = this.#ofRuns.of(columns, stride);
    const { values: ofRun } = this.#ofRun.of(columns, stride);
    const all = { names: ['all'], weights: sharedFloat64(own.length).fill(1 / this.variants) };
    const factors = sharedFloat64(columns).fill(1);
    const side = await genotypes.sampleSide(y, columns, DIGITS, genotypes.digitRoom);
    for await (const part of genotypes.parts(STEP)) {
      const scores = this.#ofStep.of(part.count * columns);
      await part.weightedScores(side, all, factors, scores);
      await part.timesDigits(scores, columns, DIGITS, ofRun);
      const next = part.first + part.count;
      if (next % this.#runVariants > 0 && next < own.length) continue;
      exact.add(ofRuns, ofRun);
      ofRun.fill(0);
    }
    yield ofRuns;
  }
}

/** A bound on the entries of X_A X_A'y over any set A of variants, y of length 1: sum over j of max |x_ij| ||x_j||. */
function largestProduct({ table, statistics, count }: GenotypeOperator): number {
  let sum = 0;
  for (let v = 0; v < count; v++) {
    let [most, square] = [0, 0];
    for (let at = 4 * v; at < 4 * v + 4; at++) {
      most = Math.max(most, Math.abs(table.values[at]));
      square += statistics.counts[at] * table.values[at] ** 2;
    }
    sum += most * Math.sqrt(square);
  }
  return 2 * sum; // sums are of rounded numbers
}

const largestNorm = (rows: LongRows): number => largest(rowNorms(rows));
