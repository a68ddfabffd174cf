import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readTagging, writeTagging } from '../../src/formats/tagging.js';
import { SHARED, sharedFile } from '../shared.js';
import { fileWith, folderWith } from './folder.js';

const HEADER =
  'Predictor A1 A2 Neighbours Tagging Weight MAF Categories Exp_Heritability Annotation_1 Base\n';
const WHOLE =
  `${HEADER}rs1 A G 2 1.500 1 0.200000 2 0.4371 1.1702 2.0000\nrs2 C T 2 1.500 1 0.100000 1 0.3000 0.5000 1.0000\n` +
  'The relative contribution of Annotation 1 to each category 0.4000 0.4000\n' +
  'The relative contribution of the Base to each category 0.5000 0.7371\n' +
  'There are 2 reference 2 regression 2 heritability predictors 1 2\n';

it('reads what it writes, byte for byte', async () => {
  const table = await readTagging(fileWith(WHOLE));
  expect(table.kind).toBe('annotations');
  expect(table.names).toEqual(['Annotation_1', 'Base']);
  expect(Array.from(table.byCategory)).toEqual([1.1702, 0.5, 2, 1]);
  expect(Array.from(table.contribution)).toEqual([0.4, 0.5, 0.4, 0.7371]);
  expect([Array.from(table.sizes), table.reference]).toEqual([[1, 2], 2]);
  const path = join(folderWith(), 'again.tagging');
  await writeTagging(path, table);
  expect(readFileSync(path, 'utf8')).toBe(WHOLE);
});

it('tells partitions from annotations', async () => {
  const text = WHOLE.replace('Annotation 1', 'Partition 1').replace('the Base', 'Partition 2');
  expect((await readTagging(fileWith(text.replace('Annotation_1 Base', 'low high')))).kind).toBe(
    'partitions',
  );
});

describe.skipIf(!SHARED)("LDAK's own files", () => {
  it.each(['gcta', 'hd', 'ldak'])('%s: reads and writes every byte', async (model) => {
    const source = sharedFile(`expected/peers/bench5k.tag_${model}.tagging.gz`);
    const path = join(folderWith(), 'again.tagging');
    await writeTagging(path, await readTagging(source));
    expect(readFileSync(path, 'utf8')).toBe(gunzipSync(readFileSync(source)).toString());
  });
});

it.each([
  ['SNP A1 A2\n', 'this is not the header of an LDAK tagging file'],
  [HEADER, 'the tagging file is not whole'],
  [WHOLE.replace('There are', 'Where are'), 'a variant after the contributions of the categories'],
  [WHOLE.replace('1.1702', 'x'), 'input.txt:2:10: this is not a number'],
  [WHOLE.replace('1.1702', 'Infinity'), 'input.txt:2:10: this is not a number'],
  [WHOLE.replace('0.4000 0.4000', '0 0.4000'), 'category Annotation_1 has no expected heritability'],
  [WHOLE.replace('are 2 reference', 'are 0 reference'), 'reference predictors is not above 0'],
  [WHOLE.replace('of Annotation 1 to each category 0.4000', ''), 'the line has too few contributions'],
  [WHOLE.replace('rs2', 'rs1'), 'variant rs1 is already on line 2'],
  [WHOLE.split('\n').slice(0, 4).join('\n'), 'the tagging file is not whole'],
])('refuses what is not such a file (%#)', async (content, message) => {
  await expect(readTagging(fileWith(content))).rejects.toThrow(message);
});
