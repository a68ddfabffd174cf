import { describe, expect, it } from 'vitest';
import { numpyText, pandasColumn } from '../../src/formats/numpy-number.js';

describe('numbers of LDSC logs', () => {
  // str(numpy.matrix(x)) of NumPy 2.4 with precision 4
  const rows: [number[], string][] = [
    [[0.3909309530944002], '0.3909'],
    [[0.26], '0.26'],
    [[0], '0.'],
    [[3], '3.'],
    [[1e-5], '1.e-05'],
    [[1.25e-5], '1.25e-05'],
    [[-0.00012345], '-0.0001'],
    [[123456789], '1.2346e+08'],
    [[0.5, 0.25, 0.125], '0.5   0.25  0.125'],
    [[1, 1000.5], '1.0000e+00 1.0005e+03'],
    [[1, 2000, 0.001], '1.e+00 2.e+03 1.e-03'],
    [[-0.9, 0.25], '-0.9   0.25'],
    [
      [0.066619, 0.010613, -0.00094351, 0.02481, 6.4964e-5, -0.0033606],
      '6.6619e-02  1.0613e-02 -9.4351e-04  2.4810e-02  6.4964e-05 -3.3606e-03',
    ],
    [[0, 1.5], '0.  1.5'],
    [[12.5, 3.25e-6, 0], '1.25e+01 3.25e-06 0.00e+00'],
  ];
  it.each(rows)('%j is %s', (values, text) => {
    expect(numpyText(values)).toBe(text);
  });

  it('stand in tables with four decimals, or with powers of ten where one needs them', () => {
    expect(pandasColumn([0.26, 'NA', 68.34461])).toEqual(['0.2600', 'NA', '68.3446']);
    expect(pandasColumn([1.988e-27, 0.5])).toEqual(['1.9880e-27', '5.0000e-01']);
    expect(pandasColumn([0])).toEqual(['0.0000']);
  });
});
