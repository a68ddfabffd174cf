import { HeredityError } from '../errors.js';
import { COLUMN_NAMES, MEANINGS, type Meaning } from '../formats/gwas/column-names.js';
import { COLUMN_FLAGS, type ColumnReading, listOf } from '../formats/gwas/columns.js';
import type { GwasTable } from '../formats/gwas/table.js';
import { nearNames } from '../formats/near-names.js';

/** Where the size of Z comes from. */
export type MagnitudeSource = 'P' | '-log10 P' | 'Z' | 'effect / SE' | 'log(OR) / SE';

/** Where the sample size of a variant comes from. */
export type SampleSizeSource =
  | { readonly from: 'constant'; readonly value: number }
  /** `factor` is 2 for a column that holds half of it. */
  | { readonly from: 'column'; readonly column: number; readonly factor: number }
  | { readonly from: 'cases and controls'; readonly cases: number; readonly controls: number };

export interface SampleSizePlan {
  readonly source: SampleSizeSource;
  /** `effective`: that of a study with as many cases as controls which is as informative, 4 / (1 / cases + 1 / controls). */
  readonly kind: 'total' | 'effective';
  /** Cases in all people, where that is known before the rows are read. */
  readonly caseFraction?: number;
}

/** What is made of which column. */
export interface MungePlan {
  readonly file: string;
  readonly snp: number;
  /** Undefined where alleles are not read. */
  readonly alleles:
    | { readonly effect: number; readonly other: number }
    | { readonly effect: number; readonly reference: number; readonly alternative: number }
    | undefined;
  readonly test: number | undefined;
  readonly magnitude: {
    readonly from: MagnitudeSource;
    /** Column of P, -log10 P or Z, or of the effect. */
    readonly column: number;
    /** Column of -log10 P, for a P that was written as 0. */
    readonly underflow: number | undefined;
    readonly se: number | undefined;
  };
  /** Undefined where A1 is the allele that increases the trait. */
  readonly sign: { readonly column: number; readonly name: string; readonly nullValue: number } | undefined;
  readonly sampleSize: SampleSizePlan;
  readonly studies: number | undefined;
  readonly frequency: number | undefined;
  /** Their mean counts. */
  readonly info: readonly number[];
  /** Sentences on what was decided. */
  readonly notes: readonly string[];
}

export interface PlanOptions {
  readonly noAlleles?: boolean;
  /** A1 increases the trait: Z is positive. */
  readonly a1Increases?: boolean;
  /** Value of the signed statistic at no effect, where its column was named. */
  readonly signedNull?: number;
  readonly n?: number;
  readonly cases?: number;
  readonly controls?: number;
  /** Use the effective sample size. */
  readonly effective?: boolean;
  /** Take cases and controls from the names of the frequency columns (PGC daner), also where there are columns. */
  readonly peopleFromHeader?: boolean;
  /** Columns of imputation quality, in place of the one that was recognised. */
  readonly infoColumns?: readonly number[];
}

const NULLS: Readonly<Partial<Record<Meaning, number>>> = {
  signed: 0,
  z: 0,
  beta: 0,
  logOdds: 0,
  oddsRatio: 1,
};

/**
 * Decides what is made of the columns of a GWAS file, with LDSC's rules (METHODS 3.3) and, where the file has no P value, others.
 * @throws HeredityError `bad-input` for what is missing: what there is, what would do, and which flag names it.
 */
export function planMunge(table: GwasTable, reading: ColumnReading, options: PlanOptions = {}): MungePlan {
  const { columns } = reading;
  const notes: string[] = [];
  const need = (meaning: Meaning, alternative?: string): number => {
    const column = columns[meaning];
    if (column === undefined) throw missing(table, reading, meaning, alternative);
    return column;
  };
  const snp = need('snp');
  const signed = (['signed', 'z', 'beta', 'logOdds', 'oddsRatio'] as const).find(
    (meaning) => columns[meaning] !== undefined,
  );
  const magnitude = planMagnitude(table, reading, signed, notes);
  const { reference, alternative } = columns;
  const effect = options.noAlleles ? -1 : need('effectAllele', '--no-alleles goes on without alleles');
  const alleles = options.noAlleles
    ? undefined
    : columns.otherAllele === undefined && reference !== undefined && alternative !== undefined
      ? { effect, reference, alternative }
      : { effect, other: need('otherAllele', '--no-alleles goes on without alleles') };
  if (signed === undefined && !options.a1Increases) {
    throw missing(table, reading, 'signed', '--a1-inc says that A1 is the allele that increases the trait');
  }
  return {
    file: table.file,
    snp,
    alleles,
    test: columns.test,
    magnitude,
    sign:
      options.a1Increases || signed === undefined
        ? undefined
        : {
            column: columns[signed]!,
            name: table.names[columns[signed]!]!,
            nullValue: options.signedNull ?? NULLS[signed]!,
          },
    sampleSize: planSampleSize(table, reading, options, notes),
    studies: columns.nStudies,
    frequency: columns.frequency,
    info: options.infoColumns ?? (columns.info === undefined ? [] : [columns.info]),
    notes,
  };
}

function planMagnitude(
  table: GwasTable,
  reading: ColumnReading,
  signed: Meaning | undefined,
  notes: string[],
): MungePlan['magnitude'] {
  const { p, negLog10P, z, se, beta, logOdds, oddsRatio } = reading.columns;
  const from = (source: MagnitudeSource, column: number) => ({
    from: source,
    column,
    underflow: undefined,
    se: undefined,
  });
  if (p !== undefined) return { ...from('P', p), underflow: negLog10P };
  if (negLog10P !== undefined) return from('-log10 P', negLog10P);
  if (z !== undefined) {
    notes.push(`there is no P value: Z is taken from ${table.names[z]}`);
    return from('Z', z);
  }
  const effect = beta ?? logOdds ?? oddsRatio;
  if (effect !== undefined && se !== undefined && signed !== 'signed') {
    const source = oddsRatio === effect ? 'log(OR) / SE' : 'effect / SE';
    const shown =
      oddsRatio === effect
        ? `log(${table.names[effect]}) / ${table.names[se]}`
        : `${table.names[effect]} / ${table.names[se]}`;
    notes.push(`there is no P value: Z is ${shown}`);
    return { ...from(source, effect), se };
  }
  throw missing(
    table,
    reading,
    'p',
    'a column of -log10 P, of Z, or of the effect and its standard error would do as well',
  );
}

function planSampleSize(
  table: GwasTable,
  { columns, people: fromNames }: ColumnReading,
  options: PlanOptions,
  notes: string[],
): SampleSizePlan {
  const { n, nCases, nControls, nEffective, nEffectiveHalf } = columns;
  const { effective = false, cases, controls } = options;
  if (options.n !== undefined) {
    if (n !== undefined) notes.push(`--N has priority over the column ${table.names[n]}`);
    return { source: { from: 'constant', value: options.n }, kind: effective ? 'effective' : 'total' };
  }
  if (cases !== undefined && controls !== undefined) return ofPeople(cases, controls, effective);
  const people = fromNames ?? table.people;
  if (options.peopleFromHeader) {
    if (people === undefined) {
      throw new HeredityError('bad-input', 'the header does not tell the numbers of cases and controls', {
        file: table.file,
        expected: 'columns called FRQ_A_<cases> and FRQ_U_<controls>, as in PGC daner files',
        fix: 'leave out --daner, and give --N-cas and --N-con',
      });
    }
    return ofPeople(people.cases, people.controls, effective);
  }
  const half = nEffectiveHalf === undefined ? undefined : { column: nEffectiveHalf, factor: 2 };
  const whole = nEffective === undefined ? half : { column: nEffective, factor: 1 };
  if (effective && whole !== undefined) return { source: { from: 'column', ...whole }, kind: 'effective' };
  if (nCases !== undefined && nControls !== undefined) {
    const source = { from: 'cases and controls', cases: nCases, controls: nControls } as const;
    return { source, kind: effective ? 'effective' : 'total' };
  }
  if (n !== undefined) {
    if (effective) {
      throw new HeredityError('bad-input', 'the effective sample size cannot be found', {
        file: table.file,
        expected: `columns of cases and controls, or one of ${COLUMN_NAMES.nEffective.join(', ')}`,
        fix: 'name them with --N-cas-col and --N-con-col, or give --N-cas and --N-con',
      });
    }
    return { source: { from: 'column', column: n, factor: 1 }, kind: 'total' };
  }
  if (whole !== undefined) {
    notes.push(`there is no other sample size: N is the effective one, from ${table.names[whole.column]}`);
    return { source: { from: 'column', ...whole }, kind: 'effective' };
  }
  if (people !== undefined) {
    notes.push(`${people.cases} cases and ${people.controls} controls are taken from the head of the file`);
    return ofPeople(people.cases, people.controls, effective);
  }
  throw new HeredityError('bad-input', 'there is no sample size', {
    file: table.file,
    expected: `a column such as N, or N_CAS and N_CON; the file has ${listOf(table.names)}`,
    fix: 'give --N (or --N-cas and --N-con), or name the column with --N-col',
  });
}

function ofPeople(cases: number, controls: number, effective: boolean): SampleSizePlan {
  const value = effective ? effectiveSampleSize(cases, controls) : cases + controls;
  return {
    source: { from: 'constant', value },
    kind: effective ? 'effective' : 'total',
    caseFraction: cases / (cases + controls),
  };
}

/** Size of a study with as many cases as controls that tells as much: 4 / (1 / cases + 1 / controls). */
export function effectiveSampleSize(cases: number, controls: number): number {
  return 4 / (1 / cases + 1 / controls);
}

function missing(
  table: GwasTable,
  { columns }: ColumnReading,
  meaning: Meaning,
  alternative?: string,
): HeredityError {
  const wanted =
    meaning === 'signed' ? ['BETA', 'OR', 'Z', 'LOG_ODDS', 'EFFECT', 'ODDS_RATIO'] : COLUMN_NAMES[meaning];
  const read = new Set(Object.values(columns));
  const free = table.names.filter((_, column) => !read.has(column));
  const near = [...new Set(wanted.flatMap((name) => nearNames(name, free)))].slice(0, 3);
  const flag = COLUMN_FLAGS[meaning]!;
  const value = meaning === 'signed' ? `${near[0] ?? 'COLUMN'},0` : (near[0] ?? 'COLUMN');
  const named =
    near.length > 0
      ? `if ${near.join(' or ')} is it, say ${flag} ${value}`
      : `name the column with ${flag} ${value}`;
  return new HeredityError('bad-input', `there is no column of the ${MEANINGS[meaning]}`, {
    file: table.file,
    expected: `a name such as ${wanted.slice(0, 6).join(', ')}; the file has ${listOf(table.names)}`,
    fix: alternative === undefined ? named : `${named}; ${alternative}`,
  });
}
