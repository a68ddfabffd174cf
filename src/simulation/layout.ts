import { HeredityError } from '../errors.js';
import { type FamilyKind, familyPlan } from './families.js';

export interface GroupOptions {
  /** People of each group. */
  readonly sizes: readonly number[];
  /** F_ST between any two of them (Hudson's). */
  readonly fst: number;
}

export interface FamilyOptions {
  readonly count: number;
  readonly kind: FamilyKind;
}

/** People of one group who follow each other: families first, then the unrelated. */
export interface Section {
  readonly group: number;
  readonly firstSample: number;
  readonly samples: number;
  /** Number of the first family, and how many there are; none where the people are unrelated. */
  readonly firstFamily: number;
  readonly families: number;
}

/**
 * Who is in which group and family: group after group, in each its share of the families and then the unrelated.
 * @throws HeredityError `usage` where the families are more people than there are.
 */
export function layOutPeople(samples: number, groups?: GroupOptions, families?: FamilyOptions): Section[] {
  const sizes = groups?.sizes ?? [samples];
  const size = families ? familyPlan(families.kind).samples.length : 1;
  const sections: Section[] = [];
  let firstSample = 0;
  let firstFamily = 0;
  for (const [group, people] of sizes.entries()) {
    const end = Math.round(((families?.count ?? 0) * (firstSample + people)) / samples);
    const count = end - firstFamily;
    const related = count * size;
    if (related > people) {
      throw new HeredityError('usage', `${count} families of ${size} are more than ${people} people`, {
        fix: 'raise --samples or lower --families',
      });
    }
    if (count > 0) sections.push({ group, firstSample, samples: related, firstFamily, families: count });
    if (people > related) {
      const unrelated = { firstSample: firstSample + related, samples: people - related };
      sections.push({ group, ...unrelated, firstFamily: end, families: 0 });
    }
    firstSample += people;
    firstFamily = end;
  }
  return sections;
}
