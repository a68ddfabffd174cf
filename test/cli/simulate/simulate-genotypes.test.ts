import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type CategoricalColumn, readCovariates } from '../../../src/formats/covariate.js';
import { openFileset } from '../../../src/formats/fileset.js';
import { VariantStatistics } from '../../../src/genotypes/statistics.js';
import { packedStride } from '../../../src/kernels/kernels.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { checkedJson, heredity as run } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-simulate-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const heredity = (...words: (string | number)[]) => run(words.map(String));

const SAMPLES = 501;
const size = ['--samples', SAMPLES, '--variants', 400, '--chromosomes', 3, '--founders', 200, '--maf', 0.05];
const simulate = (out: string, ...more: (string | number)[]) =>
  heredity('simulate', 'genotypes', ...size, '--quiet', '--out', at(out), ...more);

describe('heredity simulate genotypes', () => {
  it('writes a file set that reads back, with what was asked for', async () => {
    expect((await simulate('demo', '--missing', 0.02)).exitCode).toBe(0);
    const { samples, variants, bed } = await openFileset(at('demo'));
    const stride = packedStride(SAMPLES);
    const packed = new Uint8Array(400 * stride);
    await bed.readVariants(0, 400, packed, stride);
    await bed.close();
    const counts = new Int32Array(1600);
    loadKernels().countGenotypes(packed, stride, 400, SAMPLES, counts);
    const statistics = new VariantStatistics(counts);
    const missing = Array.from({ length: 400 }, (_, v) => statistics.missing(v)).reduce((a, b) => a + b);
    expect(samples.count).toBe(SAMPLES);
    expect(variants.count).toBe(400);
    expect(new Set(variants.chromosome)).toEqual(new Set(['1', '2', '3']));
    expect(missing / (400 * SAMPLES)).toBeCloseTo(0.02, 2);
    for (let v = 0; v < 400; v++) expect(statistics.allele1Frequency(v)).toBeLessThan(0.6);
    expect(readFileSync(at('demo.simulate-genotypes.log'), 'utf8')).toContain(
      '501 people, 400 variants on 3 chromosomes',
    );
  });

  it('gives the same files for the same seed, threads and backend aside', async () => {
    await simulate('one', '--seed', 5);
    await simulate('again', '--seed', 5, '--threads', 1, '--backend', 'wasm');
    await simulate('other', '--seed', 6);
    const bed = (name: string) => readFileSync(at(`${name}.bed`));
    expect(bed('again').equals(bed('one'))).toBe(true);
    expect(bed('other').equals(bed('one'))).toBe(false);
    expect(readFileSync(at('again.bim'), 'utf8')).toBe(readFileSync(at('one.bim'), 'utf8'));
  });

  it('makes groups and families, and says who is in them', async () => {
    const structure = [
      '--groups',
      2,
      '--fst',
      0.1,
      '--group-sizes',
      '200,301',
      '--families',
      50,
      '--family',
      'trio',
    ];
    const { exitCode, stdout } = await simulate('structure', ...structure);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/2 groups \(F_ST 0\.\d+\), 50 families \(trio\)/);
    const { samples, bed } = await openFileset(at('structure'));
    await bed.close();
    // families come first in each group: 20 in the first, 30 in the second
    expect(samples.individualId.slice(57, 61)).toEqual([
      'fam20-father',
      'fam20-mother',
      'fam20-child',
      'id61',
    ]);
    expect([samples.familyId[59], samples.fatherId[59], samples.motherId[59]]).toEqual([
      'fam20',
      'fam20-father',
      'fam20-mother',
    ]);
    expect([...samples.sex.subarray(57, 61)]).toEqual([1, 2, 0, 0]);
    expect(samples.individualId[200]).toBe('fam21-father');
    const { columns } = await readCovariates(at('structure.groups'));
    const [group] = columns;
    expect(group).toMatchObject({ kind: 'categorical', name: 'group', levels: ['group1', 'group2'] });
    expect((group as CategoricalColumn).codes.reduce((a, b) => a + b, 0)).toBe(301);
    const relatives = readFileSync(at('structure.relatives.tsv'), 'utf8').split('\n');
    expect(relatives.slice(0, 2)).toEqual([
      'FID\tIID1\tIID2\tkinship',
      'fam1\tfam1-father\tfam1-child\t0.25',
    ]);
    expect(relatives).toHaveLength(1 + 100 + 1);
    const json = checkedJson(readFileSync(at('structure.genotypes.json'), 'utf8'));
    expect(json.groups).toMatchObject({ sizes: [200, 301], fst: 0.1 });
    expect(json.frequencies.reduce((a: number, b: number) => a + b, 0)).toBe(400);
  });

  it('makes mosaics of the people of a file set', async () => {
    await simulate('people');
    const mosaic = (out: string, ...more: (string | number)[]) =>
      heredity('simulate', 'genotypes', '--bfile', at('people'), '--quiet', '--out', at(out), ...more);
    const { exitCode, stdout } = await mosaic('mosaic', '--samples', 1003, '--chr', '1,3', '--maf', 0.1);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/1,003 mosaics of 501 people of/);
    const { samples, variants, bed } = await openFileset(at('mosaic'));
    await bed.close();
    expect(samples.count).toBe(1003);
    expect(new Set(variants.chromosome)).toEqual(new Set(['1', '3']));
    const json = checkedJson(readFileSync(at('mosaic.genotypes.json'), 'utf8'));
    expect(json).toMatchObject({ source: 'people', founders: 501, samples: 1003, variants: variants.count });
    await mosaic(
      'again',
      '--samples',
      1003,
      '--chr',
      '1,3',
      '--maf',
      0.1,
      '--backend',
      'typescript',
      '--threads',
      3,
    );
    expect(readFileSync(at('again.bed')).equals(readFileSync(at('mosaic.bed')))).toBe(true);
    expect((await mosaic('people')).stderr).toMatch(
      /people\.(bed|bim|fam): the output would replace an input of the run/,
    );
  });

  it('makes people whose mates are alike, from genetic values of every person of the file', async () => {
    await simulate('unmated');
    const rows = (count: number) =>
      readFileSync(at('unmated.fam'), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(0, count)
        .map((line, i) => `${line.split(/\s+/).slice(0, 2).join(' ')} ${(i * 37) % 101}`);
    const mate = (count: number) => {
      writeFileSync(at('values'), ['FID IID g', ...rows(count), ''].join('\n'));
      const words = ['--bfile', at('unmated'), '--assortative', 0.2, '--genetic-values', at('values')];
      return heredity('simulate', 'genotypes', ...words, '--samples', 50, '--out', at(`mated${count}`));
    };
    expect((await mate(501)).stdout).toMatch(
      /50 mosaics of 501 people of .*, whose mates are alike \(0\.2\)/,
    );
    const { exitCode, stderr } = await mate(400);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/values: sample .* has no value of g/);
    expect(existsSync(at('mated400.bed'))).toBe(false);
  });

  it('only says what it would do with --plan', async () => {
    const { stdout } = await simulate('planned', '--plan');
    expect(stdout).toMatch(
      /501 people, 400 variants on 3 chromosomes.*planned\.bed of 50\.4 kB[\s\S]*Memory: about/i,
    );
    expect(existsSync(at('planned.bed'))).toBe(false);
  });

  it.each([
    [
      ['--variants', 2],
      /--variants is smaller than the number of chromosomes.*found 2, expected at least 22.*Lower --chromosomes/,
    ],
    [
      ['--founders', 5, '--maf', 0.45],
      /5 founders have too few different variants.*Raise --founders or lower --maf/,
    ],
    [['--samples', 0], /--samples: expected a whole number from 1/],
    [['--fst', 0.1], /--fst and --group-sizes are about groups/],
    [
      ['--groups', 2, '--group-sizes', '10,20'],
      /--group-sizes does not share out the people.*add up to 5000/,
    ],
    [['--groups', 2, '--fst', 0.0001], /--fst is out of reach/],
    [['--families', 2000], /2000 families of 3 are more than 5000 people/],
    [['--geno', 0.1], /--geno needs --bfile/],
    [['--bfile', 'x', '--assortative', 0.2], /--assortative and --genetic-values go together/],
    [['--assortative', 0.2, '--genetic-values', 'x'], /--assortative needs --bfile/],
    [['--bfile', 'x', '--founders', 50], /--founders has no meaning beside --bfile/],
    [['--missing', 1], /--missing: expected a number from 0 to 0.99/],
  ])('refuses %j and writes nothing', async (more, message) => {
    const before = readdirSync(folder);
    const { exitCode, stderr } = await heredity(
      'simulate',
      'genotypes',
      '--quiet',
      '--out',
      at('refused'),
      ...more,
    );
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(readdirSync(folder)).toEqual(before);
  });
});
