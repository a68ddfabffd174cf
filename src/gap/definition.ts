import { HeredityError } from '../errors.js';
import { falconer } from '../estimators/twin/correlations.js';
import { count, defineModel, type NumberInput, notNegative, share } from './model.js';

function correlation(label: string, fallback: number): NumberInput {
  return { kind: 'number', label, unit: 'correlation', min: -1, max: 1, default: fallback };
}

/**
 * Share of a twin heritability that a SNP estimate misses, m = (h2 - h2_SNP) / h2, with its standard error by the delta
 * method for independent estimates (METHODS 9.1, 10.1).
 * @throws HeredityError `usage` where the twin heritability is not positive, so that no share of it exists
 */
export function missingShare(twin: { h2: number; se: number }, snp: { h2: number; se: number }) {
  // What subtracting equal correlations leaves is rounding, not a heritability.
  if (!(twin.h2 > 1e-9)) {
    throw new HeredityError('usage', 'no share of the twin heritability can be missing: it is not above 0', {
      value: Math.abs(twin.h2) > 1e-9 ? twin.h2 : 0,
      expected: 'twin correlations with r_MZ above r_DZ',
    });
  }
  const missing = (twin.h2 - snp.h2) / twin.h2;
  return { missing, se: Math.hypot(snp.se, (snp.h2 / twin.h2) * twin.se) / twin.h2 };
}

export const definition = defineModel({
  name: 'definition',
  description:
    "Falconer's formula turns the correlations of identical (MZ) and fraternal (DZ) twins into h2 = 2 (r_MZ - r_DZ) and " +
    'the common environment c2 = 2 r_DZ - r_MZ; adoptive siblings should then correlate by c2. What a SNP estimate ' +
    'leaves of h2, m = (h2 - h2_SNP) / h2, is the missing heritability.',
  source: 'chapter on missing heritability, problem 5086637',
  formulas: ['h² = 2 (r_{MZ} − r_{DZ})', 'c² = 2 r_{DZ} − r_{MZ}', 'm = (h² − h²_{SNP}) / h²'],
  inputs: {
    rmz: correlation('correlation of MZ twins', 0.62),
    rdz: correlation('correlation of DZ twins', 0.36),
    nmz: count('pairs of MZ twins', 1000),
    ndz: count('pairs of DZ twins', 1000),
    snpH2: share('SNP heritability', 0.31),
    snpSe: notNegative('standard error of the SNP heritability', 'share of variance', 0),
  },
  outputs: {
    twinH2: { label: 'twin heritability h2', unit: 'share of variance' },
    twinSe: { label: 'its standard error', unit: 'share of variance', range: 'any' },
    c2: {
      label: 'common environment c2, expected correlation of adoptive siblings',
      unit: 'share of variance',
    },
    e2: { label: 'unique environment e2', unit: 'share of variance' },
    gap: { label: 'h2 - h2_SNP', unit: 'share of variance', range: 'difference' },
    missing: { label: 'missing share (h2 - h2_SNP) / h2', unit: 'share of h2' },
    missingSe: { label: 'its standard error', unit: 'share of h2', range: 'any' },
  },
  curve: {
    over: 'snpH2',
    from: 0,
    to: ({ rmz, rdz }) => Math.min(1, Math.max(0.05, 2 * (rmz - rdz))),
    outputs: ['missing'],
    yLabel: 'missing share of h²',
  },
  evaluate({ rmz, rdz, nmz, ndz, snpH2, snpSe }) {
    const { shares, standardErrors } = falconer(rmz, rdz, { mz: nmz, dz: ndz });
    const twin = { h2: shares.get('A')!, se: standardErrors!.get('A')! };
    const { missing, se } = missingShare(twin, { h2: snpH2, se: snpSe });
    return {
      values: {
        twinH2: twin.h2,
        twinSe: twin.se,
        c2: shares.get('C')!,
        e2: 1 - rmz,
        gap: twin.h2 - snpH2,
        missing,
        missingSe: se,
      },
    };
  },
});
