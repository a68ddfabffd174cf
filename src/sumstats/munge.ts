import { HeredityError } from '../errors.js';
import { NO_PAIR, pairSign } from '../formats/alleles.js';
import type { GwasRow } from '../formats/gwas/table.js';
import type { AlleleList } from '../formats/merge-alleles.js';
import type { SumstatsColumns } from '../formats/sumstats.js';
import { CHI2_MEDIAN, median, selectedQuantile } from '../linalg/median.js';
import { LossTable } from '../provenance.js';
import { KeptVariants } from './kept-variants.js';
import { Magnitude } from './magnitude.js';
import type { MungePlan } from './plan.js';
import { numberIn, sampleSizeIn } from './row-values.js';
import { effectiveSampleSize } from './sample-size.js';
import { checkSign, type SignCheck } from './sign-check.js';
import { pairOfRow } from './variant-pair.js';

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
/** Values beyond are no imputation quality; some measures exceed 1. */
const MOST_INFO = 2;

/**
 * Turns the rows of a GWAS file into Z scores with the rules of LDSC's munge_sumstats, in its order (METHODS 3.3).
 *
 * @example
 * const munger = new Munger(plan, { mafMin: 0.01 });
 * await table.read(munger.columns, (row) => munger.add(row), munger.numbers);
 * const { columns, losses } = munger.finish();
 */
export class Munger {
  readonly #plan: MungePlan;
  readonly #infoMin: number;
  readonly #mafMin: number;
  readonly #options: MungeOptions;
  readonly #kept: KeptVariants;
  /** Columns in which no value may be missing. */
  readonly #needed: readonly number[];
  readonly #lost = {
    nameless: 0,
    test: 0,
    missing: 0,
    unlisted: 0,
    info: 0,
    frequency: 0,
    p: 0,
    alleles: 0,
    repeated: 0,
  };
  readonly #outOfRange = { info: 0, frequency: 0 };
  readonly #magnitude: Magnitude;
  /** Rows in which each of the needed columns was the first without a value. */
  readonly #missing: Float64Array;
  /** Rows with a value in a column that counts as absent. */
  readonly #unexpected: Float64Array;
  /** Rows whose sign is negative although A1 always increases the trait. */
  #negative = 0;
  /** The first ID that is not on the list. */
  #unlistedId = '';
  #rows = 0;

  constructor(plan: MungePlan, options: MungeOptions = {}) {
    this.#plan = plan;
    this.#options = options;
    this.#infoMin = options.infoMin ?? 0.9;
    this.#mafMin = options.mafMin ?? 0.01;
    const { alleles, sign, sampleSize, studies, frequency } = plan;
    this.#magnitude = new Magnitude(plan.magnitude);
    this.#unexpected = new Float64Array(plan.watched.length);
    const { source } = sampleSize;
    this.#needed = [
      plan.snp,
      ...Object.values(alleles ?? {}),
      ...this.#magnitude.needed,
      ...(sign === undefined ? [] : [sign.column]),
      ...(source.from === 'column' ? [source.column] : []),
      ...(source.from === 'cases and controls' ? [source.cases, source.controls] : []),
      ...(studies === undefined ? [] : [studies]),
      ...(frequency === undefined ? [] : [frequency]),
    ];
    this.#missing = new Float64Array(this.#needed.length);
    this.#kept = new KeptVariants(
      {
        signed: sign !== undefined,
        n: source.from !== 'constant',
        people: source.from === 'cases and controls',
        studies: studies !== undefined && source.from === 'constant',
        frequency: options.keepFrequency === true && frequency !== undefined,
      },
      plan.hasLongIds,
      options.alleles,
    );
  }

  /** Columns that {@link add} looks at. */
  get columns(): readonly number[] {
    const { test, info, positive, watched } = this.#plan;
    const others = [test, positive?.column, ...watched.map(({ column }) => column)];
    const all = [...this.#needed, ...this.#magnitude.columns, ...info, ...others];
    return [...new Set(all.filter((column) => column !== undefined))];
  }

  /** Of these, the columns of numbers. */
  get numbers(): readonly number[] {
    const { info, sign, positive, studies, frequency, sampleSize, snp, alleles, test, watched } = this.#plan;
    const { source } = sampleSize;
    const texts = [snp, test, ...Object.values(alleles ?? {}), ...watched.map(({ column }) => column)];
    const numbers = [
      ...this.#magnitude.columns,
      ...info,
      ...(source.from === 'column' ? [source.column] : []),
      ...(source.from === 'cases and controls' ? [source.cases, source.controls] : []),
      ...[sign?.column, positive?.column, studies, frequency].filter((column) => column !== undefined),
    ];
    return [...new Set(numbers)].filter((column) => !texts.includes(column));
  }

  /** Counts a row that has no name, of a file whose variants are renamed. */
  leaveOut(): void {
    this.#rows++;
    this.#lost.nameless++;
  }

  /**
   * Takes one row.
   * @throws HeredityError `bad-input` for a value that is no number.
   */
  add(row: GwasRow): void {
    const plan = this.#plan;
    const lost = this.#lost;
    this.#rows++;
    if (plan.test !== undefined && row.symbol(plan.test) !== 'ADD') {
      lost.test++;
      return;
    }
    for (let i = 0; i < this.#unexpected.length; i++)
      if (!row.isNotAvailable(plan.watched[i].column)) this.#unexpected[i]++;
    const needed = this.#needed;
    for (let i = 0; i < needed.length; i++) {
      if (row.isNotAvailable(needed[i])) {
        this.#missing[i]++;
        lost.missing++;
        return;
      }
    }
    const kept = this.#kept;
    const listed = kept.find(row, plan.snp);
    if (this.#options.alleles !== undefined && listed < 0) {
      if (lost.unlisted++ === 0) this.#unlistedId = row.text(plan.snp);
      return;
    }
    if (plan.info.length > 0 && !this.#passesInfo(row)) {
      lost.info++;
      return;
    }
    const frequency = plan.frequency === undefined ? Number.NaN : numberIn(row, plan.frequency);
    if (plan.frequency !== undefined) {
      const inside = frequency >= 0 && frequency <= 1;
      if (!inside) this.#outOfRange.frequency++;
      if (!inside || !(Math.min(frequency, 1 - frequency) > this.#mafMin)) {
        lost.frequency++;
        return;
      }
    }
    const size = this.#magnitude.of(row);
    if (Number.isNaN(size)) {
      lost.p++;
      return;
    }
    const pair = plan.alleles === undefined ? NO_PAIR : pairOfRow(row, plan.alleles);
    if (plan.alleles !== undefined && pair === NO_PAIR) {
      lost.alleles++;
      return;
    }
    const place = kept.placeFor(row, plan.snp, listed);
    if (place < 0) {
      lost.repeated++;
      // of the rows of a site with several alternate alleles, the one with the alleles of the list counts
      const other = this.#options.alleles?.pair[listed];
      if (other === undefined || pairSign(kept.pair[listed], other) !== 0 || pairSign(pair, other) === 0)
        return;
      this.#keep(row, listed, size, pair, frequency);
      return;
    }
    this.#keep(row, place, size, pair, frequency);
  }

  #keep(row: GwasRow, place: number, size: number, pair: number, frequency: number): void {
    const kept = this.#kept;
    const { sign, positive, sampleSize, studies } = this.#plan;
    const { source } = sampleSize;
    if (positive !== undefined && row.numeric(positive.column) < positive.nullValue) this.#negative++;
    kept.pair[place] = pair;
    let z = size;
    if (sign !== undefined) {
      const statistic = numberIn(row, sign.column);
      kept.signed[place] = statistic;
      if (statistic < sign.nullValue) z = -size;
    }
    kept.z[place] = z;
    if (source.from === 'column') {
      kept.n[place] = source.factor * sampleSizeIn(row, source.column);
    } else if (source.from === 'cases and controls') {
      kept.cases[place] = sampleSizeIn(row, source.cases);
      kept.controls[place] = sampleSizeIn(row, source.controls);
    }
    if (kept.studies.length > 0) kept.studies[place] = numberIn(row, studies!);
    if (kept.frequency.length > 0) kept.frequency[place] = frequency;
  }

  /** Several columns of imputation quality count by their mean, those without a value as 0. */
  #passesInfo(row: GwasRow): boolean {
    const { info } = this.#plan;
    let sum = 0;
    for (const column of info) {
      const value = row.isNotAvailable(column) ? 0 : numberIn(row, column);
      if (value < 0 || value > MOST_INFO) this.#outOfRange.info++;
      sum += value;
    }
    return sum >= this.#infoMin * info.length;
  }

  /**
   * Applies the rules that need all variants.
   * @throws HeredityError `bad-input` where nothing is left, and where the signed statistic is not centred at no effect;
   *   `mismatch` where no variant, or no allele, is that of the list.
   */
  finish(): Munged {
    const { sign, sampleSize } = this.#plan;
    const kept = this.#kept;
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
      outOfRange: { ...this.#outOfRange, p: this.#magnitude.outOfRange },
      zeroP: this.#magnitude.zeroP,
      fromEffect: { count: this.#magnitude.fromEffect, largest: this.#magnitude.disbelieved },
      warnings,
      largestN: constantN ?? kept.valuesOf(kept.n).reduce((most, n) => Math.max(most, n), 0),
      ...describeIds(kept),
    };
  }

  #lossesWhileReading(): LossTable {
    const { test, info, frequency, magnitude, alleles } = this.#plan;
    const lost = this.#lost;
    const losses = new LossTable(this.#rows);
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
      step('--info-min', lost.info, `imputation quality below ${this.#infoMin} or missing`);
    if (frequency !== undefined)
      step('--maf-min', lost.frequency, `minor allele frequency up to ${this.#mafMin}`);
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
    const columns = this.#needed.flatMap((column, i) =>
      this.#missing[i] > MANY_MISSING * this.#rows
        ? [
            `${this.#missing[i]} of ${this.#rows} rows have no value in ${names[column]}, and were left out for it: --ignore ${names[column]} goes on without the column where it is not needed`,
          ]
        : [],
    );
    const found = watched.flatMap(({ name, flag }, i) =>
      this.#unexpected[i] > 0
        ? [
            `${name} has no value in the first rows and counts as absent, but has one in ${this.#unexpected[i]} rows below: remove rows without it, or name another column with ${flag}`,
          ]
        : [],
    );
    return [...columns, ...found];
  }

  /** @throws HeredityError `bad-input` where the signs are there although A1 is said to increase the trait always. */
  #positiveWarnings(variants: number): string[] {
    const { positive, file } = this.#plan;
    if (positive === undefined || this.#negative === 0) return [];
    const below = positive.nullValue === 0 ? 'negative' : `below ${positive.nullValue}`;
    const problem = `${positive.name} is ${below} for ${this.#negative} of ${variants} variants`;
    if (this.#negative <= MANY_NEGATIVE * variants)
      return [`${problem}, but --a1-inc says that A1 always increases the trait: they are taken as positive`];
    throw new HeredityError('bad-input', problem, {
      file,
      expected: 'no such value: --a1-inc says that A1 is always the allele that increases the trait',
      fix: `leave out --a1-inc: the sign is that of ${positive.name}`,
    });
  }

  #noneListed(): HeredityError {
    const problem = `none of ${this.#lost.unlisted} variants is on the list of --merge-alleles`;
    return new HeredityError('mismatch', problem, {
      file: this.#plan.file,
      value: this.#unlistedId,
      expected: `an ID such as ${this.#kept.ids.text(0)}`,
      fix: 'both files need IDs of one kind; --snp names another column of IDs',
    });
  }

  /**
   * N from cases and controls. The total is in effect scaled by the variant's share of cases, relative to that of the variants with
   * most people, as LDSC does.
   * @returns the share of cases of those, or undefined where the columns are not there.
   */
  #combinePeople(): number | undefined {
    const kept = this.#kept;
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
    const kept = this.#kept;
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
    const kept = this.#kept;
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
  let largest = 0;
  let genomeWide = 0;
  const chi2 = new Float64Array(z.length);
  for (let i = 0; i < z.length; i++) {
    const square = z[i] * z[i];
    chi2[i] = square;
    sum += square;
    if (square > largest) largest = square;
    if (square > GENOME_WIDE) genomeWide++;
  }
  return {
    meanChi2: sum / z.length,
    lambdaGc: median(chi2) / CHI2_MEDIAN,
    maxChi2: largest,
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
