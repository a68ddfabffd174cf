import { expect, test } from 'vitest';
import { COLUMN_NAMES, plainName } from '../../../src/formats/gwas/column-names.js';
import { recogniseColumns } from '../../../src/formats/gwas/columns.js';
import type { GwasTable } from '../../../src/formats/gwas/table.js';

const table = (names: string, ...rows: string[]): GwasTable => ({
  file: 'gwas',
  kind: 'text',
  names: names.split(' '),
  sample: rows.map((row) => row.split(' ')),
  read: async () => [],
});

/** Meanings by the name of their column. */
function read(gwas: GwasTable, choices: Parameters<typeof recogniseColumns>[1] = {}) {
  const { columns } = recogniseColumns(gwas, choices);
  return Object.fromEntries(
    Object.entries(columns).map(([meaning, column]) => [meaning, gwas.names[column]]),
  );
}

test('names are spelt plainly, and each stands for one meaning', () => {
  const all = Object.values(COLUMN_NAMES).flat();
  expect(all.map(plainName)).toEqual(all);
  expect(new Set(all).size).toBe(all.length);
  expect(['#CHROM', 'p.value', 'LOG(OR)_SE', 'Z-score'].map(plainName)).toEqual([
    'CHROM',
    'P_VALUE',
    'LOG_OR_SE',
    'Z_SCORE',
  ]);
});

test('of several columns the one with values, and for IDs the one with rsIDs', () => {
  const names = 'hm_rsid SNP variant_id hm_beta beta p_value';
  expect(read(table(names, 'NA 1:5:A:G rs5 NA 0.1 0.5', '. 1:6:A:G rs6 NA 0.2 0.5'))).toMatchObject({
    snp: 'variant_id',
    beta: 'beta',
  });
  expect(read(table(names, 'rs5 1:5:A:G x 0.1 -0.1 0.5'))).toMatchObject({ snp: 'hm_rsid', beta: 'hm_beta' });
});

test('statistics of a mixed model are known by what their programs write, and said to be of more people than N', () => {
  const isSaid = (names: string) =>
    recogniseColumns(table(names), {}).notes.some((note) => /effective N/.test(note));
  expect(isSaid('SNP ALLELE1 ALLELE0 BETA SE P_BOLT_LMM_INF P_BOLT_LMM')).toBe(true);
  expect(isSaid('MarkerID Allele1 Allele2 AF_Allele2 BETA SE p.value N')).toBe(true);
  expect(isSaid('ID ALLELE0 ALLELE1 N TEST BETA SE CHISQ LOG10P EXTRA')).toBe(true);
  expect(isSaid('SNP A1 A2 N BETA SE P')).toBe(false);
});

test('EAF and MAF are no clash', () => {
  expect(read(table('SNP EAF MAF'))).toMatchObject({ frequency: 'EAF' });
  expect(read(table('SNP EAF MAF'), { named: { frequency: 'MAF' } })).toMatchObject({ frequency: 'MAF' });
  expect(read(table('SNP EAF MAF'), { ignored: ['EAF', 'MAF'] })).not.toHaveProperty('frequency');
});

test('a column that is named is not read as anything else', () => {
  expect(read(table('SNP BETA Z P'), { named: { signed: 'BETA' } })).toEqual({
    snp: 'SNP',
    signed: 'BETA',
    p: 'P',
  });
  expect(read(table('a x rs'), { named: { snp: 'x' } })).toEqual({ snp: 'x' });
});

test('one sign: the effect where there is P, Z where there is none; said in a note', () => {
  expect(read(table('SNP Z BETA OR P'))).toMatchObject({ beta: 'BETA' });
  expect(read(table('SNP Z BETA OR'))).toMatchObject({ z: 'Z' });
  expect(recogniseColumns(table('SNP Z BETA P')).notes).toEqual([
    'the sign is that of BETA; Z could give it as well (--signed-sumstats chooses)',
  ]);
});

test('alleles of each program', () => {
  const alleles = (names: string) => {
    const { effectAllele, otherAllele, reference, alternative } = read(table(names));
    return [effectAllele, otherAllele, reference, alternative];
  };
  expect(alleles('Allele1 Allele2 AF_Allele2')).toEqual(['Allele2', 'Allele1', undefined, undefined]);
  expect(alleles('ALLELE0 ALLELE1 A1FREQ')).toEqual(['ALLELE1', 'ALLELE0', undefined, undefined]);
  expect(alleles('REF ALT A1')).toEqual(['A1', undefined, 'REF', 'ALT']);
  expect(alleles('REF ALT A1 OMITTED')).toEqual(['A1', 'OMITTED', undefined, undefined]);
  expect(alleles('REF ALT')).toEqual(['ALT', 'REF', undefined, undefined]);
  expect(alleles('effect_allele other_allele ref_allele')).toEqual([
    'effect_allele',
    'other_allele',
    undefined,
    undefined,
  ]);
});

test('NMISS counts people in PLINK 1.9 only', () => {
  expect(read(table('SNP NMISS TEST'))).toMatchObject({ n: 'NMISS' });
  expect(read(table('SNP NMISS'))).not.toHaveProperty('n');
});
