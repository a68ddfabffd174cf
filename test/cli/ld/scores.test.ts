import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFrequencies } from '../../../src/formats/frequency.js';
import { readLdScores, readVariantCounts } from '../../../src/formats/ld-score.js';
import { meanImputed, randomGenotypes, standardised } from '../../genotype-data.js';
import { dot } from '../../regression.js';
import { cohortFiles } from '../cohort-files.js';
import { checkedJson, heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-ld-scores-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SAMPLES = 120;
const VARIANTS = 60;
const genotypes = randomGenotypes(VARIANTS, SAMPLES, { seed: 11, missing: 0.02 });
genotypes[31].fill(1); // does not vary
const chromosome = (v: number) => (v < 40 ? 1 : 2);
const kept = [...genotypes.keys()].filter((v) => v !== 31);
const annotation = (v: number) => (v % 3 === 0 ? 1 : 0);

/** Sums of adjusted r2 over variants within so many places, times the annotation. */
function explicit(reach: number, weight: (v: number) => number = () => 1): string[] {
  const x = genotypes.map((row, v) => (v === 31 ? [] : standardised(meanImputed(row))));
  return kept.map((j) => {
    let sum = 0;
    for (const k of kept) {
      if (Math.abs(j - k) > reach || chromosome(j) !== chromosome(k)) continue;
      const r2 = (dot(x[j], x[k]) / SAMPLES) ** 2;
      sum += (r2 - (1 - r2) / (SAMPLES - 2)) * weight(k);
    }
    return sum.toFixed(3);
  });
}

const asText = (values: Float64Array) => Array.from(values, (value) => value.toFixed(3));

beforeAll(() => {
  for (const [name, content] of Object.entries(cohortFiles({ genotypes, chromosome })))
    writeFileSync(at(name), content!);
  const rows = genotypes.map((_, v) => `${chromosome(v)} ${100 * (v + 1)} rs${v} 0 1 ${annotation(v)}`);
  writeFileSync(at('full.annot'), ['CHR BP SNP CM base third', ...rows.toReversed(), ''].join('\n'));
  const thin = genotypes.map((_, v) => `1\t${annotation(v)}`);
  writeFileSync(at('thin.annot'), ['base\tthird', ...thin, ''].join('\n'));
  writeFileSync(at('short.annot'), 'base\n1\n');
  writeFileSync(at('few.annot'), ['CHR BP SNP CM base', '1 100 rs0 0 1', ''].join('\n'));
});

const run = (out: string, ...words: string[]) =>
  heredity(['ld', 'scores', '--bfile', at('study'), '--out', at(out), ...words]);

describe('heredity ld scores', () => {
  it('writes the scores, the numbers of variants, and a summary', async () => {
    const { exitCode, stdout } = await run('plain', '--ld-wind-kb', '0.5');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('LD scores of 59 variants from 120 people');
    const scores = await readLdScores([at('plain')]);
    expect(scores.columns).toEqual(['L2']);
    expect(scores.ids.texts()).toEqual(kept.map((v) => `rs${v}`));
    expect(asText(scores.scores)).toEqual(explicit(5));
    const maf = (v: number) => {
      const frequency = meanImputed(genotypes[v]).reduce((a, b) => a + b) / (2 * SAMPLES);
      return Math.min(frequency, 1 - frequency);
    };
    expect([...(await readVariantCounts([at('plain')], false, 'M'))]).toEqual([59]);
    expect([...(await readVariantCounts([at('plain')], false, 'M_5_50'))]).toEqual([
      kept.filter((v) => maf(v) > 0.05).length,
    ]);
    const json = checkedJson(readFileSync(at('plain.ld-scores.json'), 'utf8'));
    expect(json.scores[0]).toMatchObject({ name: 'L2', variants: 59 });
    expect(json.correlations.values[0][0]).toBe(1);
    expect(json.warnings[0]).toContain('120 people');
    expect(readFileSync(at('plain.ld-scores.tsv'), 'utf8')).toMatch(/^score\tM\tM_5_50\tmean/);
    expect(existsSync(at('plain.ld-scores.svg'))).toBe(false);
  });

  it('windows in variants, scores of annotations matched by ID or by row, r2 not adjusted', async () => {
    const window = ['--ld-wind-snps', '4'];
    const expected = explicit(4); // places are the same but around the variant that is left out
    for (const [out, words] of [
      ['full', ['--annot', at('full.annot')]],
      ['thin', ['--annot', at('thin.annot'), '--thin-annot']],
    ] as const) {
      expect((await run(out, ...window, ...words)).exitCode).toBe(0);
      const { columns, scores } = await readLdScores([at(out)]);
      expect(columns).toEqual(['baseL2', 'thirdL2']);
      const base = asText(scores.filter((_, cell) => cell % 2 === 0));
      expect(base.slice(0, 20)).toEqual(expected.slice(0, 20));
      expect(asText(scores.filter((_, cell) => cell % 2 === 1)).slice(0, 20)).toEqual(
        explicit(4, annotation).slice(0, 20),
      );
      expect([...(await readVariantCounts([at(out)], false, 'M'))]).toEqual([59, 20]);
    }
    await run('plus', ...window, '--unadjusted');
    const { scores } = await readLdScores([at('plus')]);
    expect(scores.every((score) => score >= 1)).toBe(true);
  });

  it('weights by allele frequency, prints some variants, writes a file for each chromosome, draws', async () => {
    const { exitCode } = await run(
      'weighted',
      '--ld-wind-kb',
      '0.3',
      '--per-allele',
      '--per-chromosome',
      '--plot',
    );
    expect(exitCode).toBe(0);
    const { columns, count, files } = await readLdScores([at('weighted.')], true);
    expect([columns, count, files.length]).toEqual([['L2_S1'], 59, 2]);
    expect(readFileSync(at('weighted.ld-scores.svg'), 'utf8')).toContain('<svg');
    writeFileSync(at('some.txt'), 'rs3\nrs7\n');
    await run('some', '--ld-wind-kb', '0.5', '--print-snps', at('some.txt'));
    const some = await readLdScores([at('some')]);
    expect(asText(some.scores)).toEqual([explicit(5)[3], explicit(5)[7]]);
    expect([...(await readVariantCounts([at('some')], false, 'M'))]).toEqual([59]);
  });

  it('takes a random sub-sample, the same for the same seed', async () => {
    const read = (out: string) => gunzipSync(readFileSync(at(`${out}.l2.ldscore.gz`))).toString();
    const draw = (out: string, seed: string) =>
      run(out, '--ld-wind-kb', '0.5', '--random-samples', '60', '--seed', seed, '--threads', seed);
    const first = await draw('draw1', '1');
    expect(first.stdout).toMatch(/--random-samples +60 +60 +not drawn/);
    await run('draw2', '--ld-wind-kb', '0.5', '--random-samples', '60', '--threads', '2');
    await draw('draw3', '3');
    expect(read('draw2')).toBe(read('draw1'));
    expect(read('draw3')).not.toBe(read('draw1'));
  });

  it('rounds windows as LDSC does when asked to', async () => {
    await run('chunk', '--ld-wind-kb', '0.3', '--ldsc-compatible', '--chunk-size', '10', '--chr', '1');
    const { scores } = await readLdScores([at('chunk')]);
    // the first chunk of ten is a neighbour of all of the second, as its first variant reaches back into it
    const x = genotypes.map((row, v) => (v === 31 ? [] : standardised(meanImputed(row))));
    let sum = 0;
    for (let k = 0; k < 20; k++) {
      const r2 = (dot(x[0], x[k]) / SAMPLES) ** 2;
      sum += r2 - (1 - r2) / (SAMPLES - 2);
    }
    expect(scores[0].toFixed(3)).toBe(sum.toFixed(3));
  });

  it('has the scores of GCTA', async () => {
    const { exitCode } = await run('gcta', '--ld-wind-kb', '0.9', '--gcta');
    expect(exitCode).toBe(0);
    const [header, first] = readFileSync(at('gcta.score.ld'), 'utf8').split('\n');
    expect(header).toBe('SNP chr bp MAF mean_rsq snp_num max_rsq ldscore');
    const [id, , , , mean, neighbours, , score] = first.split(' ');
    expect(id).toBe('rs0');
    expect(Number(score)).toBeCloseTo(1 + Number(mean) * Number(neighbours), 4);
    const { scores } = await readLdScores([at('gcta')]);
    expect(scores[0]).toBeCloseTo(Number(score), 3);
  });

  it('plans without writing', async () => {
    const { exitCode, stdout } = await run('planned', '--ld-wind-kb', '0.5', '--plan');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('pairs in windows')]);
    expect(existsSync(at('planned.ld-scores.log'))).toBe(false);
  });

  it.each([
    [[], 2, 'no window is given'],
    [['--ld-wind-kb', '1', '--ld-wind-snps', '5'], 2, 'more than one window is given'],
    [['--ld-wind-cm', '1'], 2, 'have no genetic positions'],
    [['--ld-wind-kb', '100'], 2, 'the window takes in whole chromosomes'],
    [['--ld-wind-kb', '1', '--thin-annot'], 2, '--thin-annot needs an annotation file'],
    [['--ld-wind-kb', '1', '--pq-exp', '.5', '--per-allele'], 2, 'ask for different weights'],
    [['--ld-wind-kb', '1', '--annot', at('thin.annot')], 2, 'no column CHR, BP, SNP, CM'],
    [['--ld-wind-kb', '1', '--annot', at('few.annot')], 3, '58 of 59 variants have no annotation'],
    [
      ['--ld-wind-kb', '1', '--annot', at('short.annot'), '--thin-annot'],
      3,
      'the thin annotation file has 1 rows',
    ],
    [
      ['--ld-wind-kb', '1', '--print-snps', at('full.annot'), '--chr', '2', '--exclude', at('full.annot')],
      3,
      'leaves no variant',
    ],
    [['--ld-wind-snps', '5', '--gcta', '--annot', 'x'], 2, '--gcta does not go with --annot, --ld-wind-snps'],
    [['--ld-wind-kb', '1', '--ldsc-compatible', '--maf', '.5'], 4, '--maf leaves no variant'],
  ])('refuses %j', async (words, exitCode, message) => {
    const result = await run('refused', ...words);
    expect(result.stderr).toContain(message);
    expect(result.exitCode).toBe(exitCode);
    expect(existsSync(at('refused.l2.ldscore.gz'))).toBe(false);
  });
});

it('writes the frequencies that --frqfile takes, common on the side of .05 on which they were counted', async () => {
  const out = at('frq');
  const { exitCode } = await heredity([
    ...['ld', 'scores', '--bfile', at('study'), '--ld-wind-snps', '5', '--out', out, '--quiet'],
  ]);
  expect(exitCode).toBe(0);
  const { ids, frequency } = await readFrequencies([`${out}.frq`]);
  expect(ids.texts()).toEqual(kept.map((v) => `rs${v}`));
  const [common] = await readVariantCounts([out], false, 'M_5_50');
  expect(frequency.filter((maf) => maf > 0.05 && maf < 0.95)).toHaveLength(common);
  const [header, first] = readFileSync(`${out}.frq`, 'utf8').split('\n');
  expect(header).toBe('CHR\tSNP\tA1\tA2\tMAF\tNCHROBS');
  const row = genotypes[0].filter((code) => code >= 0 && code <= 2);
  const [, , minor, , maf, observed] = first.split('\t');
  const counted = row.reduce((sum, code) => sum + code, 0) / (2 * row.length);
  expect(Number(observed)).toBe(2 * row.length);
  expect(Number(maf)).toBeCloseTo(Math.min(counted, 1 - counted), 12);
  expect(minor).toBe(counted <= 0.5 ? 'A' : 'G');
});
