import { expect, it } from 'vitest';
import { concatenate } from '../../../src/estimators/gre/direct.js';
import { isShared, sharedFloat64 } from '../../../src/kernels/memory.js';

it('vectors that lie one behind another are taken as they are, and always in memory that threads see', () => {
  const all = sharedFloat64(6);
  all.set([1, 2, 3, 4, 5, 6]);
  const [a, b] = [all.subarray(0, 3), all.subarray(3)];
  expect(concatenate([a, b], 3).buffer).toBe(all.buffer);
  expect([...concatenate([b, a], 3)]).toEqual([4, 5, 6, 1, 2, 3]);
  const copy = a.slice(); // of shared memory, but not in it
  const made = concatenate([copy], 3);
  expect([isShared(copy), isShared(made), [...made]]).toEqual([false, true, [1, 2, 3]]);
});
