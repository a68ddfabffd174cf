/**
 * A point s at which every b_k + sum_j s_j d_jk is positive, well inside the region where that holds: where an optimiser
 * starts if equal parts are not allowed, as beyond a share of 1. Exact in one dimension; with more the widest slice is
 * searched, and its width is concave in the others.
 * @param base b, one a condition
 * @param directions d, each one a condition
 * @returns undefined where there is no such point
 */
export function positivePoint(
  base: ArrayLike<number>,
  directions: readonly ArrayLike<number>[],
): number[] | undefined {
  if (directions.length === 0) return Array.from(base).every((value) => value > 0) ? [] : undefined;
  const { width, point } = widestSlice(base, directions);
  return width > 0 ? point : undefined;
}

/** No share of interest is further from 0. */
const FURTHEST = 100;

interface Slice {
  readonly width: number;
  readonly point: number[];
}

function widestSlice(base: ArrayLike<number>, directions: readonly ArrayLike<number>[]): Slice {
  const [first, ...rest] = directions;
  if (rest.length === 0) return slice(base, first);
  const at = (s: number): Slice => {
    const { width, point } = widestSlice(
      Array.from(base, (value, k) => value + s * first[k]),
      rest,
    );
    return { width, point: [s, ...point] };
  };
  let [low, high] = [-FURTHEST, FURTHEST];
  while (high - low > 1e-6) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
    if (at(left).width < at(right).width) low = left;
    else high = right;
  }
  return at((low + high) / 2);
}

/** Width and middle of the interval of s with b_k + s d_k > 0; a negative width says by how much it misses. */
function slice(base: ArrayLike<number>, direction: ArrayLike<number>): Slice {
  let [low, high] = [-FURTHEST, FURTHEST];
  for (let k = 0; k < base.length; k++) {
    if (direction[k] > 0) low = Math.max(low, -base[k] / direction[k]);
    else if (direction[k] < 0) high = Math.min(high, -base[k] / direction[k]);
    else if (!(base[k] > 0)) return { width: Number.NEGATIVE_INFINITY, point: [0] };
  }
  return { width: high - low, point: [(low + high) / 2] };
}
