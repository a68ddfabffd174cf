import { HeredityError } from '../errors.js';
import { chromosomeLabel } from './bim.js';
import { IdIndex } from './id-index.js';
import { type Line, plural, readLines } from './text.js';

/** Blocks of variants that a user defines, by region or by variant. */
export interface BlockList {
  readonly path: string;
  readonly kind: 'regions' | 'variants';
  /** Distinct, in file order. */
  readonly names: readonly string[];
  /** Index in `names` of a variant's block, or -1 where it is in none. */
  blockOf(chromosome: string, position: number, id: string): number;
}

/**
 * Reads a block file, of either kind:
 * - regions, as in BED files: `chromosome start end` and optionally a name (else `chr1:1000-2000`). A region holds the
 *   positions from start to end, both included; where one ends at the start of the next, that position belongs to the
 *   next. So files that count from 0, from 1, or leave the end out lose no variant between neighbours.
 * - variants: `ID block`.
 *
 * Two columns make it the second kind. A first line whose start is not a number, or whose block is called `block`, is a header.
 * @throws HeredityError `bad-input` for malformed lines, overlapping regions, repeated names and variants in two blocks.
 */
export async function readBlockList(path: string): Promise<BlockList> {
  let builder: RegionBlocks | VariantBlocks | undefined;
  await readLines(path, (line) => {
    if (builder === undefined) {
      builder = line.fields === 2 ? new VariantBlocks() : new RegionBlocks();
      if (builder.isHeader(line)) return;
    }
    builder.add(line);
  });
  if (builder === undefined || builder.names.length === 0) {
    throw new HeredityError('bad-input', 'the file defines no blocks', { file: path });
  }
  const { kind, names } = builder;
  builder.finish(path);
  const blocks = builder;
  return {
    path,
    kind,
    names,
    blockOf: (chromosome, position, id) => blocks.blockOf(chromosome, position, id),
  };
}

class VariantBlocks {
  readonly kind = 'variants';
  readonly #blocks = new IdIndex();
  readonly #variants = new IdIndex();
  readonly #blockOf: number[] = [];

  get names(): readonly string[] {
    return this.#blocks.ids;
  }

  isHeader(line: Line): boolean {
    return line.text(1).toLowerCase() === 'block';
  }

  add(line: Line): void {
    line.expectFields(2, 'variant ID, block');
    const name = line.text(1);
    const block = this.#blocks.add(name);
    this.#variants.addFromLine(line.text(0), line, 0, describeVariant);
    this.#blockOf.push(block < 0 ? this.#blocks.count - 1 : block);
  }

  finish(): void {}

  blockOf(_chromosome: string, _position: number, id: string): number {
    const variant = this.#variants.indexOf(id);
    return variant < 0 ? -1 : this.#blockOf[variant];
  }
}

function describeVariant(id: string): { what: string; fix: string } {
  return { what: `variant ${id}`, fix: 'put each variant into one block' };
}

interface Region {
  readonly start: number;
  readonly end: number;
  readonly block: number;
  readonly line: number;
}

class RegionBlocks {
  readonly kind = 'regions';
  readonly #blocks = new IdIndex();
  /** Regions of each chromosome label, sorted by {@link finish}. */
  readonly #regions = new Map<string, Region[]>();

  get names(): readonly string[] {
    return this.#blocks.ids;
  }

  isHeader(line: Line): boolean {
    return line.fields >= 3 && Number.isNaN(line.numeric(1)) && Number.isNaN(line.numeric(2));
  }

  add(line: Line): void {
    if (line.fields !== 3 && line.fields !== 4) {
      throw line.error(undefined, `the line has ${plural(line.fields, 'field')}`, {
        expected: 'chromosome, start, end and optionally a name; or variant ID and block',
      });
    }
    const chromosome = chromosomeLabel(line.symbol(0));
    const start = readBoundary(line, 1);
    const end = readBoundary(line, 2);
    if (end <= start)
      throw line.error(2, 'the region ends before it starts', { expected: `more than ${start}` });
    const named = line.fields === 4;
    const name = named ? line.text(3) : `${chromosome}:${start}-${end}`;
    const block = this.#blocks.count;
    this.#blocks.addFromLine(name, line, named ? 3 : 1, (id) => ({ what: `block ${id}` }));
    const regions = this.#regions.get(chromosome) ?? [];
    this.#regions.set(chromosome, regions);
    regions.push({ start, end, block, line: line.number });
  }

  /** Sorts the regions, and refuses those that overlap. */
  finish(file: string): void {
    for (const [chromosome, regions] of this.#regions) {
      regions.sort((a, b) => a.start - b.start);
      for (let i = 1; i < regions.length; i++) {
        const [before, after] = [regions[i - 1], regions[i]];
        if (after.start >= before.end) continue;
        const [first, second] = before.line < after.line ? [before, after] : [after, before];
        const overlap = `${second.start}-${second.end} on ${chromosome} overlaps ${first.start}-${first.end} on line ${first.line}`;
        const fix = 'let each region start where the one before it ends, or later';
        throw new HeredityError('bad-input', `region ${overlap}`, { file, line: second.line, fix });
      }
    }
  }

  blockOf(chromosome: string, position: number): number {
    const regions = this.#regions.get(chromosomeLabel(chromosome));
    if (regions === undefined || position <= 0) return -1;
    // the last region that starts at the position or before it
    let low = 0;
    let high = regions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (regions[middle].start <= position) low = middle + 1;
      else high = middle;
    }
    const region = regions[low - 1];
    return region !== undefined && position <= region.end ? region.block : -1;
  }
}

function readBoundary(line: Line, field: number): number {
  const value = line.numeric(field);
  if (Number.isInteger(value) && value >= 0) return value;
  throw line.error(field, `the ${field === 1 ? 'start' : 'end'} of the region is not a whole number`, {
    expected: 'base pairs',
  });
}
