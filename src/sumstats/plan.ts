import { HeredityError } from '../errors.js';
import { COLUMN_FLAGS, COLUMN_NAMES, MEANINGS, type Meaning } from '../formats/gwas/column-names.js';
import { type ColumnReading, listOf, notRead, SIGNED } from '../formats/gwas/columns.js';
import type { GwasTable } from '../formats/gwas/table.js';
import { sampleOf } from '../formats/gwas/values.js';
import { nearNames } from '../formats/near-names.js';
import { checkAgreement, checkSigns, checkZ } from './agreement.js';
import { rsIdWithin } from './kept-variants.js';
import type { EffectAndError, MagnitudePlan, MagnitudeSource } from './magnitude.js';
import { planSampleSize, type SampleSizePlan } from './sample-size.js';

/** A signed statistic; Z is negative below its value at no effect. */
export interface SignPlan {
  readonly column: number;
  readonly name: string;
  readonly nullValue: number;
}

/** Columns of the alleles, or of variants that name them (1:1000:A:G, the last of which has the effect). */
export type AllelePlan =
  | { readonly effect: number; readonly other: number }
  | { readonly effect: number; readonly reference: number; readonly alternative: number }
  | { readonly effect?: number; readonly variant: number };

/** What is made of which column. */
export interface MungePlan {
  readonly file: string;
  readonly snp: number;
  /** Whether rsIDs stand within longer IDs, such as rs1:1000:A:G, and are taken out of them. */
  readonly hasLongIds: boolean;
  /** Undefined where alleles are not read. */
  readonly alleles: AllelePlan | undefined;
  readonly test: number | undefined;
  readonly magnitude: MagnitudePlan;
  /** Undefined where A1 is the allele that increases the trait. */
  readonly sign: SignPlan | undefined;
  /** The signed statistic, where the user says that A1 always increases the trait: it must then have no negative sign. */
  readonly positive: SignPlan | undefined;
  readonly sampleSize: SampleSizePlan;
  readonly studies: number | undefined;
  readonly frequency: number | undefined;
  /** Their mean counts. */
  readonly info: readonly number[];
  /** Columns that count as absent, having no value in the first rows: values further below are counted. */
  readonly watched: readonly { readonly column: number; readonly name: string; readonly flag: string }[];
  /** Names of the columns, for what is said about them. */
  readonly names: readonly string[];
  /** Sentences on what was decided. */
  readonly notes: readonly string[];
  /** Sentences on what contradicts something, and how it was taken. */
  readonly warnings: readonly string[];
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

const NULLS: Readonly<Partial<Record<Meaning, number>>> = { oddsRatio: 1 };
/** -log10 P of hundreds may stand for a P of 0: an effect and its error beside it tell. */
const SIGNS_OF_EFFECTS: ReadonlySet<Meaning> = new Set(['beta', 'logOdds', 'oddsRatio']);

/**
 * Decides what is made of the columns of a GWAS file, with LDSC's rules (METHODS 3.3) and, where the file has no P value, others.
 * @throws HeredityError `bad-input` for what is missing: what there is, what would do, and which flag names it.
 */
export function planMunge(table: GwasTable, reading: ColumnReading, options: PlanOptions = {}): MungePlan {
  const { columns, empty } = reading;
  const notes: string[] = [];
  const warnings: string[] = [];
  const snp = columns.snp;
  if (snp === undefined) throw missing(table, reading, 'snp');
  const signed = SIGNED.find((meaning) => columns[meaning] !== undefined);
  const sign = signed && {
    column: columns[signed]!,
    name: table.names[columns[signed]!],
    nullValue: signed === 'signed' ? (options.signedNull ?? 0) : (NULLS[signed] ?? 0),
  };
  const effect = effectAndError(table, reading, signed, sign?.nullValue);
  const fromP = checkAgreement(table, planMagnitude(table, reading, signed, effect, notes), effect);
  const checked = checkZ(table, fromP.plan, zColumn(reading), effect ?? otherEffect(reading));
  warnings.push(...fromP.warnings, ...checked.warnings);
  if (sign !== undefined) {
    const others = reading.otherSigns.map(({ column, meaning }) => ({
      column,
      nullValue: NULLS[meaning] ?? 0,
    }));
    warnings.push(...checkSigns(table, sign, others));
  }
  const longId = sampleOf(table, snp).find((id) => rsIdWithin(id) !== undefined);
  if (longId !== undefined) notes.push(`IDs such as ${longId} are read as ${rsIdWithin(longId)}`);
  const alleles = options.noAlleles ? undefined : planAlleles(table, reading, notes);
  if (sign === undefined && !options.a1Increases) {
    throw missing(table, reading, 'signed', '--a1-inc says that A1 is the allele that increases the trait');
  }
  return {
    file: table.file,
    snp,
    hasLongIds: longId !== undefined,
    alleles,
    test: columns.test,
    magnitude: checked.plan,
    sign: options.a1Increases ? undefined : sign,
    positive: options.a1Increases ? sign : undefined,
    sampleSize: planSampleSize(table, reading, options, { notes, warnings }),
    studies: columns.nStudies,
    frequency: columns.frequency,
    info: options.infoColumns ?? (columns.info === undefined ? [] : [columns.info]),
    watched: empty.map(({ column, meaning }) => ({
      column,
      name: table.names[column],
      flag: COLUMN_FLAGS[meaning],
    })),
    names: table.names,
    notes,
    warnings,
  };
}

/** The effect and its standard error, of which the ratio is Z, where both are there. */
function effectAndError(
  table: GwasTable,
  { columns, named }: ColumnReading,
  signed: Meaning | undefined,
  nullValue: number | undefined,
): EffectAndError | undefined {
  const { se } = columns;
  if (named.has('se') && (signed === 'z' || signed === 'score')) {
    throw new HeredityError(
      'usage',
      `--se means nothing beside ${table.names[columns[signed]!]}, which is a Z score`,
      {
        file: table.file,
        fix: 'leave it out, or name an effect with --signed-sumstats',
      },
    );
  }
  // what a flag names as a signed statistic alone may be a Z score: it is an effect where its error is named too
  const isEffect =
    signed !== undefined && (SIGNS_OF_EFFECTS.has(signed) || (signed === 'signed' && named.has('se')));
  if (se === undefined || !isEffect) return undefined;
  return { effect: columns[signed]!, se, isOddsRatio: nullValue === 1 };
}

/** The column of Z, where one is there that no flag passes over. */
function zColumn({ columns, otherSigns }: ColumnReading): number | undefined {
  return columns.z ?? otherSigns.find(({ meaning }) => meaning === 'z')?.column;
}

/** An effect that does not give the sign, and its error. */
function otherEffect({ columns, otherSigns, named }: ColumnReading): EffectAndError | undefined {
  const effect = otherSigns.find(({ meaning }) => SIGNS_OF_EFFECTS.has(meaning));
  if (effect === undefined || columns.se === undefined || named.has('z')) return undefined;
  return { effect: effect.column, se: columns.se, isOddsRatio: NULLS[effect.meaning] === 1 };
}

function planMagnitude(
  table: GwasTable,
  reading: ColumnReading,
  signed: Meaning | undefined,
  effect: EffectAndError | undefined,
  notes: string[],
): MagnitudePlan {
  const { columns, named } = reading;
  const { p, negLog10P, pMantissa, pExponent, z } = columns;
  const nameOf = (column: number) => table.names[column];
  const fallback = effect === undefined ? {} : { fallback: effect };
  const isNamed = (...meanings: Meaning[]) => meanings.some((meaning) => named.has(meaning));
  const ofEffect = (effect: EffectAndError, why: string): MagnitudePlan => {
    const from: MagnitudeSource = effect.isOddsRatio ? 'log(OR) / SE' : 'effect / SE';
    const shown = effect.isOddsRatio ? `log(${nameOf(effect.effect)})` : nameOf(effect.effect);
    notes.push(`${why}: Z is ${shown} / ${nameOf(effect.se)}`);
    return { from, column: effect.effect, se: effect.se };
  };
  if (
    effect !== undefined &&
    named.has('se') &&
    isNamed(...SIGNED) &&
    !isNamed('p', 'negLog10P', 'pMantissa')
  )
    return ofEffect(effect, '--se is named, and no P value');
  if (p !== undefined && !(named.has('negLog10P') && !named.has('p')))
    return { from: 'P', column: p, ...(negLog10P !== undefined && { underflow: negLog10P }), ...fallback };
  if (negLog10P !== undefined) return { from: '-log10 P', column: negLog10P, ...fallback };
  if (pMantissa !== undefined && pExponent !== undefined) {
    notes.push(`P is ${nameOf(pMantissa)} times 10 to the power of ${nameOf(pExponent)}`);
    return { from: 'P', column: pMantissa, exponent: pExponent, ...fallback };
  }
  if (z !== undefined) {
    notes.push(`there is no P value: Z is taken from ${nameOf(z)}`);
    return { from: 'Z', column: z };
  }
  if (effect !== undefined) return ofEffect(effect, 'there is no P value');
  const hint =
    signed === 'signed' && columns.se !== undefined
      ? `say --se ${nameOf(columns.se)} where ${nameOf(columns.signed!)} is an effect, or --z where it is a Z score`
      : 'a column of -log10 P (--log10p), of Z, or of the effect and its standard error (--se) would do as well';
  throw missing(table, reading, 'p', hint);
}

function planAlleles(table: GwasTable, reading: ColumnReading, notes: string[]): AllelePlan {
  const { columns, variantAlleles: variant } = reading;
  const { effectAllele: effect, otherAllele: other, reference, alternative } = columns;
  if (effect !== undefined && other !== undefined) return { effect, other };
  if (effect !== undefined && reference !== undefined && alternative !== undefined)
    return { effect, reference, alternative };
  if (variant !== undefined && (other === undefined || effect === undefined)) {
    const name = table.names[variant];
    if (effect !== undefined) {
      notes.push(`there is no column A2: the other allele is taken from ${name}`);
      return { effect, variant };
    }
    notes.push(
      `there are no columns of alleles: they are taken from ${name}, the effect being that of its last allele`,
    );
    return { variant };
  }
  throw missing(
    table,
    reading,
    effect === undefined ? 'effectAllele' : 'otherAllele',
    '--no-alleles goes on without alleles',
  );
}

/** Longer lists of columns are no help, and take long to search. */
const MOST_COLUMNS = 1000;

function missing(
  table: GwasTable,
  reading: ColumnReading,
  meaning: Meaning,
  alternative?: string,
): HeredityError {
  const { columns } = reading;
  const wanted =
    meaning === 'signed' ? ['BETA', 'OR', 'Z', 'LOG_ODDS', 'EFFECT', 'ODDS_RATIO'] : COLUMN_NAMES[meaning];
  const read = new Set(Object.values(columns));
  const free = table.names.slice(0, MOST_COLUMNS).filter((_, column) => !read.has(column));
  const near = [...new Set(wanted.flatMap((name) => nearNames(name, free)))].slice(0, 3);
  const flag = COLUMN_FLAGS[meaning];
  const value = meaning === 'signed' ? `${near[0] ?? 'COLUMN'},0` : (near[0] ?? 'COLUMN');
  const named =
    near.length > 0
      ? `if ${near.join(' or ')} is it, say ${flag} ${value}`
      : `name the column with ${flag} ${value}`;
  const meanings: readonly Meaning[] = meaning === 'signed' ? SIGNED : [meaning];
  const problem = `there is no column of ${MEANINGS[meaning].replace(/^(?!A[12],)/, 'the ')}`;
  return new HeredityError('bad-input', `${problem}${notRead(table, reading, meanings)}`, {
    file: table.file,
    expected: `a name such as ${wanted.slice(0, 6).join(', ')}; the file has ${listOf(table.names)}`,
    fix: kindOfFile(table) ?? (alternative === undefined ? named : `${named}; ${alternative}`),
  });
}

/** What a file is that is no result of a GWAS, by the names of its columns. */
function kindOfFile({ names }: GwasTable): string | undefined {
  const has = (name: string) => names.includes(name);
  if (has('SNP') && names.some((name) => /L2$/.test(name)))
    return 'these seem to be LD scores: give them to ldsc with --ref-ld';
  if (has('NCHROBS') || (has('OBS_CT') && has('ALT_FREQS') && !has('P')))
    return 'these seem to be allele frequencies, not the results of a GWAS';
  if (has('FID') && has('IID')) return 'this seems to be a table of people, not the results of a GWAS';
  return undefined;
}
