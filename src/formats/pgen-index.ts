import { HeredityError } from '../errors.js';
import type { OpenFile } from '../host/inputs.js';
import { sharedBytes } from '../kernels/memory.js';
import { bytesPerVariant } from './bed.js';
import { readExactly } from './record-source.js';

/** Variants of a block: differences from an earlier variant do not reach over its start. */
export const VARIANTS_OF_BLOCK = 1 << 16;

/** Where the records of a .pgen file are, and their types; or that it is a PLINK 1 .bed file. */
export type PgenIndex =
  | 'bed'
  | {
      readonly types: Uint8Array;
      readonly offsets: Float64Array;
      readonly lengths: Uint32Array;
    };

const MAGIC = [0x6c, 0x1b] as const;
const HEADER_BYTES = 12;
/** Records are read whole, and arrays of them are indexed by 31 bits. */
const LONGEST_RECORD = 2 ** 30;

interface Shape {
  readonly samples: number;
  readonly total: number;
}

/**
 * Reads the header of a .pgen file. Extensions of storage mode 0x11 are passed over: they may be ignored.
 * @throws HeredityError `bad-input`, as {@link openPgen}.
 */
export async function readPgenIndex(path: string, file: OpenFile, shape: Shape): Promise<PgenIndex> {
  const size = file.byteLength;
  const start = new Uint8Array(Math.min(size, HEADER_BYTES));
  await readExactly(path, file, start, 0);
  const fail = (problem: string, more: { value?: string | number; expected?: string; fix?: string } = {}) => {
    throw new HeredityError('bad-input', problem, { file: path, ...more });
  };
  if (start.length < 3 || start[0] !== MAGIC[0] || start[1] !== MAGIC[1]) {
    const found = [...start.subarray(0, 3)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    fail('this is not a PLINK 2 .pgen file', { value: found || 'nothing', expected: 'the bytes 6c 1b' });
  }
  const mode = start[2];
  if (mode === 0x01) return 'bed';
  refuseMode(mode, fail);
  if (start.length < HEADER_BYTES)
    fail('the file is too short', { value: size, expected: 'a header of 12 bytes' });
  const view = new DataView(start.buffer);
  const variants = view.getUint32(3, true);
  const samples = view.getUint32(7, true);
  const control = start[11];
  if (samples !== shape.samples) {
    fail('the .psam file does not have as many samples as the .pgen file', {
      value: shape.samples,
      expected: `${samples}`,
      fix: 'take all files from one place',
    });
  }
  if (variants !== shape.total) {
    fail('the .pvar file does not have as many variants as the .pgen file', {
      value: shape.total,
      expected: `${variants}`,
      fix: 'take all files from one place',
    });
  }
  const types = sharedBytes(variants);
  const offsets = new Float64Array(variants);
  const lengths = new Uint32Array(variants);
  const index = { types, offsets, lengths };
  const flags = control >> 6 === 3 ? Math.ceil(variants / 8) : 0;
  if (mode < 0x10) {
    const type = [0, 0x40, 0xc0][mode - 2];
    const length = bytesPerVariant(samples) + [0, 2, 4][mode - 2] * samples;
    if (length > LONGEST_RECORD) fail('its records are longer than a gigabyte', { value: length });
    const expected = HEADER_BYTES + flags + variants * length;
    if (size !== expected) {
      fail(`the file is too ${size < expected ? 'short' : 'long'}`, {
        value: size,
        expected: `${expected} bytes for ${samples} samples and ${variants} variants`,
        fix: 'copy or download it again',
      });
    }
    types.fill(type);
    lengths.fill(length);
    for (let v = 0; v < variants; v++) offsets[v] = HEADER_BYTES + flags + v * length;
    return index;
  }
  await readBlocks({ path, file, size, samples, control, index });
  return index;
}

function refuseMode(
  mode: number,
  fail: (problem: string, more?: { value?: string; fix?: string }) => void,
): void {
  const value = `0x${mode.toString(16).padStart(2, '0')}`;
  if (mode === 0x00) {
    fail('the genotypes are stored sample by sample (sample-major)', {
      value,
      fix: 'convert the file set with plink --bfile IN --make-bed --out OUT',
    });
  }
  if (mode >= 0x20 && mode <= 0x31) {
    fail('the index of this .pgen file is in a file of its own, which is not read', {
      value,
      fix: 'convert it with plink2 --pfile IN --make-pgen --out OUT',
    });
  }
  if (![0x02, 0x03, 0x04, 0x10, 0x11].includes(mode))
    fail('the storage mode of this .pgen file is not known', { value });
}

interface BlocksRequest {
  readonly path: string;
  readonly file: OpenFile;
  readonly size: number;
  readonly samples: number;
  readonly control: number;
  readonly index: Exclude<PgenIndex, 'bed'>;
}

/** Types and lengths of all records, block by block; checks that the records lie in the file. */
async function readBlocks({ path, file, size, samples, control, index }: BlocksRequest): Promise<void> {
  const { types, offsets, lengths } = index;
  const variants = types.length;
  const fail = (problem: string, more: { value?: string | number; expected?: string } = {}) => {
    throw new HeredityError('bad-input', problem, {
      file: path,
      fix: 'copy or download the file again',
      ...more,
    });
  };
  const form = headerForm(control & 15, samples);
  if (!form) {
    fail('the header of this .pgen file is of a form that is not known', {
      value: `0x${(control & 15).toString(16)}`,
    });
    return;
  }
  const alleleBytes = (control >> 4) & 3;
  const hasFlags = control >> 6 === 3;
  const blocks = Math.ceil(variants / VARIANTS_OF_BLOCK);
  const bytesOfBlock = (count: number) =>
    form.bytes(count) + alleleBytes * count + (hasFlags ? Math.ceil(count / 8) : 0);
  const lastCount = variants - (blocks - 1) * VARIANTS_OF_BLOCK;
  const headerEnd =
    HEADER_BYTES + 8 * blocks + (blocks - 1) * bytesOfBlock(VARIANTS_OF_BLOCK) + bytesOfBlock(lastCount);
  if (headerEnd > size)
    fail('the file ends within its header', { value: size, expected: `${headerEnd} bytes or more` });
  const starts = new Uint8Array(8 * blocks);
  await readExactly(path, file, starts, HEADER_BYTES);
  const startOf = new DataView(starts.buffer);
  let at = HEADER_BYTES + 8 * blocks;
  for (let block = 0; block < blocks; block++) {
    const first = block * VARIANTS_OF_BLOCK;
    const count = Math.min(VARIANTS_OF_BLOCK, variants - first);
    const header = new Uint8Array(form.bytes(count));
    await readExactly(path, file, header, at);
    at += bytesOfBlock(count);
    form.read(header, types.subarray(first, first + count), lengths.subarray(first, first + count));
    let offset = Number(startOf.getBigUint64(8 * block, true));
    if (offset < headerEnd) {
      fail(`the variants from ${first + 1} on begin within the header`, {
        value: offset,
        expected: `${headerEnd} or more`,
      });
    }
    for (let v = first; v < first + count; v++) {
      offsets[v] = offset;
      offset += lengths[v];
      if (offset > size) {
        fail(`the file is cut off within variant ${v + 1}`, {
          value: size,
          expected: `${offset} bytes or more`,
        });
      }
      if (lengths[v] > LONGEST_RECORD) fail(`the record of variant ${v + 1} is longer than a gigabyte`);
    }
  }
}

/** How the header tells the types and lengths of records. */
interface HeaderForm {
  /** Bytes for so many records. */
  bytes(count: number): number;
  read(header: Uint8Array, types: Uint8Array, lengths: Uint32Array): void;
}

function headerForm(form: number, samples: number): HeaderForm | undefined {
  if (form < 8) {
    const typeBits = form < 4 ? 4 : 8;
    const lengthBytes = (form & 3) + 1;
    const typeBytes = (count: number) => Math.ceil((count * typeBits) / 8);
    return {
      bytes: (count) => typeBytes(count) + lengthBytes * count,
      read(header, types, lengths) {
        let at = typeBytes(types.length);
        for (let v = 0; v < types.length; v++) {
          types[v] = typeBits === 8 ? header[v] : (header[v >> 1] >> (4 * (v & 1))) & 15;
          let length = 0;
          for (let byte = 0; byte < lengthBytes; byte++) length += header[at++] * 2 ** (8 * byte);
          lengths[v] = length;
        }
      },
    };
  }
  const codes = fusedCodes(form, samples);
  if (!codes) return undefined;
  const bits = codes.length === 2 ? 1 : codes.length === 4 ? 2 : 4;
  return {
    bytes: (count) => Math.ceil((count * bits) / 8),
    read(header, types, lengths) {
      for (let v = 0; v < types.length; v++) {
        const code = (header[(v * bits) >> 3] >> ((v * bits) & 7)) & (2 ** bits - 1);
        // a code that is not defined becomes a record of length 0, which is found to be too short when it is read
        const [type, length] = codes[code] ?? [0, 0];
        types[v] = type;
        lengths[v] = length;
      }
    },
  };
}

/** Type and length by code, where a header has one code for both: forms for files of few samples. */
function fusedCodes(form: number, samples: number): ([number, number] | undefined)[] | undefined {
  const plain = bytesPerVariant(samples);
  const common: [number, number][] = [
    [5, 0],
    [0, plain],
  ];
  const none = undefined;
  switch (form) {
    case 8:
      return common;
    case 9:
      return [...common, [8, plain + 2], [8, plain + 3]];
    case 10:
      return [...common, [16, plain + 1], [16, plain + 2]];
    case 11: {
      const both = Array.from({ length: 6 }, (_, k): [number, number] => [24, plain + 3 + k]);
      const multiallelic = Array.from({ length: 6 }, (_, k): [number, number] => [8, plain + 2 + k]);
      return [...common, ...multiallelic, none, [16, plain + 1], ...both];
    }
    case 12:
      return [...common, [0x45, 2], [0x40, 3]];
    case 14:
      return [
        ...common,
        none,
        [0x10, 2],
        [0x45, 2],
        [0x40, 3],
        ...new Array<undefined>(6).fill(none),
        [0xc5, 4],
        [0xc0, 5],
        none,
        [0xe0, 6],
      ];
    default:
      return undefined;
  }
}
