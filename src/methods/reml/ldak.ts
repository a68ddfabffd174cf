import type { RemlEstimate } from '../../estimators/reml/reml.js';

/** What LDAK's file says of a relationship matrix. */
interface Kinship {
  /** Variants behind it, or what they count for; undefined where that is not known. */
  readonly size: number | undefined;
  /** Mean of the diagonal. */
  readonly scale: number;
}

/**
 * The same fit with LDAK's shares: her_k = s_k σ_k² / (Σ s σ² + σ_e²), s_k the mean diagonal of matrix k (METHODS 8.3).
 * Its likelihood has the constant -½ (n - c) log 2π.
 */
export function inLdakConventions(estimate: RemlEstimate, scales: readonly number[]): RemlEstimate {
  const { components, residual, covariance, n, covariates } = estimate;
  const count = components.length + 1;
  const scale = [...scales, 1];
  const variances = [...components, residual].map(({ variance }, i) => scale[i] * variance);
  const total = variances.reduce((sum, value) => sum + value, 0);
  const share = (weights: readonly number[]) => {
    const value = variances.reduce((sum, own, i) => sum + weights[i] * own, 0) / total;
    const gradient = weights.map((weight, i) => (scale[i] * (weight - value)) / total);
    let square = 0;
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++) square += gradient[i] * gradient[j] * covariance[i * count + j];
    return { value, se: Math.sqrt(Math.max(0, square)) };
  };
  const all = share(variances.map((_, i) => Number(i < components.length)));
  const constant = ((n - covariates) * Math.log(2 * Math.PI)) / 2;
  return {
    ...estimate,
    components: components.map((component, i) => {
      const { value, se } = share(variances.map((_, j) => Number(i === j)));
      return { ...component, h2: value, h2Se: se };
    }),
    h2: all.value,
    se: all.se,
    logL: estimate.logL - constant,
    logL0: estimate.logL0 === null ? null : estimate.logL0 - constant,
  };
}

/**
 * @param people of the run, with or without a value of the trait.
 * @returns the text of LDAK's .reml file.
 */
export function ldakRemlText(
  { components, h2, se, n, covariates, logL, logL0, lrt, p }: RemlEstimate,
  matrices: readonly Kinship[],
  people: number,
): string {
  const row = (name: string, own: { h2: number; h2Se: number }, size: number | undefined) => {
    const intensity =
      size === undefined
        ? ['NA', 'NA', 'NA']
        : [size.toFixed(2), own.h2, own.h2Se].map((value, k) =>
            k === 0 ? value : ((1e6 * (value as number)) / size).toFixed(6),
          );
    return `${name} ${own.h2.toFixed(6)} ${own.h2Se.toFixed(6)} ${intensity.join(' ')}`;
  };
  const sizes = matrices.map(({ size, scale }) => size && size * scale);
  const total = sizes.every((size) => size !== undefined)
    ? sizes.reduce<number>((sum, size) => sum + size, 0)
    : undefined;
  const lines = [
    `Num_Kinships ${matrices.length}`,
    `Num_Covariates ${covariates}`,
    `Total_Samples ${people}`,
    `With_Phenotypes ${n}`,
    'Converged YES',
    `Null_Likelihood ${logL0?.toFixed(4) ?? 'NA'}`,
    `Alt_Likelihood ${logL.toFixed(4)}`,
    `LRT_Stat ${lrt?.toFixed(4) ?? 'NA'}`,
    `LRT_P ${matrices.length === 1 && p !== null ? p.toExponential(4).replace(/e-(\d)$/, 'e-0$1') : 'NA'}`,
    'Component Heritability SE Size Mega_Intensity SE',
    ...components.map((component, k) => row(`Her_K${k + 1}`, component, sizes[k])),
    'Her_Top 0.000000 NA NA NA NA',
    row('Her_All', { h2, h2Se: se }, total),
  ];
  return `${lines.join('\n')}\n`;
}
