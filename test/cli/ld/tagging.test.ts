import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTagging } from '../../../src/formats/tagging.js';
import { folderWith } from '../../formats/folder.js';
import { randomGenotypes } from '../../genotype-data.js';
import { cohortFiles } from '../cohort-files.js';
import { checkedJson, heredity } from '../run.js';

const GENOTYPES = randomGenotypes(9, 100, { seed: 2 });
const COHORT = {
  // variant 9 repeats variant 8
  ...cohortFiles({ genotypes: [...GENOTYPES, GENOTYPES[8]] }),
  weights: 'rs0 0.5\nrs2 1\n',
  a1: 'rs0\nrs1\nrs2\n',
  a2: 'rs1 0.5\nrs5 -2\n',
  annot: [
    'CHR BP SNP CM base coding',
    ...Array.from({ length: 10 }, (_, v) => `1 ${100 * (v + 1)} rs${v} 0 1 ${v % 2}`),
    '',
  ].join('\n'),
  regions: '1 0 450 left\n',
};

/** Runs `ld tagging` with flags in which `@name` stands for a file of the cohort. */
async function run(flags: string) {
  const folder = folderWith(COHORT);
  const out = join(folder, 'out');
  const words = flags.split(' ').map((word) => word.replace('@', `${folder}/`));
  const result = await heredity(['ld', 'tagging', '--bfile', join(folder, 'study'), '--out', out, ...words]);
  return { ...result, out };
}

it('writes taggings of annotations with a base', async () => {
  const { exitCode, out, stdout } = await run(
    '--model human-default --annotation-prefix @a --annotation-number 2',
  );
  expect(exitCode).toBe(0);
  const table = await readTagging(`${out}.tagging`);
  expect([table.kind, table.names]).toEqual(['annotations', ['Annotation_1', 'Annotation_2', 'Base']]);
  expect([Array.from(table.sizes), Array.from(table.categories.slice(0, 3))]).toEqual([
    [3, 2, 10],
    [2, 3, 2],
  ]);
  expect(table.contribution[4]).toBeLessThan(0);
  const json = checkedJson(readFileSync(`${out}.ld-tagging.json`, 'utf8'));
  expect(json.categories.map((category: { variants: number }) => category.variants)).toEqual([3, 2, 10]);
  expect(stdout).toContain('10 variants');
});

it('gives partitions a background, and weights of a file to its variants only', async () => {
  const { out } = await run('--power -1 --weights @weights --partition-prefix @a --partition-number 1');
  const [header, ...rows] = readFileSync(`${out}.tagging`, 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const weight = header.indexOf('Weight');
  expect(rows.slice(0, 4).map((row) => Number(row[weight]))).toEqual([0.5, 0, 1, 0]);
  // no weighted variant is in the background, which has no share of anything then: SumHer has nothing to fit
  await expect(readTagging(`${out}.tagging`)).rejects.toThrow(
    'category Background has no expected heritability',
  );
});

it('takes annotations of LDSC, whose base is the base, and regions', async () => {
  const annotated = await readTagging(`${(await run('--model gcta --annot @annot')).out}.tagging`);
  expect([annotated.kind, annotated.names]).toEqual(['annotations', ['coding', 'Base']]);
  expect(Array.from(annotated.sizes)).toEqual([5, 10]);
  const parted = await readTagging(`${(await run('--model gcta --partition @regions')).out}.tagging`);
  expect([parted.kind, parted.names]).toEqual(['partitions', ['left', 'Background']]);
  expect(Array.from(parted.sizes)).toEqual([4, 6]);
});

it('takes strata of frequency and LD', async () => {
  const { out } = await run('--model gcta --partition maf-ld --maf-cuts 0.3 --ld-bins 2 --ld-wind-kb 1');
  const table = await readTagging(`${out}.tagging`);
  expect(table.kind).toBe('partitions');
  expect(table.names.length).toBeGreaterThan(1);
  expect(table.sizes.reduce((sum, size) => sum + size, 0)).toBe(10);
});

it('thins and weighs the variants for the models that ask for it', async () => {
  const thinned = await readTagging(`${(await run('--model ldak-thin')).out}.tagging`);
  expect(Array.from(thinned.weight)).toEqual([...new Array(8).fill(1), 0, 1]);
  const weighted = await readTagging(`${(await run('--model ldak --thin')).out}.tagging`);
  expect(weighted.weight[8]).toBe(0);
  expect(weighted.weight.some((w) => w !== 1 && w > 0)).toBe(true);
});

it.each([
  ['--ld-wind-kb 5', 2, 'no heritability model'],
  ['--model ldak --power 0', 2, '--model stands for a power and weights of its own'],
  ['--model gcta --thin', 2, '--thin is for --model ldak'],
  ['--model gcta --annotation-number 2', 2, 'belong together'],
  ['--model gcta --annot @annot --partition chromosome', 2, 'the categories are given in more than one way'],
  ['--model gcta --annotation-prefix @a --annotation-number 3', 2, 'a3'],
  ['--power 0 --weights @study.fam', 2, 'Weight is not a number'],
  ['--power 0 --weights @other', 2, 'the file does not exist'],
])('refuses %s', async (flags, exitCode, message) => {
  const result = await run(flags);
  expect([result.exitCode, result.stderr]).toEqual([exitCode, expect.stringContaining(message)]);
});
