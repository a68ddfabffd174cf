import { HeredityError } from '../../errors.js';
import { COLUMN_FLAGS, compactName, knownName, MEANINGS, type Meaning } from './column-names.js';
import type { Findings } from './columns.js';
import { isEmpty, mismatchOf, numbersOf } from './values.js';

const ALLELES: readonly Meaning[] = ['effectAllele', 'otherAllele', 'reference', 'alternative'];
/** The alleles of the effect, and the others. */
const EFFECTS: readonly Meaning[] = ['effectAllele', 'alternative'];
const SIGNED: readonly Meaning[] = ['signed', 'z', 'beta', 'logOdds', 'oddsRatio', 'score'];
const EFFECT_SIZES: readonly Meaning[] = ['beta', 'logOdds'];

/** Meanings that a flag may name although the column is known as the other: what is read is then what is known. */
const READ_AS_KNOWN: readonly (readonly [flag: Meaning, known: Meaning])[] = [
  ['p', 'negLog10P'],
  ['negLog10P', 'p'],
  ['n', 'nEffective'],
  ['n', 'nEffectiveHalf'],
  ['nEffective', 'nEffectiveHalf'],
];

/** Names of what no flag takes but that of the IDs: where a variant is. */
const PLACES = new Set(
  'CHR CHROM CHROMOSOME HMCHROM BP POS POSITION HMPOS BASEPAIRLOCATION GENPOS CM'.split(' '),
);

/**
 * Takes over the columns that the user names with flags. A name that is known to stand for another meaning, which its values
 * do not contradict, wins over the flag where the two are the same in other words, and is refused where they are not.
 * @param known columns by the meaning of their names.
 * @throws HeredityError `usage` for a flag that contradicts the name or the values of its column.
 */
export function checkNamed(
  found: Findings,
  named: ReadonlyMap<Meaning, number>,
  known: ReadonlyMap<Meaning, readonly number[]>,
  signedNull: number | undefined,
): void {
  const { table, columns, notes, warnings, empty } = found;
  const knownAs = new Map(
    [...known].flatMap(([meaning, list]) => list.map((column) => [column, meaning] as const)),
  );
  for (const [flag, column] of named) {
    const name = table.names[column];
    if (isEmpty(table, column)) {
      empty.push({ column, meaning: flag });
      notes.push(
        `${name}, which ${COLUMN_FLAGS[flag]} names, has no value in the first rows: it counts as absent`,
      );
      continue;
    }
    if (flag !== 'snp' && PLACES.has(compactName(name)))
      throw contradicts(found, flag, column, 'is known as the place of a variant');
    const meaning = knownAs.get(column) ?? knownName(name)?.meaning;
    const isKnown = meaning !== undefined && mismatchOf(table, column, meaning) === undefined;
    if (!isKnown || agrees(flag, meaning)) {
      const mismatch = mismatchOf(table, column, flag);
      if (mismatch !== undefined) throw contradicts(found, flag, column, `holds ${mismatch}`);
      columns[flag] = column;
    } else if (READ_AS_KNOWN.some(([a, b]) => a === flag && b === meaning)) {
      warnings.push(
        `${COLUMN_FLAGS[flag]} names ${name}, which is known as ${MEANINGS[meaning]}: it is read as that`,
      );
      columns[meaning] = column;
    } else {
      throw contradicts(found, flag, column, `is known as ${MEANINGS[meaning]}`);
    }
  }
  checkNull(found, knownAs, signedNull);
  checkAlleles(found, known, knownAs);
}

function agrees(flag: Meaning, known: Meaning): boolean {
  if (flag === known || (SIGNED.includes(flag) && SIGNED.includes(known) && isSameSign(flag, known)))
    return true;
  if (ALLELES.includes(flag) && ALLELES.includes(known)) return true;
  return EFFECT_SIZES.includes(flag) && EFFECT_SIZES.includes(known);
}

/** --signed-sumstats takes any signed statistic; --z none that is no Z. */
function isSameSign(flag: Meaning, known: Meaning): boolean {
  return (
    flag === 'signed' ||
    flag === 'score' ||
    known === 'signed' ||
    (EFFECT_SIZES.includes(flag) && EFFECT_SIZES.includes(known))
  );
}

/** The value at no effect that --signed-sumstats gives, against the one that the name stands for. */
function checkNull(
  found: Findings,
  knownAs: ReadonlyMap<number, Meaning>,
  signedNull: number | undefined,
): void {
  const { table, columns } = found;
  if (columns.signed === undefined || signedNull === undefined) return;
  const known = knownAs.get(columns.signed);
  const name = table.names[columns.signed];
  const values = numbersOf(table, columns.signed);
  const negative = values.filter((value) => value < 0);
  const refuse = (problem: string, fix: string) => {
    throw new HeredityError('usage', `--signed-sumstats ${name},${signedNull}: ${problem}`, {
      file: table.file,
      fix,
    });
  };
  if (signedNull === 1 && negative.length > 0.02 * values.length) {
    refuse(
      `${name} holds ${negative[0]}, and no odds ratio is negative`,
      `say --signed-sumstats ${name},0 where it is an effect or a logarithm`,
    );
  }
  if (known === 'oddsRatio' && signedNull === 0 && values.length > 0 && negative.length === 0)
    refuse(
      `${name} is an odds ratio, which is 1 at no effect, and has no negative value`,
      `say --signed-sumstats ${name},1`,
    );
}

/** Where one flag names an allele, a column that is known as the same allele cannot be the other one. */
function checkAlleles(
  found: Findings,
  known: ReadonlyMap<Meaning, readonly number[]>,
  knownAs: ReadonlyMap<number, Meaning>,
): void {
  const { table, columns, warnings, notes } = found;
  const { effectAllele, otherAllele } = columns;
  const nameOf = (column: number) => table.names[column];
  const first = (meanings: readonly Meaning[]) =>
    meanings
      .flatMap((meaning) => known.get(meaning) ?? [])
      .find((column) => column !== effectAllele && column !== otherAllele && !isEmpty(table, column));
  if (effectAllele !== undefined && effectAllele === otherAllele) {
    throw new HeredityError('usage', `--a1 and --a2 both name ${nameOf(effectAllele)}`, {
      file: table.file,
      fix: 'name two columns',
    });
  }
  if (effectAllele !== undefined && otherAllele !== undefined) {
    const turned = knownAs.get(effectAllele) === 'reference' && knownAs.get(otherAllele) === 'alternative';
    if (turned)
      warnings.push(
        `the effect is read as that of ${nameOf(effectAllele)}, the reference allele, as --a1 and --a2 say: in most files it is that of ${nameOf(otherAllele)}`,
      );
    return;
  }
  if (otherAllele !== undefined && EFFECTS.includes(knownAs.get(otherAllele)!)) {
    const other = first(knownAs.get(otherAllele) === 'alternative' ? ['reference'] : ['otherAllele']);
    if (other === undefined) return;
    warnings.push(
      `--a2 names ${nameOf(otherAllele)}, which is known as the allele of the effect beside ${nameOf(other)}: it is read as that (--a1 ${nameOf(other)} --a2 ${nameOf(otherAllele)} turns them)`,
    );
    columns.effectAllele = otherAllele;
    columns.otherAllele = other;
  } else if (effectAllele !== undefined && knownAs.get(effectAllele) === 'reference') {
    const alternate = first(['alternative']);
    if (alternate === undefined) return;
    throw new HeredityError(
      'usage',
      `--a1 names ${nameOf(effectAllele)}, the reference allele, beside ${nameOf(alternate)}, which is that of the effect in most files`,
      {
        file: table.file,
        fix: `leave out --a1, or insist with --a1 ${nameOf(effectAllele)} --a2 ${nameOf(alternate)}`,
      },
    );
  } else if (effectAllele !== undefined && knownAs.get(effectAllele) === 'otherAllele') {
    const other = first(['effectAllele']);
    if (other === undefined) return;
    notes.push(`--a1 names ${nameOf(effectAllele)}: the other allele is then ${nameOf(other)}`);
    columns.otherAllele = other;
  }
}

function contradicts({ table }: Findings, flag: Meaning, column: number, why: string): HeredityError {
  return new HeredityError('usage', `${COLUMN_FLAGS[flag]}: ${table.names[column]} ${why}`, {
    file: table.file,
    expected: `a column of the ${MEANINGS[flag]}`,
    fix: 'leave out the flag, or name another column; rename the column if its name is wrong',
  });
}
