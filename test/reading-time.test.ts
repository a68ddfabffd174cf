import { expect, it } from 'vitest';
import { readingStep } from '../src/reading-time.js';

const reading = { passes: 3, bytes: 30e9, whole: 12e9 };
const hashing = 12 / 1.4 / 2;

it('counts each pass over what is more than memory, and else the files once', () => {
  expect(readingStep(reading, 5e8, 5e9, 2).seconds).toBeCloseTo(24 + 40 + hashing, 9);
  expect(readingStep(reading, 5e8, 20e9, 2).seconds).toBeCloseTo(24 + hashing, 9);
  expect(readingStep(reading, 5e8, 20e9, 2).how).toBe('500 MB a second');
});
