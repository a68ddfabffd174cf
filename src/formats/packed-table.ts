import { host } from '../host/host.js';
import { FileError } from '../host/inputs.js';
import { largeUint8 } from '../kernels/memory.js';
import { VERSION } from '../version.js';

/** Changes with what readers make of a text, or with how it is written here. */
const FORM = 'heredity/packed@2';
/** Smaller files are read as fast as they would be looked for. */
const WORTH_PACKING_BYTES = 2 << 20;
/** Arrays begin at multiples of it, so that they can be used where they are read. */
const ALIGNMENT = 64;

const ARRAYS = { Float64Array, Int32Array, Uint32Array, Uint8Array } as const;
type PackedArray = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** What was read from text files: facts, and arrays by name. */
export interface PackedTable {
  readonly facts: unknown;
  readonly arrays: Readonly<Record<string, PackedArray>>;
}

/** Whether and how a reader may take what an earlier run made of the same files. */
export interface Packing {
  /** The contents of a file. */
  hash(path: string): Promise<{ readonly bytes: number | null; readonly sha256: string | null }>;
  /** Told in a sentence what was done. */
  say(sentence: string): void;
}

interface Header {
  readonly form: string;
  readonly facts: unknown;
  readonly arrays: readonly {
    readonly name: string;
    readonly kind: keyof typeof ARRAYS;
    readonly length: number;
  }[];
}

/** Where packed tables are kept; undefined where nothing is. */
export function packedFolder(): string | undefined {
  const { referenceFolder, files } = host();
  return referenceFolder && files.join(referenceFolder(), '.packed');
}

/**
 * What `read` makes of some text files: from the packed form of an earlier run, found by the hashes of their contents; else
 * from the files, and then kept. Files that change have other hashes, and so never give what they were.
 * @param what is read, in words that follow `LD scores are …`; a name for files.
 */
export async function throughPacked<T>(
  what: { readonly name: string; readonly words: string },
  paths: readonly string[],
  packing: Packing | undefined,
  read: () => Promise<T>,
  form: { readonly pack: (table: T) => PackedTable; readonly unpack: (table: PackedTable) => T },
): Promise<T> {
  const folder = packedFolder();
  if (packing === undefined || folder === undefined) return read();
  const hashes = await Promise.all(paths.map((path) => packing.hash(path)));
  const bytes = hashes.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  if (bytes < WORTH_PACKING_BYTES || hashes.some(({ sha256 }) => sha256 === null)) return read();
  const key = host().sha256();
  const text = [FORM, VERSION, what.name, ...hashes.map(({ sha256 }) => sha256)].join('\n');
  key.update(new TextEncoder().encode(text));
  const path = host().files.join(folder, `${what.name}-${key.hex().slice(0, 32)}`);
  const packed = await readPacked(path);
  if (packed !== undefined) {
    packing.say(
      `${what.words} come from their packed form, made of the same files (--skip-packed reads the text).`,
    );
    return form.unpack(packed);
  }
  const table = await read();
  await keep(path, form.pack(table), what.words, packing);
  return table;
}

async function keep(path: string, table: PackedTable, words: string, { say }: Packing): Promise<void> {
  try {
    const pieces = piecesOf(table);
    await host().keepFile(path, pieces);
    const megabytes = pieces.reduce((sum, { length }) => sum + length, 0) / 1e6;
    say(
      `${words} are kept in packed form for the next run: ${megabytes.toFixed(0)} MB, ${path} (--skip-packed does without).`,
    );
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    say(
      `${words} cannot be kept in packed form, so that each run reads the text: ${path}: ${error.message}.`,
    );
  }
}

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Two numbers of 32 bits: how long the header is, and the whole; the header; the arrays. */
function piecesOf({ facts, arrays }: PackedTable): Uint8Array[] {
  const entries = Object.entries(arrays);
  const header: Header = {
    form: FORM,
    facts,
    arrays: entries.map(([name, array]) => ({ name, kind: kindOf(array), length: array.length })),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(aligned(16 + text.length));
  start.set(text, 16);
  const pieces: Uint8Array[] = [start];
  for (const [, array] of entries) {
    pieces.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    pieces.push(new Uint8Array(aligned(array.byteLength) - array.byteLength));
  }
  const whole = pieces.reduce((sum, { length }) => sum + length, 0);
  new Float64Array(start.buffer, 0, 2).set([text.length, whole]);
  return pieces;
}

const kindOf = (array: PackedArray): keyof typeof ARRAYS =>
  (Object.keys(ARRAYS) as (keyof typeof ARRAYS)[]).find((kind) => array instanceof ARRAYS[kind])!;

/** @returns undefined where there is no such file, or one that is not whole. */
async function readPacked(path: string): Promise<PackedTable | undefined> {
  const { files } = host();
  if (!files.exists(path)) return undefined;
  try {
    const file = await files.open(path);
    try {
      const bytes = largeUint8(file.byteLength);
      for (let at = 0, read = -1; at < bytes.length && read !== 0; at += read)
        read = await file.readInto(bytes.subarray(at), at);
      return unpacked(bytes);
    } finally {
      await file.close();
    }
  } catch {
    return undefined; // it is read from the text, and written again
  }
}

/** @throws where the bytes are not those of a whole packed table. */
function unpacked(bytes: Uint8Array<ArrayBuffer>): PackedTable | undefined {
  const [length, whole] = new Float64Array(bytes.buffer, bytes.byteOffset, 2);
  if (whole !== bytes.length) return undefined;
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(16, 16 + length))) as Header;
  if (header.form !== FORM) return undefined;
  const arrays: Record<string, PackedArray> = {};
  let at = aligned(16 + length);
  for (const { name, kind, length: count } of header.arrays) {
    const array = new ARRAYS[kind](bytes.buffer, bytes.byteOffset + at, count);
    arrays[name] = array;
    at += aligned(array.byteLength);
  }
  return at === bytes.length ? { facts: header.facts, arrays } : undefined;
}
