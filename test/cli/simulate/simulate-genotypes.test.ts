import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openFileset } from '../../../src/formats/fileset.js';
import { VariantStatistics } from '../../../src/genotypes/statistics.js';
import { packedStride } from '../../../src/kernels/kernels.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { heredity as run } from '../run.js';

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
    expect(readFileSync(at('demo.log'), 'utf8')).toContain('501 people, 400 variants on 3 chromosomes');
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

  it('only says what it would do with --plan', async () => {
    const { stdout } = await simulate('planned', '--plan');
    expect(stdout).toMatch(/501 people, 400 variants on 3 chromosomes.*planned\.bed of 50\.4 kB, memory/i);
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
