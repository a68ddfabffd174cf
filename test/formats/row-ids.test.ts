import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowIds } from '../../src/formats/row-ids.js';

const ids = fc.uniqueArray(fc.stringMatching(/^rs[0-9]{1,4}$/), { minLength: 1, maxLength: 60 });

test('rows of distinct IDs are found in any order, among others', () => {
  fc.assert(
    fc.property(ids, fc.infiniteStream(fc.nat()), (own, random) => {
      const order = own.map((id) => ({ id, key: random.next().value })).sort((a, b) => a.key - b.key);
      const other = [...order.map(({ id }) => id), 'other'];
      const { rows, ambiguous } = new RowIds(own).rowsIn(new RowIds(other));
      expect(ambiguous).toBe(-1);
      expect(Array.from(rows, (row) => other[row])).toEqual(own);
    }),
  );
});

test('IDs that come again go row by row where both are in one order, and else find nothing', () => {
  const repeated = ['a', '.', 'b', '.', 'a', 'c'];
  const same = new RowIds(repeated).rowsIn(new RowIds(repeated));
  expect([[...same.rows], same.ambiguous]).toEqual([[0, 1, 2, 3, 4, 5], -1]);
  const turned = new RowIds(repeated).rowsIn(new RowIds([...repeated].reverse()));
  expect([[...turned.rows], turned.ambiguous]).toEqual([[-1, -1, 3, -1, -1, 0], 0]);
  const distinct = new RowIds(['b', 'x', 'c']).rowsIn(new RowIds(repeated));
  expect([[...distinct.rows], distinct.ambiguous]).toEqual([[2, -1, 5], -1]);
});
