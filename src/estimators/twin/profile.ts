/** 95th percentile of chi-square with 1 degree of freedom: what -2 lnL may rise within a 95 % interval. */
export const PROFILE_RISE = 3.841458820694124;

export type Interval = readonly [number, number];

/**
 * Profile-likelihood interval: the values around the estimate at which the profile of -2 lnL is `rise` above its minimum.
 * An end that would lie past a bound is that bound.
 * @param profile -2 lnL with the parameter held at a value; Infinity where the model cannot hold that value
 * @param minimum -2 lnL at the estimate
 * @param step a first guess at the half-width, such as twice the standard error
 */
export function profileInterval(
  profile: (value: number) => number,
  estimate: number,
  minimum: number,
  step: number,
  bounds: Interval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  rise: number = PROFILE_RISE,
): Interval {
  const excess = (value: number) => profile(value) - minimum - rise;
  const end = (direction: -1 | 1, bound: number) => {
    let inside = estimate;
    for (let width = step; ; width *= 2) {
      const outside = direction < 0 ? Math.max(bound, estimate - width) : Math.min(bound, estimate + width);
      if (excess(outside) > 0) return crossing(excess, inside, outside);
      if (outside === bound || width > step * 2 ** 40) return outside;
      inside = outside;
    }
  };
  return [end(-1, bounds[0]), end(1, bounds[1])];
}

/** Where f turns from below 0 (inside) to above 0 (outside): regula falsi (Illinois), bisection while f is infinite. */
function crossing(f: (x: number) => number, inside: number, outside: number): number {
  let [a, fa, b, fb] = [inside, f(inside), outside, f(outside)];
  let side = 0;
  for (let step = 0; step < 200 && Math.abs(b - a) > 1e-10 * (Math.abs(a) + Math.abs(b)) + 1e-15; step++) {
    const x = Number.isFinite(fb) ? a + ((b - a) * fa) / (fa - fb) : (a + b) / 2;
    const fx = f(x);
    if (Math.abs(fx) < 1e-11) return x;
    if (fx > 0) {
      [b, fb] = [x, fx];
      if (side === 1) fa /= 2;
      side = 1;
    } else {
      [a, fa] = [x, fx];
      if (side === -1) fb /= 2;
      side = -1;
    }
  }
  return (a + b) / 2;
}
