import { sumFamilies } from '../../../src/estimators/twin/families.js';
import type { PairGroup } from '../../../src/estimators/twin/pairs.js';
import type { Relationship } from '../../../src/estimators/twin/relatives.js';
import type { Sex, SexedKind } from '../../../src/estimators/twin/sex-limitation.js';
import { familiesOf, ONE_MEAN } from '../../../src/methods/twin/families.js';
import { type OzRow, ozGroup } from './oz-twins.js';

/** MZ and DZ pairs of one sex with two traits. */
export function ozTraits(rows: readonly OzRow[], cohort: string, sex: string, names: readonly string[]) {
  const traits = names.map((trait) =>
    (['mz', 'dz'] as const).map((kind) =>
      ozGroup(rows, { kind, zygosity: `${kind.toUpperCase()}${sex}`, cohort, trait }),
    ),
  );
  const kinds = traits[0].map(({ relationship }) => relationship as Relationship);
  return sumFamilies(
    familiesOf(traits, [], ONE_MEAN, (g) => kinds[g]),
    names,
  );
}

const SEXES = { MZFF: [0, 0], MZMM: [1, 1], DZFF: [0, 0], DZMM: [1, 1], DZOS: [0, 1] } as const;

/** One trait of the pairs of both sexes. */
export function ozSexes(rows: readonly OzRow[], cohort: string, trait: string) {
  const groups: PairGroup[] = [];
  const kinds: SexedKind[] = [];
  for (const [zygosity, sexes] of Object.entries(SEXES)) {
    const kind = zygosity.slice(0, 2).toLowerCase() as 'mz' | 'dz';
    const group = ozGroup(rows, { kind, zygosity, cohort, trait });
    groups.push(group);
    kinds.push({ relationship: group.relationship as Relationship, sexes });
  }
  const design = {
    intercepts: 2,
    interceptOf: (g: number, member: 0 | 1): Sex => kinds[g].sexes[member],
  };
  const sums = sumFamilies(
    familiesOf([groups], [], design, (g) => kinds[g]),
    [trait],
  );
  return { sums, kinds };
}
