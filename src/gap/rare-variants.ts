import { HeredityError } from '../errors.js';
import { defineModel, type NumberInput } from './model.js';

function frequency(label: string, fallback: number): NumberInput {
  return { kind: 'number', label, unit: 'frequency', min: 0, max: 0.5, open: 'both', default: fallback };
}

/**
 * Share of the variance in variants of frequency at least t, where effects follow a(p) = k p^-g and the density of
 * frequencies is proportional to p^-d on [lowest, 1/2]: V(t) ~ I(1 - 2g - d) - I(2 - 2g - d) with
 * I(e) = int_t^1/2 p^e dp (METHODS 10.3). The constant k drops out.
 */
export function shareAboveFrequency(t: number, lowest: number, g: number, d: number): number {
  const variance = (from: number) => powerIntegral(1 - 2 * g - d, from) - powerIntegral(2 - 2 * g - d, from);
  return variance(Math.max(t, lowest)) / variance(lowest);
}

/** int_from^1/2 p^e dp, also where e = -1 and the integral is a logarithm. */
function powerIntegral(e: number, from: number): number {
  const length = Math.log(0.5 / from);
  const x = (e + 1) * length;
  return from ** (e + 1) * length * (Math.abs(x) < 1e-300 ? 1 : Math.expm1(x) / x);
}

export const rareVariants = defineModel({
  name: 'rare-variants',
  description:
    'Selection keeps variants with large effects rare: a(p) = k p^-g. With frequencies distributed as p^-d (d = 1 neutral, ' +
    'd = 0 uniform) down to the lowest frequency, an array that sees variants from its threshold on misses the rest of the ' +
    'variance, and sequencing with a lower threshold finds much of it. Per-allele effect variance ~ [p (1 - p)]^alpha ' +
    'corresponds to alpha of about -2 g. A variant at a threshold counts as seen.',
  source: 'chapter on missing heritability, problem 5086625',
  formulas: [
    'a(p) = k p^{−g},  ψ(p) ∝ p^{−d}',
    'V(t) ∝ ∫_{t}^{½} 2 p (1 − p) p^{−2g} p^{−d} dp',
    'share seen = V(t) / V(p_{lowest})',
  ],
  inputs: {
    g: {
      kind: 'number',
      label: 'exponent g of the effect size p^-g',
      unit: '',
      min: 0,
      max: 3,
      default: 0.5,
    },
    d: {
      kind: 'number',
      label: 'exponent d of the density of frequencies p^-d',
      unit: '',
      min: 0,
      max: 3,
      default: 1,
    },
    arrayThreshold: frequency('lowest frequency that the array sees', 0.05),
    sequencingThreshold: frequency('lowest frequency that sequencing sees', 0.001),
    lowestFrequency: frequency('lowest frequency at which variants exist', 1e-4),
  },
  outputs: {
    arrayShare: { label: 'share of the variance that the array sees', unit: 'share of V_A' },
    sequencingShare: { label: 'share that sequencing sees', unit: 'share of V_A' },
    gained: { label: 'share that sequencing sees and the array misses', unit: 'share of V_A' },
    missedByArray: { label: 'share that the array misses', unit: 'share of V_A' },
    alpha: { label: 'corresponding alpha of [p (1 - p)]^alpha', unit: '' },
  },
  curve: {
    over: 'g',
    from: 0,
    to: 1,
    outputs: ['arrayShare', 'sequencingShare'],
    yLabel: 'share of V_A that is seen',
  },
  evaluate({ g, d, arrayThreshold, sequencingThreshold, lowestFrequency }) {
    if (!(lowestFrequency <= sequencingThreshold && sequencingThreshold <= arrayThreshold)) {
      throw new HeredityError('usage', 'the frequencies are impossible together', {
        value: `--lowest-frequency ${lowestFrequency}, --sequencing-threshold ${sequencingThreshold}, --array-threshold ${arrayThreshold}`,
        expected: '--lowest-frequency at most --sequencing-threshold at most --array-threshold',
      });
    }
    const arrayShare = shareAboveFrequency(arrayThreshold, lowestFrequency, g, d);
    const sequencingShare = shareAboveFrequency(sequencingThreshold, lowestFrequency, g, d);
    return {
      values: {
        arrayShare,
        sequencingShare,
        gained: sequencingShare - arrayShare,
        missedByArray: 1 - arrayShare,
        alpha: -2 * g,
      },
    };
  },
  claims: (_, { values }, { twinH2 }) => [
    {
      pool: 'low-frequency and rare variants',
      label: 'variants too rare for the array',
      amount: values.missedByArray * twinH2,
    },
  ],
});
