/** Numbers for people; files for machines take numbers as they are. All use a point and, for thousands, a comma. */

/**
 * An estimate with its standard error, to two significant digits of the error: `0.2513 (0.0087)`.
 * Without a usable error, four significant digits.
 */
export function formatEstimate(estimate: number, se?: number | null): string {
  if (se === undefined || se === null) return significant(estimate, 4);
  if (se > 0 && se < TINY) return withExponent(estimate, se);
  const decimals = se > 0 ? Math.min(Math.max(1 - Math.floor(Math.log10(se)), 0), 10) : 4;
  return `${minus(estimate.toFixed(decimals))} (${se.toFixed(decimals)})`;
}

const TINY = 1e-6;
/** A standard error so much smaller than its estimate is what rounding leaves of 0. */
const ROUNDING = 1e-12;

/** `1.23e-8 (4.5e-9)`: to two significant digits of the error; an estimate that is not small itself to six decimals. */
function withExponent(estimate: number, se: number): string {
  if (Math.abs(estimate) >= 1000 * TINY)
    return `${estimate.toFixed(6)} (${se < ROUNDING * Math.abs(estimate) ? '0' : se.toExponential(1)})`;
  const order = (x: number) => Math.floor(Math.log10(Math.abs(x)));
  const digits = estimate === 0 ? 0 : Math.max(0, order(estimate) - order(se) + 1);
  return `${estimate.toExponential(Math.min(digits, 15))} (${se.toExponential(1)})`;
}

/** `digits` significant digits, in plain notation from 0.0001 to a million: `0.0123`, `1.2e-7`. */
export function significant(value: number, digits: number): string {
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude < 1e-4 || magnitude >= 1e6) {
    return minus(
      value
        .toExponential(digits - 1)
        .replace(/\.?0+e/, 'e')
        .replace('e+', 'e'),
    );
  }
  const decimals = Math.max(digits - 1 - Math.floor(Math.log10(magnitude)), 0);
  return minus(value.toFixed(decimals));
}

/** A whole number with thousands separators: `337,205`; fractions are rounded away. */
export function formatCount(value: number): string {
  return minus(Math.round(value).toString()).replace(/\B(?=(\d{3})+$)/g, ',');
}

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes in powers of 1000, three digits: `8.00 GB`. */
export function formatBytes(bytes: number): string {
  let power = Math.min(Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 0), BYTE_UNITS.length - 1);
  if (Number((bytes / 1000 ** power).toPrecision(3)) >= 1000 && power < BYTE_UNITS.length - 1) power++;
  const value = bytes / 1000 ** power;
  return `${power === 0 ? bytes : value.toPrecision(3)} ${BYTE_UNITS[power]}`;
}

/** A span of time: `0.42 s`, `12.3 s`, `1:05`, `2:03:04`. */
export function formatDuration(seconds: number): string {
  if (seconds < 59.95) return `${seconds < 9.995 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return [...(h > 0 ? [h, m.toString().padStart(2, '0')] : [m]), s.toString().padStart(2, '0')].join(':');
}

/** `-0.0` is printed as `0.0`. */
function minus(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}
