import { expect, it } from 'vitest';
import type { Kernels } from '../../src/kernels/kernels.js';
import { COLUMN_NUMBER, COLUMN_TEXT } from '../../src/kernels/table-rows.js';
import { typescriptKernels as oracle } from '../../src/kernels/typescript.js';
import { describeBackends } from './backends.js';
import { randomSource } from './packed.js';

const MOST = 7;

/** Rows from the beginning of a text: an ID, a number, a column that nobody wants. */
function rowsOf(k: Kernels, text: string, separator = 0, kinds = [COLUMN_TEXT, COLUMN_NUMBER, 0]) {
  const bytes = new TextEncoder().encode(text);
  const starts = new Int32Array(MOST + 1);
  const numbers = new Float64Array(MOST);
  const spans = new Int32Array(2 * MOST);
  const sizes = [bytes.length, Uint8Array.from(kinds), kinds.length, separator, MOST] as const;
  const count = k.plainRows(bytes, 0, ...sizes, starts, numbers, spans);
  const ids = Array.from({ length: count }, (_, row) =>
    new TextDecoder().decode(bytes.subarray(spans[2 * row], spans[2 * row + 1])),
  );
  return { ids, numbers: [...numbers.subarray(0, count)], next: text.slice(starts[count]) };
}

describeBackends((k) => {
  it('fields between tabs, spaces or commas, with either line end', () => {
    const found = { ids: ['rs1', 'rs2'], numbers: [-1.5, 2e-7], next: '' };
    expect(rowsOf(k, 'rs1\t-1.5\tx\nrs2\t2e-7\ty\r\n')).toEqual(found);
    expect(rowsOf(k, '  rs1   -1.5 x  \nrs2 +.2E-6\ty\n')).toEqual(found);
    expect(rowsOf(k, 'rs1,-1.5,x\nrs2,0.0000002,y\r\n', 44)).toEqual(found);
    expect(rowsOf(k, 'rs1\t-1.5\tx\nrs2\t2e-7\ty\n', 9)).toEqual(found);
  });

  it('numbers are the ones JavaScript reads', () => {
    const texts = [
      '0',
      '-0',
      '007',
      '1.',
      '.5',
      '9007199254740992',
      '123456.789012',
      '1e22',
      '4.35',
      '5e-22',
    ];
    const { numbers } = rowsOf(
      k,
      texts
        .slice(0, MOST)
        .map((text) => `a ${text} b\n`)
        .join(''),
    );
    expect(numbers).toEqual(texts.slice(0, MOST).map(Number));
    for (const text of texts) expect(rowsOf(k, `a ${text} b\n`).numbers).toEqual([Number(text)]);
  });

  it.each([
    ['a missing number', 'a NA b'],
    ['a missing ID', 'NA 1 b'],
    ['a point for an ID', '. 1 b'],
    ['another word for missing', '<NA> 1 b'],
    ['too few fields', 'a 1'],
    ['too many fields', 'a 1 b c'],
    ['an empty field', 'a\t\t1 b'],
    ['a tab at the end', 'a\t1\tb\t'],
    ['a quoted field', '"a" 1 b'],
    ['a carriage return in the line', 'a 1\rb'],
    ['a zero byte', 'a 1 b\0'],
    ['two signs', 'a --1 b'],
    ['no digits', 'a -. b'],
    ['an exponent without digits', 'a 1e b'],
    ['more digits than are exact', 'a 0.12345678901234567 b'],
    ['a power of ten that is not exact', 'a 1e23 b'],
    ['something behind the number', 'a 1x b'],
    ['nothing', ''],
  ])('stops at %s', (_, line) => {
    const text = `rs1 1 x\n${line}\nrs2 2 y\n`;
    expect(rowsOf(k, text)).toEqual({ ids: ['rs1'], numbers: [1], next: text.slice(8) });
  });

  it('reads on from where it stopped, and no more rows than there is room for', () => {
    const rows = Array.from({ length: 20 }, (_, i) => `rs${i} ${i} x\n`);
    expect(rowsOf(k, rows.join(''))).toMatchObject({ next: rows.slice(MOST).join('') });
  });

  it('agrees with the plain kernels on random lines', () => {
    const random = randomSource(1);
    const pieces = [
      'rs1',
      '12',
      '-3.25',
      '1e5',
      '\t',
      ' ',
      ' ',
      '\t',
      '\n',
      '\n',
      'NA',
      '.',
      '"',
      '\r\n',
      ',',
      'é',
    ];
    for (let k2 = 0; k2 < 3000; k2++) {
      const text = `${Array.from({ length: 12 }, () => pieces[Math.floor(pieces.length * random())]).join('')}\n`;
      for (const separator of [0, 9, 44])
        expect(rowsOf(k, text, separator)).toEqual(rowsOf(oracle, text, separator));
    }
  });

  it('adds IDs up to one that is there, and finds them again', () => {
    const words = Array.from({ length: 300 }, (_, i) => `rs${(i * 7919) % 1000}`);
    const source = new TextEncoder().encode([...words, 'rs7919', words[5]].join(''));
    const spans = new Int32Array(2 * 302);
    let at = 0;
    for (const [i, word] of [...words, 'rs7919', words[5]].entries())
      spans.set([at, (at += word.length)], 2 * i);
    const table = [
      new Uint8Array(4096),
      new Uint32Array(400),
      new Int32Array(400),
      new Int32Array(512),
    ] as const;
    const [bytes, ends, hashes, slots] = table;
    expect(k.addIds(source, spans, 100, ...table, 512, 0)).toBe(100);
    expect(k.addIds(source, spans.subarray(200), 202, ...table, 512, 100)).toBe(201);
    expect(new TextDecoder().decode(bytes.subarray(ends[299], ends[300]))).toBe('rs7919');
    const hashed = new Int32Array(301);
    k.hashIds(bytes, ends, 301, hashed);
    expect(hashed).toEqual(hashes.subarray(0, 301));
    const again = new Int32Array(512);
    k.fillSlots(hashes, 301, again, 512);
    expect([...again].sort()).toEqual([...slots].sort());
    const rows = new Int32Array(301);
    k.findIds(bytes, ends, hashes, 301, bytes, ends, hashes, 301, again, 512, rows);
    expect([...rows]).toEqual(Array.from({ length: 301 }, (_, i) => i));
    // of a table of other IDs in another order, none but these
    const other = [new Uint8Array(64), new Uint32Array(4), new Int32Array(4), new Int32Array(8)] as const;
    const wanted = Int32Array.of(
      ...spans.subarray(20, 22),
      ...spans.subarray(600, 602),
      ...spans.subarray(0, 2),
    );
    k.addIds(source, wanted, 3, ...other, 8, 0);
    k.findIds(other[0], other[1], other[2], 3, bytes, ends, hashes, 300, again, 512, rows);
    expect([...rows.subarray(0, 3)]).toEqual([10, 300, 0]);
    // the IDs of spans: in order, in another order, and those that are not there
    const all = [bytes, ends, hashes, 301, again, 512] as const;
    expect(k.findSpans(source, spans, 300, ...all, 0, rows)).toBe(300);
    expect([...rows.subarray(0, 300)]).toEqual(Array.from({ length: 300 }, (_, i) => i));
    expect(k.findSpans(source, wanted, 3, ...all, 7, rows)).toBe(1);
    expect([...rows.subarray(0, 3)]).toEqual([10, 300, 0]);
    const [others, otherEnds, otherHashes, otherSlots] = other;
    const few = [others, otherEnds, otherHashes, 3, otherSlots, 8] as const;
    const none = k.findSpans(source, spans, 40, ...few, 2, rows);
    expect([none, ...rows.subarray(0, 12)]).toEqual([1, 2, ...Array(9).fill(-1), 0, -1]);
  });
});
