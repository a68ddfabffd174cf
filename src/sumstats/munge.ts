import { HeredityError } from '../errors.js';
import { pairSign } from '../formats/alleles.js';
import type { GwasRow, GwasRows } from '../formats/gwas/table.js';
import type { AlleleList } from '../formats/merge-alleles.js';
import type { SumstatsColumns } from '../formats/sumstats.js';
import { largest } from '../linalg/extremes.js';
import { CHI2_MEDIAN, median, selectedQuantile } from '../linalg/median.js';
import { LossTable } from '../provenance.js';
import type { KeptVariants } from './kept-variants.js';
import type { MungePlan } from './plan.js';
import { RowRules } from './row-rules.js';
import { effectiveSampleSize } from './sample-size.js';
import { checkSign, type SignCheck } from './sign-check.js';

export interface MungeOptions {
  /** Least imputation quality. @default 0.9 */
  readonly infoMin?: number;
  /** Minor allele frequencies up to this are left out. @default 0.01 */
  readonly mafMin?: number;
  /** Least sample size. @default the 90th percentile / 1.5 */
  readonly nMin?: number;
  /** Least number of studies. @default the largest */
  readonly studiesMin?: number;
  /** Variants to keep, and their alleles. */
  readonly alleles?: AlleleList;
  /** Go on where the median of the signed statistic is not near its value at no effect. */
  readonly anyMedian?: boolean;
  /** Whether allele frequencies are kept. */
  readonly keepFrequency?: boolean;
}

export interface Munged {
  /** As they are written. */
  readonly columns: SumstatsColumns;
  /** Variants with a Z score. */
  readonly count: number;
  /** The sample size, where it is the same for all. */
  readonly constantN: number | undefined;
  readonly losses: LossTable;
  /** The signed statistic; undefined where A1 is the allele that increases the trait. */
  readonly sign: SignCheck | undefined;
  /** Sample size below which variants were left out. */
  readonly nMin: number | undefined;
  /** Cases in all people, over the variants with most of them; undefined where it is not known. */
  readonly caseFraction: number | undefined;
  readonly statistics: ZStatistics;
  /** Values outside their range, of variants that were left out for it. */
  readonly outOfRange: { readonly info: number; readonly frequency: number; readonly p: number };
  /** P values of exactly 0, which are left out. */
  readonly zeroP: number;
  /** Variants whose Z is effect / SE, because P is 0 or its logarithm stands for that; and the largest of these. */
  readonly fromEffect: { readonly count: number; readonly largest: number };
  /** What contradicts what was decided before the rows were read, or was left out for one column: one sentence each. */
  readonly warnings: readonly string[];
  /** Largest sample size of a variant. */
  readonly largestN: number;
  /** Share of the variants, of up to 1,000, whose IDs are rsIDs. */
  readonly rsShare: number;
  readonly exampleId: string;
}

export interface ZStatistics {
  readonly meanChi2: number;
  readonly lambdaGc: number;
  readonly maxChi2: number;
  /** Variants with chi-square above 29, P < 7e-8. */
  readonly genomeWide: number;
}

/** Chi-square of a variant that counts as genome-wide significant in LDSC. */
const GENOME_WIDE = 29;
/** Share of the rows that one column may lose before it is named. */
const MANY_MISSING = 0.5;
/** Signs that contradict --a1-inc, of all, from which on they are no slip. */
const MANY_NEGATIVE = 0.01;

/**
 * Turns the rows of a GWAS file into Z scores with the rules of LDSC's munge_sumstats, in its order (METHODS 3.3): those of
 * {@link RowRules}, then those that need all variants.
 *
 * @example
 * const munger = new Munger(plan, { mafMin: 0.01 });
 * await table.read(munger.columns, (row) => munger.add(row), munger.numbers, (rows) => munger.addRows(rows));
 * const { columns, losses } = munger.finish();
 */
export class Munger {
  readonly #plan: MungePlan;
  readonly #options: MungeOptions;
  readonly #rules: RowRules;

  constructor(plan: MungePlan, options: MungeOptions = {}) {
    this.#plan = plan;
    this.#options = options;
    this.#rules = new RowRules(plan, options);
  }

  /** Columns that {@link add} looks at. */
  get columns(): readonly number[] {
    return this.#rules.columns;
  }

  /** Of these, the columns of numbers. */
  get numbers(): readonly number[] {
    return this.#rules.numbers;
  }

  /** Counts a row that has no name, of a file whose variants are renamed. */
  leaveOut(): void {
    this.#rules.leaveOut();
  }

  /**
   * Takes one row.
   * @throws HeredityError `bad-input` for a value that is no number.
   */
  add(row: GwasRow): void {
    this.#rules.add(row);
  }

  /** Takes many rows. @throws HeredityError as {@link add}. */
  addRows(rows: GwasRows): void {
    this.#rules.addRows(rows);
  }

  /**
   * Applies the rules that need all variants.
   * @throws HeredityError `bad-input` where nothing is left, and where the signed statistic is not centred at no effect;
   *   `mismatch` where no variant, or no allele, is that of the list.
   */
  finish(): Munged {
    const { sign, sampleSize } = this.#plan;
    const kept = this.#rules.kept;
    const losses = this.#lossesWhileReading();
    const warnings = [...this.#missingWarnings(), ...this.#positiveWarnings(losses.left)];
    const caseFraction = this.#combinePeople() ?? sampleSize.caseFraction;
    const nMin = this.#dropSmallSamples(losses);
    const checked =
      sign === undefined
        ? undefined
        : checkSign(this.#plan.file, kept.valuesOf(kept.signed), sign, this.#options.anyMedian === true);
    this.#dropOtherAlleles(losses);
    const z = kept.valuesOf(kept.z);
    const { source } = sampleSize;
    const constantN = source.from === 'constant' ? source.value : undefined;
    return {
      columns: {
        ids: kept.ids,
        z: kept.z.subarray(0, kept.places),
        emptyRows: this.#options.alleles !== undefined,
        pair: this.#plan.alleles && kept.pair,
        n: constantN ?? kept.n,
        frequency: kept.frequency.length > 0 ? kept.frequency : undefined,
      },
      count: z.length,
      constantN,
      losses,
      sign: checked,
      nMin,
      caseFraction,
      statistics: statisticsOf(z),
      outOfRange: { ...this.#rules.outOfRange, p: this.#rules.magnitude.outOfRange },
      zeroP: this.#rules.magnitude.zeroP,
      fromEffect: { count: this.#rules.magnitude.fromEffect, largest: this.#rules.magnitude.disbelieved },
      warnings,
      largestN: constantN ?? largest(kept.valuesOf(kept.n)),
      ...describeIds(kept),
    };
  }

  #lossesWhileReading(): LossTable {
    const { test, info, frequency, magnitude, alleles } = this.#plan;
    const lost = this.#rules.lost;
    const losses = new LossTable(this.#rules.rows);
    const step = (name: string, count: number, why: string) => losses.step(name, losses.left - count, why);
    if (lost.nameless > 0)
      step('--positions', lost.nameless, 'not one variant of the reference, by position and alleles');
    if (test !== undefined) step('test', lost.test, 'a row of another test than ADD');
    step('missing', lost.missing, 'no value in a column that is needed');
    if (this.#options.alleles !== undefined) {
      step('--merge-alleles', lost.unlisted, 'not on the list');
      if (losses.left === 0 && lost.unlisted > 0) throw this.#noneListed();
    }
    if (info.length > 0)
      step('--info-min', lost.info, `imputation quality below ${this.#rules.infoMin} or missing`);
    if (frequency !== undefined)
      step('--maf-min', lost.frequency, `minor allele frequency up to ${this.#rules.mafMin}`);
    const impossible = ['P', '-log10 P'].includes(magnitude.from)
      ? 'P is not above 0 and up to 1'
      : 'Z is not a finite number';
    step(magnitude.from, lost.p, impossible);
    if (alleles !== undefined) step('alleles', lost.alleles, 'no SNP, or strand-ambiguous (A/T, C/G)');
    step('repeated', lost.repeated, 'ID of a variant above');
    if (losses.left === 0) throw nothingLeft(this.#plan.file, losses);
    return losses;
  }

  /** Columns that are read although they miss most values, and those that are not read although they have some. */
  #missingWarnings(): string[] {
    const { names, watched } = this.#plan;
    const columns = this.#rules.needed.flatMap((column, i) =>
      this.#rules.missing[i] > MANY_MISSING * this.#rules.rows
        ? [
            `${this.#rules.missing[i]} of ${this.#rules.rows} rows have no value in ${names[column]}, and were left out for it: --ignore ${names[column]} goes on without the column where it is not needed`,
          ]
        : [],
    );
    const found = watched.flatMap(({ name, flag }, i) =>
      this.#rules.unexpected[i] > 0
        ? [
            `${name} has no value in the first rows and counts as absent, but has one in ${this.#rules.unexpected[i]} rows below: remove rows without it, or name another column with ${flag}`,
          ]
        : [],
    );
    return [...columns, ...found];
  }

  /** @throws HeredityError `bad-input` where the signs are there although A1 is said to increase the trait always. */
  #positiveWarnings(variants: number): string[] {
    const { positive, file } = this.#plan;
    if (positive === undefined || this.#rules.negative === 0) return [];
    const below = positive.nullValue === 0 ? 'negative' : `below ${positive.nullValue}`;
    const problem = `${positive.name} is ${below} for ${this.#rules.negative} of ${variants} variants`;
    if (this.#rules.negative <= MANY_NEGATIVE * variants)
      return [`${problem}, but --a1-inc says that A1 always increases the trait: they are taken as positive`];
    throw new HeredityError('bad-input', problem, {
      file,
      expected: 'no such value: --a1-inc says that A1 is always the allele that increases the trait',
      fix: `leave out --a1-inc: the sign is that of ${positive.name}`,
    });
  }

  #noneListed(): HeredityError {
    const problem = `none of ${this.#rules.lost.unlisted} variants is on the list of --merge-alleles`;
    return new HeredityError('mismatch', problem, {
      file: this.#plan.file,
      value: this.#rules.unlistedId,
      expected: `an ID such as ${this.#rules.kept.ids.text(0)}`,
      fix: 'both files need IDs of one kind; --snp names another column of IDs',
    });
  }

  /**
   * N from cases and controls. The total is in effect scaled by the variant's share of cases, relative to that of the variants with
   * most people, as LDSC does.
   * @returns the share of cases of those, or undefined where the columns are not there.
   */
  #combinePeople(): number | undefined {
    const kept = this.#rules.kept;
    const { cases, controls, n } = kept;
    if (cases.length === 0) return undefined;
    let most = 0;
    let sum = 0;
    let count = 0;
    for (let place = 0; place < kept.places; place++) {
      if (!kept.has(place)) continue;
      const total = cases[place] + controls[place];
      if (total < most) continue;
      if (total > most) [most, sum, count] = [total, 0, 0];
      sum += cases[place] / total;
      count++;
    }
    const share = sum / count;
    const effective = this.#plan.sampleSize.kind === 'effective';
    for (let place = 0; place < kept.places; place++) {
      n[place] = effective ? effectiveSampleSize(cases[place], controls[place]) : cases[place] / share;
    }
    return share;
  }

  #dropSmallSamples(losses: LossTable): number | undefined {
    const kept = this.#rules.kept;
    const drop = (values: Float64Array, least: number) => {
      for (let place = 0; place < kept.places; place++)
        if (kept.has(place) && !(values[place] >= least)) kept.drop(place);
    };
    if (kept.n.length > 0) {
      const byRule = selectedQuantile(kept.valuesOf(kept.n), 0.9) / 1.5;
      const least = this.#options.nMin ?? byRule;
      drop(kept.n, least);
      const rule = this.#options.nMin === undefined ? ', the 90th percentile / 1.5' : '';
      losses.step('--n-min', kept.count(), `N below ${Number(least.toPrecision(7))}${rule}`);
      if (losses.left === 0) throw nothingLeft(this.#plan.file, losses);
      return least;
    }
    if (kept.studies.length > 0) {
      const most = kept.valuesOf(kept.studies).reduce((a, b) => Math.max(a, b), 0);
      const least = this.#options.studiesMin ?? most;
      drop(kept.studies, least);
      losses.step('--nstudy-min', kept.count(), `fewer than ${least} studies`);
      if (losses.left === 0) throw nothingLeft(this.#plan.file, losses);
    }
    return undefined;
  }

  #dropOtherAlleles(losses: LossTable): void {
    const list = this.#options.alleles;
    if (list === undefined || this.#plan.alleles === undefined) return;
    const kept = this.#rules.kept;
    for (let place = 0; place < kept.places; place++)
      if (kept.has(place) && pairSign(kept.pair[place], list.pair[place]) === 0) kept.drop(place);
    losses.step('--merge-alleles', kept.count(), 'other alleles than the list has');
    if (losses.left > 0) return;
    throw new HeredityError('mismatch', 'the alleles of no variant agree with those of --merge-alleles', {
      file: this.#plan.file,
      expected: 'the same two alleles, in either order and on either strand',
      fix: 'check that --a1 and --a2 are read from the right columns',
    });
  }
}

function nothingLeft(file: string, losses: LossTable): HeredityError {
  const { steps } = losses.toJSON();
  const worst = steps.reduce((a, b) => (b.lost > a.lost ? b : a), steps[0]);
  return new HeredityError('bad-input', 'no variant is left', {
    file,
    expected: `variants that pass every rule; most were lost at ${worst.step} (${worst.lost}): ${worst.why}`,
    fix: worst.step.startsWith('--')
      ? `check the column, or relax ${worst.step}`
      : 'check which columns are read as what',
  });
}

function statisticsOf(z: Float64Array): ZStatistics {
  let sum = 0;
  let most = 0;
  let genomeWide = 0;
  const chi2 = new Float64Array(z.length);
  for (let i = 0; i < z.length; i++) {
    const square = z[i] * z[i];
    chi2[i] = square;
    sum += square;
    if (square > most) most = square;
    if (square > GENOME_WIDE) genomeWide++;
  }
  return {
    meanChi2: sum / z.length,
    lambdaGc: median(chi2) / CHI2_MEDIAN,
    maxChi2: most,
    genomeWide,
  };
}

/** Share of rsIDs among up to 1,000 variants, and one that is none where there is such. */
function describeIds(kept: KeptVariants): { rsShare: number; exampleId: string } {
  const step = Math.max(1, Math.floor(kept.places / 1000));
  const ids: string[] = [];
  for (let place = 0; place < kept.places; place += step) if (kept.has(place)) ids.push(kept.ids.text(place));
  const others = ids.filter((id) => !/^rs\d/i.test(id));
  return { rsShare: 1 - others.length / Math.max(ids.length, 1), exampleId: others[0] ?? ids[0] ?? '' };
}
