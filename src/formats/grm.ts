import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';
import type { OpenFile } from '../host/inputs.js';
import { IdIndex } from './id-index.js';
import { openInput, statInput } from './input.js';
import { OutputFile } from './output.js';
import { RowWriter } from './row-writer.js';
import { describeSample, headerIdColumns, sampleKey } from './sample-id.js';
import { readLines } from './text.js';

/**
 * Relationship matrices as GCTA keeps them: `.grm.id` (FID IID), `.grm.bin` (float32, the lower triangle with the diagonal,
 * row by row) and `.grm.N.bin` (the number of variants behind each element, laid out alike); or `.grm.gz`, one line
 * `i j N A` a pair, samples counted from 1 (METHODS 5.1).
 */
export interface GrmFile {
  readonly prefix: string;
  /** The files that are read. */
  readonly paths: readonly string[];
  readonly count: number;
  readonly familyId: readonly string[];
  readonly individualId: readonly string[];
  /** Whether the number of variants behind each element is on file. */
  readonly hasCounts: boolean;
  /** The rows of the lower triangle in order, some at a time: the same rows for every matrix of so many samples. */
  rows(withVariants?: boolean): AsyncGenerator<GrmRows>;
}

/** Rows [firstRow, endRow) of a lower triangle, one after another: row r has r + 1 elements. */
export interface GrmRows {
  readonly firstRow: number;
  readonly endRow: number;
  readonly values: Float32Array;
  /** The number of variants behind each element; undefined where the matrix has none on file or they were not asked for. */
  readonly variants: Float32Array | undefined;
}

/** Elements that are read at a time. */
const CHUNK_ELEMENTS = 1 << 22;

/** Elements of the lower triangle before row r. */
const before = (row: number): number => (row * (row + 1)) / 2;

/** The prefix of a matrix: the name itself where it has matrix files, whatever it ends with, else that of one of its files. */
const grmPrefix = (name: string): string =>
  ['.grm.id', '.grm.bin', '.grm.gz'].some((ending) => host().files.exists(`${name}${ending}`))
    ? name
    : name.replace(/\.grm(\.id|\.bin|\.N\.bin|\.gz)?$/, '');

/**
 * Opens a matrix: reads the IDs (with or without a header) and checks sizes.
 * @throws HeredityError `bad-input` where a file is missing, repeats a sample, or has not the size that the samples need.
 */
export async function openGrm(name: string): Promise<GrmFile> {
  const prefix = grmPrefix(name);
  const ids = `${prefix}.grm.id`;
  const samples = new IdIndex();
  const familyId: string[] = [];
  const individualId: string[] = [];
  let hasHeader = false;
  let idColumns = 2;
  await readLines(ids, (line) => {
    const isFirst = samples.count === 0 && !hasHeader;
    if (isFirst) idColumns = headerIdColumns(line) || 2;
    if (isFirst && headerIdColumns(line) > 0) {
      hasHeader = true;
      return;
    }
    line.expectFields(idColumns, idColumns === 2 ? 'family ID and individual ID' : 'individual ID');
    const family = idColumns === 2 ? line.text(0) : '0'; // as plink2 writes people without a family
    const individual = line.text(idColumns - 1);
    samples.addFromLine(sampleKey(family, individual), line, idColumns - 1, describeSample);
    familyId.push(family);
    individualId.push(individual);
  });
  const { count } = samples;
  if (count === 0) throw new HeredityError('bad-input', 'there are no samples', { file: ids });
  const [binary, text] = [`${prefix}.grm.bin`, `${prefix}.grm.gz`];
  const counts = `${prefix}.grm.N.bin`;
  const shared = { prefix, count, familyId, individualId };
  if (!host().files.exists(binary) && host().files.exists(text))
    return { ...shared, hasCounts: true, paths: [ids, text], rows: () => textRows(text, count) };
  const hasCounts = host().files.exists(counts);
  for (const path of hasCounts ? [binary, counts] : [binary]) {
    const { size } = await statInput(path);
    const expected = 4 * before(count);
    if (size !== expected)
      throw new HeredityError('bad-input', `the file has ${size} bytes`, {
        file: path,
        expected: `${expected} bytes: 4 for each pair of the ${count} samples in ${ids}`,
        fix: 'take all files of the matrix from one run, and copy them again if one was cut off',
      });
  }
  return {
    ...shared,
    hasCounts,
    paths: hasCounts ? [ids, binary, counts] : [ids, binary],
    rows: (withVariants = false) => binaryRows(binary, withVariants && hasCounts ? counts : undefined, count),
  };
}

/** Groups of rows with at most {@link CHUNK_ELEMENTS} elements, or one row. */
function* rowGroups(count: number): Generator<{ firstRow: number; endRow: number; elements: number }> {
  for (let firstRow = 0; firstRow < count; ) {
    let endRow = firstRow + 1;
    while (endRow < count && before(endRow + 1) - before(firstRow) <= CHUNK_ELEMENTS) endRow++;
    yield { firstRow, endRow, elements: before(endRow) - before(firstRow) };
    firstRow = endRow;
  }
}

async function* binaryRows(
  binary: string,
  counts: string | undefined,
  count: number,
): AsyncGenerator<GrmRows> {
  const handle = await openInput(binary);
  let second: OpenFile | undefined;
  try {
    second = counts === undefined ? undefined : await openInput(counts);
    for (const { firstRow, endRow, elements } of rowGroups(count)) {
      const values = await readFloats(handle, binary, before(firstRow), elements);
      const at = values.findIndex((value) => !Number.isFinite(value));
      if (at >= 0) throw notFinite(binary, before(firstRow) + at, 'relationship');
      const variants = second && (await readFloats(second, counts!, before(firstRow), elements));
      const wrong = variants?.findIndex((value) => !Number.isFinite(value) || value < 0) ?? -1;
      if (wrong >= 0) throw notFinite(counts!, before(firstRow) + wrong, 'number of variants');
      yield { firstRow, endRow, values, variants };
    }
  } finally {
    await handle.close();
    await second?.close();
  }
}

function notFinite(file: string, element: number, what: string): HeredityError {
  const row = Math.floor((Math.sqrt(8 * element + 1) - 1) / 2);
  return new HeredityError(
    'bad-input',
    `the ${what} of samples ${row + 1} and ${element - before(row) + 1} is not a finite number`,
    {
      file,
      expected: 'float32 numbers',
      fix: 'make the matrix again, without samples that have no genotypes',
    },
  );
}

async function readFloats(
  input: OpenFile,
  file: string,
  first: number,
  elements: number,
): Promise<Float32Array> {
  const values = new Float32Array(elements);
  const bytes = new Uint8Array(values.buffer);
  for (let at = 0; at < bytes.length; ) {
    const read = await input.readInto(bytes.subarray(at), 4 * first + at);
    if (read === 0) throw new HeredityError('bad-input', 'the file was cut off while it was read', { file });
    at += read;
  }
  return values;
}

/** `.grm.gz`: lines may come in any order only within what GCTA writes, which is row by row. */
async function* textRows(path: string, count: number): AsyncGenerator<GrmRows> {
  const all = { values: new Float32Array(before(count)), variants: new Float32Array(before(count)) };
  let next = 0;
  let row = 0;
  let column = 0;
  await readLines(path, (line) => {
    line.expectFields(4, 'two sample numbers, the number of variants, and the relationship');
    if (line.numeric(0) !== row + 1 || line.numeric(1) !== column + 1) {
      throw line.error(0, 'the pairs are not in the order of a lower triangle', {
        expected: `samples ${row + 1} and ${column + 1}`,
      });
    }
    const value = Math.fround(line.numeric(3));
    if (!Number.isFinite(value)) throw line.error(3, 'the relationship is not a number, or beyond float32');
    const count = Math.fround(line.numeric(2));
    if (!(Number.isFinite(count) && count >= 0))
      throw line.error(2, 'the number of variants is not a number');
    all.variants[next] = count;
    all.values[next++] = value;
    if (column < row) column++;
    else {
      row++;
      column = 0;
    }
  });
  if (next !== before(count))
    throw new HeredityError('bad-input', `the file has ${next} pairs`, {
      file: path,
      expected: `${before(count)}: one for each pair of the ${count} samples`,
    });
  for (const { firstRow, endRow } of rowGroups(count)) {
    const [from, to] = [before(firstRow), before(endRow)];
    yield {
      firstRow,
      endRow,
      values: all.values.subarray(from, to),
      variants: all.variants.subarray(from, to),
    };
  }
}

/** Writes a matrix row by row; the files appear when all are whole. */
export class GrmWriter {
  readonly #files: readonly OutputFile[];
  readonly #text: RowWriter | undefined;
  #row = 0;

  private constructor(files: readonly OutputFile[], text: RowWriter | undefined) {
    this.#files = files;
    this.#text = text;
  }

  /** @param format `bin` for .grm.bin and .grm.N.bin, `gz` for .grm.gz; the .grm.id file is written at once. */
  static async create(
    prefix: string,
    samples: { readonly familyId: readonly string[]; readonly individualId: readonly string[] },
    format: 'bin' | 'gz' = 'bin',
  ): Promise<GrmWriter> {
    const ids = await OutputFile.create(`${prefix}.grm.id`);
    const rows = new RowWriter(ids);
    for (const [i, family] of samples.familyId.entries()) {
      rows.text(family).text('\t').text(samples.individualId[i]).endLine();
      if (rows.full) await rows.flush();
    }
    await rows.flush();
    if (format === 'gz') {
      const file = await OutputFile.create(`${prefix}.grm.gz`);
      return new GrmWriter([ids, file], new RowWriter(file));
    }
    const files = [ids];
    for (const ending of ['bin', 'N.bin']) files.push(await OutputFile.create(`${prefix}.grm.${ending}`));
    return new GrmWriter(files, undefined);
  }

  /** Appends the next rows, one after another up to the diagonal, and the number of variants behind each element. */
  async append(values: Float32Array, variants: Float32Array, rows: number): Promise<void> {
    const [, matrix, counts] = this.#files;
    const first = this.#row;
    this.#row += rows;
    if (!this.#text) {
      await matrix.write(bytesOf(values));
      await counts.write(bytesOf(variants));
      return;
    }
    for (let row = first, at = 0; row < this.#row; row++) {
      for (let k = 0; k <= row; k++, at++) {
        this.#text.text(`${row + 1}\t${k + 1}\t${variants[at]}\t${values[at].toExponential(6)}`).endLine();
        if (this.#text.full) await this.#text.flush();
      }
    }
  }

  async finish(): Promise<void> {
    await this.#text?.flush();
    for (const file of this.#files) await file.finish();
  }

  async abort(): Promise<void> {
    for (const file of this.#files) await file.abort();
  }
}

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
