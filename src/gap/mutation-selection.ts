import { HeredityError } from '../errors.js';
import { count, defineModel, positive, share, signed } from './model.js';

/**
 * Equilibrium frequency of a deleterious allele: fitnesses 1, 1 - hs, 1 - s, and mutation u a generation. Positive root of
 * s (1 - 2h) q^2 + hs (1 + u) q - u = 0, in the form that loses no digits (METHODS 10.4); about u / (hs), or sqrt(u / s)
 * where the allele is recessive.
 * @throws HeredityError `usage` where mutation outweighs selection and the allele takes over
 */
export function equilibriumFrequency(mutation: number, selection: number, dominance: number): number {
  const a = selection * (1 - 2 * dominance);
  const b = dominance * selection * (1 + mutation);
  const q = (2 * mutation) / (b + Math.sqrt(b * b + 4 * a * mutation));
  if (q > 0 && q < 1) return q;
  throw new HeredityError(
    'usage',
    'there is no equilibrium below frequency 1: mutation outweighs selection',
    {
      value: `--mutation-rate ${mutation}, selection ${Number(selection.toPrecision(6))}`,
      expected: 'a mutation rate well below the selection coefficient',
    },
  );
}

/** Additive variance of a locus, 2 q (1 - q) alpha^2 with alpha = a + d (1 - 2q), q counting the rare allele. */
export function locusVariance(q: number, effect: number, dominanceEffect: number): number {
  const alpha = effect + dominanceEffect * (1 - 2 * q);
  return 2 * q * (1 - q) * alpha ** 2;
}

export const mutationSelection = defineModel({
  name: 'mutation-selection',
  description:
    'Mutation makes deleterious alleles as fast as selection removes them, at a low frequency q of about u / (hs). With ' +
    'selection that grows with the effect, s = s0 |a|^tau, a locus contributes about 2 u a^(2 - tau) / (h s0): alleles of ' +
    'large effect stay rare, below what an array sees, and many loci together hold real variance.',
  source: 'chapter on missing heritability, problem 5086624',
  formulas: [
    's (1 − 2h) q² + h s (1 + u) q − u = 0',
    'V_{locus} = 2 q (1 − q) [a + d (1 − 2q)]²',
    's = s_{0} |a|^{τ}',
  ],
  inputs: {
    mutationRate: positive('mutation rate u of the locus', 'per generation', 1e-5, 0.1),
    selection: positive(
      'selection coefficient s, or s0 with --tau',
      'loss of fitness of homozygotes',
      0.1,
      1,
    ),
    dominance: share('dominance of the loss of fitness h', 0.5, 'share of s in heterozygotes'),
    effect: signed('additive effect a of an allele on the trait', 'SD of the trait', 0.5),
    dominanceEffect: signed('dominance effect d on the trait', 'SD of the trait', 0),
    tau: { kind: 'number', label: 'exponent tau of s = s0 |a|^tau', unit: '', min: 0, max: 4, default: 0 },
    loci: count('loci L of this kind', 1000),
    arrayThreshold: share('lowest frequency that the array sees', 0.01, 'frequency'),
  },
  outputs: {
    selectionAtLocus: { label: 'selection at each locus', unit: 'loss of fitness of homozygotes' },
    frequency: { label: 'equilibrium frequency q', unit: 'frequency' },
    approximation: { label: 'approximation: the smaller of u / (hs) and sqrt(u / s)', unit: 'frequency' },
    locusVariance: { label: 'additive variance of a locus', unit: 'share of variance' },
    totalVariance: { label: 'additive variance of all loci', unit: 'share of variance' },
    missedByArray: { label: 'of it below what the array sees', unit: 'share of variance' },
  },
  curve: {
    over: 'selection',
    from: 1e-4,
    to: 1,
    scale: 'log',
    outputs: ['totalVariance', 'missedByArray'],
    yLabel: 'share of variance',
  },
  evaluate({ mutationRate, selection, dominance, effect, dominanceEffect, tau, loci, arrayThreshold }) {
    const s = selection * Math.abs(effect) ** tau;
    if (!(s > 0 && s <= 1)) {
      throw new HeredityError('usage', 'the selection --selection |--effect|^--tau is impossible', {
        value: s,
        expected: 'above 0 and at most 1, loss of fitness of homozygotes',
      });
    }
    const q = equilibriumFrequency(mutationRate, s, dominance);
    const variance = locusVariance(q, effect, dominanceEffect);
    const total = loci * variance;
    return {
      values: {
        selectionAtLocus: s,
        frequency: q,
        approximation: Math.min(mutationRate / (dominance * s), Math.sqrt(mutationRate / s)),
        locusVariance: variance,
        totalVariance: total,
        missedByArray: Math.min(q, 1 - q) < arrayThreshold ? total : 0,
      },
    };
  },
  claims: (_, { values }) => [
    {
      pool: 'low-frequency and rare variants',
      label: 'deleterious variants kept rare by selection',
      amount: values.missedByArray,
    },
  ],
});
