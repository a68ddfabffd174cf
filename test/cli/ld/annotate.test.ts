import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAnnotations } from '../../../src/formats/annotation.js';
import { readLdScores } from '../../../src/formats/ld-score.js';
import { normalQuantile } from '../../../src/linalg/distributions.js';
import { randomGenotypes } from '../../genotype-data.js';
import { cohortFiles } from '../cohort-files.js';
import { checkedJson, heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-annotate-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const genotypes = randomGenotypes(50, 240, { seed: 3 });

beforeAll(() => {
  const chromosome = (v: number) => (v < 25 ? 1 : 2);
  for (const [name, content] of Object.entries(cohortFiles({ genotypes, chromosome })))
    writeFileSync(at(name), content!);
  // variant v lies at 100 (v + 1)
  writeFileSync(at('coding.bed'), 'chr1\t199\t200\nchr1\t450\t500\nchr2\t2600\t2700\nchr2\t1\t500\n');
  writeFileSync(at('far.bed'), 'chr9 1 100\n');
});

const run = (out: string, ...words: string[]) =>
  heredity(['ld', 'annotate', '--bfile', at('study'), '--out', at(out), ...words]);

describe('heredity ld annotate', () => {
  it('makes bins by allele frequency and the level of LD within them, which LD scores take', async () => {
    expect((await run('maf', '--maf-bins', '5', '--lld', '--ld-wind-kb', '0.8')).exitCode).toBe(0);
    const { names, values, count } = await readAnnotations(at('maf.annot.gz'), false);
    expect(names).toEqual(['MAFbin1', 'MAFbin2', 'MAFbin3', 'MAFbin4', 'MAFbin5', 'LLD']);
    expect(count).toBe(50);
    await heredity(['ld', 'scores', '--bfile', at('study'), '--ld-wind-kb', '0.8', '--out', at('scores')]);
    const { scores } = await readLdScores([at('scores')]);
    for (let bin = 0; bin < 5; bin++) {
      const members = [...scores.keys()].filter((v) => values[6 * v + bin] === 1);
      expect(members.length).toBeGreaterThanOrEqual(8);
      // scores of files have three decimals: variants that differ less may change places
      const best = members.reduce((a, b) => (scores[a] >= scores[b] ? a : b));
      expect(values[6 * best + 5]).toBeCloseTo(normalQuantile((members.length - 0.5) / members.length), 4);
    }
    const json = checkedJson(readFileSync(at('maf.ld-annotate.json'), 'utf8'));
    expect(json.mafEdges).toHaveLength(6);
    expect(
      json.annotations.slice(0, 5).reduce((sum: number, { total }: { total: number }) => sum + total, 0),
    ).toBe(50);
    const partitioned = [
      'ld',
      'scores',
      '--bfile',
      at('study'),
      '--ld-wind-kb',
      '0.8',
      '--annot',
      at('maf.annot.gz'),
    ];
    expect((await heredity([...partitioned, '--out', at('parts')])).exitCode).toBe(0);
    const parts = await readLdScores([at('parts')]);
    const sum = Array.from({ length: 50 }, (_, v) =>
      parts.scores.subarray(6 * v, 6 * v + 5).reduce((a, b) => a + b),
    );
    for (const [v, total] of sum.entries()) expect(Math.abs(total - scores[v])).toBeLessThan(0.005);
    const levels = await run('from-file', '--lld', '--maf-bins', '5', '--ld-scores', at('scores'));
    expect(levels.exitCode).toBe(0);
  });

  it('marks intervals, widened if asked to, beside a base annotation', async () => {
    const { exitCode, stderr } = await run('bed', '--base', '--bed', `${at('coding.bed')},${at('far.bed')}`);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('check the genome build')]);
    const { names, values } = await readAnnotations(at('bed.annot.gz'), false);
    expect(names).toEqual(['base', 'coding', 'far']);
    const marked = (table: Float64Array, width: number, column: number) =>
      [...Array(50).keys()].filter((v) => table[width * v + column] === 1);
    expect(marked(values, 3, 1)).toEqual([1, 4, 26]);
    expect(marked(values, 3, 2)).toEqual([]);
    await run('wide', '--bed', at('coding.bed'), '--windowsize', '100');
    expect(marked((await readAnnotations(at('wide.annot.gz'), false)).values, 1, 0)).toEqual([
      0, 1, 2, 3, 4, 5, 25, 26, 27,
    ]);
  });

  it('takes edges, also those of the paper', async () => {
    await run('edges', '--maf-edges', '0,0.25,0.5');
    expect((await readAnnotations(at('edges.annot.gz'), false)).names).toEqual(['MAFbin1', 'MAFbin2']);
    await run('paper', '--maf-edges', 'paper');
    expect(checkedJson(readFileSync(at('paper.ld-annotate.json'), 'utf8')).mafEdges[1]).toBe(0.01260001);
  });

  it.each([
    [[], 'no annotation is asked for'],
    [['--lld'], 'no window is given'],
    [['--maf-bins', '3', '--maf-edges', '0,0.5'], 'cannot be given together'],
    [['--maf-edges', '0,x'], 'no edges of bins'],
    [['--bed', `${at('coding.bed')},${at('coding.bed')}`], 'two annotations would be called coding'],
  ])('refuses %j', async (words, message) => {
    const { exitCode, stderr } = await run('refused', ...words);
    expect(stderr).toContain(message);
    expect([exitCode, existsSync(at('refused.annot.gz'))]).toEqual([2, false]);
  });
});
