import { HeredityError } from '../errors.js';
import { chromosomeLabel } from './bim.js';
import { type Line, plural, readLines } from './text.js';

/** Stretches of one chromosome, in base pairs from 1, both ends included; ascending, merged where they touch. */
export interface Stretches {
  readonly start: Float64Array;
  readonly end: Float64Array;
}

/** Stretches by chromosome, labelled as {@link chromosomeLabel} does. */
export type Intervals = ReadonlyMap<string, Stretches>;

/**
 * Reads a UCSC BED file, plain or gzip: chromosome, start (from 0), end (not included), and columns that do not matter here.
 * Header lines (#, track, browser) are skipped.
 * @param margin base pairs added to both ends of each interval.
 * @throws HeredityError `bad-input` with the line for what is no interval, and where there is none at all.
 */
export async function readIntervals(path: string, margin = 0): Promise<Intervals> {
  const found = new Map<string, { start: number; end: number }[]>();
  await readLines(path, (line) => {
    const name = line.symbol(0);
    if (name.startsWith('#') || name === 'track' || name === 'browser') return;
    if (line.fields < 3) {
      throw line.error(undefined, `the line has ${plural(line.fields, 'field')}`, {
        expected: 'chromosome, start and end, as in a UCSC BED file',
      });
    }
    const start = readPlace(line, 1);
    const end = readPlace(line, 2);
    if (end < start) throw line.error(2, 'the interval ends before it starts');
    const label = chromosomeLabel(name);
    if (!found.has(label)) found.set(label, []);
    if (end > start) found.get(label)!.push({ start: start + 1 - margin, end: end + margin });
  });
  if (found.size === 0) throw new HeredityError('bad-input', 'there are no intervals', { file: path });
  return new Map([...found].map(([label, stretches]) => [label, merged(stretches)]));
}

/** Intervals from places in base pairs from 1, both ends included. */
export function intervalsOf(
  places: readonly (readonly [chromosome: number | string, start: number, end: number])[],
): Intervals {
  const found = new Map<string, { start: number; end: number }[]>();
  for (const [chromosome, start, end] of places) {
    const label = chromosomeLabel(String(chromosome));
    const own = found.get(label) ?? [];
    found.set(label, own);
    own.push({ start, end });
  }
  return new Map([...found].map(([label, stretches]) => [label, merged(stretches)]));
}

/** Whether a place lies within intervals. @param label of the chromosome, as in the map. */
export function isWithin(intervals: Intervals, label: string, place: number): boolean {
  const stretches = intervals.get(label);
  if (!stretches) return false;
  const { start, end } = stretches;
  let [low, high] = [0, start.length]; // the first stretch that starts behind the place
  while (low < high) {
    const middle = (low + high) >> 1;
    if (start[middle] > place) high = middle;
    else low = middle + 1;
  }
  return low > 0 && place <= end[low - 1];
}

function readPlace(line: Line, field: number): number {
  const place = line.numeric(field);
  if (Number.isInteger(place) && place >= 0) return place;
  throw line.error(field, `the ${field === 1 ? 'start' : 'end'} is not a whole number`, {
    expected: 'base pairs from 0',
  });
}

function merged(stretches: { start: number; end: number }[]): Stretches {
  const kept: { start: number; end: number }[] = [];
  for (const { start, end } of stretches.toSorted((a, b) => a.start - b.start)) {
    const last = kept.at(-1);
    if (last && start <= last.end + 1) last.end = Math.max(last.end, end);
    else kept.push({ start, end });
  }
  return {
    start: Float64Array.from(kept, ({ start }) => start),
    end: Float64Array.from(kept, ({ end }) => end),
  };
}
