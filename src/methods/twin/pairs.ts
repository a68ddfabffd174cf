import { HeredityError } from '../../errors.js';
import type { AffectedCounts } from '../../estimators/twin/liability.js';
import type { PairGroup } from '../../estimators/twin/pairs.js';
import { parseRelationship, type Relationship } from '../../estimators/twin/relatives.js';
import type { DelimitedTable } from '../../formats/delimited-table.js';
import { LossTable } from '../../provenance.js';

/** Which rows of a table of pairs count, and as what. */
export interface PairSelection {
  /** Columns of the phenotypes of first and second members. */
  readonly trait: readonly [string, string];
  /** Column that says what kind of relatives a pair is; undefined where all are of one kind. */
  readonly zygosity: string | undefined;
  readonly kinds: readonly RelativeKind[];
  /** `column=value` or `column!=value`; all have to hold. */
  readonly where: readonly string[];
  /** `age` for both members, `age1:age2` for a column each. */
  readonly covariates: readonly string[];
}

/** A kind of relatives, and the values of the zygosity column that mean it. */
export interface RelativeKind {
  readonly label: string;
  readonly relationship: Relationship;
  readonly values: readonly string[];
}

export interface SelectedPairs {
  readonly groups: readonly PairGroup[];
  /** Rows of the table, by group. */
  readonly rows: readonly (readonly number[])[];
  /** Names of the columns of the groups' covariates: a categorical covariate has one a level but the first. */
  readonly covariateNames: readonly string[];
  /** How many pairs were lost at which step. */
  readonly losses: LossTable;
}

/**
 * Kinds of relatives from `--mz`, `--dz` and `--group value=relationship`; values with one relationship make one group.
 * @throws HeredityError `usage` for a group that is not value=relationship
 */
export function relativeKinds(
  mz: readonly string[] | undefined,
  dz: readonly string[] | undefined,
  others: readonly string[] | undefined,
): RelativeKind[] {
  const kinds: RelativeKind[] = [];
  if (mz) kinds.push({ label: 'MZ', relationship: parseRelationship('mz'), values: mz });
  if (dz) kinds.push({ label: 'DZ', relationship: parseRelationship('dz'), values: dz });
  for (const text of others ?? []) {
    const at = text.lastIndexOf('=');
    if (at < 1) {
      throw new HeredityError('usage', '--group is not value=relationship', {
        value: text,
        expected:
          'a value of the zygosity column and a relationship, such as HS=half-siblings or cousins=0.125/0/0',
      });
    }
    const relationship = parseRelationship(text.slice(at + 1));
    kinds.push({ label: text.slice(0, at), relationship, values: [text.slice(0, at)] });
  }
  return kinds;
}

/** Several traits of the same pairs: groups of each, whose pairs stand in one order. */
export interface SelectedTraits extends Omit<SelectedPairs, 'groups'> {
  readonly traits: readonly (readonly PairGroup[])[];
}

/**
 * Groups of pairs from the rows of a table. A member without a covariate counts as missing, and a pair with one
 * phenotype as a singleton.
 * @throws HeredityError `bad-input` for unknown columns and values that are no numbers, `mismatch` for a group without pairs
 */
export function selectPairs(table: DelimitedTable, selection: PairSelection): SelectedPairs {
  const { traits, ...rest } = selectTraits(table, selection, [selection.trait]);
  return { groups: traits[0], ...rest };
}

/** As {@link selectPairs}; a pair is lost where it has no phenotype of any of the traits. */
export function selectTraits(
  table: DelimitedTable,
  selection: Omit<PairSelection, 'trait'>,
  traits: readonly (readonly [string, string])[],
): SelectedTraits {
  const losses = new LossTable(table.rowCount, 'pairs');
  const kept = Array.from({ length: table.rowCount }, (_, i) => i).filter(filterOf(table, selection.where));
  losses.step('--where', kept.length, 'pairs that another value was asked of');
  const kindOf = classify(table, selection, kept);
  const used = kept.filter((row) => kindOf[row] !== undefined);
  losses.step('--zygosity', used.length, 'pairs of a kind that was not asked for');
  const phenotypes = traits.map((columns) => columns.map((name) => table.numbers(name)));
  const covariates = selection.covariates.flatMap((text) => covariateColumns(table, text, used));
  for (const { members } of covariates)
    for (const trait of phenotypes)
      for (const [member, phenotype] of trait.entries())
        for (const row of used) if (Number.isNaN(members[member][row])) phenotype[row] = Number.NaN;
  const isMissing = (row: number) =>
    phenotypes.every((members) => members.every((values) => Number.isNaN(values[row])));
  const withPhenotype = used.filter((row) => !isMissing(row));
  losses.step('phenotypes', withPhenotype.length, 'pairs without a phenotype, or without a covariate for it');
  const rowsOf = selection.kinds.map((kind) => withPhenotype.filter((row) => kindOf[row] === kind));
  const groupsOf = ([first, second]: readonly Float64Array[]) =>
    selection.kinds.map((kind, g): PairGroup => {
      const rows = rowsOf[g];
      const take = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]);
      const design = (member: 0 | 1) =>
        Float64Array.from(rows.flatMap((row) => covariates.map(({ members }) => members[member][row])));
      return {
        label: kind.label,
        relationship: kind.relationship,
        first: take(first),
        second: take(second),
        ...(covariates.length > 0 && { firstCovariates: design(0), secondCovariates: design(1) }),
      };
    });
  return {
    traits: phenotypes.map(groupsOf),
    rows: rowsOf,
    covariateNames: covariates.map(({ name }) => name),
    losses,
  };
}

/**
 * Counts affected members of pairs with a trait coded 0 and 1, or 1 and 2 (PLINK's unaffected and affected).
 * @throws HeredityError `bad-input` for other values
 */
export function countAffected(groups: readonly PairGroup[]): AffectedCounts[] {
  const values = new Set(
    groups.flatMap(({ first, second }) => [...first, ...second].filter((y) => !Number.isNaN(y))),
  );
  const affected = values.has(2) ? 2 : 1;
  const wrong = [...values].find((value) => value !== affected && value !== affected - 1);
  if (wrong !== undefined) {
    throw new HeredityError('bad-input', 'the trait is not binary', {
      value: wrong,
      expected: '0 and 1, or 1 and 2',
      fix: 'leave --binary out for a measured trait',
    });
  }
  return groups.map(({ label, relationship, first, second }) => {
    const count = { both: 0, one: 0, neither: 0, singleAffected: 0, singleUnaffected: 0 };
    first.forEach((y1, i) => {
      const present = [y1, second[i]].filter((y) => !Number.isNaN(y));
      const cases = present.filter((y) => y === affected).length;
      if (present.length === 1) count[cases === 1 ? 'singleAffected' : 'singleUnaffected']++;
      if (present.length === 2) count[(['neither', 'one', 'both'] as const)[cases]]++;
    });
    return { label, relationship: relationship as Relationship, ...count };
  });
}

/** Whether a row of the table meets every condition. */
export function filterOf(table: DelimitedTable, where: readonly string[]): (row: number) => boolean {
  const conditions = where.map((text) => {
    const parts = /^(.+?)(!?=)(.*)$/.exec(text);
    if (!parts) {
      throw new HeredityError('usage', '--where is not a condition', {
        value: text,
        expected: 'column=value or column!=value, such as cohort=younger',
      });
    }
    const [, name, sign, value] = parts;
    const values = table.texts(name);
    if (sign === '=' && !values.includes(value)) {
      throw new HeredityError('mismatch', `no pair has ${name} ${JSON.stringify(value)}`, {
        file: table.file,
        expected: `one of ${listSome(values)}`,
      });
    }
    return (row: number) => (values[row] === value) === (sign === '=');
  });
  return (row) => conditions.every((holds) => holds(row));
}

function classify(
  table: DelimitedTable,
  { zygosity, kinds }: Pick<PairSelection, 'zygosity' | 'kinds'>,
  kept: readonly number[],
): (RelativeKind | undefined)[] {
  if (zygosity === undefined) return Array.from({ length: table.rowCount }, () => kinds[0]);
  const values = table.texts(zygosity);
  const byValue = new Map(kinds.flatMap((kind) => kind.values.map((value) => [value, kind] as const)));
  const present = new Set(kept.map((row) => values[row]));
  for (const kind of kinds) {
    if (kind.values.some((value) => present.has(value))) continue;
    throw new HeredityError(
      'mismatch',
      `no ${kind.label} pair is left: ${zygosity} is never ${kind.values.join(' or ')}`,
      {
        file: table.file,
        expected: `values such as ${listSome([...present])}`,
        fix: 'check --mz, --dz and --where',
      },
    );
  }
  return values.map((value) => byValue.get(value));
}

export interface Covariate {
  readonly name: string;
  /** Values of each member of a row by row of the table; NaN is missing. */
  readonly members: readonly Float64Array[];
}

/**
 * One column of numbers, or a column of 0 and 1 for each level of a categorical covariate but the first.
 * @param text a column for all members, or as many as there are members, such as `age1:age2`
 * @param used rows that count, which decide whether a column is numeric and which levels it has
 */
export function covariateColumns(
  table: DelimitedTable,
  text: string,
  used: readonly number[],
  memberCount = 2,
): Covariate[] {
  const names = text.split(':');
  if (names.length !== 1 && names.length !== memberCount) {
    const example = Array.from({ length: memberCount }, (_, i) => `age${i + 1}`).join(':');
    throw new HeredityError('usage', `--covar names ${names.length} columns for ${memberCount} members`, {
      value: text,
      expected: `one column for all members, or one each such as ${example}`,
    });
  }
  const columns = Array.from({ length: memberCount }, (_, i) => names[names.length === 1 ? 0 : i]);
  const words = columns.map((name) => table.texts(name));
  const isNumber = (word: string) => word === '' || Number.isFinite(Number(word));
  if (words.every((column) => used.every((row) => isNumber(column[row])))) {
    return [{ name: text, members: columns.map((name) => table.numbers(name)) }];
  }
  const levels = [...new Set(words.flatMap((column) => used.map((row) => column[row])))]
    .filter((word) => word !== '')
    .sort();
  return levels.slice(1).map((level) => ({
    name: `${text}=${level}`,
    members: words.map((column) =>
      Float64Array.from(column, (word) => (word === '' ? Number.NaN : word === level ? 1 : 0)),
    ),
  }));
}

/** The first few different values. */
function listSome(values: readonly string[]): string {
  const different = [...new Set(values)].filter((value) => value !== '').sort();
  return different.slice(0, 8).join(', ') + (different.length > 8 ? ' …' : '');
}
