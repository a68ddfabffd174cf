import { HeredityError } from '../../errors.js';
import { compactName, knownName, type Meaning, plainName } from './column-names.js';

/** Columns whose names are a known name with the same words before or after it, such as `BETA.Y1`, `SE.Y1` or `height_beta`. */
export interface TraitColumns {
  /** The words, as {@link plainName} has them: a trait or a population. */
  readonly trait: string;
  /** The first column of each meaning. */
  readonly columns: ReadonlyMap<Meaning, number>;
  /** Whether there are both a sign and a size of Z. */
  readonly isWhole: boolean;
}

/** What may have a trait or a population beside its name; alleles have it in tables of TwoSampleMR, IDs nowhere. */
const OF_A_TRAIT: ReadonlySet<Meaning> = new Set([
  ...(['p', 'negLog10P', 'z', 'beta', 'logOdds', 'oddsRatio', 'se', 'n', 'nCases', 'nControls'] as const),
  ...(['nEffective', 'nEffectiveHalf', 'frequency', 'info', 'effectAllele', 'otherAllele'] as const),
]);

/** What makes columns the results of a study; a frequency alone does not. */
const RESULTS: readonly Meaning[] = ['p', 'negLog10P', 'z', 'beta', 'logOdds', 'oddsRatio'];

/** Words next to a known name that make another thing of it: heterogeneity, bounds, corrections, counts. */
const OTHER_THINGS: ReadonlySet<string> = new Set(
  (
    'HET HETEROGENEITY COCHRAN COCHRANS ISQ HWE HW CHISQ CHI2 CHI DF RE RE2 RANDOM L95 U95 95L 95U CI CI95 ADJ ADJUSTED FDR BH ' +
    'BONF BONFERRONI HOLM SIDAK UNADJ PERM EMP EMP1 EMP2 INTERACTION GXE ALLELE ALLELES MISS MISSING'
  ).split(' '),
);
/** The same, where they stand alone: in a longer name they may be part of a trait, as in low_back_pain. */
const OTHER_THINGS_ALONE: ReadonlySet<string> = new Set(
  (
    'Q I I2 R R2 L U LO HI LOW HIGH LOWER UPPER MIN MAX MEAN MEDIAN SD VAR INT SS GC FREQ COUNT CT CODE TYPE DIRECTION DIR FLAG ' +
    'SNP SNPS INDEX UNIT UNITS RATE RANK VALUE ID'
  ).split(' '),
);

/** The words of a name that is known but for the first or the last of them. */
function affixOf(name: string): { meaning: Meaning; trait: string } | undefined {
  const words = plainName(name).split('_');
  for (let known = words.length - 1; known > 0; known--) {
    for (const [part, rest, nearest] of [
      [words.slice(0, known), words.slice(known), words[known]],
      [words.slice(-known), words.slice(0, -known), words.at(-known - 1)!],
    ] as const) {
      const meaning = knownName(part.join('_'))?.meaning;
      if (meaning === undefined) continue;
      if (!OF_A_TRAIT.has(meaning) || part.join('') === 'B') return undefined;
      const isOther = OTHER_THINGS.has(nearest) || (rest.length === 1 && OTHER_THINGS_ALONE.has(nearest));
      return isOther ? undefined : { meaning, trait: rest.join('_') };
    }
  }
  return undefined;
}

/** The columns of each trait or population that a file has results of, in the order of the file. */
export function traitsOf(names: readonly string[]): TraitColumns[] {
  const traits = new Map<string, Map<Meaning, number>>();
  names.forEach((name, column) => {
    if (knownName(name) !== undefined) return;
    const affix = affixOf(name);
    if (affix === undefined) return;
    const columns = traits.get(affix.trait) ?? new Map<Meaning, number>();
    traits.set(affix.trait, columns);
    if (!columns.has(affix.meaning)) columns.set(affix.meaning, column);
  });
  return [...traits]
    .map(([trait, columns]) => ({ trait, columns, isWhole: isWhole(columns) }))
    .filter(({ columns }) => RESULTS.some((meaning) => columns.has(meaning)));
}

function isWhole(columns: ReadonlyMap<Meaning, number>): boolean {
  const has = (...meanings: Meaning[]) => meanings.some((meaning) => columns.has(meaning));
  return has('z') || (has('beta', 'logOdds', 'oddsRatio') && has('p', 'negLog10P', 'se'));
}

/**
 * The one trait whose columns are read: the one that is asked for, that of a column that the user names, or the only one
 * with results where the other columns have none; of several populations that of all together.
 * @param wanted of --trait.
 * @param isComplete whether columns without words beside their names hold results already.
 * @throws HeredityError `usage` where there is no such trait; `bad-input` for several, of which none is asked for.
 */
export function chooseTrait(
  file: string,
  traits: readonly TraitColumns[],
  wanted: string | undefined,
  named: ReadonlySet<number>,
  isComplete: boolean,
): (TraitColumns & { readonly isAsked: boolean }) | undefined {
  if (wanted !== undefined) {
    const columns = traits.find(({ trait }) => compactName(trait) === compactName(wanted));
    if (columns !== undefined) return { ...columns, isAsked: true };
    throw new HeredityError('usage', `--trait: no column has ${JSON.stringify(wanted)} beside a known name`, {
      file,
      expected: traits.length === 0 ? 'names such as BETA.<trait>' : `one of ${listed(traits)}`,
    });
  }
  const ofNamed = traits.find(({ columns }) => [...columns.values()].some((column) => named.has(column)));
  if (ofNamed !== undefined) return { ...ofNamed, isAsked: true };
  if (isComplete) return undefined;
  const fullness = ({ columns }: TraitColumns) => (columns.size > 1 ? 1 : 0);
  const fullest = traits.reduce((most, trait) => Math.max(most, fullness(trait)), 0);
  const [only, ...others] = traits.filter((trait) => fullness(trait) === fullest);
  if (only === undefined) return undefined;
  if (others.length === 0) return { ...only, isAsked: false };
  // as Pan-UKB calls the results of all populations together
  const all = traits.find(({ trait }) => trait === 'META');
  if (all !== undefined) return { ...all, isAsked: true };
  throw new HeredityError('bad-input', 'the file holds results of several traits or populations', {
    file,
    expected: `one that is asked for: ${listed([only, ...others])}`,
    fix: `say --trait ${only.trait}, or name its columns`,
  });
}

function listed(traits: readonly TraitColumns[]): string {
  const most = 20;
  const names = traits.slice(0, most).map(({ trait }) => trait);
  return `${names.join(', ')}${traits.length > most ? ', …' : ''}`;
}
