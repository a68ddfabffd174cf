import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomGenotypes, randomNormals } from '../../genotype-data.js';
import { cohortFiles } from '../cohort-files.js';
import { checkedJson, heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-ld-factor-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SAMPLES = 500;
const genotypes = randomGenotypes(70, SAMPLES, { seed: 3 });
genotypes[20] = genotypes[19].slice(); // collinear
genotypes[40].fill(1); // does not vary
const normal = (seed: number) => randomNormals(SAMPLES, seed);
const covariates = { age: normal(1), sex: normal(2).map((_, i) => i % 2) };
const traits = {
  a: normal(3).map((e, i) => e + genotypes[4][i] + 0.3 * covariates.age[i]),
  b: normal(4).map((e, i) => e - 0.5 * genotypes[50][i] + genotypes[60][i]),
};

const INPUT = ['--bfile', at('study'), '--covar', at('study.covar')];

beforeAll(async () => {
  const files = cohortFiles({ genotypes, chromosome: (v) => (v < 35 ? 1 : 2), traits, covariates });
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
  for (const words of [
    ['ld-factor', ...INPUT, '--out', at('ld'), '--quiet'],
    ['assoc', ...INPUT, '--pheno', at('study.pheno'), '--out', at('scan'), '--quiet'],
  ]) {
    const { exitCode, stderr } = await heredity(words);
    expect([exitCode, stderr]).toEqual([0, '']);
  }
});

async function gre(out: string, ...flags: string[]) {
  const run = await heredity(['gre', '--quiet', '--out', at(out), ...flags]);
  const path = at(`${out}.gre.json`);
  return { ...run, json: existsSync(path) ? checkedJson(readFileSync(path, 'utf8')) : undefined };
}

const fromSumstats = (out: string, files: readonly string[], ...flags: string[]) =>
  gre(out, '--sumstats', files.map(at).join(','), '--ld-factor', at('ld'), ...flags);

/** Summary statistics of trait a with some lines changed. */
function edited(name: string, change: (fields: string[], i: number) => string[] | undefined): string {
  const [header, ...lines] = gunzipSync(readFileSync(at('scan.a.sumstats.gz')))
    .toString()
    .trimEnd()
    .split('\n');
  const rows = lines.flatMap((line, i) => change(line.split('\t'), i)?.join('\t') ?? []);
  writeFileSync(at(name), gzipSync([header, ...rows, ''].join('\n')));
  return name;
}

const FLIP: Record<string, string> = { A: 'T', C: 'G', G: 'C', T: 'A' };

describe('GRE from summary statistics', () => {
  it('is GRE from genotypes, to the digits of Z', async () => {
    const genotypeRun = await gre('direct', ...INPUT, '--pheno', at('study.pheno'), '--solver', 'direct');
    const { json } = await fromSumstats('summary', ['scan.a.sumstats.gz', 'scan.b.sumstats.gz']);
    expect(json.traits.map(({ name }: { name: string }) => name)).toEqual(['scan.a', 'scan.b']);
    for (const [t, { h2, se, n, covariates: columns, blocks }] of json.traits.entries()) {
      const expected = genotypeRun.json.traits[t];
      expect([n, columns]).toEqual([expected.n, expected.covariates]);
      expect(Math.abs(h2 - expected.h2)).toBeLessThan(1e-5);
      expect(Math.abs(se - expected.se)).toBeLessThan(1e-5);
      for (const [k, block] of blocks.entries()) {
        expect([block.id, block.variants, block.rank]).toEqual([
          expected.blocks[k].id,
          expected.blocks[k].variants,
          expected.blocks[k].rank,
        ]);
        expect(Math.abs(block.h2 - expected.blocks[k].h2)).toBeLessThan(1e-5);
      }
    }
    expect(json.samples).toBeNull();
    expect(json.provenance.inputs.map(({ path }: { path: string }) => path)).toContain(
      at('scan.a.sumstats.gz'),
    );
  });

  it('does not mind the order of variants, the effect allele, the strand, or other variants', async () => {
    const plain = await fromSumstats('plain', ['scan.a.sumstats.gz']);
    const name = edited('turned.sumstats.gz', ([id, a1, a2, z, n], i) => {
      const [x, y] = i % 3 === 0 ? [FLIP[a1], FLIP[a2]] : [a1, a2];
      const minus = z.startsWith('-') ? z.slice(1) : `-${z}`;
      return i % 2 === 0 ? [id, y.toLowerCase(), x, minus, n] : [id, x, y, z, n];
    });
    const [header, ...lines] = gunzipSync(readFileSync(at(name)))
      .toString()
      .trimEnd()
      .split('\n');
    writeFileSync(at(name), gzipSync([header, ...lines.toReversed(), 'rs999\tA\tC\t3\t500', ''].join('\n')));
    const turned = await fromSumstats('turned', [name]);
    expect(turned.json.traits[0].blocks).toEqual(plain.json.traits[0].blocks);
  });

  it('has the names of the files, with or without endings, and takes blocks of any kind', async () => {
    const { exitCode } = await heredity([
      'ld-factor',
      ...INPUT,
      '--out',
      at('ld4'),
      '--blocks',
      'count:4',
      '--quiet',
    ]);
    expect(exitCode).toBe(0);
    cpSync(at('scan.a.sumstats.gz'), at('bmi.gz'));
    const { json } = await gre('four', '--sumstats', at('bmi.gz'), '--ld-factor', at('ld4'));
    expect(json.traits[0].name).toBe('bmi');
    const expected = await gre(
      'four-direct',
      ...INPUT,
      '--pheno',
      at('study.pheno'),
      '--pheno-name',
      'a',
      '--blocks',
      'count:4',
      '--solver',
      'direct',
    );
    for (const [k, { id, h2 }] of json.traits[0].blocks.entries()) {
      expect(id).toBe(expected.json.traits[0].blocks[k].id);
      expect(Math.abs(h2 - expected.json.traits[0].blocks[k].h2)).toBeLessThan(1e-5);
    }
  });

  it('gives the liability scale where the share of cases is told', async () => {
    const { json } = await fromSumstats(
      'cases',
      ['scan.a.sumstats.gz'],
      '--prevalence',
      '0.1',
      '--ascertainment',
      '0.5',
    );
    expect(json.traits[0].liability).toMatchObject({ prevalence: 0.1, ascertainment: 0.5 });
    expect(json.traits[0].liability.h2 / json.traits[0].h2).toBeCloseTo(
      json.traits[0].liability.se / json.traits[0].se,
      12,
    );
  });
});

describe('what does not fit together is refused', () => {
  it.each([
    [
      'a missing variant',
      () => edited('missing.gz', (fields, i) => (i === 30 || i === 31 ? undefined : fields)),
      3,
      /2 of the 35 variants of chr1 are not in the summary statistics, such as rs30.*--extract/,
    ],
    [
      'other alleles',
      () =>
        edited('alleles.gz', ([id, ...rest], i) =>
          i === 9 ? [id, 'A', 'C', ...rest.slice(2)] : [id, ...rest],
        ),
      3,
      /the alleles of rs9 differ \(found "A\/C", expected A\/G in either order.*--exclude/,
    ],
    [
      'fewer people',
      () => edited('few.gz', ([id, a1, a2, z]) => [id, a1, a2, z, '400']),
      3,
      /up to 400 people, the LD factor 500.*--keep/,
    ],
    [
      'more people',
      () => edited('many.gz', ([id, a1, a2, z]) => [id, a1, a2, z, '501']),
      3,
      /up to 501 people, the LD factor 500/,
    ],
  ])('%s', async (_, file, code, message) => {
    const { exitCode, stderr } = await fromSumstats('refused', [file()]);
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(readdirSync(folder).filter((name) => name.includes('refused'))).toEqual([]);
  });

  it('a factor that is damaged, unfinished or of something else', async () => {
    const copy = (name: string) => {
      cpSync(at('ld'), at(name), { recursive: true });
      return at(name);
    };
    const factor = readFileSync(at('ld/block1.factor.bin'));
    const changed = Buffer.from(factor);
    changed[100] ^= 1;
    const manifest = readFileSync(at('ld/manifest.json'), 'utf8');
    const cases: [string, string, string | Buffer | undefined, RegExp][] = [
      ['flipped', 'block1.factor.bin', changed, /SHA-256 differs.*Write the LD factor again/],
      ['short', 'block1.factor.bin', factor.subarray(0, 1000), /shorter than its manifest says/],
      ['absent', 'block2.factor.bin', undefined, /does not exist/],
      [
        'unfinished',
        'manifest.json',
        undefined,
        /not the folder of a finished LD factor.*heredity ld-factor/,
      ],
      ['not json', 'manifest.json', '{', /not the folder of a finished LD factor/],
      [
        'another schema',
        'manifest.json',
        manifest.replace('ld-factor@1', 'ld-factor@9'),
        /another schema.*@9.*@1/,
      ],
      ['variants', 'block1.variants.tsv', 'id\nrs1\n', /the variants do not fit the manifest/],
    ];
    for (const [name, file, content, message] of cases) {
      const path = join(copy(name.replace(' ', '-')), file);
      if (content === undefined) rmSync(path);
      else writeFileSync(path, content);
      const run = await gre(
        'damaged',
        '--sumstats',
        at('scan.a.sumstats.gz'),
        '--ld-factor',
        join(path, '..'),
      );
      expect([name, run.exitCode]).toEqual([name, 2]);
      expect(run.stderr).toMatch(message);
      expect(run.stderr.trimEnd()).not.toContain('\n');
    }
  });

  it.each([
    [['--sumstats', 'x'], /--ld-factor is needed with --sumstats/],
    [['--ld-factor', 'x'], /--sumstats is needed with --ld-factor/],
    [['--sumstats', 'x', '--ld-factor', 'y', '--bfile', 'z'], /--bfile means nothing with --sumstats/],
    [['--sumstats', 'x', '--ld-factor', 'y', '--cross-block'], /--cross-block/],
    [['--sumstats', 'x', '--ld-factor', 'y', '--reference-compatible'], /--reference-compatible/],
    [['--sumstats', 'x', '--ld-factor', 'y', '--keep', 'z'], /--keep/],
  ])('flags %j', async (flags, message) => {
    const { exitCode, stderr } = await gre('usage', ...flags);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

it('--plan says what a run from summary statistics would read, and writes nothing', async () => {
  const { stdout, exitCode } = await fromSumstats(
    'planned-sumstats',
    ['scan.a.sumstats.gz', 'scan.b.sumstats.gz'],
    '--plan',
  );
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /2 traits, 2 blocks with 69 variants, LD of 500 people\n.* of LD factors are read[\s\S]*Memory: about .* at most/,
  );
  expect(readdirSync(folder).filter((name) => name.includes('planned-sumstats'))).toEqual([]);
});

describe('heredity ld-factor', () => {
  it('writes the same bytes again, for any number of threads', async () => {
    const { exitCode } = await heredity([
      'ld-factor',
      ...INPUT,
      '--out',
      at('again'),
      '--threads',
      '2',
      '--quiet',
    ]);
    expect(exitCode).toBe(0);
    for (const file of ['block1.factor.bin', 'block2.factor.bin', 'block1.variants.tsv']) {
      expect(readFileSync(at(`again/${file}`)).equals(readFileSync(at(`ld/${file}`)))).toBe(true);
    }
    const manifest = JSON.parse(readFileSync(at('again/manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({
      schema: 'heredity/ld-factor@1',
      samples: 500,
      covariates: 3,
      covariateNames: ['age', 'sex'],
    });
    expect(
      manifest.blocks.map(({ id, variants, rank }: { id: string; variants: number; rank: number }) => [
        id,
        variants,
        rank,
      ]),
    ).toEqual([
      ['chr1', 35, 34],
      ['chr2', 34, 34],
    ]);
  });

  it("holds L of the LD: L L' = X'M X / n", () => {
    const bytes = readFileSync(at('ld/block2.factor.bin'));
    const factor = new Float64Array(new Uint8Array(bytes).buffer);
    expect(factor.length).toBe(34 * 34);
    // the last variant's row has the squared norm of its residual on the covariates
    const row = factor.subarray(33 * 34, 34 * 34);
    const square = row.reduce((sum, x) => sum + x * x, 0);
    expect(square).toBeGreaterThan(0.95);
    expect(square).toBeLessThanOrEqual(500 / 497);
  });

  it('--plan writes nothing', async () => {
    const { stdout, exitCode } = await heredity(['ld-factor', ...INPUT, '--out', at('planned'), '--plan']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/500 people, [\s\S]* on disk[\s\S]*chr2 .*\n\nMemory: about/);
    expect(existsSync(at('planned'))).toBe(false);
  });

  it('refuses a block that does not fit the people, and leaves no manifest', async () => {
    writeFileSync(at('thirty'), Array.from({ length: 30 }, (_, i) => `f${i} i${i}\n`).join(''));
    const few = await heredity([
      'ld-factor',
      ...INPUT,
      '--keep',
      at('thirty'),
      '--out',
      at('few'),
      '--quiet',
    ]);
    expect([few.exitCode, few.stderr]).toEqual([4, expect.stringMatching(/--blocks count:K/)]);
    expect(existsSync(at('few/manifest.json'))).toBe(false);
  });
});
