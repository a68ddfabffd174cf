import { defineModel, notNegative, positive, signed } from './model.js';

/** How somatic events arise, what they do to the trait, and how their clones grow. */
export interface SomaticProcess {
  /** Events a year. */
  readonly rate: number;
  /** Mean and variance of an event's effect if all cells carried it. */
  readonly effectMean: number;
  readonly effectVariance: number;
  /** Share of cells in which an event starts. */
  readonly initialFraction: number;
  /** Growth rate of clones, a year; negative where clones shrink. */
  readonly growth: number;
  /** Whether a clone stops growing once it holds all cells. */
  readonly capped: boolean;
}

/**
 * Variance between people of age t from somatic events: a compound Poisson process of clones f0 e^(s age), so that
 * V_s(t) = lambda E[effect^2] f0^2 (e^(2 s t) - 1) / (2 s), lambda E[effect^2] f0^2 t as s tends to 0 (METHODS 10.10).
 * Capped, a clone holds all cells from age ln(1 / f0) / s of its own on, and adds 1 a year to the integral from there.
 */
export function somaticVariance(age: number, process: SomaticProcess): number {
  const { rate, effectMean, effectVariance, initialFraction, growth, capped } = process;
  const full = capped && growth > 0 ? Math.log(1 / initialFraction) / growth : Number.POSITIVE_INFINITY;
  const grown = Math.min(age, full);
  const x = 2 * growth * grown;
  const integral = initialFraction ** 2 * grown * (x === 0 ? 1 : Math.expm1(x) / x);
  return rate * (effectVariance + effectMean ** 2) * (integral + Math.max(0, age - full));
}

/** Inputs that describe a {@link SomaticProcess}, with the worked example as defaults. */
export const SOMATIC_INPUTS = {
  rate: notNegative('rate lambda of somatic events', 'events a year', 0.5),
  effectVariance: notNegative('variance of their effects in all cells', 'units of the trait squared', 1),
  effectMean: signed('mean of their effects', 'units of the trait', 0),
  initialFraction: { ...positive('share of cells f0 in which an event starts', 'share of cells', 0.01, 1) },
  growth: signed('growth rate s of clones', 'a year', 0.05),
  cap: {
    kind: 'choice',
    label: 'whether clones stop growing once they hold all cells',
    words: ['no', 'yes'],
    default: 'no',
  },
  germlineVariance: positive('germline genetic variance V_g', 'units of the trait squared', 0.5),
  environmentalVariance: notNegative('environmental variance V_e', 'units of the trait squared', 0.5),
} as const;

export const somatic = defineModel({
  name: 'somatic',
  description:
    'Somatic events arrive at rate lambda, each founding a clone in the share f0 of cells that grows at rate s: V_s(t) = ' +
    'lambda sigma2 f0^2 (e^(2st) - 1) / (2s). Germline DNA does not show this variance, so h2(t) = V_g / (V_g + V_e + V_s) ' +
    'falls with age. Without --cap yes clones grow past all cells (beyond ln(1 / f0) / s years), as in the formula.',
  source: 'chapter on missing heritability, problem 5086620',
  formulas: ['V_{s}(t) = λ σ² f_{0}² (e^{2 s t} − 1) / (2 s)', 'h²(t) = V_{g} / (V_{g} + V_{e} + V_{s}(t))'],
  inputs: {
    age: notNegative('age t', 'years', 60, 150),
    ...SOMATIC_INPUTS,
    twinAge: notNegative('age of the twins whose heritability is compared', 'years', 20, 150),
  },
  outputs: {
    somaticVariance: { label: 'somatic variance V_s(t)', unit: 'units of the trait squared' },
    h2: { label: 'heritability h2(t) at that age', unit: 'share of variance' },
    h2AtBirth: { label: 'heritability at birth', unit: 'share of variance' },
    h2Twins: { label: 'heritability at the age of the twins', unit: 'share of variance' },
    decline: { label: 'fall from the age of the twins', unit: 'share of variance', range: 'difference' },
  },
  curve: { over: 'age', from: 0, to: 90, outputs: ['h2'], yLabel: 'germline heritability h²(t)' },
  evaluate({ age, twinAge, germlineVariance, environmentalVariance, cap, ...process }) {
    const h2At = (years: number) => {
      const variance = somaticVariance(years, { ...process, capped: cap === 'yes' });
      return germlineVariance / (germlineVariance + environmentalVariance + variance);
    };
    return {
      values: {
        somaticVariance: somaticVariance(age, { ...process, capped: cap === 'yes' }),
        h2: h2At(age),
        h2AtBirth: h2At(0),
        h2Twins: h2At(twinAge),
        decline: h2At(twinAge) - h2At(age),
      },
    };
  },
  claims: (_, { values }) => [
    { pool: 'age', label: 'somatic variance at the age of the SNP study', amount: values.decline },
  ],
});
