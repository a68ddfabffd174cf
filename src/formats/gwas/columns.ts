import { HeredityError } from '../../errors.js';
import { didYouMean } from '../near-names.js';
import {
  COLUMN_FLAGS,
  COLUMN_NAMES,
  compactName,
  knownName,
  MEANINGS,
  type Meaning,
} from './column-names.js';
import { checkNamed } from './named-columns.js';
import type { GwasTable } from './table.js';
import { chooseTrait, type TraitColumns, traitsOf } from './traits.js';
import { isEmpty, isVarianceExplained, mismatchOf, sampleOf } from './values.js';

/** Which column of a GWAS file is read as what, and why. */
export interface ColumnReading {
  /** Column of each meaning that is read; others are absent. */
  readonly columns: Readonly<Partial<Record<Meaning, number>>>;
  /** What decided where names alone do not: one sentence each. */
  readonly notes: readonly string[];
  /** What contradicts something, and how it was taken. */
  readonly warnings: readonly string[];
  /** Columns that could also have been read as one of the meanings. */
  readonly passedOver: readonly { readonly column: number; readonly meaning: Meaning }[];
  /** Statistics that could give the sign as well as the one that is read. */
  readonly otherSigns: readonly { readonly column: number; readonly meaning: Meaning }[];
  /** Columns that have no value in the first rows, and so count as absent. */
  readonly empty: readonly { readonly column: number; readonly meaning: Meaning }[];
  /** Columns that do not hold what their names say, and what they hold. */
  readonly rejected: readonly {
    readonly column: number;
    readonly meaning: Meaning;
    readonly holds: string;
  }[];
  /** Meanings of columns that the user named. */
  readonly named: ReadonlySet<Meaning>;
  /** A column of variants as chromosome, position, reference and alternative allele, such as 1:1000:A:G. */
  readonly variantAlleles?: number;
  /** Cases and controls from the names FRQ_A_<cases> and FRQ_U_<controls> of PGC daner files. */
  readonly people?: { readonly cases: number; readonly controls: number };
}

export interface ColumnChoices {
  /** Names that the user gives, in any spelling that {@link compactName} makes one. */
  readonly named?: Readonly<Partial<Record<Meaning, string>>>;
  /** Value of the signed statistic at no effect, where the user names it. */
  readonly signedNull?: number;
  /** Columns that are not to be read. */
  readonly ignored?: readonly string[];
  /** Trait or population whose columns are read, where names have it before or after a known name. */
  readonly trait?: string;
}

/** What is found while columns are recognised. */
export interface Findings {
  readonly table: GwasTable;
  readonly columns: Partial<Record<Meaning, number>>;
  readonly notes: string[];
  readonly warnings: string[];
  readonly empty: { column: number; meaning: Meaning }[];
  readonly rejected: { column: number; meaning: Meaning; holds: string }[];
}

/** Statistics of which one gives the sign, the preferred first. */
export const SIGNED = ['signed', 'beta', 'logOdds', 'oddsRatio', 'z', 'score'] as const;

/** Share of the first IDs that name the alleles, from which on they all do. */
const MOST = 0.9;
const WITH_ALLELES = /^(chr)?([0-9]{1,2}|X|Y|XY|MT?)[:_-]\d+[:_]([ACGT]+)[:_/]([ACGT]+)$/i;

/**
 * Recognises columns by their names, and by their values in the first rows whether the names can be true. Of several that
 * fit one meaning, those whose values do come first, then (for IDs) those that hold rsIDs, then the order of
 * {@link COLUMN_NAMES}; last come columns of one trait or population ({@link traitsOf}). Where a column is named by the user,
 * names do not count for that meaning, unless they are known to stand for another.
 * @throws HeredityError `usage` for a named or ignored column that is not there, with the nearest names, or whose known name
 *   contradicts the flag; `bad-input` for two columns of one name, and for several traits of which none is asked for.
 */
export function recogniseColumns(table: GwasTable, choices: ColumnChoices = {}): ColumnReading {
  const found: Findings = { table, columns: {}, notes: [], warnings: [], empty: [], rejected: [] };
  const { columns, notes } = found;
  const passedOver: { column: number; meaning: Meaning }[] = [];
  const ignored = new Set((choices.ignored ?? []).map((name) => columnNamed(table, name, '--ignore')));
  const taken = new Set(ignored);
  const named = new Map<Meaning, number>();
  for (const [meaning, name] of Object.entries(choices.named ?? {}) as [Meaning, string][])
    named.set(meaning, columnNamed(table, name, COLUMN_FLAGS[meaning]));
  const daner = danerPeople(table.names);
  const known = knownColumns(table, found, daner?.controlFrequency);
  checkNamed(found, named, known, choices.signedNull);
  const isNamed = new Set(Object.keys(columns) as Meaning[]);
  for (const column of [...Object.values(columns), ...named.values()]) taken.add(column);

  const usable = (meaning: Meaning, candidates: readonly number[]): readonly number[] =>
    candidates.filter((column) => !taken.has(column) && holds(found, column, meaning));
  const choose = (meaning: Meaning, candidates: readonly number[]) => {
    const [best, ...others] = ranked(table, meaning, usable(meaning, candidates));
    if (best === undefined) return;
    const twin = others.find((column) => compactName(table.names[column]) === compactName(table.names[best]));
    if (twin !== undefined) throw twoOfOneName(table, best, twin, meaning);
    columns[meaning] = best;
    for (const column of others) passedOver.push({ column, meaning });
  };
  const isThere = (...meanings: Meaning[]) =>
    meanings.some(
      (meaning) =>
        isNamed.has(meaning) ||
        (known.get(meaning) ?? []).some((column) => !taken.has(column) && fits(table, column, meaning)),
    );
  const traits = traitsOf(table.names.map((name, column) => (ignored.has(column) ? '' : name)));
  const isComplete = isThere(...SIGNED) && isThere('p', 'negLog10P', 'z', 'se', 'pMantissa');
  const trait = chooseTrait(table.file, traits, choices.trait, new Set(named.values()), isComplete);
  if (trait === undefined) notes.push(...otherResults(traits));
  for (const meaning of Object.keys(COLUMN_NAMES) as Meaning[]) {
    if (isNamed.has(meaning)) continue;
    const ofTrait = trait?.columns.get(meaning);
    const own = ofTrait === undefined ? [] : [ofTrait];
    const others = known.get(meaning) ?? [];
    if (trait?.isAsked !== true) choose(meaning, [...others, ...own]);
    // the results of a trait that is asked for are never mixed with those of another
    else choose(meaning, trait.isWhole && STATISTICS.has(meaning) ? own : [...own, ...others]);
  }
  const ofTrait = [...(trait?.columns ?? [])].filter(([meaning, column]) => columns[meaning] === column);
  if (trait !== undefined && ofTrait.length > 0) {
    const read = ofTrait.map(([, column]) => table.names[column]).join(', ');
    notes.push(`read as results of ${trait.trait}: ${read}`);
  }

  oddsThatAreLogs(found, passedOver);
  const otherSigns = keepOneSign(found, named);
  const variantAlleles = (known.get('snp') ?? [])
    .concat(columns.snp ?? [])
    .find((column) => namesAlleles(table, column));
  allelesOfPrograms(found, isNamed, variantAlleles);
  return {
    columns,
    notes,
    warnings: found.warnings,
    passedOver,
    otherSigns,
    empty: found.empty.filter(({ column }) => !Object.values(columns).includes(column)),
    rejected: found.rejected,
    named: isNamed,
    ...(variantAlleles !== undefined && { variantAlleles }),
    ...(daner && { people: { cases: daner.cases, controls: daner.controls } }),
  };
}

/** Results that stand beside those that are read, such as MTAG's beside the ones that went into it. */
function otherResults(traits: readonly TraitColumns[]): string[] {
  const whole = traits.filter(({ isWhole }) => isWhole).map(({ trait }) => trait);
  if (whole.length === 0) return [];
  return [
    `there are results of ${listOf(whole)} as well, which are not read: --trait ${whole[0]} reads them`,
  ];
}

/** What differs between the traits of a file. */
const STATISTICS: ReadonlySet<Meaning> = new Set([
  'p',
  'negLog10P',
  'pMantissa',
  'pExponent',
  'se',
  ...SIGNED,
]);

/**
 * The column of a name that the user gave with a flag.
 * @throws HeredityError `usage` that lists the columns, and the nearest names.
 */
export function columnNamed({ file, names }: GwasTable, name: string, flag: string): number {
  const exact = names.indexOf(name);
  if (exact >= 0) return exact;
  const compact = compactName(name);
  const same = compact === '' ? -1 : names.findIndex((candidate) => compactName(candidate) === compact);
  if (same >= 0) return same;
  const near = didYouMean(name, names);
  throw new HeredityError('usage', `${flag}: there is no column ${JSON.stringify(name)}`, {
    file,
    expected: `one of ${listOf(names)}`,
    ...(near && { fix: near }),
  });
}

export function listOf(names: readonly string[]): string {
  const most = 40;
  const short = names.slice(0, most).map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name));
  return names.length <= most ? short.join(', ') : `${short.join(', ')}, …`;
}

const MOST_REASONS = 5;

/** Why columns whose names say one of the meanings are not read as that, in brackets. */
export function notRead(
  { names }: GwasTable,
  { columns, empty, rejected }: ColumnReading,
  meanings: readonly Meaning[],
): string {
  const read = new Set(Object.values(columns));
  const isMeant = ({ column, meaning }: { column: number; meaning: Meaning }) =>
    meanings.includes(meaning) && !read.has(column);
  const why = [
    ...empty.filter(isMeant).map(({ column }) => `${names[column]} has no value`),
    ...rejected.filter(isMeant).map(({ column, holds }) => `${names[column]} holds ${holds}`),
  ];
  return why.length === 0 ? '' : ` (${why.slice(0, MOST_REASONS).join('; ')})`;
}

/** Columns that BOLT-LMM alone writes, less what stands between their letters. */
const MIXED_MODEL = /BOLTLMM/;
const MIXED_MODEL_NOTE =
  'these are statistics of a mixed model, or beside a prediction from the whole genome: where that predicts much of the trait they are those of more people than N, and heritabilities come out too high by as much; give the effective N (docs/accuracy-findings.md, Statistics of a mixed model)';

/** Columns by the meaning of their names, the best names first. */
function knownColumns(
  table: GwasTable,
  { notes }: Findings,
  controlFrequency: number | undefined,
): Map<Meaning, number[]> {
  const compact = table.names.map(compactName);
  const has = new Set(compact);
  const found = new Map<Meaning, { column: number; rank: number }[]>();
  const isSaige = has.has('ALLELE2') && (has.has('AFALLELE2') || has.has('ACALLELE2'));
  if (isSaige)
    notes.push('AF_Allele2 or AC_Allele2 is there, as SAIGE writes it: the effect is that of Allele2');
  const isRegenie = has.has('LOG10P') && has.has('EXTRA');
  if (isSaige || isRegenie || compact.some((name) => MIXED_MODEL.test(name))) notes.push(MIXED_MODEL_NOTE);
  // PLINK 1.9 counts the people with data, other programs those without
  const countsPeople = has.has('TEST') || (has.has('R2') && has.has('T'));
  compact.forEach((name, column) => {
    const known = name === '' ? undefined : knownName(name);
    if (known === undefined) return;
    if (name === 'NMISS' && !countsPeople) return;
    if (name === 'R2' && isVarianceExplained(table, column)) return;
    let { meaning } = known;
    if (isSaige && name === 'ALLELE2') meaning = 'effectAllele';
    if (isSaige && name === 'ALLELE1') meaning = 'otherAllele';
    found.set(meaning, [...(found.get(meaning) ?? []), { column, rank: known.rank }]);
  });
  const columns = new Map(
    [...found].map(([meaning, list]) => [
      meaning,
      list.toSorted((a, b) => a.rank - b.rank).map(({ column }) => column),
    ]),
  );
  if (controlFrequency !== undefined)
    columns.set('frequency', [controlFrequency, ...(columns.get('frequency') ?? [])]);
  return columns;
}

/** PGC daner files have the numbers of people in two column names. */
function danerPeople(names: readonly string[]) {
  const find = (pattern: RegExp) => {
    const column = names.findIndex((name) => pattern.test(name));
    return { column, count: Number(pattern.exec(names[column] ?? '')?.[1]) };
  };
  const cases = find(/^FRQ_A_(\d+)$/i);
  const controls = find(/^FRQ_U_(\d+)$/i);
  if (cases.column < 0 || controls.column < 0) return undefined;
  return { cases: cases.count, controls: controls.count, controlFrequency: controls.column };
}

function fits(table: GwasTable, column: number, meaning: Meaning): boolean {
  return !isEmpty(table, column) && mismatchOf(table, column, meaning) === undefined;
}

/** Whether a column can be what its name says; what is empty or holds something else is said. */
function holds({ table, notes, empty, rejected }: Findings, column: number, meaning: Meaning): boolean {
  if (isEmpty(table, column)) {
    empty.push({ column, meaning });
    notes.push(`${table.names[column]} has no value in the first rows: it counts as absent`);
    return false;
  }
  const mismatch = mismatchOf(table, column, meaning);
  if (mismatch === undefined) return true;
  notes.push(`${table.names[column]} is not read as ${MEANINGS[meaning]}: it holds ${mismatch}`);
  rejected.push({ column, meaning, holds: mismatch });
  return false;
}

/** The best first: of columns of IDs, those with rsIDs. */
function ranked(table: GwasTable, meaning: Meaning, candidates: readonly number[]): readonly number[] {
  if (candidates.length < 2 || meaning !== 'snp') return candidates;
  const rank = (column: number) => (sampleOf(table, column).some((text) => /^rs\d/i.test(text)) ? 0 : 1);
  return candidates.toSorted((a, b) => rank(a) - rank(b));
}

function twoOfOneName(table: GwasTable, first: number, second: number, meaning: Meaning): HeredityError {
  const problem = `columns ${first + 1} and ${second + 1} are both called ${table.names[first]}`;
  return new HeredityError('bad-input', problem, {
    file: table.file,
    expected: 'one column of each name that is read',
    fix: `rename one of them, or choose another column with ${COLUMN_FLAGS[meaning]}`,
  });
}

/** A column called OR with negative values holds logarithms. */
function oddsThatAreLogs(
  { table, columns, notes }: Findings,
  passedOver: { column: number; meaning: Meaning }[],
): void {
  if (SIGNED.some((meaning) => columns[meaning] !== undefined)) return;
  const column = table.names.findIndex((name) => knownName(name)?.meaning === 'oddsRatio');
  if (column < 0 || passedOver.some((other) => other.column === column)) return;
  if (isEmpty(table, column) || mismatchOf(table, column, 'logOdds') !== undefined) return;
  notes.push(`${table.names[column]} has negative values: it is read as the logarithm of the odds ratio`);
  columns.logOdds = column;
}

/** Of several signed statistics the sign of one is enough; a standard error belongs to an effect. */
function keepOneSign(
  { table, columns, notes }: Findings,
  named: ReadonlyMap<Meaning, number>,
): { column: number; meaning: Meaning }[] {
  const hasP = [columns.p, columns.negLog10P, columns.pMantissa].some((column) => column !== undefined);
  // without P, Z is the better source of its own size too
  const order: readonly Meaning[] = hasP ? SIGNED : ['signed', 'z', ...SIGNED];
  const found = order.filter((meaning, i) => columns[meaning] !== undefined && order.indexOf(meaning) === i);
  const chosen = SIGNED.find((meaning) => named.has(meaning)) ?? found[0];
  const nameOf = (meaning: Meaning) => table.names[columns[meaning]!];
  const others = found.filter((meaning) => meaning !== chosen);
  if (chosen !== undefined && others.length > 0) {
    notes.push(
      `the sign is that of ${nameOf(chosen)}; ${others.map(nameOf).join(', ')} could give it as well (--signed-sumstats chooses)`,
    );
  }
  return others.map((meaning) => {
    const column = columns[meaning]!;
    delete columns[meaning];
    return { column, meaning };
  });
}

function namesAlleles(table: GwasTable, column: number): boolean {
  const ids = sampleOf(table, column);
  return ids.length > 0 && ids.filter((id) => WITH_ALLELES.test(id)).length >= MOST * ids.length;
}

/** REF and ALT: the allele of the effect is A1 where that is there (PLINK 2), else ALT. */
function allelesOfPrograms(
  { table, columns, notes }: Findings,
  named: ReadonlySet<Meaning>,
  variantAlleles: number | undefined,
): void {
  const nameOf = (meaning: Meaning) => table.names[columns[meaning]!];
  const isCalled = (meaning: Meaning, ...names: string[]) =>
    columns[meaning] !== undefined && !named.has(meaning) && names.includes(compactName(nameOf(meaning)));
  // LDSC takes a reference allele beside another one for that of the effect, which it is in files without an alternate one
  if (
    isCalled('reference', 'REFERENCEALLELE') &&
    columns.alternative === undefined &&
    columns.effectAllele === undefined &&
    columns.otherAllele !== undefined
  ) {
    notes.push(
      `${nameOf('reference')} stands beside ${nameOf('otherAllele')}: the effect is taken to be that of the reference allele, as in LDSC (--a1 and --a2 choose)`,
    );
    columns.effectAllele = columns.reference!;
  }
  // SNPTEST counts allele B
  if (isCalled('effectAllele', 'ALLELEB'))
    notes.push('alleleA and alleleB are there, as SNPTEST writes them: the effect is that of alleleB');
  if (isCalled('effectAllele', 'MINORALLELE')) {
    if (columns.otherAllele === undefined && variantAlleles !== undefined) delete columns.effectAllele;
    else notes.push(`the effect is taken to be that of ${nameOf('effectAllele')} (--a1 and --a2 choose)`);
  }
  allelesOfOneName(table, columns, notes);
  const { reference, alternative } = columns;
  if (columns.otherAllele !== undefined || reference === undefined || alternative === undefined) {
    delete columns.reference;
    delete columns.alternative;
    return;
  }
  if (columns.effectAllele !== undefined) return;
  notes.push(
    `there is no column A1: the effect is taken to be that of ${nameOf('alternative')}, as in GWAS-VCF (--a1 and --a2 choose)`,
  );
  columns.effectAllele = alternative;
  columns.otherAllele = reference;
  delete columns.reference;
  delete columns.alternative;
}

/** An allele of the effect beside only one of REF and ALT: that is the other allele, where it is another one in every row. */
function allelesOfOneName(
  table: GwasTable,
  columns: Partial<Record<Meaning, number>>,
  notes: string[],
): void {
  const { effectAllele, otherAllele, reference, alternative } = columns;
  const other = reference ?? alternative;
  if (effectAllele === undefined || otherAllele !== undefined || other === undefined) return;
  if (reference !== undefined && alternative !== undefined) return;
  const isOther = ({ [effectAllele]: effect = '', [other]: allele = '' }: readonly string[]) =>
    effect.toUpperCase() !== allele.toUpperCase();
  if (!table.sample.every(isOther)) return;
  notes.push(`the other allele is taken from ${table.names[other]} (--a2 chooses)`);
  columns.otherAllele = other;
}
