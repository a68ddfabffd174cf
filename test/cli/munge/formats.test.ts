import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, it } from 'vitest';
import { checkedJson, heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-munge-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs munge on a file of this content; its rows by ID, and what it wrote and said. */
async function munge(content: string | Uint8Array, flags = '') {
  const file = join(folder, 'gwas');
  writeFileSync(file, content);
  const out = join(folder, 'out');
  const words = flags === '' ? [] : flags.split(' ');
  const run = await heredity(['munge', '--sumstats', file, '--out', out, '--n-min', '0', ...words]);
  if (run.exitCode !== 0) throw new Error(run.stderr);
  const [header, ...lines] = gunzipSync(readFileSync(`${out}.sumstats.gz`))
    .toString()
    .trimEnd()
    .split('\n');
  const names = header.split('\t');
  const rows = Object.fromEntries(
    lines.map((line) => {
      const fields = line.split('\t');
      return [fields[0], Object.fromEntries(fields.map((field, i) => [names[i], field]))];
    }),
  );
  return { ...run, header, rows, json: checkedJson(readFileSync(`${out}.munge.json`, 'utf8')) };
}

/** What every file below says: three variants, of which the last is strand-ambiguous. */
const EXPECTED = {
  rs1: { SNP: 'rs1', A1: 'A', A2: 'G', Z: '1.960', N: '1000' },
  rs2: { SNP: 'rs2', A1: 'C', A2: 'T', Z: '-3.291', N: '900' },
};

/** `a b c` lines with tabs. */
const tabs = (text: string) =>
  `${text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ +/).join('\t'))
    .join('\n')}\n`;

const PLAIN = `
  SNP CHR BP A1 A2 FRQ INFO BETA SE P N
  rs1 1 100 a g 0.30 0.99 0.0196 0.01 0.05 1000
  rs2 1 200 C T 0.80 0.95 -0.0329 0.01 0.001 900
  rs3 1 300 A T 0.50 0.95 0.01 0.01 0.3 1000`;

const FILES: Record<string, string | Uint8Array> = {
  'plain text with tabs': tabs(PLAIN),
  'plain text with spaces': PLAIN.trim(),
  'aligned columns, CR LF': PLAIN.trim().replaceAll(' ', '   ').replaceAll('\n', '\r\n'),
  'CSV with quotes': tabs(PLAIN)
    .replaceAll(/[^\t\n]+/g, '"$&"')
    .replaceAll('\t', ','),
  'R with quotes': PLAIN.trim()
    .split('\n')
    .map((line) => line.trim().replaceAll(/[A-Za-z]\w*/g, '"$&"'))
    .join('\n'),
  gzip: gzipSync(tabs(PLAIN)),
  'bgzip, several members': Buffer.concat([
    gzipSync(tabs(PLAIN).slice(0, 60)),
    gzipSync(tabs(PLAIN).slice(60)),
  ]),
  'a byte order mark': `\ufeff${tabs(PLAIN)}`,
  'GWAS-SSF': tabs(`
    chromosome base_pair_location effect_allele other_allele beta standard_error effect_allele_frequency p_value rsid variant_id n
    1 100 A G 0.0196 0.01 0.3 0.05 rs1 1_100_G_A 1000
    1 200 C T -0.0329 0.01 0.8 0.001 rs2 1_200_T_C 900
    1 300 A T 0.01 0.01 0.5 0.3 rs3 1_300_T_A 1000`),
  'GWAS-SSF with -log10 P': tabs(`
    chromosome base_pair_location effect_allele other_allele odds_ratio standard_error effect_allele_frequency neg_log_10_p_value variant_id rs_id n
    1 100 A G 1.02 0.01 0.3 1.30103 1_100_G_A rs1 1000
    1 200 C T 0.97 0.01 0.8 3.0 1_200_T_C rs2 900
    1 300 A T 1.01 0.01 0.5 0.5 1_300_T_A rs3 1000`),
  'GWAS Catalog, harmonised': tabs(`
    hm_variant_id hm_rsid hm_chrom hm_pos hm_other_allele hm_effect_allele hm_beta hm_odds_ratio hm_effect_allele_frequency variant_id p_value effect_allele other_allele beta n
    1_100_G_A rs1 1 100 G A 0.0196 NA 0.3 rs1 0.05 G A -0.0196 1000
    1_200_T_C rs2 1 200 T C -0.0329 NA 0.8 rs2 0.001 T C 0.0329 900
    1_300_T_A rs3 1 300 T A 0.01 NA 0.5 rs3 0.3 T A -0.01 1000`),
  'plink 1.9 --assoc': `
 CHR  SNP   BP   A1      F_A      F_U   A2        CHISQ            P           OR  NMISS
   1  rs1  100    A   0.3000   0.3100    G        3.841         0.05        1.020   1000
   1  rs2  200    C   0.8000   0.8100    T        10.83        0.001        0.970    900
   1  rs3  300    A   0.5000   0.5100    T         1.07          0.3        1.010   1000
`.replace(/ +NMISS/, '  N'),
  'plink2 --glm': tabs(`
    #CHROM POS ID REF ALT A1 A1_FREQ TEST OBS_CT BETA SE T_STAT P ERRCODE
    1 100 rs1 A G A 0.3 ADD 1000 0.0196 0.01 1.96 0.05 .
    1 100 rs1 A G A 0.3 SEX 1000 0.5 0.01 50 1e-9 .
    1 200 rs2 T C C 0.8 ADD 900 -0.0329 0.01 -3.29 0.001 .
    1 250 rs9 T C,G C 0.8 ADD 900 NA NA NA NA CONST_ALLELE
    1 300 rs3 T A A 0.5 ADD 1000 0.01 0.01 1 0.3 .`),
  'plink2 logistic, with LOG10_P': tabs(`
    #CHROM POS ID REF ALT PROVISIONAL_REF? A1 OMITTED A1_FREQ FIRTH? TEST OBS_CT OR LOG(OR)_SE Z_STAT NEG_LOG10_P ERRCODE
    1 100 rs1 G A Y A G 0.3 N ADD 1000 1.02 0.01 1.96 1.30103 .
    1 200 rs2 C T Y C T 0.8 N ADD 900 0.97 0.01 -3.29 3 .
    1 300 rs3 A T Y A T 0.5 N ADD 1000 1.01 0.01 1 0.5 .`),
  regenie: `
CHROM GENPOS ID ALLELE0 ALLELE1 A1FREQ INFO N TEST BETA SE CHISQ LOG10P EXTRA
1 100 rs1 G A 0.3 0.99 1000 ADD 0.0196 0.01 3.84 1.30103 NA
1 200 rs2 T C 0.8 0.95 900 ADD -0.0329 0.01 10.8 3 NA
1 300 rs3 T A 0.5 0.95 1000 ADD 0.01 0.01 1 0.5 NA`.trim(),
  'BOLT-LMM': tabs(`
    SNP CHR BP GENPOS ALLELE1 ALLELE0 A1FREQ F_MISS BETA SE P_BOLT_LMM_INF P_BOLT_LMM N
    rs1 1 100 0.1 A G 0.3 0 0.0196 0.01 0.051 0.05 1000
    rs2 1 200 0.2 C T 0.8 0 -0.0329 0.01 0.0011 0.001 900
    rs3 1 300 0.3 A T 0.5 0 0.01 0.01 0.31 0.3 1000`),
  SAIGE: tabs(`
    CHR POS MarkerID Allele1 Allele2 AC_Allele2 AF_Allele2 MissingRate BETA SE Tstat var p.value N
    1 100 rs1 G A 600 0.3 0 0.0196 0.01 2 4 0.05 1000
    1 200 rs2 T C 1600 0.8 0 -0.0329 0.01 -3 4 0.001 900
    1 300 rs3 T A 1000 0.5 0 0.01 0.01 1 4 0.3 1000`),
  FinnGen: tabs(`
    #chrom pos ref alt rsids nearest_genes pval mlogp beta sebeta af_alt n
    1 100 G A rs1 X 0.05 1.30103 0.0196 0.01 0.3 1000
    1 200 T C rs2 X 0.001 3 -0.0329 0.01 0.8 900
    1 300 T A rs3 X 0.3 0.5 0.01 0.01 0.5 1000`),
  METAL: tabs(`
    MarkerName Allele1 Allele2 Freq1 Weight Zscore P-value Direction
    rs1 a g 0.3 1000 0.02 0.05 ++
    rs2 c t 0.8 900 -0.03 0.001 --
    rs3 a t 0.5 1000 1 0.3 ++`),
  'fastGWA and GCTA': tabs(`
    CHR SNP POS A1 A2 N AF1 BETA SE P
    1 rs1 100 A G 1000 0.3 0.0196 0.01 0.05
    1 rs2 200 C T 900 0.8 -0.0329 0.01 0.001
    1 rs3 300 A T 1000 0.5 0.01 0.01 0.3`),
  'GWAS-VCF': `##fileformat=VCFv4.2
##FORMAT=<ID=ES,Number=A,Type=Float,Description="Effect size estimate relative to the alternative allele">
##FORMAT=<ID=SE,Number=A,Type=Float,Description="Standard error of effect size estimate">
##FORMAT=<ID=LP,Number=A,Type=Float,Description="-log10 p-value for effect estimate">
##FORMAT=<ID=AF,Number=A,Type=Float,Description="Alternate allele frequency">
##FORMAT=<ID=SS,Number=A,Type=Float,Description="Sample size">
##FORMAT=<ID=ID,Number=1,Type=String,Description="Study variant identifier">
##SAMPLE=<ID=IEU-a-2,TotalControls=600,TotalCases=400,StudyType=CaseControl>
${tabs(`
#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT IEU-a-2
1 100 rs1 G A . PASS AF=0.3 ES:SE:LP:AF:SS:ID 0.0196:0.01:1.30103:0.3:1000:rs1
1 200 rs2 T C . PASS AF=0.8 AF:ES:LP:SE:SS 0.8:-0.0329:3:0.01:900
1 250 rs8 T C . PASS AF=0.8 AF:ES:LP:SE:SS 0.8:-0.0329
1 300 rs3 T A . PASS AF=0.5 ES:SE:LP:AF:SS:ID 0.01:0.01:0.5:0.5:1000:rs3`)}`,
  Parquet: new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'rsid', data: ['rs1', 'rs2', 'rs8', 'rs3'], type: 'STRING' },
        { name: 'effect_allele', data: ['A', 'C', 'C', 'A'], type: 'STRING' },
        { name: 'other_allele', data: ['G', 'T', 'T', 'T'], type: 'STRING' },
        { name: 'beta', data: [0.0196, -0.0329, -0.1, 0.01], type: 'DOUBLE' },
        { name: 'p_value', data: [0.05, 0.001, undefined, 0.3], type: 'DOUBLE', nullable: true },
        { name: 'n', data: [1000n, 900n, 900n, 1000n], type: 'INT64' },
      ],
    }),
  ),
};

describe('formats', () => {
  it.each(Object.entries(FILES))('%s', async (_, content) => {
    const { rows, json } = await munge(content);
    expect(rows).toEqual(EXPECTED);
    expect(json.snps).toBe(2);
  });
});

describe('PGC daner', () => {
  const rows = `
    1 rs1 100 A G 0.30 0.31 0.99 1.02 0.01 0.05 0 ++ 400 600 480
    1 rs2 200 C T 0.80 0.81 0.95 0.97 0.01 0.001 0 -- 300 600 400
    1 rs3 300 A T 0.50 0.51 0.95 1.01 0.01 0.3 0 ++ 400 600 480`;
  const head = 'CHR SNP BP A1 A2 FRQ_A_400 FRQ_U_600 INFO OR SE P ngt Direction';
  const full = tabs(`${head} Nca Nco Neff_half${rows}`);
  const short = tabs(`${head}${rows.replaceAll(/ \d+ \d+ \d+$/gm, '')}`);

  it('takes people from the column names', async () => {
    const { rows, json } = await munge(short);
    expect([rows.rs1.N, rows.rs2.N, rows.rs2.Z]).toEqual(['1000', '1000', '-3.291']);
    expect(json.n).toMatchObject({ kind: 'total', from: 'constant', value: 1000, caseFraction: 0.4 });
    const effective = await munge(full, '--daner --neff');
    expect(effective.json.n).toMatchObject({ kind: 'effective', value: 960 });
    expect(effective.stdout).toMatch(/--samp-prev 0\.5/);
  });

  it('scales N by the share of cases, as LDSC does', async () => {
    for (const flags of ['', '--daner-n']) {
      const { rows, stdout } = await munge(full, flags);
      // N = (Nca + Nco) P / mean(P of the largest N), P = Nca / (Nca + Nco)
      expect([rows.rs1.N, rows.rs2.N]).toEqual(['1000', '750']);
      expect(stdout).toMatch(/cases are 0\.4000 of the sample.*--samp-prev 0\.4000/);
    }
  });

  it('doubles half the effective sample size', async () => {
    const { rows, json } = await munge(full, '--neff');
    expect([rows.rs1.N, rows.rs2.N]).toEqual(['960', '800']);
    expect(json.n.kind).toBe('effective');
    const counted = await munge(full, '--neff --ignore Neff_half');
    expect([counted.rows.rs1.N, counted.rows.rs2.N]).toEqual(['960', '800']);
  });
});

it('a file without P takes Z from Z, from effect and error, or from the odds ratio and error, and says so', async () => {
  const table = (names: string, one: string, two: string, none: string) =>
    tabs(
      `rsid A1 A2 ${names} N\nrs1 A G ${one} 1000\nrs2 C T ${two} 900\nrs5 A C ${none} 900\nrs6 C A ${none} 900`,
    );
  for (const [names, one, two, none, note] of [
    ['Z', '1.96', '-3.291', '0', 'Z is taken from Z'],
    ['BETA SE', '0.0196 0.01', '-0.03291 0.01', '0 0.1', 'Z is BETA / SE'],
    ['OR SE', '1.0197933 0.01', '0.9676256 0.01', '1 0.1', 'Z is log(OR) / SE'],
  ] as const) {
    const { rows, stderr } = await munge(table(names, one, two, none));
    expect(rows).toMatchObject(EXPECTED);
    expect(stderr).toContain(note);
  }
});

it('P values that no float64 holds keep their digits', async () => {
  const text = tabs(
    'SNP A1 A2 BETA P MLOGP N\nrs1 A G .01 1e-1000 NA 10\nrs2 A G -.01 0 500 10\nrs3 A G .01 0 NA 10\nrs4 A G -.01 1 0 10',
  );
  const { rows, stderr } = await munge(text);
  // roots of SciPy's log_ndtr
  expect([rows.rs1.Z, rows.rs2.Z]).toEqual(['67.796', '-47.900']);
  expect(rows.rs4.Z).toBe('0.000');
  expect(rows.rs3).toBeUndefined();
  expect(stderr).toMatch(/1 variants have P = 0 and were left out/);
});
