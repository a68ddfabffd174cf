import { HeredityError } from '../errors.js';
import { chromosomeLabel, type VariantTable } from '../formats/bim.js';
import type { WindowReach } from '../options/window-flags.js';

/**
 * Which variants count as neighbours: those of variant j are `first[j]` to `last[j]`, itself included, as positions in the
 * list of variants chosen. k is a neighbour of j exactly where j is one of k, and both arrays ascend.
 */
export interface Windows {
  readonly first: Int32Array;
  readonly last: Int32Array;
}

type Places = Pick<VariantTable, 'chromosome' | 'id' | 'centimorgan' | 'position'>;

/**
 * Neighbours of each chosen variant on its own chromosome.
 *
 * @param variants indices in the table, ascending. @param file named in messages.
 * @throws HeredityError `bad-input` where a position is unknown or below the one before it.
 */
export function variantWindows(
  table: Places,
  variants: Int32Array,
  { unit, reach }: WindowReach,
  file?: string,
): Windows {
  const at = coordinates(table, variants, unit);
  const largest = unit === 'kb' ? 1000 * reach : reach;
  const starts = chromosomeStarts(table, variants);
  if (unit !== 'snps') checkCoordinates(table, variants, at, starts, unit, file);
  const first = new Int32Array(variants.length);
  for (const [c, start] of starts.entries()) {
    const end = starts[c + 1] ?? variants.length;
    for (let j = start, left = start; j < end; j++) {
      while (at[j] - at[left] > largest) left++;
      first[j] = left;
    }
  }
  return withLast(first);
}

/**
 * LDSC's windows (METHODS 3.2): the first neighbour is rounded down to the start of its chunk, for all variants of a chunk
 * alike, and coordinates are compared without regard to chromosomes, so that a chunk may straddle two of them.
 *
 * @param chunk variants in a chunk; with 1, and one chromosome, the windows are {@link variantWindows}'.
 * @throws HeredityError as {@link variantWindows}.
 */
export function ldscWindows(
  table: Places,
  variants: Int32Array,
  { unit, reach }: WindowReach,
  chunk: number,
  file?: string,
): Windows {
  const at = coordinates(table, variants, unit);
  const largest = unit === 'kb' ? 1000 * reach : reach;
  const starts = chromosomeStarts(table, variants);
  if (unit !== 'snps') checkCoordinates(table, variants, at, starts, unit, file);
  const exact = new Int32Array(variants.length);
  for (let j = 0, left = 0; j < variants.length; j++) {
    while (Math.abs(at[j] - at[left]) > largest) left++;
    exact[j] = left;
  }
  const down = (k: number) => k - (k % chunk);
  return withLast(exact.map((_, j) => down(exact[down(j)])));
}

/**
 * GCTA's windows (METHODS 5.4): each chromosome is cut into blocks that reach so far, a last one of at most half as much joining
 * the one before it, and blocks again from middle to middle of these. Neighbours are those who share a block: a variant's own
 * half of a block and the halves to both sides.
 *
 * @param reach length of a block in thousands of base pairs.
 * @throws HeredityError as {@link variantWindows}.
 */
export function gctaWindows(table: Places, variants: Int32Array, reach: number, file?: string): Windows {
  const at = coordinates(table, variants, 'kb');
  const starts = chromosomeStarts(table, variants);
  checkCoordinates(table, variants, at, starts, 'kb', file);
  const first = new Int32Array(variants.length);
  for (const [c, start] of starts.entries()) {
    const end = starts[c + 1] ?? variants.length;
    const blocks = [start];
    for (let k = start; k < end; k++) if (at[k] - at[blocks.at(-1)!] > 1000 * reach) blocks.push(k);
    if (blocks.length > 1 && at[end - 1] - at[blocks.at(-1)!] <= 500 * reach) blocks.pop();
    const halves = blocks.flatMap((block, b) => [block, ((block + (blocks[b + 1] ?? end) - 1) >> 1) + 1]);
    for (const [h, half] of halves.entries())
      first.fill(halves[Math.max(0, h - 1)], half, halves[h + 1] ?? end);
  }
  return withLast(first);
}

/** Whether the first and the last variant of each chromosome are neighbours: then nothing is left out for being far away. */
export function takesInWholeChromosomes({ last }: Windows, starts: readonly number[]): boolean {
  return starts.every((start, c) => last[start] >= (starts[c + 1] ?? last.length) - 1);
}

/** Positions in the list at which a chromosome starts. */
export function chromosomeStarts(
  { chromosome }: Pick<VariantTable, 'chromosome'>,
  variants: Int32Array,
): number[] {
  const starts: number[] = [];
  let name: string | undefined;
  for (let k = 0; k < variants.length; k++) {
    const here = chromosome[variants[k]];
    if (here === name) continue;
    if (name === undefined || chromosomeLabel(here) !== chromosomeLabel(name)) starts.push(k);
    name = here;
  }
  return starts;
}

function coordinates(table: Places, variants: Int32Array, unit: WindowReach['unit']): Float64Array {
  if (unit === 'snps') return Float64Array.from(variants, (_, k) => k);
  const map = unit === 'kb' ? table.position : table.centimorgan;
  return Float64Array.from(variants, (variant) => map[variant]);
}

/** The last neighbours that follow from the first ones, which ascend. */
function withLast(first: Int32Array): Windows {
  const last = new Int32Array(first.length);
  for (let j = 0, right = 0; j < first.length; j++) {
    while (right + 1 < first.length && first[right + 1] <= j) right++;
    last[j] = right;
  }
  return { first, last };
}

function checkCoordinates(
  { id, chromosome }: Places,
  variants: Int32Array,
  at: Float64Array,
  starts: readonly number[],
  unit: 'kb' | 'cm',
  file: string | undefined,
): void {
  const where = file === undefined ? {} : { file };
  for (const [c, start] of starts.entries()) {
    const end = starts[c + 1] ?? variants.length;
    if (unit === 'cm' && end - start > 1 && at.subarray(start, end).every((value) => value === 0)) {
      throw new HeredityError(
        'bad-input',
        `the variants of chromosome ${chromosome[variants[start]]} have no genetic positions`,
        {
          ...where,
          expected: 'centimorgans in the third column',
          fix: 'use --ld-wind-kb, or add a genetic map',
        },
      );
    }
    for (let k = start; k < end; k++) {
      const name = id[variants[k]];
      if (unit === 'kb' && at[k] <= 0) {
        throw new HeredityError('bad-input', `the position of ${name} is not known`, {
          ...where,
          value: at[k],
          fix: 'leave such variants out with --exclude, or count windows in variants (--ld-wind-snps)',
        });
      }
      if (k > start && at[k] < at[k - 1]) {
        throw new HeredityError(
          'bad-input',
          `${unit === 'kb' ? 'the position' : 'the genetic position'} of ${name} is below that of ${id[variants[k - 1]]} before it`,
          {
            ...where,
            value: at[k],
            expected: `at least ${at[k - 1]}`,
            fix: 'sort the file set, such as with plink --bfile IN --make-bed --out SORTED, or count windows in variants (--ld-wind-snps)',
          },
        );
      }
    }
  }
}
