import { COLUMN_NUMBER, COLUMN_TEXT, type TableRowKernels } from '../table-rows.js';

const NEWLINE = 10;

/** What is read as one number: {@link TableRowKernels.plainRows} leaves longer ones, and their powers of ten, to others. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?$/i;
const MOST_DIGITS = 18;
const MOST_POWER = 22;
const LONGEST_MISSING = 5;

const latin1 = (bytes: Uint8Array, start: number, end: number): string => {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]);
  return text;
};

/** The number in a field; undefined where it is not read here. */
function plainNumber(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const [mantissa, exponent = '0'] = text.toLowerCase().split('e');
  const [whole, decimals = ''] = mantissa.replace(/^[+-]/, '').split('.');
  const power = Number(exponent) - decimals.length;
  const digits = whole + decimals;
  const isExact = digits.length <= MOST_DIGITS && Number(digits) <= 2 ** 53 && Math.abs(power) <= MOST_POWER;
  return isExact ? Number(text) : undefined;
}

const mayBeMissing = (text: string): boolean =>
  text === '.' || (text.length <= LONGEST_MISSING && /^[nN#<-]/.test(text));

/** Where the fields of a plain line begin and end; undefined where it is not plain. */
function fieldsOf(line: string, separator: number): [start: number, end: number][] | undefined {
  const character = separator === 0 ? undefined : String.fromCharCode(separator);
  const text = line.replace(/\r$/, '').replace(character === undefined ? / +$/ : /$/, '');
  const fields: [number, number][] = [];
  const between = character === undefined ? /\t| +/y : new RegExp(character, 'y');
  const within = character === ',' ? /[^\0-\x20,"][^\0-\x20,]*/y : /[^\0-\x20"][^\0-\x20]*/y;
  let at = character === undefined ? text.search(/[^ ]|$/) : 0;
  for (;;) {
    within.lastIndex = at;
    if (!within.test(text)) return undefined;
    fields.push([at, within.lastIndex]);
    if (within.lastIndex === text.length) return fields;
    between.lastIndex = within.lastIndex;
    if (!between.test(text)) return undefined;
    at = between.lastIndex;
  }
}

/** 32 bits; the last steps are murmur3's, which spread what differs in few characters over all bits. */
export function hashOfBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** A table of IDs, as {@link TableRowKernels.addIds} has it. */
export interface IdSlots {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  readonly hashes: Int32Array;
  readonly slots: Int32Array;
}

/** The slot that holds an ID, or the free one where the search for it ends. */
export function slotOf(table: IdSlots, source: Uint8Array, start: number, end: number, hash: number): number {
  const { hashes, slots } = table;
  const mask = slots.length - 1;
  let slot = hash & mask;
  for (let entry: number; (entry = slots[slot]) !== 0; slot = (slot + 1) & mask)
    if (hashes[entry - 1] === hash && isId(table, entry - 1, source, start, end)) break;
  return slot;
}

/** Whether an ID of a table is this one. */
export function isId(
  { bytes, ends }: IdSlots,
  index: number,
  source: Uint8Array,
  start: number,
  end: number,
): boolean {
  let at = index === 0 ? 0 : ends[index - 1];
  if (ends[index] - at !== end - start) return false;
  for (let i = start; i < end; i++) if (bytes[at++] !== source[i]) return false;
  return true;
}

/** Adds an ID in the slot that was found free for it. */
export function putId(
  { bytes, ends, hashes, slots }: IdSlots,
  index: number,
  source: Uint8Array,
  start: number,
  end: number,
  hash: number,
  slot: number,
): void {
  let at = index === 0 ? 0 : ends[index - 1];
  for (let i = start; i < end; i++) bytes[at++] = source[i];
  ends[index] = at;
  hashes[index] = hash;
  slots[slot] = index + 1;
}

export const tableRowKernels: TableRowKernels = {
  plainRows(bytes, from, end, kinds, width, separator, most, starts, numbers, spans) {
    let row = 0;
    let at = from;
    for (; row < most && at < end; row++) {
      starts[row] = at;
      const newline = bytes.indexOf(NEWLINE, at);
      const line = latin1(bytes, at, newline);
      const fields = fieldsOf(line, separator);
      if (fields?.length !== width) return row;
      let [number, text] = [row, row];
      for (const [column, [start, stop]] of fields.entries()) {
        const field = line.slice(start, stop);
        if (kinds[column] === COLUMN_NUMBER) {
          const value = plainNumber(field);
          if (value === undefined) return row;
          numbers[number] = value;
          number += most;
        } else if (kinds[column] === COLUMN_TEXT) {
          if (mayBeMissing(field)) return row;
          spans[2 * text] = at + start;
          spans[2 * text + 1] = at + stop;
          text += most;
        }
      }
      at = newline + 1;
    }
    starts[row] = at;
    return row;
  },

  addIds(source, spans, count, bytes, ends, hashes, slots, slotCount, present) {
    const table = { bytes, ends, hashes, slots: slots.subarray(0, slotCount) };
    for (let i = 0; i < count; i++) {
      const [start, end] = [spans[2 * i], spans[2 * i + 1]];
      const hash = hashOfBytes(source, start, end);
      const slot = slotOf(table, source, start, end, hash);
      if (slots[slot] !== 0) return i;
      putId(table, present + i, source, start, end, hash, slot);
    }
    return count;
  },

  hashIds(bytes, ends, count, hashes) {
    for (let index = 0; index < count; index++)
      hashes[index] = hashOfBytes(bytes, index === 0 ? 0 : ends[index - 1], ends[index]);
  },

  fillSlots(hashes, count, slots, slotCount) {
    const mask = slotCount - 1;
    for (let index = 0; index < count; index++) {
      let slot = hashes[index] & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
  },

  findIds(wanted, wantedEnds, wantedHashes, count, bytes, ends, hashes, present, slots, slotCount, rows) {
    const table = { bytes, ends, hashes, slots: slots.subarray(0, slotCount) };
    let guess = 0;
    for (let i = 0; i < count; i++) {
      const start = i === 0 ? 0 : wantedEnds[i - 1];
      const hash = wantedHashes[i];
      const isNext =
        guess < present && hashes[guess] === hash && isId(table, guess, wanted, start, wantedEnds[i]);
      rows[i] = isNext ? guess : slots[slotOf(table, wanted, start, wantedEnds[i], hash)] - 1;
      if (rows[i] >= 0) guess = rows[i] + 1;
    }
  },

  findSpans(source, spans, count, bytes, ends, hashes, present, slots, slotCount, first, rows) {
    const table = { bytes, ends, hashes, slots: slots.subarray(0, slotCount) };
    let guess = first;
    for (let i = 0; i < count; i++) {
      const [start, end] = [spans[2 * i], spans[2 * i + 1]];
      const isNext = guess < present && isId(table, guess, source, start, end);
      if (isNext) rows[i] = guess;
      else if (slotCount === 0) rows[i] = -1;
      else rows[i] = slots[slotOf(table, source, start, end, hashOfBytes(source, start, end))] - 1;
      if (rows[i] >= 0) guess = rows[i] + 1;
    }
    return guess;
  },
};
