import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohortFiles, sampleTable } from '../cli/cohort-files.js';
import { heredity } from '../cli/run.js';
import { folderWith } from '../formats/folder.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';
import { SHARED, sharedFile } from '../shared.js';

const CASES = SHARED !== undefined && existsSync(sharedFile('cases/people402'));
const PEOPLE = CASES ? sharedFile('cases/people402') : '';

/** Runs a command of a case; paths may be relative to the folder of cases. */
async function run(words: string) {
  const folder = folderWith();
  const out = join(folder, 'out');
  const args = words.split(' ').map((word) => word.replace(/^@/, CASES ? sharedFile('cases/') : ''));
  const result = await heredity([...args, '--out', out, '--threads', '1']);
  const [name] = readdirSync(folder).filter((file) => /^out\.[\w-]+\.json$/.test(file));
  return { ...result, out, json: name && JSON.parse(readFileSync(join(folder, name), 'utf8')) };
}

if (!CASES) console.warn('test/cases/cohort: ../shared/cases is absent, its cases are skipped');

describe.skipIf(!CASES)('cases of genotypes, traits and matrices', () => {
  const reml = async (words: string) => {
    const result = await run(`reml ${words}`);
    expect(result.exitCode, result.stderr).toBe(0);
    const [{ h2, n }] = result.json.estimates;
    return { ...result, h2: h2.value as number, n: n as number };
  };

  it('ran', () => expect(existsSync(`${PEOPLE}/b.bed`)).toBe(true));

  it.each(['reml', 'he', 'assoc', 'gre --blocks count:4'])(
    'trait-012: %s takes 0 for missing and says so',
    async (command) => {
      const { stderr, exitCode, json } = await run(
        `${command} --bfile @people402/b --pheno @people402/c012.txt`,
      );
      expect(exitCode, stderr).toBe(0);
      expect(stderr).toMatch(/trait cc holds 0, 1 and 2 alone.*0 missing \(129 people\)/);
      expect((json.estimates ?? json.traits)[0].n).toBe(273);
    },
  );

  it('trait-012: .269 of 273 people', async () => {
    expect((await reml('--bfile @people402/b --pheno @people402/c012.txt')).h2).toBeCloseTo(0.269, 2);
  });

  it('trait-012: sumher and ldsc say so', async () => {
    for (const words of ['sumher --power -1', 'ldsc --two-step 10000']) {
      const { stderr } = await run(`${words} --bfile @people402/b --pheno @people402/c012.txt`);
      expect(stderr).toContain("PLINK's coding of cases");
    }
  });

  it('categories in numbers', async () => {
    const words = '--bfile @people402/b --pheno @people402/yc.txt --covar @people402/';
    const quantity = await reml(`${words}centre_num.txt`);
    expect(quantity.stderr).toMatch(/covariate centre holds whole numbers of 12 levels.*--catcovar centre/);
    expect(quantity.stderr).toContain('covariates: centre quantitative');
    const categories = await reml(`${words}centre_num.txt --catcovar centre`);
    expect(categories.stderr).toContain('centre categorical (12 levels)');
    expect(categories.stderr).not.toContain('whole numbers');
    const wordy = await reml(`${words}centre_word.txt`);
    expect(categories.h2).toBeCloseTo(0.627, 3);
    expect(categories.h2).toBe(wordy.h2);
    expect((await reml(`${words}centre_num.txt --qcovar centre`)).stderr).not.toContain('whole numbers');
  });

  it('people without genotypes', async () => {
    const { h2, n, stderr } = await reml('--bfile @people-without-genotypes/nos100 --pheno @people402/y.txt');
    expect(h2).toBeCloseTo(0.708, 3);
    expect(n).toBe(300);
    expect(stderr).toContain('102 of 402 people have no genotype');
  });

  it('cattle-chromosomes', async () => {
    const { h2, stderr } = await reml('--bfile @cattle-chromosomes/cattle --pheno @people402/y.txt');
    expect(stderr).toMatch(/chromosomes up to 30: not a person's.*--autosome-num/);
    expect(h2).toBeCloseTo(0.652, 3);
    const all = await reml('--bfile @cattle-chromosomes/cattle --pheno @people402/y.txt --autosome-num 30');
    expect(all.h2).toBe(h2);
    expect(all.stderr).not.toContain('not a person');
    const cow = await reml('--bfile @cattle-chromosomes/cattle --pheno @people402/y.txt --autosome-num 29');
    expect(cow.json.variants.left).toBe(348); // 30 is X
  });

  it('pure genetic trait', async () => {
    const { h2, stderr } = await reml('--bfile @people402/b --pheno @people402/pure.txt');
    expect(h2.toFixed(4)).toBe('1.0000');
    expect(stderr).toContain('no residual variance is left');
  });

  it.each(['quote', 'rowname'])('quoted-table: %s.txt', async (name) => {
    const { h2 } = await reml(`--bfile @people402/b --pheno @people402/${name}.txt`);
    expect(h2).toBeCloseTo(0.652, 3);
  });

  it('small refusals: a .fam of eight columns, and .grm.id with a header line', async () => {
    const fam = await reml('--bfile @small-refusals/famx --pheno @people402/y.txt');
    expect(fam.h2).toBeCloseTo(0.652, 3);
    expect(fam.stderr).toContain('columns beyond the sixth are not read');
    expect((await reml('--grm @small-refusals/Gh --pheno @people402/y.txt')).n).toBe(402);
  });

  it('small refusals: repeated IDs in .bim where IDs are not needed', async () => {
    const folder = folderWith({
      'b.bed': readFileSync(`${PEOPLE}/b.bed`),
      'b.fam': readFileSync(`${PEOPLE}/b.fam`),
      'b.bim': readFileSync(`${PEOPLE}/b.bim`, 'utf8').replaceAll(/\brs\d+/g, '.'),
      'list.txt': '.\n',
    });
    const { h2, stderr } = await reml(`--bfile ${folder}/b --pheno @people402/y.txt`);
    expect(h2).toBeCloseTo(0.652, 3);
    expect(stderr).toContain('359 variants have the ID of another');
    const matched = await run(
      `reml --bfile ${folder}/b --pheno @people402/y.txt --extract ${folder}/list.txt`,
    );
    expect([matched.exitCode, matched.stderr]).toEqual([2, expect.stringContaining('is already on line 1')]);
  });

  it('--grm o.grm after --out o.grm', async () => {
    const folder = folderWith();
    await heredity(['grm', '--bfile', `${PEOPLE}/b`, '--out', `${folder}/o.grm`]);
    for (const name of ['o.grm', 'o.grm.grm', 'o.grm.grm.bin'])
      expect((await reml(`--grm ${folder}/${name} --pheno @people402/y.txt`)).h2).toBeCloseTo(0.652, 3);
  });

  it('one variant ends, whatever the method', async () => {
    const bytes = readFileSync(`${PEOPLE}/b.bed`).subarray(0, 3 + 101);
    const bim = readFileSync(`${PEOPLE}/b.bim`, 'utf8').split('\n')[0];
    const folder = folderWith({
      'b.bed': bytes,
      'b.fam': readFileSync(`${PEOPLE}/b.fam`),
      'b.bim': `${bim}\n`,
    });
    const words = `--bfile ${folder}/b --pheno @people402/y.txt`;
    expect((await reml(`${words} --method monte-carlo`)).h2).toBeLessThan(0.05);
    const { exitCode, stderr, out } = await run(`he ${words}`);
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining('a jackknife needs two blocks')]);
    expect(existsSync(`${out}.he.json`)).toBe(false);
  });
});

const COUNT = 60;
const GENOTYPES = randomGenotypes(24, COUNT, { seed: 4 });
const TRAIT = randomNormals(COUNT, 9);

/** A cohort of random genotypes with further files, and the rows of the association of its traits. */
async function small(
  command: string,
  files: Record<string, string | Uint8Array>,
  spec: Partial<Parameters<typeof cohortFiles>[0]> = {},
) {
  const folder = folderWith({ ...cohortFiles({ genotypes: GENOTYPES, ...spec }), ...files });
  const words = command.replaceAll('@', `${folder}/`).split(' ');
  const result = await heredity([...words, '--out', `${folder}/out`, '--threads', '1']);
  const traits = readdirSync(folder).flatMap((name) => /^out\.(.*)\.glm\.linear$/.exec(name)?.[1] ?? []);
  const rows = (trait: string) =>
    readFileSync(`${folder}/out.${trait}.glm.linear`, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((row) => row.split('\t'));
  return { ...result, traits, rows, folder };
}
const ASSOC = 'assoc --bfile @study --pheno @study.pheno';
const table = (columns: Parameters<typeof sampleTable>[0]) => ({ 'study.pheno': sampleTable(columns) });
type Small = Awaited<ReturnType<typeof small>>;
const T_STATISTIC = 11;
const tOf = ({ rows, traits, stderr }: Small) => {
  expect(traits, stderr).toContain('y');
  return rows('y').map((row) => Number(row[T_STATISTIC]).toPrecision(4));
};
const variantsOf = ({ rows }: Small) => rows('y').length;
const peopleOf = ({ rows }: Small) => Math.max(...rows('y').map((row) => Number(row[8])));

describe('generated cases', () => {
  const plainOf = async () => tOf(await small(ASSOC, table({ y: TRAIT })));
  const runs = { numRuns: 8 } as const;

  it('of a trait of 0, 1 and 2: the same as with NA for 0', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(0, 1, 2), { minLength: COUNT, maxLength: COUNT }),
        async (codes) => {
          fc.pre([0, 1, 2].every((code) => codes.filter((value) => value === code).length > 8));
          const coded = await small(ASSOC, table({ y: codes }));
          const written = await small(
            ASSOC,
            table({ y: codes.map((code) => (code === 0 ? Number.NaN : code)) }),
          );
          expect(coded.stderr).toContain("PLINK's coding of cases");
          expect(tOf(coded)).toEqual(tOf(written));
          const kept = await small(`${ASSOC} --missing-code -9`, table({ y: codes }));
          expect(peopleOf(kept)).toBe(COUNT);
        },
      ),
      runs,
    );
  });

  it('of missing codes: what is named is missing, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -999, max: 999 }),
        fc.integer({ min: 1, max: 9 }),
        async (code, count) => {
          const values = Array.from(TRAIT, (value, i) => (i < count ? code : value));
          const named = await small(`${ASSOC} --missing-code ${code},12345`, table({ y: values }));
          expect(peopleOf(named)).toBe(COUNT - count);
          const none = await small(`${ASSOC} --missing-code none`, table({ y: values }));
          expect(peopleOf(none)).toBe(COUNT);
        },
      ),
      runs,
    );
  });

  it('of categories in numbers: the same as in words', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3, max: 12 }),
        fc.integer({ min: -5, max: 12_000 }),
        async (levels, first) => {
          const codes = Array.from({ length: COUNT }, (_, i) => first + ((13 * i) % levels));
          fc.pre(!codes.includes(-9));
          const lines = (code: (value: number) => string) =>
            ['FID IID centre', ...codes.map((value, i) => `f${i} i${i} ${code(value)}`), ''].join('\n');
          const numbers = { ...table({ y: TRAIT }), 'c.txt': lines(String) };
          const words = { ...table({ y: TRAIT }), 'c.txt': lines((value) => `c${value}`) };
          const asWords = await small(`${ASSOC} --covar @c.txt`, words);
          const told = await small(`${ASSOC} --covar @c.txt --catcovar centre`, numbers);
          const silent = await small(`${ASSOC} --covar @c.txt`, numbers);
          expect(tOf(told)).toEqual(tOf(asWords));
          expect(silent.stderr).toContain(`holds whole numbers of ${levels} levels`);
        },
      ),
      runs,
    );
  });

  it('of columns: how each was read stands in the JSON', async () => {
    const codes = Array.from({ length: COUNT }, (_, i) => `f${i} i${i} ${i % 3} ${i}`);
    const disease = Array.from(TRAIT, (value) => (value > 0 ? 2 : 1));
    const { folder } = await small(
      'gre --bfile @study --pheno @study.pheno --covar @c.txt --catcovar centre --blocks count:1',
      { ...table({ y: TRAIT, d: disease }), 'c.txt': ['FID IID centre age', ...codes, ''].join('\n') },
    );
    const { provenance } = JSON.parse(readFileSync(`${folder}/out.gre.json`, 'utf8'));
    const cases = disease.filter((value) => value === 2).length;
    expect(provenance.columns).toEqual([
      { name: 'centre', use: 'covariate', kind: 'categorical', levels: 3 },
      { name: 'age', use: 'covariate', kind: 'quantitative' },
      { name: 'y', use: 'trait', kind: 'quantitative' },
      { name: 'd', use: 'trait', kind: 'case-control', cases, controls: COUNT - cases },
    ]);
  });

  it('of values far from all others: named, with how many people have them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(-99, -999, 999, 9999, 1e6, -88),
        fc.integer({ min: 1, max: 9 }),
        async (code, count) => {
          const values = Array.from(TRAIT, (value, i) => (i < count ? code : value));
          const { stderr, rows } = await small(ASSOC, table({ y: values }));
          expect(stderr).toContain(`${count} of ${COUNT} people have the value ${code}, far from all others`);
          expect(rows('y').length).toBeGreaterThan(0);
        },
      ),
      runs,
    );
    expect((await small(ASSOC, table({ y: TRAIT }))).stderr).not.toContain('far from all others');
  });

  it('of R tables: quotes and row names change nothing', async () => {
    const plain = await plainOf();
    const names = fc.constantFrom('"1"', '1', '"a b"', 'none');
    await fc.assert(
      fc.asyncProperty(names, fc.boolean(), fc.constantFrom(' ', '\t'), async (name, quoted, tab) => {
        const q = (text: string) => (quoted ? `"${text}"` : text);
        const prefix = (i: number) => (name === 'none' ? [] : [name.replace('1', String(i + 1))]);
        const rows = Array.from(TRAIT, (value, i) => [...prefix(i), q(`f${i}`), q(`i${i}`), value].join(tab));
        const text = [[q('FID'), q('IID'), q('y')].join(tab), ...rows, ''].join('\n');
        expect(tOf(await small(ASSOC, { 'study.pheno': text }))).toEqual(plain);
      }),
      runs,
    );
  });

  it('of a trait far from 0, or of any size: the same share of variance', async () => {
    const plain = await plainOf();
    const scales = fc.integer({ min: -290, max: 295 });
    await fc.assert(
      fc.asyncProperty(scales, fc.constantFrom(0, 10, 1e6, 1e9), async (exponent, mean) => {
        const values = Array.from(TRAIT, (value) =>
          Number(
            `${(mean + value).toPrecision(17)}e${exponent}`.replace(
              /e([+-]\d+)e(-?\d+)/,
              (_, a, b) => `e${Number(a) + Number(b)}`,
            ),
          ),
        );
        expect(tOf(await small(ASSOC, table({ y: values })))).toEqual(plain);
      }),
      runs,
    );
  });

  it('of traits that fail: the others are as if alone', async () => {
    const plain = await plainOf();
    const bad = fc.constantFrom(
      () => 7,
      () => 0.1 + 0.2,
      () => Number.NaN,
      (i: number) => (i < 1 ? 3 : Number.NaN),
    );
    await fc.assert(
      fc.asyncProperty(bad, fc.boolean(), async (value, isFirst) => {
        const broken = Array.from(TRAIT, (_, i) => value(i));
        const columns = isFirst ? { bad: broken, y: TRAIT } : { y: TRAIT, bad: broken };
        const result = await small(ASSOC, table(columns));
        expect(result.traits).toEqual(['y']);
        expect(result.stderr).toMatch(/left out of this run: .*trait bad/);
        expect(tOf(result)).toEqual(plain);
      }),
      runs,
    );
  });

  it('of chromosome names: every spelling of X, Y, XY and MT', async () => {
    const spellings = [
      ['X', '23', 'chrX', 'x'],
      ['Y', '24', 'chrY'],
      ['XY', '25', 'PAR1', 'PAR'],
      ['MT', '26', 'M', 'chrM'],
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...spellings), fc.nat(3), fc.nat(3), async (names, a, b) => {
        const inFile = names[a % names.length];
        const asked = names[b % names.length];
        const spec = { chromosome: (v: number) => (v < 12 ? 1 : inFile) };
        const only = await small(`${ASSOC} --chr ${asked}`, table({ y: TRAIT }), spec);
        expect(variantsOf(only)).toBe(12);
        const autosomes = await small(`${ASSOC} --chr 1,7`, table({ y: TRAIT }), spec);
        expect(autosomes.stderr).toMatch(/no variant on chromosome 7/);
      }),
      runs,
    );
  });

  it('of files that are not human: warned of, and all numbered chromosomes stay', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 27, max: 60 }), async (last) => {
        const spec = { chromosome: (v: number) => (v < 12 ? 1 : v < 18 ? 23 : last) };
        const result = await small(ASSOC, table({ y: TRAIT }), spec);
        expect(result.stderr).toContain(`chromosomes up to ${last}: not a person's`);
        expect(variantsOf(result)).toBe(24);
        const told = await small(`${ASSOC} --autosome-num ${last - 1}`, table({ y: TRAIT }), spec);
        expect(variantsOf(told)).toBe(18); // the last is X
      }),
      runs,
    );
  });

  it('of people without genotypes: as if they were removed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(COUNT - 1), { minLength: 1, maxLength: 20 }), async (absent) => {
        const genotypes = GENOTYPES.map((row) => row.map((value, i) => (absent.includes(i) ? -1 : value)));
        const list = absent.map((i) => `f${i} i${i}\n`).join('');
        const without = await small(ASSOC, table({ y: TRAIT }), { genotypes: genotypes as typeof GENOTYPES });
        const removed = await small(`${ASSOC} --remove @gone.txt`, {
          ...table({ y: TRAIT }),
          'gone.txt': list,
        });
        expect(tOf(without)).toEqual(tOf(removed));
        expect(without.stderr).toContain(`${absent.length} of ${COUNT} people have no genotype`);
      }),
      runs,
    );
  });

  it('of people whose rows of a matrix are 0: as if they were removed', async () => {
    const { folder } = await small('grm --bfile @study', table({ y: TRAIT }));
    const matrix = readFileSync(`${folder}/out.grm.bin`);
    const id = readFileSync(`${folder}/out.grm.id`);
    const h2 = (run: Small) => {
      const name = readdirSync(run.folder).find((file) => /^out\.[\w-]+\.json$/.test(file));
      expect(name, run.stderr).toBeDefined();
      return JSON.parse(readFileSync(`${run.folder}/${name}`, 'utf8')).estimates[0].h2;
    };
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(COUNT - 1), { minLength: 1, maxLength: 20 }), async (absent) => {
        const bytes = Buffer.from(matrix);
        for (let row = 0; row < COUNT; row++)
          for (let column = 0; column <= row; column++)
            if (absent.includes(row) || absent.includes(column))
              bytes.writeFloatLE(0, 4 * ((row * (row + 1)) / 2 + column));
        const files = {
          ...table({ y: TRAIT }),
          'gone.txt': absent.map((i) => `f${i} i${i}\n`).join(''),
          'm.grm.bin': bytes,
          'm.grm.id': id,
        };
        const without = await small('he --grm @m --pheno @study.pheno', files);
        const removed = await small('he --grm @m --pheno @study.pheno --remove @gone.txt', files);
        expect(h2(without)).toEqual(h2(removed));
        expect(without.stderr).toContain(`${absent.length} of ${COUNT} people have a relationship of 0`);
      }),
      runs,
    );
  });

  it('of traits with few values beside others: left out, unless it is meant', async () => {
    const alone = await plainOf();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 5 }), async (present) => {
        const few = Array.from(TRAIT, (value, i) => (i < present ? value : Number.NaN));
        const both = await small(ASSOC, table({ few, y: TRAIT }));
        expect(both.stderr).toContain(`left out of this run`);
        expect(both.stderr).toContain(`trait few has values for ${present} of ${COUNT} people`);
        expect(tOf(both)).toEqual(alone);
      }),
      { numRuns: 4 },
    );
  });

  it('of tables that leave few people: the step is named', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 29 }), fc.boolean(), async (left, byRows) => {
        const values = Array.from(TRAIT, (_, i) => (i < left ? i : Number.NaN));
        const text = sampleTable({ age: values });
        const covariates = byRows
          ? text
              .split('\n')
              .slice(0, left + 1)
              .join('\n')
          : text;
        const result = await small(`${ASSOC} --covar @c.txt`, {
          ...table({ y: TRAIT }),
          'c.txt': covariates,
        });
        expect(result.stderr).toContain(`--covar leaves ${left} of ${COUNT} people`);
        if (left < COUNT / 10) expect(result.exitCode).toBe(3);
      }),
      runs,
    );
  });
});

it('messages show control characters escaped, and end', async () => {
  const { stderr } = await small(`he --bfile @study --pheno @study.pheno`, {
    'study.pheno': `FID IID y\nf0 i0 \u009b31m${'x'.repeat(100_000)}\n`,
  });
  expect(stderr).toContain('\\x9b31m');
  expect(stderr.length).toBeLessThan(20_000);
});

it('a table of 300,000 columns is read, and so is one of its columns', async () => {
  const names = Array.from({ length: 300_000 }, (_, k) => `c${k}`);
  const [before, after] = ['1 2 3 4 5', names.slice(6).fill('7').join(' ')];
  const rows = Array.from(TRAIT, (value, i) => `f${i} i${i} ${before} ${value} ${after}`);
  const folder = folderWith(cohortFiles({ genotypes: GENOTYPES }));
  writeFileSync(`${folder}/wide.txt`, ['FID IID '.concat(names.join(' ')), ...rows, ''].join('\n'));
  const words = `he --bfile ${folder}/study --pheno ${folder}/wide.txt --pheno-name c5 --jackknife-blocks 4 --out ${folder}/out`;
  expect((await heredity(words.split(' '))).exitCode).toBe(0);
});
