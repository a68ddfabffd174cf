import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { HeredityError } from '../errors.js';
import type { VariantTable } from './bim.js';
import { growingFloat64, growingInt32 } from './growing-array.js';
import { VariantTableBuilder } from './variant-table.js';

/** 0 none, 1 zlib, 2 zstd. */
export type BgenCompression = 0 | 1 | 2;

export interface BgenHeader {
  readonly samples: number;
  readonly variants: number;
  readonly compression: BgenCompression;
  readonly sampleIds: readonly string[] | undefined;
  /** Where the first variant is. */
  readonly start: number;
}

/** The variants of two alleles, and where the genotypes of each are. */
export interface BgenVariants {
  readonly table: VariantTable;
  /** Number in the file, from 1. */
  readonly numbers: Int32Array;
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
  /** Bytes before compression. */
  readonly sizes: Float64Array;
  readonly notes: readonly string[];
}

/** Bytes of a sample's genotypes at most: a ploidy and two probabilities of 32 bits. */
const MOST_BYTES_OF_SAMPLE = 9;
const LONGEST_BLOCK = 2 ** 30;
/** Strings in a variant are short but for alleles, and those of some insertions are thousands of bases long. */
const LONGEST_ALLELE = 1 << 24;
/** Variants between two looks at timers and signals. */
const PAUSE_EVERY = 50_000;

/** @throws HeredityError `bad-input` for another kind of file or layout, or one that is cut off. */
export async function readBgenHeader(path: string, handle: FileHandle): Promise<BgenHeader> {
  const { size } = await handle.stat();
  const file = new BgenReader(path, handle, size, 'the header');
  const offset = file.uint32();
  const length = file.uint32();
  const variants = file.uint32();
  const samples = file.uint32();
  const magic = file.text(4);
  const fail = (
    problem: string,
    more: { value?: string | number; expected?: string; fix?: string } = {},
  ): never => {
    throw new HeredityError('bad-input', problem, { file: path, ...more });
  };
  if (magic !== 'bgen' && magic !== '\0\0\0\0')
    fail('this is not a BGEN file', { expected: 'the letters bgen at byte 16' });
  if (length < 20 || length > offset)
    fail('the header of this BGEN file has an impossible length', { value: length });
  file.seek(4 + length - 4);
  const flags = file.uint32();
  const layout = (flags >> 2) & 15;
  const compression = flags & 3;
  if (layout !== 2) {
    fail('this BGEN file is of an older layout', {
      value: `layout ${layout}`,
      expected: 'layout 2, as of versions 1.2 and 1.3',
      fix: 'convert it with plink2 --bgen FILE ref-first --sample FILE --export bgen-1.2 bits=8 --out OUT',
    });
  }
  if (compression === 3) fail('this BGEN file is compressed in a way that is not known', { value: 3 });
  if (samples === 0) fail('there are no samples');
  const start = offset + 4;
  if (start > size)
    fail('the file ends within its header', { value: size, expected: `${start} bytes or more` });
  let sampleIds: string[] | undefined;
  if (flags >>> 31 === 1) {
    const block = file.uint32();
    const count = file.uint32();
    if (count !== samples)
      fail('the sample identifiers are not as many as the samples', { value: count, expected: `${samples}` });
    if (4 + length + block > start) fail('the sample identifiers reach into the variants', { value: block });
    sampleIds = Array.from({ length: samples }, () => file.string());
    if (file.position > start) fail('the sample identifiers reach into the variants');
  }
  return { samples, variants, compression: compression as BgenCompression, sampleIds, start };
}

/**
 * Reads what comes before the genotypes of every variant, and passes over those.
 * @param chromosome of variants whose chromosome the file leaves empty.
 * @throws HeredityError `bad-input` where the file is cut off, or a variant cannot be.
 */
export async function scanBgen(
  path: string,
  handle: FileHandle,
  header: BgenHeader,
  chromosome: string,
): Promise<BgenVariants> {
  const { size } = await handle.stat();
  const builder = new VariantTableBuilder(path, 'variant');
  const numbers = growingInt32();
  const offsets = growingFloat64();
  const lengths = growingFloat64();
  const sizes = growingFloat64();
  const mostBytes = 10 + MOST_BYTES_OF_SAMPLE * header.samples;
  const file = new BgenReader(path, handle, size, 'variant 1');
  let unnamed = 0;
  file.seek(header.start);
  for (let number = 1; number <= header.variants; number++) {
    file.place = `variant ${number}`;
    const identifier = file.string();
    const name = file.string();
    const found = file.string();
    const position = file.uint32();
    const alleles = file.uint16();
    const texts: string[] = [];
    for (let k = 0; k < alleles; k++) {
      const allele = file.text(file.uint32());
      if (k < 2) texts.push(allele);
    }
    const stored = file.uint32();
    const compressed = header.compression !== 0;
    if (compressed && stored < 4)
      throw file.error('its compressed data have an impossible length', { value: stored });
    const length = compressed ? stored - 4 : stored;
    const bytes = compressed ? file.uint32() : stored;
    if (alleles === 2) {
      if (length > LONGEST_BLOCK || bytes > mostBytes) {
        throw file.error('its genotypes are longer than those of its samples can be', {
          value: Math.max(length, bytes),
          expected: `at most ${mostBytes} bytes`,
        });
      }
      if (found === '') unnamed++;
      builder.add({
        at: number,
        chromosome: found === '' ? chromosome : found.replace(/^0(?=\d)/, ''),
        id: name === '' || name === '.' ? identifier : name,
        position,
        allele1: texts[1]!,
        allele2: texts[0]!,
      });
      numbers.push(number);
      offsets.push(file.position);
      lengths.push(length);
      sizes.push(bytes);
    }
    file.skip(length);
    if (number % PAUSE_EVERY === 0) await new Promise(setImmediate); // lets Ctrl-C through
  }
  const notes = [...builder.notes()];
  if (unnamed > 0)
    notes.push(`${path}: ${unnamed} variants have no chromosome; in this run it is ${chromosome}`);
  return {
    table: builder.finish(),
    numbers: numbers.toArray(),
    offsets: offsets.toArray(),
    lengths: lengths.toArray(),
    sizes: sizes.toArray(),
    notes,
  };
}

/** Reads a file from front to back through a window; what is skipped is not read. */
class BgenReader {
  /** What is being read, for messages. */
  place: string;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #size: number;
  #window = Buffer.alloc(1 << 14);
  /** Where the window begins in the file, and how much of it is filled. */
  #start = 0;
  #filled = 0;
  #at = 0;

  constructor(path: string, handle: FileHandle, size: number, place: string) {
    this.#path = path;
    this.#handle = handle;
    this.#size = size;
    this.place = place;
  }

  get position(): number {
    return this.#start + this.#at;
  }

  seek(position: number): void {
    const at = position - this.#start;
    if (at >= 0 && at <= this.#filled) {
      this.#at = at;
      return;
    }
    this.#start = position;
    this.#filled = 0;
    this.#at = 0;
  }

  skip(bytes: number): void {
    if (bytes > this.#size - this.position) throw this.#cut();
    this.seek(this.position + bytes);
  }

  uint16(): number {
    this.#need(2);
    this.#at += 2;
    return this.#window.readUInt16LE(this.#at - 2);
  }

  uint32(): number {
    this.#need(4);
    this.#at += 4;
    return this.#window.readUInt32LE(this.#at - 4);
  }

  /** Text after its length in 16 bits. */
  string(): string {
    return this.text(this.uint16());
  }

  text(length: number): string {
    if (length > LONGEST_ALLELE)
      throw this.error('it has an allele of more than 16 million letters', { value: length });
    this.#need(length);
    this.#at += length;
    const text = this.#window.toString('latin1', this.#at - length, this.#at);
    if (/[\t\n\r ]/.test(text))
      throw this.error('a name or allele holds white space', { value: text.slice(0, 60) });
    return text;
  }

  error(problem: string, more: { value?: string | number; expected?: string } = {}): HeredityError {
    return new HeredityError('bad-input', `${this.place}: ${problem}`, { file: this.#path, ...more });
  }

  /** Makes sure that so many bytes from here on are in the window. */
  #need(bytes: number): void {
    if (this.#filled - this.#at >= bytes) return;
    const position = this.position;
    if (bytes > this.#size - position) throw this.#cut();
    if (bytes > this.#window.length) this.#window = Buffer.alloc(2 * bytes);
    this.#start = position;
    this.#at = 0;
    this.#filled = 0;
    while (this.#filled < bytes) {
      const room = this.#window.length - this.#filled;
      const read = readSync(this.#handle.fd, this.#window, this.#filled, room, position + this.#filled);
      if (read === 0) throw this.#cut();
      this.#filled += read;
    }
  }

  #cut(): HeredityError {
    return new HeredityError('bad-input', `the file is cut off within ${this.place}`, {
      file: this.#path,
      value: this.#size,
      fix: 'copy or download it again',
    });
  }
}
