import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdIndex } from '../../src/formats/id-index.js';
import { readLines } from '../../src/formats/text.js';
import { fileWith } from './folder.js';

test('it finds what a Map finds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 3 })),
      fc.array(fc.string({ maxLength: 3 })),
      (ids, queries) => {
        const index = new IdIndex();
        const map = new Map<string, number>();
        for (const id of ids) {
          const present = map.get(id) ?? -1;
          if (present < 0) map.set(id, map.size);
          expect(index.add(id)).toBe(present);
        }
        expect(index.ids).toEqual([...map.keys()]);
        for (const id of [...ids, ...queries]) expect(index.indexOf(id)).toBe(map.get(id) ?? -1);
      },
    ),
  );
});

test('it grows', () => {
  const ids = Array.from({ length: 200_000 }, (_, i) => `rs${i}`);
  const index = new IdIndex(ids);
  expect(index.count).toBe(ids.length);
  expect(ids.every((id, i) => index.indexOf(id) === i)).toBe(true);
  expect(ids.every((id, i) => index.add(id) === i)).toBe(true);
  expect(index.indexOf('rs200000')).toBe(-1);
});

test('messages name the right lines among headers and blank lines', async () => {
  const read = async (text: string) => {
    const index = new IdIndex();
    await readLines(fileWith(text), (line) => {
      if (line.text(0) !== 'header') index.addFromLine(line.text(0), line, 0, (id) => ({ what: id }));
    });
  };
  await expect(read('a\nb\na\n')).rejects.toThrow(/:3:1: a is already on line 1 /);
  await expect(read('header\na\n\n\nb\nc\n\nd\nc\n')).rejects.toThrow(/:9:1: c is already on line 6 /);
  await expect(read('header\na\n\n\nb\nc\n\nd\nd\n')).rejects.toThrow(/:9:1: d is already on line 8 /);
  await expect(read('\n\na\nb\nb\n')).rejects.toThrow(/:5:1: b is already on line 4 /);
  await expect(read('\na\n\nb\na\n')).rejects.toThrow(/:5:1: a is already on line 2 /);
});
