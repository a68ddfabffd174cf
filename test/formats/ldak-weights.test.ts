import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readLdakWeights, writeLdakWeights } from '../../src/formats/ldak-weights.js';
import { fileWith, folderWith } from './folder.js';

it('writes both files of LDAK and reads them again', async () => {
  const prefix = join(folderWith(), 'out');
  await writeLdakWeights(prefix, {
    id: ['rs1', 'rs2', 'rs3', 'rs4'],
    state: ['weighted', 'thinned', 'weighted', 'filtered'],
    weight: Float64Array.of(0.6341391, 0, 0, 0),
    neighbours: Float64Array.of(21, 0, 3, 0),
    tagging: Float64Array.of(2.4631, 0, 1.5, 0),
    check: Float64Array.of(1, 0, 1.0239, 0),
    decayed: false,
  });
  expect(readFileSync(`${prefix}.weights.all`, 'utf8')).toBe(
    'Predictor Weight Neighbours Tagging Info Check\n' +
      'rs1 0.634139 21 2.463 1.000 1.000\nrs2 0 0 0 0 0\nrs3 0.000000 3 1.500 1.000 1.024\nrs4 NA NA NA NA NA\n',
  );
  expect(readFileSync(`${prefix}.weights.short`, 'utf8')).toBe('rs1 0.634139\n');
  const all = await readLdakWeights(`${prefix}.weights.all`);
  expect(['rs1', 'rs2', 'rs4', 'rs5'].map((id) => all.weightOf(id))).toEqual([0.634139, 0, 0, undefined]);
  const short = await readLdakWeights(`${prefix}.weights.short`);
  expect([short.count, short.weightOf('rs1'), short.weightOf('rs2')]).toEqual([1, 0.634139, undefined]);
});

it.each([
  ['rs1 -0.5\n', 'input.txt:1:2: Weight is not a number of at least 0'],
  ['rs1 0.5\nrs2 x\n', 'input.txt:2:2: Weight is not a number of at least 0'],
  ['rs1 0.5\nrs1 0.5\n', 'variant rs1 is already on line 1'],
  ['rs1\n', 'the line is too short'],
  ['Predictor Weight\n', 'the table has no variants'],
])('refuses %j', async (content, message) => {
  await expect(readLdakWeights(fileWith(content))).rejects.toThrow(message);
});
