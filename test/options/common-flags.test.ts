import { expect, test } from 'vitest';
import { genotypeFlags, phenotypeFlags, runFlags } from '../../src/options/common-flags.js';

test('chromosome ranges are spelt out', () => {
  expect(genotypeFlags.chr.parse('1,3-5,X')).toEqual(['1', '3', '4', '5', 'X']);
  expect(genotypeFlags.chr.parse('chr6')).toEqual(['chr6']);
  for (const bad of ['', '1,', '5-3', '1-999999999'])
    expect(genotypeFlags.chr.parse(bad), bad).toBeUndefined();
});

test('defaults fit the machine', () => {
  const threads = runFlags.threads.defaultValue();
  expect(threads).toBeGreaterThanOrEqual(1);
  expect(Number.isInteger(threads)).toBe(true);
  expect(runFlags.memory.defaultValue()).toBeGreaterThan(1e6);
  expect(runFlags.memory.defaultValue()).toBeLessThan(process.availableMemory());
});

test('every flag has a help text that fits its form', () => {
  for (const [name, flag] of Object.entries({ ...genotypeFlags, ...phenotypeFlags, ...runFlags })) {
    expect(flag.help, name).toMatch(/^[a-z].*[^.]$/);
  }
});
