import { HeredityError } from '../errors.js';
import { chromosomeLabel } from '../formats/bim.js';
import { type Intervals, intervalsOf, readIntervals } from '../formats/intervals.js';
import { longRangeLd, mhc } from '../formats/long-range-ld.js';
import type { RecordedRun } from '../run.js';

/** `6:25000000-34000000`, `chr6:25-34mb`, `X:1000-2000`; a chromosome alone is for --chr. */
const PLACE = /^(?:chr)?([0-9a-z]+):([\d.]+(?:kb|mb)?)-([\d.]+(?:kb|mb)?)$/i;
const UNITS: Readonly<Record<string, number>> = { '': 1, kb: 1e3, mb: 1e6 };

/** A region that --exclude-region names, and what it is in words. */
export interface NamedRegion {
  readonly name: string;
  readonly parts: readonly Intervals[];
}

/**
 * Reads one value of --exclude-region: MHC, lrld37, lrld38, lrld (both of these), a place, or else a UCSC BED file.
 * @throws HeredityError `usage` for a place that ends before it starts; what {@link readIntervals} throws.
 */
export async function readRegion(
  value: string,
  { provenance, log }: Pick<RecordedRun, 'provenance' | 'log'>,
): Promise<NamedRegion> {
  switch (value.toLowerCase()) {
    case 'mhc':
      return { name: 'the MHC (chr6 from 25 to 34 Mb)', parts: [mhc()] };
    case 'lrld37':
      return { name: 'long-range LD in GRCh37', parts: [longRangeLd(37)] };
    case 'lrld38':
      return { name: 'long-range LD in GRCh38', parts: [longRangeLd(38)] };
    case 'lrld':
      log.info(
        'regions of long-range LD are left out at their places in GRCh37 and in GRCh38: say lrld37 or lrld38 for those of one',
      );
      return { name: 'long-range LD in GRCh37 or GRCh38', parts: [longRangeLd(37), longRangeLd(38)] };
  }
  const place = PLACE.exec(value);
  if (!place) {
    provenance.input(value);
    return { name: value, parts: [await readIntervals(value)] };
  }
  const [, chromosome, first, last] = place;
  const [start, end] = [basePairs(first), basePairs(last)];
  if (!(end >= start))
    throw new HeredityError('usage', '--exclude-region: the region ends before it starts', {
      value,
      expected: 'chromosome:from-to in base pairs, such as 6:25000000-34000000 or 6:25mb-34mb',
    });
  return { name: value, parts: [intervalsOf([[chromosome, start, end]])] };
}

/** `25mb` with the unit of its end. */
function basePairs(text: string): number {
  const [, digits, unit] = /^([\d.]+)(kb|mb)?$/i.exec(text)!;
  return Math.round(Number(digits) * UNITS[(unit ?? '').toLowerCase()]);
}

/** The label under which intervals have a chromosome. */
export const regionLabel = (code: string): string => chromosomeLabel(code.toUpperCase());
