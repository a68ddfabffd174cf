import {
  type Covariate,
  createDesign,
  type Design,
  type Trait,
  traitProblems,
} from '../association/design.js';
import { formatCount } from '../estimate/number.js';

/** Two traits, as positions. */
export type PairOfTraits = readonly [number, number];

/** A pair of traits, and which columns of the design stand for it. */
export interface PlannedPair {
  readonly traits: PairOfTraits;
  /** Undefined where the two cannot be estimated together. */
  readonly columns?: PairOfTraits;
  readonly reason?: string;
  /** Where the columns are of the people of either trait, 0 for who has not the trait. */
  readonly apart?: PeopleApart;
}

/** People of a pair of traits that too few people have both of. */
export interface PeopleApart {
  readonly counts: PairOfTraits;
  /** Who have both. */
  readonly both: number;
}

/** Traits of a run, and what else is estimated beside them so that the traits of every pair are of the same people. */
export interface PairedDesign {
  readonly design: Design;
  /** The traits of the design: those of the run, then copies of some for the people of a pair. */
  readonly columns: readonly Trait[];
  readonly pairs: readonly PlannedPair[];
}

/** How many people a pair has to have. */
export interface PeopleNeeded {
  /** More than so many beside the columns projected out. */
  readonly above: number;
  /** Why, as an end of a sentence. */
  readonly because: string;
  /** Whether the method takes the people of either trait where too few have both. @default false */
  readonly eitherWay?: boolean;
}

/**
 * All pairs of some traits. A genetic covariance is that of people who have both traits: where a trait is known of others as
 * well, a copy of it without them is one more column, in one group with the other trait's. Where too few have both and the method can,
 * both columns are of the people of either trait: the trait's residual among its own people, and 0 for the others (METHODS 1.14).
 */
export function pairedDesign(
  traits: readonly Trait[],
  covariates: readonly Covariate[],
  samples: number,
  needed: PeopleNeeded,
): PairedDesign {
  const columns: Trait[] = [...traits];
  const copies = new Map<string, number>();
  const { columns: projected } = createDesign([], covariates, samples);
  const among = (t: number, people: Uint8Array, key: string): number => {
    if (people.every((isIn, i) => isIn === 1 || Number.isNaN(traits[t].values[i]))) return t;
    const name = `${t}:${key}`;
    const known = copies.get(name);
    if (known !== undefined) return known;
    const values = traits[t].values.map((value, i) => (people[i] ? value : Number.NaN));
    copies.set(name, columns.length);
    return columns.push({ name: traits[t].name, values }) - 1;
  };
  const pairs: PlannedPair[] = [];
  for (let a = 0; a < traits.length; a++)
    for (let b = a + 1; b < traits.length; b++) {
      const both = Uint8Array.from({ length: samples }, (_, i) =>
        Number.isNaN(traits[a].values[i]) || Number.isNaN(traits[b].values[i]) ? 0 : 1,
      );
      const count = both.reduce((sum, isIn) => sum + isIn, 0);
      const counts = [peopleOf(traits[a]), peopleOf(traits[b])] as const;
      const few = count === Math.max(...counts) ? undefined : tooFew(count, projected, needed);
      if (few !== undefined && needed.eitherWay) {
        const stacked = stackedPair([traits[a], traits[b]], covariates);
        const first = columns.push(...stacked) - 2;
        pairs.push({ traits: [a, b], columns: [first, first + 1], apart: { counts, both: count } });
        continue;
      }
      const reason =
        count === Math.max(...counts)
          ? undefined
          : (few ??
            undetermined(
              [a, b].map((t) => traits[t]),
              both,
              covariates,
            ));
      if (reason !== undefined) {
        pairs.push({ traits: [a, b], reason });
        continue;
      }
      const key = new TextDecoder('latin1').decode(both);
      pairs.push({ traits: [a, b], columns: [among(a, both, key), among(b, both, key)] });
    }
  return { design: createDesign(columns, covariates, samples), columns, pairs };
}

const peopleOf = ({ values }: Trait) => values.reduce((sum, v) => sum + (Number.isNaN(v) ? 0 : 1), 0);

/** Residuals of both traits, each among its own people, of the people of either: 0 where one has only the other trait. */
function stackedPair(pair: readonly [Trait, Trait], covariates: readonly Covariate[]): Trait[] {
  return pair.map(({ name, values }, t) => {
    const other = pair[1 - t].values;
    const [{ residuals }] = createDesign([{ name, values }], covariates, values.length).groups;
    const stacked = values.map((value, i) =>
      Number.isNaN(value) ? (Number.isNaN(other[i]) ? Number.NaN : 0) : residuals[0][i],
    );
    return { name, values: stacked };
  });
}

function tooFew(count: number, projected: number, { above, because }: PeopleNeeded): string | undefined {
  if (count - projected > above) return undefined;
  return `${count === 0 ? 'nobody has' : `only ${formatCount(count)} people have`} both traits, ${because}`;
}

/** Why a trait cannot be analysed among the people of a pair. */
function undetermined(
  traits: readonly Trait[],
  people: Uint8Array,
  covariates: readonly Covariate[],
): string | undefined {
  const masked = traits.map(({ name, values }) => ({
    name,
    values: values.map((value, i) => (people[i] ? value : Number.NaN)),
  }));
  const problem = traitProblems(masked, covariates, people.length).find((found) => found !== undefined);
  return problem && `among the people who have both traits ${problem.problem}`;
}
