import { HeredityError } from '../errors.js';
import { host, type Sha256 } from '../host/host.js';
import type { OpenFile } from '../host/inputs.js';
import { openInput } from './input.js';
import { OutputFile, type OutputOptions } from './output.js';

/**
 * A file of products of one part of a run: a line of JSON that says what it is; records, each the length of its JSON as 32 bits, the
 * JSON, and the bytes of its arrays; JSON with all that is known of the part; the SHA-256 of all these bytes in hexadecimal; the length of
 * that last JSON as 32 bits; and {@link MAGIC}. Little-endian.
 */
const MAGIC = 'HRDTPART';
const DIGEST = 64;
const TAIL = DIGEST + 4 + MAGIC.length;
/** Records are put together to so many bytes before they are written. */
const CHUNK = 1 << 20;
/** More JSON than this is no record of ours. */
const MOST_JSON = 1 << 29;

const UTF8 = new TextEncoder();

const ARRAYS = { Float64Array, Float32Array, Int32Array, Uint32Array, Uint8Array } as const;
type ArrayName = keyof typeof ARRAYS;
type TypedArray = InstanceType<(typeof ARRAYS)[ArrayName]>;

/** Writes products as they come. */
export class PartFileWriter {
  readonly #file: OutputFile;
  readonly #hash: Sha256 = host().sha256();
  #waiting: Uint8Array[] = [];
  #bytes = 0;

  private constructor(file: OutputFile) {
    this.#file = file;
  }

  /** @param header says what it is, for whoever opens the file in an editor. @param options of the file. */
  static async create(
    path: string,
    header: unknown,
    options: Pick<OutputOptions, 'isAlone'> = {},
  ): Promise<PartFileWriter> {
    const writer = new PartFileWriter(await OutputFile.create(path, { beside: true, ...options }));
    await writer.#add(UTF8.encode(`${JSON.stringify(header)}\n`));
    return writer;
  }

  /** @param product plain values, and arrays of float64, float32, int32, uint32 and bytes. */
  async append(product: unknown): Promise<void> {
    const arrays: TypedArray[] = [];
    const json = UTF8.encode(JSON.stringify(withoutArrays(product, arrays)));
    await this.#add(length32(json.length));
    await this.#add(json);
    for (const { buffer, byteOffset, byteLength } of arrays)
      await this.#add(new Uint8Array(buffer, byteOffset, byteLength).slice());
  }

  /** @param about what is known of the part once it is whole. */
  async finish(about: Readonly<Record<string, unknown>>): Promise<void> {
    const json = UTF8.encode(JSON.stringify(about));
    await this.#add(json);
    await this.#flush();
    await this.#file.write(
      joined([UTF8.encode(this.#hash.hex()), length32(json.length), UTF8.encode(MAGIC)]),
    );
    await this.#file.finish();
  }

  async abort(): Promise<void> {
    await this.#file.abort();
  }

  async #add(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= CHUNK) await this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#bytes === 0) return;
    const bytes = joined(this.#waiting);
    [this.#waiting, this.#bytes] = [[], 0];
    await this.#file.write(bytes);
  }
}

/** A whole part. */
export interface PartFile {
  /** What {@link PartFileWriter.finish} was told. */
  readonly about: Readonly<Record<string, unknown>>;
  /** The products in order, read as they are asked for, their arrays into memory of this thread unless it is said how else. */
  products(memory?: (bytes: number) => Uint8Array): AsyncGenerator<unknown, void, void>;
}

/**
 * Reads a part and checks that it is whole. @param words for what is not.
 * @throws HeredityError `bad-input` where it is no part, or was cut off or changed.
 */
export async function readPartFile(path: string, words: NotWhole = NO_PART): Promise<PartFile> {
  const file = await openInput(path);
  try {
    const whole = file.byteLength - TAIL;
    const tail = new Uint8Array(await file.slice(Math.max(0, whole), file.byteLength));
    const text = new TextDecoder();
    if (whole < 0 || text.decode(tail.subarray(DIGEST + 4)) !== MAGIC) throw notWhole(path, words);
    const end = whole - lengthAt(tail, DIGEST);
    if (end < 0 || text.decode(tail.subarray(0, DIGEST)) !== (await hashOf(file, whole)))
      throw notWhole(path, words);
    const about = parsed(path, new Uint8Array(await file.slice(end, whole)), words);
    return {
      about: about as Readonly<Record<string, unknown>>,
      products: (memory = (bytes) => new Uint8Array(bytes)) => productsOf(path, end, words, memory),
    };
  } finally {
    await file.close();
  }
}

/** How it is said that a file is not whole. */
export interface NotWhole {
  readonly problem: string;
  readonly fix: string;
}

const NO_PART: NotWhole = {
  problem: 'this is no whole part of a run: it was cut off or changed',
  fix: 'compute this part again, or copy it again',
};

function notWhole(path: string, { problem, fix }: NotWhole): HeredityError {
  return new HeredityError('bad-input', problem, { file: path, fix });
}

async function hashOf(file: OpenFile, end: number): Promise<string> {
  const hash = host().sha256();
  const chunk = new Uint8Array(Math.min(end, CHUNK));
  for (let at = 0, read = -1; at < end && read !== 0; at += read) {
    read = await file.readInto(chunk.subarray(0, end - at), at);
    hash.update(chunk.subarray(0, read));
  }
  return hash.hex();
}

async function* productsOf(
  path: string,
  end: number,
  words: NotWhole,
  memory: (bytes: number) => Uint8Array,
): AsyncGenerator<unknown, void, void> {
  const file = await openInput(path);
  try {
    const head = new Uint8Array(await file.slice(0, Math.min(end, CHUNK)));
    let at = head.indexOf(0x0a) + 1; // behind the header, which is for people
    const read = async (bytes: Uint8Array): Promise<Uint8Array> => {
      if (at + bytes.length > end) throw notWhole(path, words);
      for (let done = 0, own = -1; done < bytes.length; done += own) {
        own = await file.readInto(bytes.subarray(done), at + done);
        if (own === 0) throw notWhole(path, words);
      }
      at += bytes.length;
      return bytes;
    };
    while (at < end) {
      const length = lengthAt(await read(new Uint8Array(4)), 0);
      if (length > MOST_JSON) throw notWhole(path, words);
      const json = parsed(path, await read(new Uint8Array(length)), words);
      yield await withArrays(json, (bytes) => read(memory(bytes)));
    }
  } finally {
    await file.close();
  }
}

function parsed(path: string, bytes: Uint8Array, words: NotWhole): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw notWhole(path, words);
  }
}

/** What JSON has no word for: numbers that are not finite, -0, arrays of numbers. */
type Escaped = { readonly '#number': string } | { readonly '#array': ArrayName; readonly length: number };

function withoutArrays(value: unknown, arrays: TypedArray[]): unknown {
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { '#number': Object.is(value, -0) ? '-0' : String(value) };
  if (ArrayBuffer.isView(value)) {
    const array = value as TypedArray;
    const name = Object.keys(ARRAYS).find((own) => array instanceof ARRAYS[own as ArrayName]);
    if (name === undefined) throw new HeredityError('internal', 'an array of a part is of no known type');
    arrays.push(array);
    return { '#array': name, length: array.length };
  }
  if (Array.isArray(value)) return value.map((own) => withoutArrays(own, arrays));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, withoutArrays(own, arrays)]));
}

async function withArrays(value: unknown, read: (length: number) => Promise<Uint8Array>): Promise<unknown> {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const own of value) items.push(isPlain(own) ? own : await withArrays(own, read));
    return items;
  }
  const escaped = value as Partial<Escaped> & { length?: number };
  if ('#number' in escaped) return Number(escaped['#number']);
  if ('#array' in escaped) {
    const make = ARRAYS[escaped['#array']!];
    const { buffer } = await read(escaped.length! * make.BYTES_PER_ELEMENT);
    return new make(buffer as ArrayBuffer);
  }
  const entries: [string, unknown][] = [];
  for (const [key, own] of Object.entries(value))
    entries.push([key, isPlain(own) ? own : await withArrays(own, read)]);
  return Object.fromEntries(entries);
}

const isPlain = (value: unknown): boolean => value === null || typeof value !== 'object';

function length32(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length, true);
  return bytes;
}

const lengthAt = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
