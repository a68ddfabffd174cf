import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdTable } from '../../src/formats/id-table.js';
import { readLines } from '../../src/formats/text.js';
import { fileWith } from './folder.js';

test('it finds what a Map finds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 3 })),
      fc.array(fc.string({ maxLength: 3 })),
      (ids, queries) => {
        const index = new IdTable();
        const map = new Map<string, number>();
        for (const id of ids) {
          const present = map.get(id) ?? -1;
          if (present < 0) map.set(id, map.size);
          expect(index.add(id)).toBe(present);
        }
        expect(index.texts()).toEqual([...map.keys()]);
        for (const id of [...ids, ...queries]) expect(index.indexOf(id)).toBe(map.get(id) ?? -1);
      },
    ),
  );
});

test('two tables are joined by what they share', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 2 })), fc.array(fc.string({ maxLength: 2 })), (a, b) => {
      const [left, right] = [new IdTable(a), new IdTable(b)];
      for (let j = 0; j < right.count; j++) {
        const index = left.indexOf(right.text(j));
        for (const guess of [-1, 0, index, j, left.count]) expect(left.indexIn(right, j, guess)).toBe(index);
      }
    }),
  );
});

test('IDs beyond ASCII, and those that are not text, keep their bytes', () => {
  const table = new IdTable(['', 'é', '变异']);
  expect([table.indexOf('变异'), table.text(1), table.text(0)]).toEqual([2, 'é', '']);
  const bytes = Uint8Array.of(0xff, 0x80);
  expect(table.addBytes(bytes, 0, 2)).toBe(-1);
  expect([...table.bytes(3)]).toEqual([...bytes]);
});

test('it grows', () => {
  const ids = Array.from({ length: 200_000 }, (_, i) => `rs${i}`);
  const index = new IdTable(ids);
  expect(index.count).toBe(ids.length);
  expect(ids.every((id, i) => index.indexOf(id) === i)).toBe(true);
  expect(ids.every((id, i) => index.add(id) === i)).toBe(true);
  expect(index.indexOf('rs200000')).toBe(-1);
});

test('messages name the right lines among headers and blank lines', async () => {
  const read = async (text: string) => {
    const index = new IdTable();
    await readLines(fileWith(text), (line) => {
      if (line.text(0) !== 'header') index.addFromLine(line, 0, (id) => ({ what: id }));
    });
  };
  await expect(read('a\nb\na\n')).rejects.toThrow(/:3:1: a is already on line 1 /);
  await expect(read('header\na\n\n\nb\nc\n\nd\nc\n')).rejects.toThrow(/:9:1: c is already on line 6 /);
  await expect(read('header\na\n\n\nb\nc\n\nd\nd\n')).rejects.toThrow(/:9:1: d is already on line 8 /);
  await expect(read('\n\na\nb\nb\n')).rejects.toThrow(/:5:1: b is already on line 4 /);
  await expect(read('\na\n\nb\na\n')).rejects.toThrow(/:5:1: a is already on line 2 /);
});
