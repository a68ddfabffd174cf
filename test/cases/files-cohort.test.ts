import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readBim } from '../../src/formats/bim.js';
import { chromosomeCode } from '../../src/formats/chromosome.js';
import { readCovariates } from '../../src/formats/covariate.js';
import { readFam } from '../../src/formats/fam.js';
import { openGrm } from '../../src/formats/grm.js';
import { readSampleList } from '../../src/formats/id-list.js';
import { readPhenotypes } from '../../src/formats/phenotype.js';
import { fileWith, folderWith } from '../formats/folder.js';

const page = readFileSync(new URL('../../docs/files-cohort.md', import.meta.url), 'utf8');

/** The examples of one kind on the page. */
function examples(kind: string): string[] {
  const found = [...page.matchAll(/^```(\S+)\n([\s\S]*?)^```$/gm)].filter(([, own]) => own === kind);
  expect(found.length).toBeGreaterThan(0);
  return found.map(([, , text]) => text);
}

it('reads the .fam file with more columns', async () => {
  const fam = await readFam(fileWith(examples('fam')[0]));
  expect(fam).toMatchObject({ count: 2, individualId: ['I1', 'I2'], moreColumns: true });
});

it('reads the .bim file with repeated IDs', async () => {
  const { chromosome, repeated } = await readBim(fileWith(examples('bim')[0]));
  expect(chromosome.map((name) => chromosomeCode(name))).toEqual(['1', '1', 'x']);
  expect(repeated?.count).toBe(1);
});

it('knows every spelling of a chromosome', () => {
  for (const [code, spellings] of Object.entries({
    7: ['7', '07', 'chr7', 'CHR7'],
    x: ['X', 'x', 'chrX', '23'],
    y: ['Y', '24'],
    xy: ['XY', 'PAR', 'PAR1', 'par2', '25'],
    mt: ['MT', 'M', 'chrM', '26'],
  }))
    expect(spellings.map((name) => chromosomeCode(name))).toEqual(spellings.map(() => code));
  expect([23, 30, 33].map((number) => chromosomeCode(String(number), 29))).toEqual(['23', 'x', 'mt']);
});

it('reads traits, those of R as well', async () => {
  const [plain, fromR] = examples('pheno');
  const traits = await readPhenotypes(fileWith(plain));
  expect(traits.columns.map(({ name, missing }) => [name, missing])).toEqual([
    ['height', 2],
    ['asthma', 0],
  ]);
  expect(await readPhenotypes(fileWith(fromR))).toMatchObject({
    familyId: ['F1', 'F2'],
    hasRowNames: true,
    columns: [{ name: 'y', values: Float64Array.of(-0.5, 1.25) }],
  });
});

it('takes for missing what it says', async () => {
  const text = 'FID\tIID\ty\na\ta\tNA\nb\tb\tnan\nc\tc\t.\nd\td\t\ne\te\t-9\nf\tf\t999\ng\tg\t1\n';
  const missing = async (codes?: number[]) =>
    (await readPhenotypes(fileWith(text), { missing: codes })).columns[0].missing;
  expect([await missing(), await missing([999]), await missing([-9, 999]), await missing([])]).toEqual([
    5, 5, 6, 4,
  ]);
});

it('takes 0 for missing in a trait of 0, 1 and 2 alone', async () => {
  const zeros = async (...values: number[]) => {
    const rows = values.map((value, i) => `f ${i} ${value}\n`).join('');
    return (await readPhenotypes(fileWith(`FID IID y\n${rows}`))).columns[0].missingZeros;
  };
  expect([
    await zeros(0, 1, 2, 0),
    await zeros(0, 1),
    await zeros(0, 1, 2, 3),
    await zeros(0, 1, 2, -9),
  ]).toEqual([2, 0, 0, 1]);
});

it('reads covariates, and the kinds that are said', async () => {
  const path = fileWith(examples('covar')[0]);
  const kinds = async (categorical?: string[], quantitative?: string[]) =>
    (await readCovariates(path, { categorical, quantitative })).columns.map(({ kind }) => kind);
  expect(await kinds()).toEqual(['numeric', 'categorical']);
  expect(await kinds(['age'])).toEqual(['categorical', 'categorical']);
  await expect(kinds([], ['centre'])).rejects.toThrow(/covariate centre has a value that is not a number/);
  await expect(kinds(['center'])).rejects.toThrow(/no covariate "center".*[Dd]id you mean centre/);
  await expect(kinds(['age'], ['age'])).rejects.toThrow(/categorical and quantitative/);
});

it('reads lists', async () => {
  const list = await readSampleList(fileWith(examples('keep')[0]));
  expect([list.count, ...list.among({ familyId: ['F1', 'F2'], individualId: ['I1', 'I2'] })]).toEqual([
    2, 1, 0,
  ]);
});

it('reads matrices with a header, whatever the prefix ends with, and refuses what is not finite', async () => {
  const bytes = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
  const [ids] = examples('grm.id');
  const folder = folderWith({
    'o.grm.grm.id': ids,
    'o.grm.grm.bin': bytes(1, 0.5, 1),
    'bad.grm.id': ids,
    'bad.grm.bin': bytes(1, 0.5, 1),
    'bad.grm.N.bin': bytes(10, Number.NaN, 10),
    'text.grm.id': ids.replace('#FID\tIID', '#IID').replace(/F\d\t/g, ''),
  });
  const open = await openGrm(`${folder}/o.grm`);
  expect(open).toMatchObject({ count: 2, familyId: ['F1', 'F2'], hasCounts: false });
  const bad = (await openGrm(`${folder}/bad`)).rows(true);
  await expect(bad.next()).rejects.toThrow(
    /the number of variants of samples 2 and 1 is not a finite number/,
  );
});
