import { expect, test } from 'vitest';
import { traitNames } from '../../src/cohort/trait-names.js';

test.each([
  [
    ['a/bmi.sumstats.gz', 'height.summaries'],
    ['bmi', 'height'],
  ],
  [
    ['x/t.sumstats.gz', 'y/t.sumstats'],
    ['x/t', 'y/t'],
  ],
  [
    ['p/x/t.sumstats.gz', 'q/x/t.sumstats.gz', 'u.txt'],
    ['p/x/t', 'q/x/t', 'u'],
  ],
  [
    ['x_t.txt', 'x/t.txt', 'y/t.txt'],
    ['x_t', expect.stringMatching(/x\/t$/), 'y/t'],
  ],
])('%j', (files, names) => {
  expect(traitNames(files)).toEqual(names);
});

test('a file that is given twice is refused', () => {
  expect(() => traitNames(['a/t.sumstats', './a/../a/t.sumstats'])).toThrow('a file is given twice');
});
