import { HeredityError } from '../errors.js';
import { formatDuration } from '../estimate/number.js';
import type { MergedRun } from '../parts/divided-run.js';

/**
 * Which part of how many a run is; undefined for a whole run. A plan is of all parts.
 * @throws HeredityError `usage` where the flags do not say one.
 */
export function placeOfPart(
  values: Readonly<Record<string, unknown>>,
  isPlan: boolean,
): { readonly parts: number; readonly part?: number } | undefined {
  const { parts, part } = values as { readonly parts?: number; readonly part?: number };
  if (parts === undefined) return undefined; // --part alone is refused as a flag without its partner
  if (isPlan) {
    if (part === undefined) return { parts };
    throw new HeredityError('usage', '--part means nothing with --plan, which is of all parts', {
      fix: 'leave it out',
    });
  }
  if (part === undefined)
    throw new HeredityError('usage', '--parts needs --part, the part to compute', {
      expected: `a number from 1 to ${parts}`,
      fix: 'run one command for each; "heredity merge" then joins them. With --plan, --parts alone writes the manifest',
    });
  if (part <= parts) return { parts, part };
  throw new HeredityError('usage', '--part is beyond --parts', {
    value: part,
    expected: `a number from 1 to ${parts}`,
  });
}

/** How long the parts took, for the log. */
export function partsText({ records }: MergedRun): string {
  const seconds = records.map(({ wallSeconds }) => wallSeconds);
  const sum = seconds.reduce((all, own) => all + own, 0);
  return `${records.length} parts: ${formatDuration(Math.max(...seconds))} the longest, ${formatDuration(sum)} together`;
}
