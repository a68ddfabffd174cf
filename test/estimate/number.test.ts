import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatEstimate,
  significant,
} from '../../src/estimate/number.js';

describe('estimates', () => {
  test.each([
    [0.2513, 0.0087, '0.2513 (0.0087)'],
    [0.25134, 0.00871, '0.2513 (0.0087)'],
    [0.602, 4.7e-3, '0.6020 (0.0047)'],
    [-0.0041, 0.011, '-0.004 (0.011)'],
    [7.19, 0.4, '7.19 (0.40)'],
    [123.4, 56.7, '123 (57)'],
    [-0.0001, 0.05, '0.000 (0.050)'],
    [0.25, 0, '0.2500 (0.0000)'],
    [0.9999903, 7.2e-7, '0.999990 (7.2e-7)'],
    [1, 4.7e-17, '1.000000 (0)'],
    [1.234e-8, 4.5e-9, '1.23e-8 (4.5e-9)'],
    [0.25, undefined, '0.2500'],
    [0.25, null, '0.2500'],
  ])('%d with error %d is %s', (estimate, se, text) => {
    expect(formatEstimate(estimate, se)).toBe(text);
  });
});

describe('numbers', () => {
  test.each([
    [0, '0'],
    [0.012345, '0.01235'],
    [-12.3456, '-12.35'],
    [1234.5, '1235'],
    [123456, '123456'],
    [1234567, '1.235e6'],
    [0.00001, '1e-5'],
    [0.0000123456, '1.235e-5'],
  ])('%d is %s', (value, text) => {
    expect(significant(value, 4)).toBe(text);
  });
});

describe('counts', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [337205, '337,205'],
    [-1234567, '-1,234,567'],
    [1234.6, '1,235'],
    [-0.2, '0'],
  ])('%d is %s', (value, text) => {
    expect(formatCount(value)).toBe(text);
  });
});

describe('bytes', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 KB'],
    [8e9, '8.00 GB'],
    [999_999, '1.00 MB'],
    [123_456_789, '123 MB'],
    [5e15, '5.00 PB'],
  ])('%d is %s', (value, text) => {
    expect(formatBytes(value)).toBe(text);
  });
});

describe('durations', () => {
  test.each([
    [0.416, '0.42 s'],
    [9.996, '10.0 s'],
    [12.34, '12.3 s'],
    [59.96, '1:00'],
    [65, '1:05'],
    [3599.6, '1:00:00'],
    [7384, '2:03:04'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
