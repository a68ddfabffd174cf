import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { checkedJson, heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-munge-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const HEADER = 'SNP\tA1\tA2\tZ\tN\n';
const HEIGHT = `${HEADER}rs1\tA\tG\t1.5\t90\nrs2\tC\tT\t-1.5\t100\n`;
writeFileSync(at('height.tsv'), HEIGHT);
writeFileSync(at('bmi.tsv'), `${HEADER}rs1\tA\tG\t-2\t2000\nrs3\tA\tC\t2.25\t2000\n`);
writeFileSync(at('cut.tsv'), `${HEADER}rs1\tA\tG\t-2\t2000\nrs3\tA\n`);
writeFileSync(at('nameless.tsv'), `ID1\tB\n1\t2\n`);

const munge = (...words: string[]) =>
  heredity(['munge', ...words.map((word) => (word.endsWith('.tsv') ? at(word) : word))]);
const read = (name: string) => readFileSync(at(name), 'utf8');
const made = (prefix: string) => readdirSync(folder).filter((name) => name.startsWith(`${prefix}.`));

describe('munge of several files', () => {
  it('gives each what it would have by itself, with its own inputs and warnings', async () => {
    const single = await munge('height.tsv', '--out', at('alone'));
    const both = await munge('height.tsv', 'bmi.tsv', '--out', at('both'));
    expect([single.exitCode, both.exitCode, both.stderr]).toEqual([0, 0, expect.any(String)]);
    const [own, alone] = ['both.height', 'alone'].map((out) => {
      const json = checkedJson(read(`${out}.munge.json`)) as Record<string, unknown> & {
        provenance: { inputs: { path: string }[]; warnings: string[] };
      };
      const { inputs, warnings } = json.provenance;
      return { ...json, provenance: { inputs, warnings }, sumstats: '' };
    });
    expect(own).toEqual(alone);
    expect(own.provenance.inputs.map(({ path }) => path)).toEqual([at('height.tsv')]);
    expect(own.provenance.warnings.length).toBeGreaterThan(0); // so few people
    expect(gunzipSync(readFileSync(at('both.bmi.sumstats.gz'))).toString()).toBe(
      'SNP\tA1\tA2\tZ\tN\nrs1\tA\tG\t-2.000\t2000\nrs3\tA\tC\t2.250\t2000\n',
    );
    expect(checkedJson(read('both.munge.json'))).toMatchObject({
      files: [
        { file: at('height.tsv'), sumstats: at('both.height.sumstats.gz'), rows: 2, snps: 2, refused: null },
        { file: at('bmi.tsv'), rows: 2, snps: 2, meanChi2: (4 + 5.0625) / 2, refused: null },
      ],
    });
  });

  it('plans: how columns will be read, rows and time of each file, why one cannot be munged', async () => {
    const rows = Array.from({ length: 3000 }, (_, k) => `rs${k}\tA\tG\t1.5\t90\n`).join('');
    writeFileSync(at('long.tsv'), HEADER + rows);
    writeFileSync(at('packed.tsv.gz'), gzipSync(HEADER + rows));
    const files = ['long.tsv', at('packed.tsv.gz'), 'nameless.tsv'];
    const { exitCode, stdout } = await munge(...files, '--plan-json', '--out', at('planned'));
    expect([exitCode, made('planned')]).toEqual([0, []]);
    const plan = checkedJson(stdout) as {
      about: string[];
      steps: { name: string; seconds: number; memory: { table: number } }[];
    };
    expect(plan.about.filter((text) => text.endsWith('about 3,000 rows'))).toHaveLength(2);
    expect(plan.about[1]).toMatch(/long\.tsv: .*column .*read as/s);
    expect(plan.about.at(-1)).toMatch(/cannot be munged: .*nameless\.tsv/);
    expect(plan.steps.map(({ name }) => name)).toEqual(['long.tsv', 'packed.tsv.gz', 'nameless.tsv']);
    expect(plan.steps[0].memory.table).toBe(plan.steps[1].memory.table);
    expect(plan.steps[0].seconds).toBeGreaterThan(0);
    const text = await munge('height.tsv', '--plan', '--out', at('planned'));
    expect(text.stdout).toMatch(/Memory: about .* at most\. Time: about/);
  });

  it('names a file that it cannot take, and goes on', async () => {
    const { exitCode, stderr } = await munge('cut.tsv', 'bmi.tsv', '--out', at('some'));
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/warning: not munged: .*cut\.tsv:3: the line has 2 fields/);
    const { files, provenance } = checkedJson(read('some.munge.json')) as {
      files: { refused: string | null; snps: number | null }[];
      provenance: { warnings: string[] };
    };
    expect(files.map(({ snps }) => snps)).toEqual([null, 2]);
    expect(files[0].refused).toContain('cut.tsv:3: ');
    expect(provenance.warnings.some((text) => text.startsWith('not munged: '))).toBe(true);
    expect(made('some').filter((name) => name.includes('cut'))).toEqual([]);
  });

  it.each([
    ['where none can be munged', ['cut.tsv', 'nameless.tsv'], /error: \S*cut\.tsv:3: the line has 2 fields/],
    ['where one is not there', ['bmi.tsv', 'absent.tsv'], /absent\.tsv/],
    ['where two would have the same files', ['bmi.tsv', 'bmi.tsv'], /would write to the same file/],
    ['beside --sumstats', ['bmi.tsv', 'height.tsv', '--sumstats', 'cut.tsv'], /--sumstats means nothing/],
    ['with parts of one file', ['bmi.tsv', '--parts', '2', '--part', '1'], /one file is munged in one part/],
  ])('%s, it ends with one error and writes nothing', async (_, words, message) => {
    const { exitCode, stderr } = await munge(...words, '--out', at('none'));
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(made('none')).toEqual([]);
  });
});
