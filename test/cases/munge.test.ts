import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { heredity } from '../cli/run.js';
import { SHARED, sharedFile } from '../shared.js';

/** Inputs that users have and their right answers: `../shared/cases/README.md`, its first table, the rows of munge. */
const folder = mkdtempSync(join(tmpdir(), 'heredity-cases-munge-'));
afterAll(() => rmSync(folder, { recursive: true }));
if (SHARED === undefined) console.warn('test/cases/munge.test.ts: skipped, as ../shared/cases is absent');

interface Right {
  readonly file: string;
  readonly flags?: string;
  /** Variants that are kept. */
  readonly count?: number;
  /** Z by ID. */
  readonly z?: Readonly<Record<string, string>>;
  readonly n?: string;
  readonly says?: RegExp;
  readonly refuses?: RegExp;
}

/** The first variants of every file: the same made-up study. */
const Z = { rs1001: '0.388', rs1003: '-1.158' };
const NAMES = 'names-not-known/';
const LIST = '--N 50000 --merge-alleles several-ids/list.snplist';

const CASES: readonly (readonly [name: string, right: Right])[] = [
  [
    'p-flag-on-log10p',
    {
      file: 'p-flag-on-log10p/c63_regenie_std.txt',
      flags: '--p LOG10P',
      count: 80,
      z: { rs1000: '0.002', ...Z },
      says: /--p names LOG10P, which is known as -log10 P/,
    },
  ],
  [
    'a1-inc-with-signs',
    {
      file: 'a1-inc-with-signs/c17b_signed.tsv',
      flags: '--signed-sumstats zscore1,0 --a1-inc --a1 a1 --a2 a0',
      refuses: /zscore1 is negative for 46 of 80 variants .*Leave out --a1-inc/,
    },
  ],
  [
    'lost-signs-small-units',
    {
      file: 'lost-signs-small-units/c17w_abs_unturned.tsv',
      count: 80,
      says: /no value of BETA is below 0, of 80/,
    },
  ],
  [
    'median-check-large-units, GMMAT',
    {
      file: 'median-check-large-units/c36_gmmat.txt',
      flags: '--a1 A2 --a2 A1 --signed-sumstats SCORE,0',
      count: 1000,
      z: Z,
    },
  ],
  [
    'median-check-large-units, raw units',
    { file: 'median-check-large-units/c16_raw.tsv', count: 1000, z: Z },
  ],
  ['vcf-declared-keys', { file: 'vcf-declared-keys/c01.vcf', count: 80, z: Z, n: '50000' }],
  ['vcf-declared-keys, SS', { file: 'vcf-declared-keys/c02b.vcf', count: 80, z: Z, n: '50000' }],
  [
    'empty-column, frequency',
    {
      file: 'empty-column/c07_eaf_na.tsv',
      count: 80,
      z: Z,
      says: /effect_allele_frequency has no value .*absent/,
    },
  ],
  ['empty-column, P', { file: 'empty-column/c08_p_na.tsv', flags: '--N 50000', count: 80, z: Z }],
  ['empty-column, N and INFO', { file: 'empty-column/c08b_n_na.tsv', flags: '--N 50000', count: 80, z: Z }],
  [
    'empty-column, cases and controls',
    { file: 'empty-column/c08c_neff_rest.tsv', count: 80, z: Z, n: '50000' },
  ],
  [
    'no-alleles-chain',
    { file: 'no-alleles-chain/c38.qassoc', flags: '--no-alleles --N 50000', count: 80, z: Z, n: '50000' },
  ],
  [
    'no-alleles-chain, NMISS of .qassoc',
    { file: 'no-alleles-chain/c38.qassoc', flags: '--no-alleles', n: '50000' },
  ],
  [
    'named-effect-and-se',
    {
      file: 'named-effect-and-se/c09_regenie.txt',
      flags: '--signed-sumstats BETA.Y1,0 --se SE.Y1',
      count: 80,
      z: Z,
      says: /Z is BETA\.Y1 \/ SE\.Y1/,
    },
  ],
  [
    'named-effect-and-se, one trait of two',
    { file: 'named-effect-and-se/c09_regenie.txt', flags: '--trait Y2', count: 80, z: { rs1001: '-0.388' } },
  ],
  [
    'named-effect-and-se, no trait of two',
    { file: 'named-effect-and-se/c09_regenie.txt', refuses: /several traits .*Y1, Y2.*--trait Y1/ },
  ],
  [
    'named-effect-and-se, a population',
    { file: 'named-effect-and-se/c10_panukb.tsv', flags: '--N 50000', count: 80, z: Z },
  ],
  [
    'reference-allele',
    {
      file: 'reference-allele-is-not-the-effect/c43b_refalt.tsv',
      flags: '--a2 alternate_allele',
      count: 80,
      z: Z,
      says: /--a2 names alternate_allele, which is known as the allele of the effect/,
    },
  ],
  [
    'reference-allele, Open Targets',
    { file: 'reference-allele-is-not-the-effect/c34_opentargets.tsv', count: 80, z: Z },
  ],
  [
    'separators, tab header and space rows',
    { file: 'separators/c40_tabhead_spacerows.txt', count: 80, z: Z },
  ],
  ['separators, a tab at line ends', { file: 'separators/c40c_trailingtab.txt', count: 80, z: Z }],
  ['separators, semicolons', { file: 'separators/c40d_semicolon.csv', refuses: /separated by semicolons/ }],
  ['separators, a comma in a header of spaces', { file: 'separators/c40g_headcomma.txt', count: 80, z: Z }],
  [
    'n-is-studies',
    { file: 'n-is-studies/c48_plink.meta', count: 80, says: /N is at most 3.*number of studies/ },
  ],
  ...['c11_glgc.tsv', 'c11b_decode.tsv'].map(
    (file) =>
      [
        `names-not-known, ${file}`,
        {
          file: NAMES + file,
          flags: '--N 50000',
          count: 1000,
          z: { rs1010: '40.000', rs1020: '-42.000', rs1030: '45.000', ...Z },
        },
      ] as const,
  ),
  ...['c32_gsem.txt', 'c33_bgenie.txt', 'c37_hgi.txt'].map(
    (file) =>
      [`names-not-known, ${file}`, { file: NAMES + file, flags: '--N 50000', count: 1000, z: Z }] as const,
  ),
  [
    'names-not-known, c39_cardiogram.txt',
    { file: `${NAMES}c39_cardiogram.txt`, flags: '--N 50000 --nstudy-min 0', count: 1000, z: Z },
  ],
  ['several-ids', { file: 'several-ids/c15_multirs.tsv', flags: LIST, count: 900, z: Z }],
  ['several-ids, in capitals', { file: 'several-ids/c15c_upper.tsv', flags: LIST, count: 1000, z: Z }],
  [
    'several-ids, multi-allelic',
    { file: 'several-ids/c59_multiallelic.tsv', flags: LIST, count: 1000, z: { rs1000: '0.002', ...Z } },
  ],
  [
    'neff-that-is-half',
    {
      file: 'neff-that-is-half/c65_pgc_neff.tsv',
      flags: '--neff',
      count: 80,
      n: '46201',
      says: /NEFF is 23101 where .*48000: it is half of it, and doubled to 46201/,
    },
  ],
];

let ran = 0;

describe.skipIf(SHARED === undefined)('shared/cases', () => {
  test.each(CASES)(
    '%s',
    { timeout: 60_000 },
    async (_, { file, flags = '', count, z = {}, n, says, refuses }) => {
      ran++;
      const out = join(folder, 'out');
      const words = flags.split(' ').filter((word) => word !== '');
      const full = words.map((word) => (word.endsWith('.snplist') ? sharedFile(`cases/${word}`) : word));
      const run = await heredity(['munge', '--sumstats', sharedFile(`cases/${file}`), '--out', out, ...full]);
      const said = run.stdout + run.stderr;
      if (refuses !== undefined) {
        expect(said).toMatch(refuses);
        expect(run.exitCode).toBe(2);
        return;
      }
      expect(run.exitCode, said).toBe(0);
      const [header, ...lines] = gunzipSync(readFileSync(`${out}.sumstats.gz`))
        .toString()
        .trimEnd()
        .split('\n');
      const names = header.split('\t');
      const rows = new Map(lines.map((line) => line.split('\t')).map((fields) => [fields[0], fields]));
      const of = (id: string, name: string) => rows.get(id)![names.indexOf(name)];
      const kept = [...rows.values()].filter((fields) => fields[names.indexOf('Z')] !== '');
      if (count !== undefined) expect(kept.length).toBe(count);
      for (const [id, value] of Object.entries(z)) expect(of(id, 'Z'), id).toBe(value);
      if (n !== undefined) expect(of('rs1001', 'N')).toBe(n);
      if (says !== undefined) {
        expect(said).toMatch(says);
        // what is said on the terminal is in the JSON too
        const json = JSON.parse(readFileSync(`${out}.munge.json`, 'utf8'));
        expect([...json.notes, ...json.warnings].join('\n')).toMatch(says);
      }
    },
  );

  test('every case ran', () => {
    expect(ran).toBe(CASES.length);
  });
});
