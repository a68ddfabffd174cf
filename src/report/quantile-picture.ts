/** Quantiles of some distribution as their picture shows them. */
export interface QuantilePicture {
  readonly kind: 'quantiles';
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly expected: readonly number[];
  /** As many, in the same order. */
  readonly observed: readonly number[];
}

type Labels = Pick<QuantilePicture, 'title' | 'xLabel' | 'yLabel'>;

/** Digits after the point that a picture shows. */
const DIGITS = 4;

/** Pairs of quantiles as a picture. */
export function quantilePicture(
  pairs: readonly { readonly expected: number; readonly observed: number }[],
  labels: Labels,
): QuantilePicture {
  const rounded = (value: number) => Number(value.toFixed(DIGITS));
  return {
    kind: 'quantiles',
    ...labels,
    expected: pairs.map(({ expected }) => rounded(expected)),
    observed: pairs.map(({ observed }) => rounded(observed)),
  };
}
