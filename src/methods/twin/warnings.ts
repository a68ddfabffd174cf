import { type Warning, warning } from '../../estimate/warnings.js';
import type { TwinAnalysis } from '../../estimators/twin/analysis.js';
import { shareKey } from '../../estimators/twin/models.js';
import { RELATIONSHIPS, type Relationship } from '../../estimators/twin/relatives.js';
import type { SaturatedGroup } from '../../estimators/twin/saturated.js';

/** What the correlations and fits say about the model's assumptions. */
export function twinWarnings(analysis: TwinAnalysis): Warning[] {
  return [
    ...correlationWarnings(analysis),
    ...boundWarnings(analysis),
    ...geneticWarnings(analysis),
    ...misfitWarnings(analysis),
  ];
}

function correlationWarnings({ correlations, models }: TwinAnalysis): Warning[] {
  const rows = Object.values(correlations);
  const of = (wanted: Relationship) => rows.find(({ relationship }) => sameParts(relationship, wanted))?.r;
  const [mz, dz] = [of(RELATIONSHIPS.mz), of(RELATIONSHIPS.dz)];
  const warnings: Warning[] = [];
  if (models.length === 0 && rows.some(({ pairs }) => pairs === undefined)) {
    warnings.push(
      warning(
        'no-error',
        'no standard errors and no models: the numbers of pairs are not given',
        'give --nmz and --ndz, or --correlation relationship=r:pairs',
      ),
    );
  }
  if (mz !== undefined && dz !== undefined && mz < dz) {
    warnings.push(
      warning(
        'twin-correlations',
        `DZ pairs are more alike (r ${dz.toFixed(3)}) than MZ pairs (r ${mz.toFixed(3)}), so that Falconer's a2 is negative: chance in a small sample, or a wrong zygosity column`,
        'check which values of the column mean which kind of twins',
      ),
    );
  } else if (mz !== undefined && dz !== undefined && mz > 2 * dz) {
    warnings.push(
      warning(
        'twin-correlations',
        `r_MZ ${mz.toFixed(3)} is more than twice r_DZ ${dz.toFixed(3)}, so that Falconer's c2 is negative: dominance, epistasis, contrast between twins, or chance`,
        'see model ADE',
      ),
    );
  }
  return warnings;
}

function boundWarnings({ models }: TwinAnalysis): Warning[] {
  return models.flatMap((model) => {
    const bound = model.atBound.filter((component) => component !== 'E');
    if (bound.length === 0) return [];
    const words = bound.length > 1 ? 'are held at 0, the bound; they' : 'is held at 0, the bound; it';
    return [
      warning(
        'component-at-bound',
        `${model.name}: ${bound.map(shareKey).join(' and ')} ${words} would not be positive without it`,
      ),
    ];
  });
}

/** A model without A and D has a heritability of 0 by its definition, which is no measurement of it. */
function geneticWarnings({ models, preferred }: TwinAnalysis): Warning[] {
  if (preferred === undefined || /[AD]/.test(preferred)) return [];
  const larger = models.find(({ name }) => name.includes('A'));
  const interval = larger?.ci95.a2;
  const beside = !larger
    ? 'no model with A was fitted'
    : `a2 of model ${larger.name} is ${larger.a2.toFixed(3)}${interval ? ` [${interval.map((end) => end.toFixed(3)).join(', ')}]` : ''}`;
  return [
    warning(
      'no-genetic-component',
      `model ${preferred} has the lowest AIC and no genetic component, so that the heritability is 0 by definition and has no interval; ${beside}`,
    ),
  ];
}

/** Below this P value against the saturated model a recommended model needs a word. */
const MISFIT = 0.01;
/** Differences that can make so large a misfit: of means in standard deviations, of variances as a ratio. */
const MEAN_DIFFERENCE = 0.1;
const VARIANCE_RATIO = 1.2;

/**
 * Where the model with the lowest AIC fails against the saturated model, no model of the family describes the data, and the
 * saturated model's means and variances show why. Liabilities have thresholds only.
 */
function misfitWarnings({ preferred, comparisons, saturated }: TwinAnalysis): Warning[] {
  const test = comparisons.find(({ model, against }) => model === preferred && against === 'saturated');
  if (!test || test.p >= MISFIT) return [];
  const { cause, fix } = saturated?.groups ? likelyCause(saturated.groups) : LIABILITY_CAUSE;
  return [
    warning(
      'poor-fit',
      `${test.model} has the lowest AIC, but does not describe the data: P ${test.p.toPrecision(2)} against the saturated model. Likely cause: ${cause}`,
      fix,
    ),
  ];
}

const LIABILITY_CAUSE = {
  cause: 'the trait is not equally frequent in every kind of pair (pooled sexes or ages)',
  fix: 'see --means zygosity, or fit strata with --where',
};

function likelyCause(groups: readonly SaturatedGroup[]): { readonly cause: string; readonly fix: string } {
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
  const fixes: string[] = [];
  if (highest.mean - lowest.mean > MEAN_DIFFERENCE * Math.sqrt(pooled)) {
    causes.push(
      `means differ (${lowest.name} ${lowest.mean.toPrecision(4)}, ${highest.name} ${highest.mean.toPrecision(4)}), as where sexes or ages are pooled`,
    );
    fixes.push('give --covar, or --means zygosity');
  }
  if (wide.variance > VARIANCE_RATIO * narrow.variance) {
    causes.push(
      `variances differ (${narrow.name} ${narrow.variance.toPrecision(4)}, ${wide.name} ${wide.variance.toPrecision(4)})`,
    );
    fixes.push('fit strata such as sexes one by one with --where, or change the scale of the trait');
  }
  return causes.length > 0
    ? { cause: causes.join('; '), fix: fixes.join('; ') }
    : {
        cause:
          'kinds of pairs are alike in a way that these components cannot give, such as a wrong zygosity column or contrast between twins',
        fix: 'check the zygosity column',
      };
}

function sameParts(a: Relationship, b: Relationship): boolean {
  return a.additive === b.additive && a.dominance === b.dominance && a.shared === b.shared;
}
