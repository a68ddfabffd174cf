import { expect, it } from 'vitest';
import { outputPrefixes } from '../../src/formats/output-prefixes.js';

it('names files after traits, without what a file cannot have in its name', () => {
  expect(outputPrefixes('dir/run', ['BMI', 'a/b', 'c:d', 'e f', 'g\th'])).toEqual([
    'dir/run.BMI',
    'dir/run.a_b',
    'dir/run.c_d',
    'dir/run.e f',
    'dir/run.g_h',
  ]);
});

it.each([
  [['a/b', 'x', 'a:b'], 'a/b and a:b'],
  [['BMI', 'bmi'], 'BMI and bmi'],
  [['é', 'e\u0301'], 'é and e\u0301'],
  [['x', 'x'], 'x and x'],
])('refuses %j, which would share a file', (names, both) => {
  expect(() => outputPrefixes('run', names)).toThrow(`${both} would write to the same file`);
});

it('refuses names that no file can have', () => {
  expect(outputPrefixes('dir/run', ['x'.repeat(219)])).toHaveLength(1);
  expect(() => outputPrefixes('dir/run', ['x'.repeat(220)])).toThrow('too long');
  expect(() => outputPrefixes('run', ['é'.repeat(110)])).toThrow('too long');
});
