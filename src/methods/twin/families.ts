import type { Family } from '../../estimators/twin/families.js';
import { columnScales, fillRow, type PairGroup } from '../../estimators/twin/pairs.js';

/** How the mean of a trait is made: how many means there are, and which of them a member of a group has. */
export interface MeanDesign {
  readonly intercepts: number;
  interceptOf(group: number, member: 0 | 1): number;
}

/** One mean for everyone. */
export const ONE_MEAN: MeanDesign = { intercepts: 1, interceptOf: () => 0 };

/** A mean for each kind of relatives. */
export function meanByGroup(groups: number): MeanDesign {
  return { intercepts: groups, interceptOf: (group) => group };
}

/**
 * Families of one or more traits from groups of pairs that stand in one order. Every trait has its own means, and its own effects of
 * the covariates, which count from their averages and in their standard deviations.
 * @param traits groups of pairs of each trait
 * @param kindOf what the covariance of a pair depends on; pairs that are alike must have the same object
 */
export function familiesOf<K>(
  traits: readonly (readonly PairGroup[])[],
  covariateNames: readonly string[],
  design: MeanDesign,
  kindOf: (group: number, pair: number) => K,
): Family<K>[] {
  const width = design.intercepts + covariateNames.length;
  const scales = traits.map((groups) => columnScales(groups, covariateNames));
  return traits[0].flatMap((group, g) =>
    Array.from(group.first, (_, i): Family<K> => {
      const members = ([0, 1] as const).map((member) => {
        const values = traits.map((groups) => (member === 0 ? groups[g].first : groups[g].second)[i]);
        const rows = traits.map((groups, t) => {
          const row = new Float64Array(width * traits.length);
          const { firstCovariates, secondCovariates } = groups[g];
          fillRow(
            row.subarray(t * width, (t + 1) * width),
            design.interceptOf(g, member),
            i,
            design.intercepts,
            member === 0 ? firstCovariates : secondCovariates,
            scales[t],
          );
          return row;
        });
        return { values, rows };
      });
      return {
        kind: kindOf(g, i),
        values: [members[0].values, members[1].values],
        rows: [members[0].rows, members[1].rows],
      };
    }),
  );
}
