/** One person of a family; parents come before their children. */
interface Member {
  /** Positions of father and mother in the family; absent where the person is a founder. */
  readonly parents?: readonly [number, number];
  /** Position of the twin who is genetically the same. */
  readonly twin?: number;
  /** Named where the person is among the samples. */
  readonly name?: string;
  /** 1 male, 2 female; other samples' is unknown. */
  readonly sex?: 1 | 2;
}

const FATHER = { name: 'father', sex: 1 } as const;
const MOTHER = { name: 'mother', sex: 2 } as const;
const UNSEEN: Member = {};

/** Families by name: who is in them, and who of them is a sample. */
export const FAMILIES = {
  trio: [FATHER, MOTHER, { name: 'child', parents: [0, 1] }],
  quartet: [FATHER, MOTHER, { name: 'child1', parents: [0, 1] }, { name: 'child2', parents: [0, 1] }],
  'parent-child': [{ name: 'parent' }, UNSEEN, { name: 'child', parents: [0, 1] }],
  sibs: [UNSEEN, UNSEEN, { name: 'sib1', parents: [0, 1] }, { name: 'sib2', parents: [0, 1] }],
  twins: [UNSEEN, UNSEEN, { name: 'twin1', parents: [0, 1] }, { name: 'twin2', twin: 2 }],
  'half-sibs': [UNSEEN, UNSEEN, UNSEEN, { name: 'sib1', parents: [0, 1] }, { name: 'sib2', parents: [2, 1] }],
  avuncular: [
    UNSEEN,
    UNSEEN,
    { name: 'uncle', parents: [0, 1] },
    { parents: [0, 1] },
    UNSEEN,
    { name: 'nephew', parents: [3, 4] },
  ],
  cousins: [
    UNSEEN,
    UNSEEN,
    { parents: [0, 1] },
    { parents: [0, 1] },
    UNSEEN,
    UNSEEN,
    { name: 'cousin1', parents: [2, 4] },
    { name: 'cousin2', parents: [5, 3] },
  ],
} as const satisfies Readonly<Record<string, readonly Member[]>>;

export type FamilyKind = keyof typeof FAMILIES;

/** A member of a family who is a sample. */
export interface FamilySample {
  /** Position in the family. */
  readonly member: number;
  readonly name: string;
  readonly sex: 0 | 1 | 2;
  /** Names of father and mother, where they are samples; their order is that of the family. */
  readonly parents: readonly (string | undefined)[];
}

/** The samples of a family, in order. */
export function familySamples(kind: FamilyKind): FamilySample[] {
  const members: readonly Member[] = FAMILIES[kind];
  return members.flatMap(({ name, sex, parents = [], twin }, member): FamilySample[] => {
    if (name === undefined) return [];
    const own = twin === undefined ? parents : (members[twin].parents ?? []);
    return [{ member, name, sex: sex ?? 0, parents: own.map((parent) => members[parent].name) }];
  });
}

/** A family as numbers, for tasks. */
export interface FamilyPlan {
  readonly members: number;
  /** `parents[2 * m]`, `parents[2 * m + 1]`: positions of the parents of member m, -1 for a founder. */
  readonly parents: readonly number[];
  /** Position of the twin of each member, or -1. */
  readonly twins: readonly number[];
  /** Positions of the members who are samples. */
  readonly samples: readonly number[];
}

export function familyPlan(kind: FamilyKind): FamilyPlan {
  const members: readonly Member[] = FAMILIES[kind];
  return {
    members: members.length,
    parents: members.flatMap(({ parents }) => parents ?? [-1, -1]),
    twins: members.map(({ twin }) => twin ?? -1),
    samples: members.flatMap(({ name }, m) => (name === undefined ? [] : [m])),
  };
}

/** Kinship coefficients of the samples of a family: .25 for parent and child, .5 for twins and oneself. */
export function familyKinship(kind: FamilyKind): number[][] {
  const members: readonly Member[] = FAMILIES[kind];
  const kinship = members.map(() => members.map(() => 0));
  for (const [m, { parents, twin }] of members.entries()) {
    for (let other = 0; other < m; other++) {
      const value =
        twin !== undefined
          ? kinship[twin][other]
          : parents
            ? (kinship[parents[0]][other] + kinship[parents[1]][other]) / 2
            : 0;
      kinship[m][other] = value;
      kinship[other][m] = value;
    }
    kinship[m][m] = parents ? (1 + kinship[parents[0]][parents[1]]) / 2 : 0.5;
  }
  const { samples } = familyPlan(kind);
  return samples.map((a) => samples.map((b) => kinship[a][b]));
}
