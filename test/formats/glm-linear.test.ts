import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { VariantTable } from '../../src/formats/bim.js';
import { type GlmLinearTable, GlmLinearWriter, readGlmLinear } from '../../src/formats/glm-linear.js';
import { SHARED, sharedFile } from '../shared.js';
import { fileWith, folderWith } from './folder.js';

/** PLINK v2.00a3.5 on 512 samples: a trait that is nearly a genotype, another of size 10^7. */
const PLINK2 = `#CHROM	POS	ID	REF	ALT	A1	A1_FREQ	TEST	OBS_CT	BETA	SE	T_STAT	P	ERRCODE
1	1	v0	G	A	A	0	ADD	512	NA	NA	NA	NA	CONST_OMITTED_ALLELE
1	2	v1	G	A	A	0.000976562	ADD	512	4.2789e+07	3.26814e+07	1.30928	0.191029	.
1	78	v77	G	A	A	0.0751953	ADD	512	501.941	4.15487	120.808	2.05889e-377	.
1	80	v79	G	A	A	0.0771484	ADD	512	502.92	1.83351	274.294	5.51245e-556	.
1	81	v80	G	A	A	0.078125	ADD	512	500	0.000838868	596041	3.86658e-2257	.
1	90	v89	G	A	A	0.0859375	ADD	512	454.545	6.65744	68.2763	1.05987e-258	.
`;

/** The same results, as if they came from an analysis of a .bim file. */
async function write(path: string, table: GlmLinearTable): Promise<void> {
  const variants: VariantTable = {
    ...table,
    centimorgan: new Float64Array(table.count),
    allele1: table.alt,
    allele2: table.ref,
  };
  const writer = await GlmLinearWriter.create(path, variants);
  const half = table.count >> 1;
  for (const [first, end] of [
    [0, half],
    [half, table.count],
  ]) {
    const part = <T extends { subarray(first?: number, end?: number): T }>(values: T) =>
      values.subarray(first, end);
    await writer.append({
      variant: Int32Array.from({ length: end - first }, (_, i) => first + i),
      effectAllele: Uint8Array.from({ length: end - first }, (_, i) =>
        table.effectAllele[first + i] === table.alt[first + i] ? 1 : 2,
      ),
      frequency: part(table.frequency),
      samples: part(table.samples),
      beta: part(table.beta),
      se: part(table.se),
      t: part(table.t),
      logP: part(table.logP),
      error: table.error.slice(first, end),
    });
  }
  await writer.finish();
}

test("PLINK 2's file is read, and written as it was, P-values beyond float64 included", async () => {
  const table = await readGlmLinear(fileWith(PLINK2));
  expect(table.count).toBe(6);
  expect(table.logP[5]).toBeCloseTo(Math.log(1.05987e-258), 10);
  expect(table.logP[4]).toBeCloseTo(Math.log(3.86658) - 2257 * Math.LN10, 9);
  expect([table.beta[0], table.error[0], table.frequency[0]]).toEqual([
    Number.NaN,
    'CONST_OMITTED_ALLELE',
    0,
  ]);
  const copy = join(folderWith(), 'copy');
  await write(copy, table);
  expect(readFileSync(copy, 'utf8')).toBe(PLINK2);
});

test.skipIf(SHARED === undefined).each(['nocov.CD8', 'nocov.MCH', 'sex.CD8', 'sex.MCH'])(
  'mouse-hs.%s: read, and written as PLINK 2 did',
  async (name) => {
    const path = sharedFile(`expected/plink2/mouse-hs.${name}.glm.linear`);
    const table = await readGlmLinear(path);
    expect(table.count).toBe(10300);
    const copy = join(folderWith(), 'copy');
    await write(copy, table);
    expect(readFileSync(copy, 'utf8') === readFileSync(path, 'utf8')).toBe(true);
  },
);

test("PLINK 1.9's file is read; rows of covariates are not", async () => {
  const text = ` CHR         SNP         BP   A1       TEST    NMISS       BETA         STAT            P           SE
   1         rs1        100    A        ADD      490     0.0532        1.312       0.1901       0.0405
   1         rs1        100    A        SEX      490     1.5           2           0.04         0.1
   X         rs2        -9     T        ADD      489         NA           NA           NA       NA
`;
  expect(await readGlmLinear(fileWith(text))).toEqual({
    count: 2,
    chromosome: ['1', 'X'],
    position: Int32Array.of(100, -9),
    id: ['rs1', 'rs2'],
    ref: ['', ''],
    alt: ['', ''],
    effectAllele: ['A', 'T'],
    frequency: Float64Array.of(Number.NaN, Number.NaN),
    samples: Int32Array.of(490, 489),
    beta: Float64Array.of(0.0532, Number.NaN),
    se: Float64Array.of(0.0405, Number.NaN),
    t: Float64Array.of(1.312, Number.NaN),
    logP: Float64Array.of(Math.log(0.1901), Number.NaN),
    error: ['NA', 'NA'],
  });
});

test('a column of -log10 P serves as well', async () => {
  const table = await readGlmLinear(
    fileWith(PLINK2.replace('\tP\t', '\tLOG10_P\t').replace('0.191029', '400')),
  );
  expect(table.logP[1]).toBeCloseTo(-400 * Math.LN10, 9);
});
