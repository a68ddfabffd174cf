import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFam, writeFam } from '../../src/formats/fam.js';
import { SHARED, sharedFile } from '../shared.js';
import { fileWith, folderWith } from './folder.js';

const TEXT = 'f1 a 0 0 1 -9\nf1 b pa ma 2 1.5\nf2 a 0 0 0 case\nf3 c 0 0 other NA\n';

test('columns as written; a sex that is neither 1 nor 2 is not known', async () => {
  expect(await readFam(fileWith(TEXT))).toMatchObject({
    count: 4,
    familyId: ['f1', 'f1', 'f2', 'f3'],
    individualId: ['a', 'b', 'a', 'c'],
    fatherId: ['0', 'pa', '0', '0'],
    motherId: ['0', 'ma', '0', '0'],
    sex: Uint8Array.of(1, 2, 0, 0),
    phenotype: ['-9', '1.5', 'case', 'NA'],
  });
});

test('IDs are compared as pairs', async () => {
  expect((await readFam(fileWith('a bc 0 0 1 1\nab c 0 0 1 1\n'))).count).toBe(2);
});

test('what is written is what was read', async () => {
  const path = join(folderWith(), 'out.fam');
  await writeFam(path, await readFam(fileWith(TEXT)));
  expect(readFileSync(path, 'utf8')).toBe(TEXT.replace('other', '0').replaceAll(' ', '\t'));
});

test.skipIf(SHARED === undefined).each([
  ['mouse-hs/mouse', 1940],
  ['gcta-test/test', 3925],
  ['bench5k/bench', 5000],
  ['human-1kg-eur/g1000_eur_hm3_chr22', 503],
])('%s is written as it was', async (name, count) => {
  const path = sharedFile(`data/${name}.fam`);
  const copy = join(folderWith(), 'copy.fam');
  const samples = await readFam(path);
  expect(samples.count).toBe(count);
  await writeFam(copy, samples);
  expect(readFileSync(copy, 'utf8')).toBe(readFileSync(path, 'utf8').replaceAll(' ', '\t'));
});
