import { expect, it } from 'vitest';
import { createMask, maskHas, maskIndices } from '../../src/genotypes/sample-mask.js';

it.each([0, 1, 7, 8, 9, 100])('holds any subset of %d samples', (samples) => {
  const chosen = Array.from({ length: samples }, (_, i) => i).filter((i) => (i * i) % 3 === 1);
  const mask = createMask(samples, (i) => chosen.includes(i));
  expect(mask.count).toBe(chosen.length);
  expect(mask.bits.length).toBe(Math.ceil(samples / 8));
  expect([...maskIndices(mask)]).toEqual(chosen);
  for (let i = 0; i < samples; i++) expect(maskHas(mask, i)).toBe(chosen.includes(i));
});
