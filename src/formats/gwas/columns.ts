import { HeredityError } from '../../errors.js';
import { didYouMean } from '../near-names.js';
import { COLUMN_NAMES, type Meaning, plainName } from './column-names.js';
import { type GwasTable, MISSING_WORDS } from './table.js';

/** Which column of a GWAS file is read as what, and why. */
export interface ColumnReading {
  /** Column of each meaning that is read; others are absent. */
  readonly columns: Readonly<Partial<Record<Meaning, number>>>;
  /** What decided where names alone do not: one sentence each. */
  readonly notes: readonly string[];
  /** Columns that could also have been read as one of the meanings. */
  readonly passedOver: readonly { readonly column: number; readonly meaning: Meaning }[];
  /** Cases and controls from the names FRQ_A_<cases> and FRQ_U_<controls> of PGC daner files. */
  readonly people?: { readonly cases: number; readonly controls: number };
}

export interface ColumnChoices {
  /** Names that the user gives, as the file or {@link plainName} spells them. */
  readonly named?: Readonly<Partial<Record<Meaning, string>>>;
  /** Columns that are not to be read. */
  readonly ignored?: readonly string[];
}

/** The flag that names the column of a meaning, where there is one. */
export const COLUMN_FLAGS: Readonly<Partial<Record<Meaning, string>>> = {
  snp: '--snp',
  effectAllele: '--a1',
  otherAllele: '--a2',
  p: '--p',
  n: '--N-col',
  nCases: '--N-cas-col',
  nControls: '--N-con-col',
  nEffective: '--neff-col',
  nStudies: '--nstudy',
  frequency: '--frq',
  info: '--info',
  se: '--se',
  signed: '--signed-sumstats',
};

/** Statistics of which one gives the sign, the preferred first. */
const SIGNED = ['signed', 'beta', 'logOdds', 'oddsRatio', 'z'] as const;

/**
 * Recognises columns by their names. Of several that fit one meaning, those with values in the first rows come first, then
 * (for IDs) those that hold rsIDs, then the order of {@link COLUMN_NAMES}. Where a column is named by the user, names do
 * not count for that meaning.
 * @throws HeredityError `usage` for a named or ignored column that is not there, with the nearest names; `bad-input` for two
 *   columns of one name.
 */
export function recogniseColumns(table: GwasTable, choices: ColumnChoices = {}): ColumnReading {
  const { named = {}, ignored = [] } = choices;
  const names = table.names.map(plainName);
  const notes: string[] = [];
  const passedOver: { column: number; meaning: Meaning }[] = [];
  const left = new Set(ignored.map((name) => columnNamed(table, name, '--ignore')));
  const columns: Partial<Record<Meaning, number>> = {};
  const taken = new Set(left);
  for (const [meaning, name] of Object.entries(named) as [Meaning, string][]) {
    const column = columnNamed(table, name, COLUMN_FLAGS[meaning] ?? '');
    columns[meaning] = column;
    taken.add(column);
  }

  const daner = danerPeople(names);
  for (const [meaning, aliases] of Object.entries(aliasesFor(names, notes)) as [
    Meaning,
    readonly string[],
  ][]) {
    if (columns[meaning] !== undefined) continue;
    const found = aliases.flatMap((alias) => columnsCalled(names, alias));
    if (meaning === 'frequency' && daner !== undefined) found.unshift(daner.controlFrequency);
    const candidates = found.filter((column, i) => !taken.has(column) && found.indexOf(column) === i);
    const [best, ...others] = ranked(table, meaning, candidates);
    if (best === undefined) continue;
    const twin = others.find((column) => names[column] === names[best] && !isEmpty(table, column));
    if (twin !== undefined) throw twoOfOneName(table, best, twin, meaning);
    columns[meaning] = best;
    for (const column of others) passedOver.push({ column, meaning });
  }

  keepOneSign(table, columns, named, notes);
  fromReferenceAlleles(columns, notes);
  return {
    columns,
    notes,
    passedOver,
    ...(daner && { people: { cases: daner.cases, controls: daner.controls } }),
  };
}

/**
 * The column of a name that the user gave with a flag.
 * @throws HeredityError `usage` that lists the columns, and the nearest names.
 */
export function columnNamed({ file, names }: GwasTable, name: string, flag: string): number {
  const exact = names.indexOf(name);
  if (exact >= 0) return exact;
  const plain = names.findIndex((candidate) => plainName(candidate) === plainName(name));
  if (plain >= 0) return plain;
  const near = didYouMean(name, names);
  throw new HeredityError('usage', `${flag}: there is no column ${JSON.stringify(name)}`, {
    file,
    expected: `one of ${listOf(names)}`,
    ...(near && { fix: near }),
  });
}

export function listOf(names: readonly string[]): string {
  const most = 40;
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')}, …`;
}

function columnsCalled(names: readonly string[], alias: string): number[] {
  return names.flatMap((name, column) => (name === alias ? [column] : []));
}

/** SAIGE calls the allele of the effect Allele2; NMISS counts the people with data in PLINK 1.9 only. */
function aliasesFor(names: readonly string[], notes: string[]): Record<Meaning, readonly string[]> {
  const aliases = { ...COLUMN_NAMES };
  const has = (name: string) => names.includes(name);
  if (has('ALLELE2') && (has('AF_ALLELE2') || has('AC_ALLELE2'))) {
    notes.push('AF_Allele2 or AC_Allele2 is there, as SAIGE writes it: the effect is that of Allele2');
    aliases.effectAllele = ['ALLELE2'];
    aliases.otherAllele = ['ALLELE1'];
  }
  if (!has('TEST')) aliases.n = aliases.n.filter((name) => name !== 'NMISS');
  return aliases;
}

/** PGC daner files have the numbers of people in two column names. */
function danerPeople(names: readonly string[]) {
  const find = (pattern: RegExp) => {
    const column = names.findIndex((name) => pattern.test(name));
    return { column, count: Number(pattern.exec(names[column] ?? '')?.[1]) };
  };
  const cases = find(/^FRQ_A_(\d+)$/);
  const controls = find(/^FRQ_U_(\d+)$/);
  if (cases.column < 0 || controls.column < 0) return undefined;
  return { cases: cases.count, controls: controls.count, controlFrequency: controls.column };
}

/** The best first. */
function ranked(table: GwasTable, meaning: Meaning, candidates: readonly number[]): readonly number[] {
  if (candidates.length < 2) return candidates;
  const rank = (column: number) => {
    if (isEmpty(table, column)) return 2;
    return meaning === 'snp' && !table.sample.some((row) => /^rs\d/i.test(row[column] ?? '')) ? 1 : 0;
  };
  return candidates.toSorted((a, b) => rank(a) - rank(b));
}

/** Whether the column has no value in the first rows. */
function isEmpty({ sample }: GwasTable, column: number): boolean {
  const isMissing = (text = '') => text === '' || text === '.' || MISSING_WORDS.has(text.toLowerCase());
  return sample.length > 0 && sample.every((row) => isMissing(row[column]));
}

function twoOfOneName(table: GwasTable, first: number, second: number, meaning: Meaning): HeredityError {
  const problem = `columns ${first + 1} and ${second + 1} are both called ${table.names[first]}`;
  const flag = COLUMN_FLAGS[meaning];
  return new HeredityError('bad-input', problem, {
    file: table.file,
    expected: 'one column of each name that is read',
    fix: `rename one of them${flag ? `, or choose another column with ${flag}` : ''}`,
  });
}

/** Of several signed statistics the sign of one is enough; a standard error belongs to an effect. */
function keepOneSign(
  table: GwasTable,
  columns: Partial<Record<Meaning, number>>,
  named: Readonly<Partial<Record<Meaning, string>>>,
  notes: string[],
): void {
  const hasP = columns.p !== undefined || columns.negLog10P !== undefined;
  // without P, Z is the better source of its own size too
  const order: readonly Meaning[] = hasP ? SIGNED : ['signed', 'z', ...SIGNED];
  const found = order.filter((meaning, i) => columns[meaning] !== undefined && order.indexOf(meaning) === i);
  const usable = found.filter((meaning) => !isEmpty(table, columns[meaning]!));
  const chosen = SIGNED.find((meaning) => named[meaning] !== undefined) ?? usable[0] ?? found[0];
  const nameOf = (meaning: Meaning) => table.names[columns[meaning]!];
  const others = found.filter((meaning) => meaning !== chosen);
  if (chosen !== undefined && others.length > 0) {
    notes.push(
      `the sign is that of ${nameOf(chosen)}; ${others.map(nameOf).join(', ')} could give it as well (--signed-sumstats chooses)`,
    );
  }
  for (const meaning of others) delete columns[meaning];
}

/** REF and ALT: the allele of the effect is A1 where that is there (PLINK 2), else ALT. */
function fromReferenceAlleles(columns: Partial<Record<Meaning, number>>, notes: string[]): void {
  const { reference, alternative } = columns;
  if (columns.otherAllele !== undefined || reference === undefined || alternative === undefined) {
    delete columns.reference;
    delete columns.alternative;
    return;
  }
  if (columns.effectAllele !== undefined) return;
  notes.push(
    'there is no column A1: the effect is taken to be that of ALT, as in GWAS-VCF (--a1 and --a2 choose)',
  );
  columns.effectAllele = alternative;
  columns.otherAllele = reference;
  delete columns.reference;
  delete columns.alternative;
}
