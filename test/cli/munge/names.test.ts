import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderWith } from '../../formats/folder.js';
import { checkedJson, heredity } from '../run.js';

const before = process.env.HEREDITY_REFERENCE;
let folder: string;
beforeEach(() => {
  folder = folderWith();
  process.env.HEREDITY_REFERENCE = join(folder, 'store');
});
afterEach(() => {
  if (before === undefined) delete process.env.HEREDITY_REFERENCE;
  else process.env.HEREDITY_REFERENCE = before;
});

/** A reference as 1000 Genomes has it: two chromosomes, sites with several alternate alleles, variants without a name. */
const BIM = {
  1: ['1 rs1 0 1000 A G', '1 rs2 0 2000 C T', '1 rs3 0 3000 A C', '1 rs3b 0 3000 A G', '1 . 0 4000 A G'],
  22: ['22 rs5 0 1000 T C', '22 rs6 0 2000 C A', '22 rs7 0 3000 A AT', '22 rs6 0 9000 C A'],
};

async function withReference(name = 'panel', build = 'GRCh37', ancestry = 'EUR') {
  mkdirSync(join(folder, name));
  for (const [chromosome, lines] of Object.entries(BIM))
    writeFileSync(join(folder, name, `p.${chromosome}.bim`), `${lines.join('\n')}\n`);
  const prefix = join(folder, name, 'p.@');
  const words = ['ref', 'add', name, prefix, '--build', build, '--ancestry', ancestry];
  expect((await heredity(words)).exitCode).toBe(0);
}

async function munge(rows: readonly string[], ...words: readonly string[]) {
  writeFileSync(join(folder, 'gwas.txt'), `${rows.join('\n')}\n`);
  const out = join(folder, 'o');
  const own = ['--sumstats', join(folder, 'gwas.txt'), '--N', '1000', '--no-check-median', '--out', out];
  const end = await heredity(['munge', ...own, ...words]);
  if (end.exitCode !== 0) return { ...end, lines: [], document: undefined };
  const lines = gunzipSync(readFileSync(`${out}.sumstats.gz`))
    .toString()
    .trimEnd()
    .split('\n')
    .slice(1);
  return { ...end, lines, document: checkedJson(readFileSync(`${out}.munge.json`, 'utf8')) };
}

const HEADER = 'chr pos effect_allele other_allele beta p id';

describe('munge by the positions of a reference set', () => {
  it('names variants by position and alleles, on either strand and in either order, and counts the others', async () => {
    await withReference();
    const { lines, stderr, document } = await munge(
      [
        HEADER,
        '1 1000 A G 0.1 0.5 1:1000', // rs1 as it is
        'chr1 2000 T C -0.1 0.5 1:2000', // rs2, the other allele first
        '1 3000 T G 0.1 0.5 1:3000', // A/C on the other strand: rs3, not rs3b
        '22 1000 A T 0.1 0.5 22:1000', // of no strand that could be told
        '22 2000 C A 0.1 0.5 22:2000', // rs6
        '1 4000 A G 0.1 0.5 1:4000', // a variant without a name
        '1 5000 A G 0.1 0.5 1:5000', // not there
        '3 1000 A G 0.1 0.5 3:1000', // no such chromosome
      ],
      '--positions',
      'panel',
    );
    expect(lines.map((line) => line.split('\t').slice(0, 3).join(' '))).toEqual([
      'rs1 A G',
      'rs2 T C',
      'rs3 T G',
      'rs6 C A',
    ]);
    expect(document.names).toEqual({
      ids: 'reference',
      reference: join(folder, 'panel', 'p.@'),
      build: 'GRCh37',
      counts: {
        byPlace: 5, // one of them with A and T, which the rules leave out
        byId: 0,
        unknown: 3,
        alleles: 0,
        several: 0,
        otherStrand: 1,
        placed: 0,
        elsewhere: 0,
      },
    });
    expect(stderr).toMatch(/among 7 variants of panel \(GRCh37\)/);
    expect(stderr).toMatch(/1 variant with the alleles of panel \(GRCh37\) on the other strand/);
    expect(document.provenance.variants.steps).toContainEqual(
      expect.objectContaining({ step: '--positions', lost: 3 }),
    );
  });

  it('leaves out variants that several of the reference fit, and those with other alleles', async () => {
    await withReference();
    writeFileSync(
      join(folder, 'panel', 'p.1.bim'),
      '1 rs1 0 1000 A G\n1 rs1c 0 1000 G A\n1 rs2 0 2000 C T\n',
    );
    const { lines, stderr, document } = await munge(
      [HEADER, '1 1000 A G 0.1 0.5 1:1000', '1 2000 C A 0.1 0.5 1:2000', '22 1000 T C 0.1 0.5 22:1000'],
      '--positions',
      'panel',
    );
    expect(lines).toHaveLength(1);
    expect(document.names.counts).toMatchObject({ byPlace: 1, several: 1, alleles: 1 });
    expect(stderr).toMatch(/1 variant left out, as several of panel .* have such alleles/);
  });

  it('reads positions out of IDs, keeps rsIDs, and goes the other way', async () => {
    await withReference();
    const rows = ['SNP A1 A2 Z P', '1:1000:A:G A G 1 0.3', 'chr22_2000_C_A C A 1 0.3', 'rs2 C T -1 0.3'];
    const there = await munge(rows, '--positions', 'panel');
    expect(there.lines.map((line) => line.split('\t')[0])).toEqual(['rs1', 'rs6', 'rs2']);
    const back = await munge(
      ['SNP A1 A2 Z P', 'rs1 A G 1 0.3', 'rs5 T C -1 0.3'],
      '--positions',
      'panel',
      '--ids',
      'position',
    );
    expect(back.lines.map((line) => line.split('\t')[0])).toEqual(['1:1000', '22:1000']);
  });

  it('notices another build: by what is said, by rsIDs with other positions, and where nothing fits', async () => {
    await withReference();
    const said = await munge(
      [HEADER, '1 1000 A G 0.1 0.5 1:1000'],
      '--positions',
      'panel',
      '--build',
      'hg38',
    );
    expect([said.exitCode, said.stderr]).toEqual([
      3,
      expect.stringMatching(/are of hg38, those of panel of GRCh37/),
    ]);
    const same = await munge([HEADER, '1 1000 A G 0.1 0.5 x'], '--positions', 'panel', '--build', 'hg19');
    expect(same.exitCode).toBe(0);
    const nothing = await munge([HEADER, '1 77 A G 0.1 0.5 1:77'], '--positions', 'panel');
    expect(nothing.stderr).toMatch(
      /no variant is one of panel \(GRCh37\).*Give the reference of their build/,
    );
    expect(nothing.exitCode).toBe(said.exitCode);

    const many = Array.from({ length: 40 }, (_, i) => `1 rs${i + 1} 0 ${1000 * (i + 1)} A G`);
    writeFileSync(join(folder, 'panel', 'p.1.bim'), `${many.join('\n')}\n`);
    const rows = many.map((line, i) => `1 ${1000 * (i + 1) + 137} A G 0.${i % 2}1 0.5 ${line.split(' ')[1]}`);
    const shifted = await munge(['CHR BP A1 A2 BETA P SNP', ...rows], '--positions', 'panel');
    expect(shifted.stderr).toMatch(/40 of 40 variants with an ID of panel .* of another genome build/);
    expect(shifted.document.names.counts).toMatchObject({ byId: 40, placed: 40, elsewhere: 40 });
  });

  it('says where the build is not known, and refuses a file without places', async () => {
    writeFileSync(join(folder, 'r.bim'), '1 rs1 0 1000 A G\n');
    const path = join(folder, 'r.bim');
    const unknown = await munge([HEADER, '1 1000 A G 0.1 0.5 x'], '--positions', path);
    expect(unknown.stderr).toMatch(/nobody has said of which genome build/);
    const none = await munge(['SNP A1 A2 Z P', 'affx-1 A G 1 0.3'], '--positions', path);
    expect([none.exitCode, none.stderr]).toEqual([
      3,
      expect.stringMatching(/nothing says where the variants are/),
    ]);
  });
});

describe('munge beside the frequencies of a reference', () => {
  /** Deterministic numbers from 0 to 1. */
  const spread = (i: number) => (0.5 + i * 0.618_033_988_75) % 1;
  const frequencies = Array.from({ length: 400 }, (_, i) => 0.05 + 0.4 * spread(i));

  async function compared(shift: number) {
    const table = frequencies.map((f, i) => `1 rs${i + 1} A G ${f.toFixed(4)} 800`);
    writeFileSync(join(folder, 'r.frq'), ['CHR SNP A1 A2 MAF NCHROBS', ...table].join('\n'));
    await heredity([
      'ref',
      'add',
      'freq',
      join(folder, 'r.frq'),
      '--ancestry',
      'East Asian',
      '--build',
      'GRCh38',
    ]);
    const rows = frequencies.map((f, i) => {
      const own = f + shift * (i % 2 === 0 ? 1 : -1);
      // the frequency of the other allele for every third: minor allele frequencies do not mind
      return `rs${i + 1} A G ${(i % 2) * 2 - 1} 0.3 ${(i % 3 === 0 ? 1 - own : own).toFixed(4)}`;
    });
    return munge(['SNP A1 A2 Z P FRQ', ...rows], '--ref-frq', 'freq');
  }

  it('is content with differences of chance, and warns of another ancestry', async () => {
    const alike = await compared(0.015);
    expect(alike.stderr).not.toMatch(/frequencies differ/);
    expect(alike.document.frequencies).toMatchObject({ variants: 400, ancestry: 'East Asian' });
    expect(alike.document.frequencies.meanDifference).toBeCloseTo(0.015, 3);
    const other = await compared(0.045);
    expect(other.stderr).toMatch(
      /minor allele frequencies differ from those of freq \(East Asian\) by 0\.045/,
    );
    expect(other.document.warnings.join()).toMatch(/LD scores of that ancestry are not those of this study/);
  });

  it('needs frequencies', async () => {
    writeFileSync(join(folder, 'r.frq'), 'CHR SNP A1 A2 MAF NCHROBS\n1 rs1 A G 0.1 80\n');
    const { exitCode, stderr } = await munge(
      ['SNP A1 A2 Z P', 'rs1 A G 1 0.3'],
      '--ref-frq',
      join(folder, 'r.frq'),
    );
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/no allele frequencies to compare/)]);
  });
});

it('reference sets of one command that are of two builds or ancestries are said, and named in lists of paths too', async () => {
  await withReference('one', 'GRCh37', 'EUR');
  await withReference('two', 'GRCh38', 'EAS');
  for (const [set, score] of [
    ['one', 3],
    ['two', 4],
  ] as const)
    for (const [ending, text] of [
      ['l2.ldscore', `CHR SNP BP L2\n1 rs1 1000 ${score}\n1 rs2 2000 2\n`],
      ['l2.M_5_50', '2\n'],
    ])
      writeFileSync(join(folder, set, `p.1.${ending}`), text);
  writeFileSync(join(folder, 's.sumstats'), 'SNP A1 A2 Z N\nrs1 A G 1 1000\nrs2 A G 2 1000\n');
  const sets = ['--ref-ld-chr', 'one', '--w-ld-chr', 'two'];
  const { stderr } = await heredity([
    'ldsc',
    '--h2',
    join(folder, 's.sumstats'),
    ...sets,
    '--out',
    join(folder, 'l'),
  ]);
  expect(stderr).toMatch(/the reference sets are not of one build: one is GRCh37, two is GRCh38/);
  expect(stderr).toMatch(/the reference sets are not of one ancestry: one is EUR, two is EAS/);
  expect(stderr).not.toMatch(/of any chromosome/);
});
