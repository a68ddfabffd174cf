import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';
import type { OpenFile } from '../host/inputs.js';
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
const LATIN_1 = new TextDecoder('latin1');
/** Variants between two looks at timers and signals. */
const PAUSE_EVERY = 50_000;

/** @throws HeredityError `bad-input` for another kind of file or layout, or one that is cut off. */
export async function readBgenHeader(path: string, opened: OpenFile): Promise<BgenHeader> {
  const size = opened.byteLength;
  const file = new BgenReader(path, opened, 'the header');
  const offset = await file.uint32();
  const length = await file.uint32();
  const variants = await file.uint32();
  const samples = await file.uint32();
  const magic = await file.text(4);
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
  const flags = await file.uint32();
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
    const block = await file.uint32();
    const count = await file.uint32();
    if (count !== samples)
      fail('the sample identifiers are not as many as the samples', { value: count, expected: `${samples}` });
    if (4 + length + block > start) fail('the sample identifiers reach into the variants', { value: block });
    sampleIds = [];
    for (let i = 0; i < samples; i++) sampleIds.push(await file.string());
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
  opened: OpenFile,
  header: BgenHeader,
  chromosome: string,
): Promise<BgenVariants> {
  const builder = new VariantTableBuilder(path, 'variant');
  const numbers = growingInt32();
  const offsets = growingFloat64();
  const lengths = growingFloat64();
  const sizes = growingFloat64();
  const mostBytes = 10 + MOST_BYTES_OF_SAMPLE * header.samples;
  const file = new BgenReader(path, opened, 'variant 1');
  let unnamed = 0;
  file.seek(header.start);
  for (let number = 1; number <= header.variants; number++) {
    file.place = `variant ${number}`;
    const identifier = await file.string();
    const name = await file.string();
    const found = await file.string();
    const position = await file.uint32();
    const alleles = await file.uint16();
    const texts: string[] = [];
    for (let k = 0; k < alleles; k++) {
      const allele = await file.text(await file.uint32());
      if (k < 2) texts.push(allele);
    }
    const stored = await file.uint32();
    const compressed = header.compression !== 0;
    if (compressed && stored < 4)
      throw file.error('its compressed data have an impossible length', { value: stored });
    const length = compressed ? stored - 4 : stored;
    const bytes = compressed ? await file.uint32() : stored;
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
        allele1: texts[1],
        allele2: texts[0],
      });
      numbers.push(number);
      offsets.push(file.position);
      lengths.push(length);
      sizes.push(bytes);
    }
    file.skip(length);
    if (number % PAUSE_EVERY === 0) await host().pause(); // lets Ctrl-C through
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
  readonly #file: OpenFile;
  #window = new Uint8Array(1 << 14);
  #view = new DataView(this.#window.buffer);
  /** Where the window begins in the file, and how much of it is filled. */
  #start = 0;
  #filled = 0;
  #at = 0;

  constructor(path: string, file: OpenFile, place: string) {
    this.#path = path;
    this.#file = file;
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
    if (bytes > this.#file.byteLength - this.position) throw this.#cut();
    this.seek(this.position + bytes);
  }

  async uint16(): Promise<number> {
    if (this.#lacks(2)) await this.#fill(2);
    this.#at += 2;
    return this.#view.getUint16(this.#at - 2, true);
  }

  async uint32(): Promise<number> {
    if (this.#lacks(4)) await this.#fill(4);
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  /** Text after its length in 16 bits. */
  async string(): Promise<string> {
    return this.text(await this.uint16());
  }

  async text(length: number): Promise<string> {
    if (length > LONGEST_ALLELE)
      throw this.error('it has an allele of more than 16 million letters', { value: length });
    if (this.#lacks(length)) await this.#fill(length);
    this.#at += length;
    const text = LATIN_1.decode(this.#window.subarray(this.#at - length, this.#at));
    if (/[\t\n\r ]/.test(text))
      throw this.error('a name or allele holds white space', { value: text.slice(0, 60) });
    return text;
  }

  error(problem: string, more: { value?: string | number; expected?: string } = {}): HeredityError {
    return new HeredityError('bad-input', `${this.place}: ${problem}`, { file: this.#path, ...more });
  }

  /** Whether some of so many bytes from here on are not in the window. */
  #lacks(bytes: number): boolean {
    return this.#filled - this.#at < bytes;
  }

  /** Begins the window here, and fills it with so many bytes or more. */
  async #fill(bytes: number): Promise<void> {
    const position = this.position;
    if (bytes > this.#file.byteLength - position) throw this.#cut();
    if (bytes > this.#window.length) {
      this.#window = new Uint8Array(2 * bytes);
      this.#view = new DataView(this.#window.buffer);
    }
    this.#start = position;
    this.#at = 0;
    this.#filled = 0;
    while (this.#filled < bytes) {
      const read = await this.#file.readInto(this.#window.subarray(this.#filled), position + this.#filled);
      if (read === 0) throw this.#cut();
      this.#filled += read;
    }
  }

  #cut(): HeredityError {
    return new HeredityError('bad-input', `the file is cut off within ${this.place}`, {
      file: this.#path,
      value: this.#file.byteLength,
      fix: 'copy or download it again',
    });
  }
}
