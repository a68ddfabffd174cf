import { expect, it } from 'vitest';
import { someOfBlock } from '../../../src/estimators/gre/some-of-block.js';

const block = { id: 'b', variants: Int32Array.of(10, 11, 12, 20, 21, 30), breaks: [3, 5] };

it('breaks of a block move with the variants that are left, and go with those that are not', () => {
  expect(someOfBlock(block, () => true)).toEqual({ variants: block.variants, breaks: [3, 5] });
  expect(someOfBlock(block, (j) => j !== 1)).toEqual({
    variants: Int32Array.of(10, 12, 20, 21, 30),
    breaks: [2, 4],
  });
  expect(someOfBlock(block, (j) => j < 3 || j > 4)).toEqual({
    variants: Int32Array.of(10, 11, 12, 30),
    breaks: [3],
  });
  expect(someOfBlock(block, (j) => j < 4)).toEqual({ variants: Int32Array.of(10, 11, 12, 20), breaks: [3] });
});
