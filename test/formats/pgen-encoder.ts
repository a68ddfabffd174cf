/**
 * Writes .pgen files from the specification, every kind of record and header: what plink2 writes is but a part of them.
 * Genotypes are categories: 0, 1, 2 copies of ALT, 3 missing.
 */

/** A record: its type, and what stands in it. */
export interface EncodedRecord {
  readonly type: number;
  readonly bytes: Uint8Array;
}

const bytesOf = (...parts: (ArrayLike<number> | number)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : Array.from(part))));

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}

const littleEndian = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, k) => Math.floor(value / 2 ** (8 * k)) % 256);

export function packBits(bits: ArrayLike<number>, width = 1): Uint8Array {
  const packed = new Uint8Array(Math.ceil((bits.length * width) / 8));
  for (let i = 0; i < bits.length; i++) packed[(i * width) >> 3] |= bits[i] << ((i * width) & 7);
  return packed;
}

/** A list of samples, with a 2-bit value each or none. */
export function difflist(samples: number, ids: readonly number[], values?: readonly number[]): Uint8Array {
  if (ids.length === 0) return bytesOf(varint(0));
  const idBytes = samples < 256 ? 1 : samples < 65536 ? 2 : samples < 2 ** 24 ? 3 : 4;
  const groups = Array.from({ length: Math.ceil(ids.length / 64) }, (_, g) =>
    ids.slice(64 * g, 64 * (g + 1)),
  );
  const deltas = groups.map((group) => group.slice(1).flatMap((id, k) => varint(id - group[k])));
  return bytesOf(
    varint(ids.length),
    groups.flatMap(([first]) => littleEndian(first, idBytes)),
    deltas.slice(0, -1).map((delta) => delta.length - 63),
    values ? packBits(values, 2) : [],
    deltas.flat(),
  );
}

const where = (categories: Uint8Array, test: (category: number, i: number) => boolean): number[] =>
  Array.from(categories.keys()).filter((i) => test(categories[i], i));

const listOf = (categories: Uint8Array, ids: readonly number[], values = categories) =>
  difflist(
    categories.length,
    ids,
    ids.map((i) => values[i]),
  );

const inverted = (categories: Uint8Array) => categories.map((category) => [2, 1, 0, 3][category]);

/** The main track of a type (bits 0 to 2). @param base what types 2 and 3 differ from. */
export function mainTrack(categories: Uint8Array, type: number, base?: Uint8Array): Uint8Array {
  switch (type & 7) {
    case 0:
      return packBits(categories, 2);
    case 1: {
      const counts = [0, 1, 2, 3].map((category) => where(categories, (c) => c === category).length);
      const [low, high] = [0, 1, 2, 3]
        .sort((a, b) => counts[b] - counts[a])
        .slice(0, 2)
        .sort() as [number, number];
      const bits = categories.map((category) => Number(category === high));
      const others = where(categories, (category) => category !== low && category !== high);
      return bytesOf(4 * low + (high - low), packBits(bits), listOf(categories, others));
    }
    case 2:
      return listOf(
        categories,
        where(categories, (category, i) => category !== base![i]),
      );
    case 3: {
      const turned = inverted(categories);
      return listOf(
        categories,
        where(turned, (category, i) => category !== base![i]),
        turned,
      );
    }
    case 5:
      return bytesOf();
    default:
      return listOf(
        categories,
        where(categories, (category) => category !== (type & 3)),
      );
  }
}

/** The track of phase: all heterozygous genotypes phased, or some. */
export function phaseTrack(categories: Uint8Array, random: () => number, explicit: boolean): Uint8Array {
  const hets = where(categories, (category) => category === 1).length;
  const present = Array.from({ length: hets }, () => Number(!explicit || random() < 0.5));
  const info = present.filter((bit) => bit).map(() => Number(random() < 0.5));
  return explicit ? bytesOf(packBits([1, ...present]), packBits(info)) : packBits([0, ...info]);
}

/** Tracks of dosages (-1 where a sample has none), in the layout of bits 5 and 6 of the type. */
export function dosageTracks(dosages: Int32Array, type: number): Uint8Array {
  const ids = Array.from(dosages.keys()).filter((i) => dosages[i] >= 0);
  const values = ids.flatMap((i) => littleEndian(dosages[i], 2));
  switch (type & 0x60) {
    case 0x20:
      return bytesOf(difflist(dosages.length, ids), values);
    case 0x40:
      return bytesOf(Array.from(dosages).flatMap((dosage) => littleEndian(dosage < 0 ? 65535 : dosage, 2)));
    case 0x60:
      return bytesOf(packBits(dosages.map((dosage) => Number(dosage >= 0))), values);
    default:
      return bytesOf();
  }
}

export interface PgenFile {
  readonly samples: number;
  readonly records: readonly EncodedRecord[];
  /** @default 0x10 */
  readonly mode?: number;
  /** Header form, bits 0 to 3 of the twelfth byte. @default 7: types of 8 bits, lengths of 32 */
  readonly form?: number;
  /** Bytes of an allele count; 0 for none. */
  readonly alleleBytes?: number;
  /** Bits 6 and 7 of the twelfth byte. */
  readonly reference?: number;
  /** Bytes between blocks. */
  readonly gap?: number;
}

const BLOCK = 65536;

export function encodePgen({
  samples,
  records,
  mode = 0x10,
  form = 7,
  alleleBytes = 0,
  reference = 1,
  gap = 0,
}: PgenFile): Uint8Array {
  const control = form | (alleleBytes << 4) | (reference << 6);
  const start = bytesOf(0x6c, 0x1b, mode, littleEndian(records.length, 4), littleEndian(samples, 4), control);
  const flags = (count: number) => (reference === 3 ? new Uint8Array(Math.ceil(count / 8)) : []);
  const bodies = records.map(({ bytes }) => bytes);
  if (mode < 0x10) return concat([start, flags(records.length), ...bodies]);
  const blocks: (readonly EncodedRecord[])[] = [];
  for (let first = 0; first < records.length; first += BLOCK)
    blocks.push(records.slice(first, first + BLOCK));
  const headers = blocks.map((block) => {
    const types = block.map(({ type }) => type);
    const lengthBytes = (form & 3) + 1;
    const lengths = new Uint8Array(lengthBytes * block.length);
    for (const [v, { bytes }] of block.entries())
      lengths.set(littleEndian(bytes.length, lengthBytes), v * lengthBytes);
    const counts = new Uint8Array(alleleBytes * block.length).map((_, k) => (k % alleleBytes === 0 ? 2 : 0));
    return concat([form < 4 ? packBits(types, 4) : types, lengths, counts, flags(block.length)]);
  });
  // extensions: one of the header (the writer's name), and one of the footer of no standard kind
  const name = Array.from('test encoder', (letter) => letter.charCodeAt(0));
  const extension = (footerAt: number) =>
    mode === 0x11
      ? bytesOf(varint(2), varint(1), littleEndian(footerAt, 8), varint(name.length), name)
      : new Uint8Array(0);
  const headerEnd =
    start.length +
    8 * blocks.length +
    headers.reduce((sum, header) => sum + header.length, 0) +
    extension(0).length;
  const starts: number[] = [];
  let at = headerEnd;
  for (const block of blocks) {
    starts.push(at);
    at += block.reduce((sum, { bytes }) => sum + bytes.length, 0) + gap;
  }
  const footer = mode === 0x11 ? bytesOf(varint(3), [1, 2, 3]) : [];
  return concat([
    start,
    starts.flatMap((position) => littleEndian(position, 8)),
    ...headers,
    extension(at),
    ...blocks.flatMap((block) => [...block.map(({ bytes }) => bytes), new Uint8Array(gap)]),
    footer,
  ]);
}

export function concat(parts: readonly ArrayLike<number>[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
