import type { Comparison } from './comparisons.js';
import type { SaturatedGroup } from './saturated.js';

/** Below this P value against the saturated model a recommended model needs a word. */
const MISFIT = 0.01;
/** Differences that can make so large a misfit: of means in standard deviations, of variances as a ratio. */
const MEAN_DIFFERENCE = 0.1;
const VARIANCE_RATIO = 1.2;

/**
 * What to say where the model with the lowest AIC fails against the saturated model: no model of the family describes
 * the data, and the saturated model's means and variances show why.
 * @param groups of the saturated model; undefined for liabilities, which have thresholds only
 */
export function misfitWarning(
  preferred: string | undefined,
  comparisons: readonly Comparison[],
  groups: readonly SaturatedGroup[] | undefined,
): string | undefined {
  const test = comparisons.find(({ model, against }) => model === preferred && against === 'saturated');
  if (!test || test.p >= MISFIT) return undefined;
  return (
    `${test.model} has the lowest AIC, but does not describe the data: P ${test.p.toPrecision(2)} against the ` +
    `saturated model. Likely cause: ${groups ? likelyCause(groups) : LIABILITY_CAUSE}.`
  );
}

const LIABILITY_CAUSE =
  'the trait is not equally frequent in every kind of pair (pooled sexes or ages): see --means zygosity, or fit strata with --where';

function likelyCause(groups: readonly SaturatedGroup[]): string {
  const members = groups.flatMap(({ label, means, variances }) =>
    means.map((mean, i) => ({
      name: `${['first', 'second'][i]} ${label} members`,
      mean,
      variance: variances[i],
    })),
  );
  const pooled = members.reduce((sum, { variance }) => sum + variance, 0) / members.length;
  const extremes = (key: 'mean' | 'variance') => {
    const sorted = [...members].sort((a, b) => a[key] - b[key]);
    return [sorted[0], sorted[sorted.length - 1]];
  };
  const [lowest, highest] = extremes('mean');
  const [narrow, wide] = extremes('variance');
  const causes: string[] = [];
  if (highest.mean - lowest.mean > MEAN_DIFFERENCE * Math.sqrt(pooled)) {
    causes.push(
      `means differ (${lowest.name} ${lowest.mean.toPrecision(4)}, ${highest.name} ${highest.mean.toPrecision(4)}), ` +
        'as where sexes or ages are pooled: give --covar, or --means zygosity',
    );
  }
  if (wide.variance > VARIANCE_RATIO * narrow.variance) {
    causes.push(
      `variances differ (${narrow.name} ${narrow.variance.toPrecision(4)}, ${wide.name} ${wide.variance.toPrecision(4)}): ` +
        'fit strata such as sexes one by one with --where, or change the scale of the trait',
    );
  }
  return causes.length > 0
    ? causes.join('; ')
    : 'kinds of pairs are alike in a way that these components cannot give, such as a wrong zygosity column or contrast between twins';
}
