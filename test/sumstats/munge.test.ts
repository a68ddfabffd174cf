import { describe, expect, it } from 'vitest';
import { recogniseColumns } from '../../src/formats/gwas/columns.js';
import { openGwasTable } from '../../src/formats/gwas/open.js';
import { readAlleleList } from '../../src/formats/merge-alleles.js';
import { type MungeOptions, Munger } from '../../src/sumstats/munge.js';
import { type PlanOptions, planMunge } from '../../src/sumstats/plan.js';
import { effectiveSampleSize } from '../../src/sumstats/sample-size.js';
import { fileWith } from '../formats/folder.js';

async function munge(lines: readonly string[], options: MungeOptions = {}, choices: PlanOptions = {}) {
  const table = await openGwasTable(fileWith(`${lines.join('\n')}\n`));
  const munger = new Munger(planMunge(table, recogniseColumns(table), choices), options);
  await table.read(munger.columns, (row) => munger.add(row));
  const munged = munger.finish();
  const { ids, z, n } = munged.columns;
  const kept = ids.texts().filter((_, i) => !Number.isNaN(z[i]));
  const lost = Object.fromEntries(munged.losses.toJSON().steps.map(({ step, lost }) => [step, lost]));
  return { ...munged, kept, lost, z: [...z], n: typeof n === 'number' ? n : [...n] };
}

const list = (text: string) => readAlleleList(fileWith(text));

describe('the rules of munge_sumstats (METHODS 3.3)', () => {
  it('INFO from 0.9 on, MAF above 0.01 of either allele, P in (0, 1]', async () => {
    const { kept, lost, outOfRange, zeroP } = await munge([
      'SNP A1 A2 BETA P N FRQ INFO',
      'rs1 A G 0 0.5 10 0.5 0.9',
      'rs2 A G 0 0.5 10 0.5 0.8999',
      'rs3 A G 0 0.5 10 0.5 NA',
      'rs4 A G 0 0.5 10 0.01 1',
      'rs5 A G 0 0.5 10 0.9901 1',
      'rs6 A G 0 0.5 10 0.011 1',
      'rs7 A G 0 0.5 10 1.2 1',
      'rs8 A G 0 1 10 0.5 1',
      'rs9 A G 0 1.1 10 0.5 1',
      'rs10 A G 0 0 10 0.5 1',
      'rs11 A G 0 0.5 10 0.5 15',
    ]);
    expect(kept).toEqual(['rs1', 'rs6', 'rs8', 'rs11']); // LDSC keeps, and warns of, a quality that is none
    expect(lost).toMatchObject({ missing: 0, '--info-min': 2, '--maf-min': 3, P: 2 });
    expect({ ...outOfRange, zeroP }).toEqual({ info: 1, frequency: 1, p: 1, zeroP: 1 });
  });

  it('several INFO columns count by their mean, a missing one as 0', async () => {
    const rows = [
      'SNP A1 A2 BETA P N I1 I2',
      'rs1 A G 0 0.5 10 0.8 1',
      'rs2 A G 0 0.5 10 0.79 1',
      'rs3 A G 0 0.5 10 NA 1',
    ];
    const { kept } = await munge(rows, {}, { infoColumns: [6, 7] });
    expect(kept).toEqual(['rs1']);
  });

  it('SNPs whose strand can be told, in either case; the first of each ID', async () => {
    const pairs = ['A T', 'T A', 'C G', 'G C', 'A A', 'A N', 'AC A', 'a g', 'T c', 'G T'];
    const rows = pairs.map((pair, i) => `rs${i} ${pair} 0 0.5 10`);
    const { kept, lost } = await munge([
      'SNP A1 A2 BETA P N',
      ...rows,
      'rs7 A C 0 0.1 10',
      'rs0 A C 0 0.1 10',
    ]);
    expect(kept).toEqual(['rs7', 'rs8', 'rs9', 'rs0']);
    expect(lost).toMatchObject({ alleles: 7, repeated: 1 });
  });

  it('N from the 90th percentile / 1.5 on, interpolated', async () => {
    const sizes = [100, 99, 98, 97, 96, 70, 66, 65, 60, 10];
    const rows = sizes.map((n, i) => `rs${i} A G 0 0.5 ${n}`);
    const { kept, nMin } = await munge(['SNP A1 A2 BETA P N', ...rows]);
    expect(nMin).toBeCloseTo(99.1 / 1.5, 12);
    expect(kept).toHaveLength(6);
    expect((await munge(['SNP A1 A2 BETA P N', ...rows], { nMin: 66 })).kept).toHaveLength(7);
  });

  it('N of cases and controls is scaled by the share of cases among those with most people', async () => {
    const rows = [
      'SNP A1 A2 OR P N_CAS N_CON',
      'rs1 A G 1 0.5 400 600',
      'rs2 A G 1 0.5 500 500',
      'rs3 A G 1 0.5 300 600',
    ];
    const { n, caseFraction } = await munge(rows, { nMin: 0 });
    expect(caseFraction).toBeCloseTo(0.45, 12);
    [400 / 0.45, 500 / 0.45, 300 / 0.45].forEach((size, i) => {
      expect((n as number[])[i]).toBeCloseTo(size, 9);
    });
    const effective = await munge(rows, { nMin: 0 }, { effective: true });
    expect((effective.n as number[])[2]).toBeCloseTo(4 / (1 / 300 + 1 / 600), 9);
    expect(effectiveSampleSize(500, 500)).toBe(1000);
  });

  it('without N, the number of studies counts', async () => {
    const rows = ['SNP A1 A2 BETA P NSTUDY', 'rs1 A G 0 0.5 5', 'rs2 A G 0 0.5 4'];
    expect((await munge(rows, {}, { n: 10 })).kept).toEqual(['rs1']);
    expect((await munge(rows, { studiesMin: 4 }, { n: 10 })).kept).toEqual(['rs1', 'rs2']);
  });

  it('the sign is that of the statistic against its value at no effect', async () => {
    const rows = ['SNP A1 A2 OR P N', 'rs1 A G 0.99 0.05 9', 'rs2 A G 1 0.05 9', 'rs3 A G 1.01 0.05 9'];
    expect((await munge(rows)).z.map(Math.sign)).toEqual([-1, 1, 1]);
    const turned = [rows[0], 'rs1 A G 1.01 0.05 9', ...rows.slice(2)];
    expect((await munge(turned, {}, { a1Increases: true })).z.map(Math.sign)).toEqual([1, 1, 1]);
    await expect(munge(rows, {}, { a1Increases: true })).rejects.toThrow(/OR is below 1 for 1 of 3 variants/);
  });

  it('rows with a missing value are left out, in the words of every program', async () => {
    const words = ['NA', 'nan', '.', 'NULL', 'n/a', '#N/A', '<NA>', 'None', '-nan'];
    const rows = words.map((word, i) => `rs${i} A G 0 ${word} 10`);
    const { kept, lost } = await munge(['SNP A1 A2 BETA P N', ...rows, 'rsx A G 0 0.5 10', '. A G 0 0.5 10']);
    expect([kept, lost.missing]).toEqual([['rsx'], words.length + 1]);
  });
});

describe('rows that are cut many at once', () => {
  // repeated, unusual, unlisted, incomplete and quoted ones among hundreds of plain ones; numbers from the row's own
  const IDS = ['rs5', 'rs7,rs8', 'RS9', 'rs11:100:A:G', '"rs12"', 'rs1|rs700'];
  const PAIRS = ['A G', 'C T', 'a c', 'A T', 'AT A', 'G A'];
  const rows = Array.from({ length: 600 }, (_, i) => {
    const id = i % 37 === 0 ? IDS[(i / 37) % IDS.length] : `rs${i % 41 === 0 ? i - 3 : i}`;
    const p =
      i % 53 === 0
        ? 'NA'
        : i % 59 === 0
          ? '1e-320'
          : i % 61 === 0
            ? '1.5'
            : ((i % 97) / 100 + 0.001).toFixed(3);
    const frequency = i % 43 === 0 ? '1.2' : ((i % 89) / 90).toFixed(4);
    return `${id} ${PAIRS[(i * 7) % 6]} ${((i * 31) % 19) - 9} ${p} ${1000 + (i % 5)} ${frequency} ${(0.8 + (i % 23) / 100).toFixed(2)} ${i % 29 === 0 ? 'REC' : 'ADD'}`;
  });
  const content = `SNP A1 A2 BETA P N FRQ INFO TEST\n${rows.join('\n')}\n`;
  const LIST = `SNP A1 A2\n${rows.flatMap((_, i) => (i % 3 === 0 ? [`rs${i} ${PAIRS[i % 3]}`] : [])).join('\n')}\n`;

  it.each([
    ['by the rules alone', false, {}],
    ['with a list', true, { anyMedian: true }],
    ['with frequencies', false, { keepFrequency: true }],
  ])('become what they become one by one, %s', async (_, isListed, options: MungeOptions) => {
    const munged = async (together: boolean) => {
      const table = await openGwasTable(fileWith(content));
      const alleles = isListed ? { alleles: await list(LIST) } : {};
      const munger = new Munger(planMunge(table, recogniseColumns(table)), { ...options, ...alleles });
      let cut = 0;
      await table.read(
        munger.columns,
        (row) => munger.add(row),
        munger.numbers,
        (rows) => {
          cut += rows.plain.count;
          if (together) munger.addRows(rows);
          else for (let k = 0; k < rows.plain.count; k++) munger.add(rows.at(k));
        },
      );
      expect(cut).toBeGreaterThan(300);
      const { columns, losses, ...others } = munger.finish();
      const { ids, z, n, pair, frequency } = columns;
      const count = ids.count;
      const numbers = [n as Float64Array, pair!, frequency].map((values) => values?.slice(0, count));
      return { ...others, ids: ids.texts(), z: z.slice(0, count), numbers, losses: losses.toJSON() };
    };
    expect(await munged(true)).toEqual(await munged(false));
  });

  it('refuses the first sample size that is none', async () => {
    const bad = [
      'SNP A1 A2 BETA P N',
      ...rows.slice(0, 30).map((_, i) => `rs${i} A G ${(i % 3) - 1} 0.5 ${i === 20 || i === 25 ? -i : i}`),
    ];
    const table = await openGwasTable(fileWith(`${bad.join('\n')}\n`));
    const munger = new Munger(planMunge(table, recogniseColumns(table)));
    const read = table.read(
      munger.columns,
      (row) => munger.add(row),
      munger.numbers,
      (rows) => munger.addRows(rows),
    );
    await expect(read).rejects.toThrow(/input.txt:22:6: the sample size is not a number of people/);
  });
});

describe('--merge-alleles', () => {
  const LIST = 'SNP A1 A2\nrs3 A G\nrs2 T C\nrs1 A C\nrs5 G A\nrs6 A C\n';

  it('keeps the order of the list, with empty rows; alleles agree in either order and on either strand', async () => {
    const rows = ['rs1 A C', 'rs2 A G', 'rs3 C T', 'rs4 A G', 'rs5 A C'].map((row) => `${row} 0 0.05 10`);
    const { columns, kept, lost, z } = await munge(['SNP A1 A2 BETA P N', ...rows], {
      alleles: await list(LIST),
    });
    expect(columns.ids.texts()).toEqual(['rs3', 'rs2', 'rs1', 'rs5', 'rs6']);
    expect(kept).toEqual(['rs3', 'rs2', 'rs1']);
    expect(z.map((value) => Number.isNaN(value))).toEqual([false, false, false, true, true]);
    expect(columns.emptyRows).toBe(true);
    expect(lost['--merge-alleles']).toBe(1);
  });

  it('refuses IDs of another kind, with an example of each', async () => {
    const alleles = await list(LIST);
    await expect(munge(['SNP A1 A2 BETA P N', '1:55:A:G A G 0 0.5 10'], { alleles })).rejects.toThrow(
      /none of 1 variants is on the list.*found "1:55:A:G", expected an ID such as rs3.*--snp/,
    );
  });

  it('refuses alleles of which none agrees', async () => {
    const alleles = await list(LIST);
    await expect(munge(['SNP A1 A2 BETA P N', 'rs1 A G 0 0.5 10'], { alleles })).rejects.toThrow(
      /alleles of no variant agree/,
    );
  });
});
