import { growingInt32 } from './growing-array.js';
import { IdTable } from './id-table.js';
import { describeSample } from './sample-id.js';
import type { Line } from './text.js';

const UTF8 = new TextEncoder();
/** Between family and individual ID where both are one key. */
const TAB = 9;

/**
 * Family and individual IDs of samples, distinct together, as bytes: of half a million people strings, and maps of them, would
 * take most of the time and memory of reading a table.
 */
export class SampleIds {
  readonly #keys = new IdTable();
  /** Bytes of each family ID, with which its key begins. */
  readonly #familyBytes = growingInt32();
  readonly #noFamily: Uint8Array;
  #key = new Uint8Array(64);
  #families: readonly string[] | undefined;
  #individuals: readonly string[] | undefined;
  #byIndividual: IndividualTable | undefined;

  /** @param noFamily the family ID of samples that have none. */
  constructor(noFamily = '') {
    this.#noFamily = UTF8.encode(noFamily);
  }

  /** Of IDs that are strings already, distinct together. */
  static of({ familyId, individualId }: SampleNames): SampleIds {
    const ids = new SampleIds();
    for (const [i, family] of familyId.entries()) {
      const [bytes, own] = [UTF8.encode(family), UTF8.encode(individualId[i])];
      ids.#reserve(bytes.length + 1 + own.length);
      ids.#key.set(bytes);
      ids.#key.set(own, bytes.length + 1);
      ids.#take(bytes.length, own.length);
    }
    return ids;
  }

  get count(): number {
    return this.#keys.count;
  }

  /** Adds the sample of a line, and returns -1, or the index of the same sample before it. @param family -1 where there is none. */
  add(line: Line, family: number, individual: number): number {
    return this.#take(...this.#read(line, family, individual));
  }

  /** As {@link add}. @throws HeredityError `bad-input` that names both lines where the sample is there already. */
  addFromLine(line: Line, family: number, individual: number): void {
    const [familyBytes, bytes] = this.#read(line, family, individual);
    this.#keys.addBytesFromLine(this.#key, familyBytes + 1 + bytes, line, individual, describeSample);
    this.#familyBytes.push(familyBytes);
  }

  family(index: number): string {
    return this.#keys.text(index, 0, this.#familyBytes.at(index));
  }

  individual(index: number): string {
    return this.#keys.text(index, this.#familyBytes.at(index) + 1);
  }

  /** All family IDs as text, made when they are asked for first. */
  families(): readonly string[] {
    this.#families ??= Array.from({ length: this.count }, (_, index) => this.family(index));
    return this.#families;
  }

  individuals(): readonly string[] {
    this.#individuals ??= Array.from({ length: this.count }, (_, index) => this.individual(index));
    return this.#individuals;
  }

  /**
   * Index of each of these samples among others, -1 where it is not there.
   * @param byFamily whether family IDs count; where they do not, the first of several samples is found.
   */
  indicesIn(others: SampleIds, byFamily: boolean): Int32Array {
    const found = new Int32Array(this.count);
    if (byFamily) {
      let last = -1;
      for (let i = 0; i < found.length; i++) last = found[i] = others.#keys.indexIn(this.#keys, i, last + 1);
      return found;
    }
    const { ids, first } = others.#individualTable;
    for (let i = 0; i < found.length; i++) {
      const own = this.#individualBytes(i);
      const at = ids.indexOfBytes(own, 0, own.length);
      found[i] = at < 0 ? -1 : first[at];
    }
    return found;
  }

  /** The first sample whose individual ID another had before it, in whatever family; -1 where there is none. */
  get repeatedIndividual(): number {
    return this.#individualTable.repeated;
  }

  get #individualTable(): IndividualTable {
    this.#byIndividual ??= this.#indexIndividuals();
    return this.#byIndividual;
  }

  #indexIndividuals(): IndividualTable {
    const ids = new IdTable();
    const first = new Int32Array(this.count);
    let repeated = -1;
    for (let i = 0; i < this.count; i++) {
      const own = this.#individualBytes(i);
      if (ids.addBytes(own, 0, own.length) < 0) first[ids.count - 1] = i;
      else if (repeated < 0) repeated = i;
    }
    return { ids, first, repeated };
  }

  #individualBytes(index: number): Uint8Array {
    return this.#keys.bytes(index).subarray(this.#familyBytes.at(index) + 1);
  }

  /** Puts the key of a line's sample together; gives the bytes of both IDs. */
  #read(line: Line, family: number, individual: number): [familyBytes: number, individualBytes: number] {
    const familyBytes = family < 0 ? this.#noFamily.length : line.byteLength(family);
    const bytes = line.byteLength(individual);
    this.#reserve(familyBytes + 1 + bytes);
    if (family < 0) this.#key.set(this.#noFamily);
    else line.copyTo(this.#key, 0, family);
    line.copyTo(this.#key, familyBytes + 1, individual);
    this.#key[familyBytes] = TAB;
    return [familyBytes, bytes];
  }

  #take(familyBytes: number, individualBytes: number): number {
    this.#key[familyBytes] = TAB;
    const before = this.#keys.addBytes(this.#key, 0, familyBytes + 1 + individualBytes);
    if (before < 0) this.#familyBytes.push(familyBytes);
    return before;
  }

  #reserve(bytes: number): void {
    if (bytes > this.#key.length) this.#key = new Uint8Array(2 * bytes);
  }
}

/** Individual IDs without their families, and the first sample of each. */
interface IndividualTable {
  readonly ids: IdTable;
  readonly first: Int32Array;
  readonly repeated: number;
}

/** Samples by their IDs. */
export interface SampleNames {
  readonly familyId: readonly string[];
  readonly individualId: readonly string[];
  /** The same as bytes, where they come from a file. */
  readonly ids?: SampleIds;
}

/** The IDs of samples as bytes. */
export const idsOf = (samples: SampleNames): SampleIds => samples.ids ?? SampleIds.of(samples);
