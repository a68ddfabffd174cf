import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomNormals } from '../../genotype-data.js';
import { checkedJson, heredity as run } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-study-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const heredity = (...words: (string | number)[]) => run(words.map(String));

const SAMPLES = 600;
const VARIANTS = 200;
const study = (out: string, ...more: (string | number)[]) =>
  heredity('study', 'run', '--bfile', at('demo'), '--quiet', '--out', at(out), ...more);
const json = (out: string) => checkedJson(readFileSync(at(`${out}.study.json`), 'utf8'));
const rows = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));

beforeAll(async () => {
  const size = ['--samples', SAMPLES, '--variants', VARIANTS, '--chromosomes', 2, '--founders', 300];
  const made = await heredity(
    'simulate',
    'genotypes',
    ...size,
    '--maf',
    0.005,
    '--quiet',
    '--out',
    at('demo'),
  );
  expect(made.exitCode).toBe(0);
  const ids = rows(readFileSync(at('demo.bim'), 'utf8')).map(([, id]) => id);
  writeFileSync(
    at('weights'),
    `Predictor Weight\n${ids.map((id, v) => `${id} ${(1 + (v % 5)) / 5}\n`).join('')}`,
  );
  writeFileSync(
    at('scores.l2.ldscore'),
    `CHR SNP BP L2\n${ids.map((id, v) => `1 ${id} ${v} ${1 + (v % 7)}\n`).join('')}`,
  );
  const values = randomNormals(SAMPLES, 4);
  writeFileSync(at('group'), `IID pc\n${Array.from(values, (x, i) => `id${i + 1} ${x}\n`).join('')}`);
});

describe('heredity study run', () => {
  it('writes summaries, replicates, pictures and a document of its schema', async () => {
    const { exitCode, stdout } = await study(
      'whole',
      ...[
        '--h2',
        '0.25',
        '--weights',
        at('weights'),
        '--replicates',
        5,
        '--estimators',
        'gre,gre-cross-block',
        '--report',
      ],
    );
    expect(exitCode).toBe(0);
    expect(readFileSync(at('whole.study.html'), 'utf8')).toContain('GRE, overlap taken out');
    expect(stdout).toMatch(
      /estimator +cells +mean relative bias +range +significantly biased +mean SE \/ SD/,
    );
    expect(stdout).toMatch(/GRE, overlap taken out +16 /);
    const document = json('whole');
    expect(document.cells).toHaveLength(16);
    expect(document.summaries).toHaveLength(32);
    expect([document.variants, document.blocks, document.samples]).toEqual([VARIANTS, 2, [SAMPLES]]);
    const [head, ...table] = rows(readFileSync(at('whole.study.tsv'), 'utf8'));
    expect(table).toHaveLength(32);
    const column = (name: string) => head.indexOf(name);
    const summary = document.summaries[7];
    const row = table[7];
    expect([row[column('cell')], Number(row[column('mean')])]).toEqual([summary.cell, summary.mean]);
    const replicates = rows(gunzipSync(readFileSync(at('whole.replicates.tsv.gz'))).toString());
    expect(replicates).toHaveLength(1 + 16 * 5 * 2);
    const place = (name: string) => replicates[0].indexOf(name);
    const own = replicates.filter(
      (line) => line[place('cell')] === summary.cell && line[place('estimator')] === summary.estimator,
    );
    const mean = own.reduce((sum, line) => sum + Number(line[place('estimate')]), 0) / own.length;
    expect(mean).toBeCloseTo(summary.mean, 5);
    for (const name of ['bias', 'errors'])
      for (const kind of ['svg', 'png']) expect(existsSync(at(`whole.study-${name}.${kind}`))).toBe(true);
    expect(existsSync(at('whole.study-blocks.svg'))).toBe(false);
    expect(existsSync(at('whole.study.resume.json'))).toBe(false);
  });

  it('measures bias by number of blocks and of people', async () => {
    const { exitCode } = await study(
      'sizes',
      ...['--cells', 'h0.5_p1_*_none', '--replicates', 4, '--blocks', 'genome'],
      ...['--blocks-experiment', '1,4', '--samples', '600,400'],
    );
    expect(exitCode).toBe(0);
    const document = json('sizes');
    expect(document.samples).toEqual([400, 600]);
    expect(document.estimators.map(({ name }: { name: string }) => name)).toEqual(['gre', 'gre:1', 'gre:4']);
    const mean = (people: number, name: string) =>
      document.summaries.find(
        ({ samples, estimator }: { samples: number; estimator: string }) =>
          samples === people && estimator === name,
      ).mean;
    expect(mean(400, 'gre:1')).toBeCloseTo(mean(400, 'gre'), 12);
    expect(mean(400, 'gre')).not.toBeCloseTo(mean(600, 'gre'), 6);
    expect(existsSync(at('sizes.study-blocks.svg')) && existsSync(at('sizes.study-people.svg'))).toBe(true);
  });

  it('takes a grid of one’s own, LD scores and stratification', async () => {
    writeFileSync(at('grid.tsv'), 'h2\tweights\n0.4\tld-score\n0\tnone\n');
    const flags = ['--grid', at('grid.tsv'), '--ld-scores', at('scores'), '--replicates', 30];
    expect((await study('own', ...flags)).exitCode).toBe(0);
    expect((await study('strat', ...flags, '--strat', at('group'), '--strat-variance', 0.5)).exitCode).toBe(
      0,
    );
    const adjusted = ['--strat', at('group'), '--strat-variance', 0.5, '--covar', at('group')];
    expect((await study('adjusted', ...flags, ...adjusted)).exitCode).toBe(0);
    const [own, strat, fixed] = ['own', 'strat', 'adjusted'].map((name) => json(name).summaries[0].mean);
    expect(own).toBeCloseTo(0.4, 1);
    expect(strat).toBeLessThan(0.32);
    expect(fixed).toBeCloseTo(own, 1);
    expect(json('own').summaries[1].relativeBias).toBeNull();
  });

  it('computes LD scores itself where no file gives them, for LDSC and for the weights', async () => {
    const flags = ['--grid', 14, '--cells', 'h0.25_p1_*', '--replicates', 3, '--estimators', 'ldsc'];
    expect((await study('scores', ...flags)).exitCode).toBe(0);
    expect(json('scores').summaries.map(({ replicates }: { replicates: number }) => replicates)).toEqual([
      3, 3,
    ]);
  });

  it('says with --plan what it would do', async () => {
    const { stdout } = await study('planned', '--cells', '*_none', '--h2', '0.1', '--plan');
    expect(stdout).toMatch(/h0\.1_p1_maf0-0\.5_a-1_none +- +h² 0\.1, all causal, α = −1/);
    expect(stdout).toMatch(
      /Grid 64: 8 cells, 100 replicates each, on 200 variants in 2 blocks and 600 people/,
    );
    expect(existsSync(at('planned.study.json'))).toBe(false);
  });

  it('plans what estimators make once, and what they hold of a batch', async () => {
    const cells = ['--cells', '*_none', '--h2', '0.1', '--replicates', '5', '--plan-json'];
    const planOf = async (names: string) =>
      JSON.parse((await study('planned', ...cells, '--estimators', names)).stdout) as {
        notes: string[];
        steps: { name: string; seconds: number | null; memory: Record<string, number> }[];
      };
    const [gre, others] = [await planOf('gre'), await planOf('ldsc,he')];
    const namesOf = ({ steps }: typeof gre) => steps.map(({ name }) => name);
    expect(namesOf(gre)).toContain('LD of blocks');
    expect(namesOf(gre)).not.toContain('LD scores (LDSC)');
    expect(namesOf(others).filter((name) => name === 'LD scores (LDSC)')).toHaveLength(1);
    expect(namesOf(others)).not.toContain('LD of blocks');
    const [ofGre, own] = [gre, others].map(({ steps }) => steps.at(-1)!);
    expect(own.memory.vectors - ofGre.memory.vectors).toBeGreaterThan(8 * 600 * 50); // random vectors of Haseman-Elston and their images
    expect(own.seconds).not.toBeNull();
    expect(others.notes.join()).not.toContain('Not in it');
  });

  it.each([
    [['--estimators', 'gre,magic'], /unknown estimator \(found "magic", expected some of gre, /],
    [['--grid', '65'], /65.*(no such file|not found|does not exist)/i],
    [['--h2', 'x'], /--h2 is not a heritability/],
    [
      ['--cells', '*_none', '--samples', '700'],
      /--samples asks for more people than there are .*at most 600/,
    ],
    [['--cells', '*_none', '--blocks-experiment', '0'], /--blocks-experiment is not a list of whole numbers/],
    [['--weights', 'scores.l2.ldscore'], /./],
  ])('refuses %j', async (flags, message) => {
    const words = flags.map((word) => (word === 'scores.l2.ldscore' ? at(word) : word));
    const { exitCode, stderr } = await study('bad', ...words);
    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/internal error/);
    expect(existsSync(at('bad.study.json'))).toBe(false);
  });
});

describe('what is not there', () => {
  it.each(['constructor', '__proto__', 'toString'])('%s is neither estimator nor grid', async (name) => {
    const estimator = await study('bad', '--estimators', name);
    expect(estimator.stderr).toMatch(new RegExp(`unknown estimator .*${name}`));
    const grid = await study('bad', '--grid', name);
    expect(grid.stderr).toMatch(/does not exist/);
    expect([estimator.exitCode, grid.exitCode]).toEqual([2, 2]);
  });

  it('an estimator that fails leaves the others alone, and is named with its reason', async () => {
    const size = ['--samples', 300, '--variants', 5, '--chromosomes', 1, '--quiet', '--out', at('five')];
    expect((await heredity('simulate', 'genotypes', ...size)).exitCode).toBe(0);
    const few = (out: string, estimators: string) =>
      heredity(
        ...['study', 'run', '--bfile', at('five'), '--cells', 'h0.5_p1_*_none', '--replicates', 2],
        ...['--estimators', estimators, '--quiet', '--out', at(out)],
      );
    const some = await few('some', 'gre,ldsc');
    expect(some.exitCode).toBe(0);
    expect(some.stdout).toMatch(/^GRE +2 /m);
    const [warning] = json('some').warnings;
    expect(warning).toMatch(/LDSC gave no estimate at all: ./);
    const none = await few('none', 'ldsc');
    expect(none.exitCode).toBeGreaterThan(0);
    expect(none.stderr).toMatch(/LDSC.*: ./);
    // what is to be done is not a flag that a study has not
    const flags = Object.keys((await import('../../../src/cli/study/study-run.js')).studyRun.flags);
    for (const text of [warning, none.stderr])
      for (const [, name] of text.matchAll(/--([a-z][a-z-]*)/g))
        expect(flags.map((flag) => flag.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`))).toContain(name);
  });

  it('warns of inputs that an estimator should not get', async () => {
    const chosen = ['--estimators', 'gre,gre-shrunk,gre-mixed', '--cells', 'h0.5_p1_maf0-0.5_a-1_none'];
    const { exitCode, stderr, stdout } = await study('unsound', ...chosen, '--replicates', 2);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^GRE, shrunk LD +1 /m);
    expect(stderr).toMatch(/warning: GRE, mixed-model statistics: .*own chromosome/);
    expect(json('unsound').warnings).toEqual([
      expect.stringMatching(/^GRE, shrunk LD: LD is shrunk/),
      expect.stringMatching(/^GRE, mixed-model statistics: /),
    ]);
  });

  it('a cell of h2 = 0 is in the table', async () => {
    writeFileSync(at('null.tsv'), 'h2\n0\n');
    const { exitCode, stdout } = await study('null', '--grid', at('null.tsv'), '--replicates', 3);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/mean bias at h² = 0/);
    expect(stdout).toMatch(/^GRE +1 .*\d/m);
  });
});

describe('heredity study compare-paper', () => {
  it('lays a study beside the paper', async () => {
    const flags = ['--h2', '0.25', '--replicates', 2, '--estimators', 'gre,sumher,rhe'];
    expect((await study('side', ...flags)).exitCode).toBe(0);
    const { exitCode, stdout } = await heredity(
      ...['study', 'compare-paper', '--study', at('side.study.json'), '--out', at('side'), '--quiet'],
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/GRE +600 +16 .* small scale \(table 21\) +112 +0\.1 % +−4\.9 % to 6\.4 %/);
    expect(stdout).toMatch(/Beside the paper's small scale: people 600, paper 8,430/);
    const document = checkedJson(readFileSync(at('side.compare-paper.json'), 'utf8'));
    expect(document.cells).toHaveLength(4 * 16);
    expect(rows(readFileSync(at('side.compare-paper.tsv'), 'utf8'))).toHaveLength(65);
    expect(existsSync(at('side.compare-paper.png'))).toBe(true);
  });

  it.each([
    ['nothing.json', undefined, /does not exist/],
    ['text.json', 'people', /this is not JSON/],
    ['other.json', '{"schema":"heredity/gre@1"}', /not the result of a study .*found "heredity\/gre@1"/],
  ])('refuses %s', async (name, content, message) => {
    if (content !== undefined) writeFileSync(at(name), content);
    const { exitCode, stderr } = await heredity(
      'study',
      'compare-paper',
      '--study',
      at(name),
      '--out',
      at('no'),
    );
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('--external', () => {
  const program = (name: string, command: string, pattern: string) => {
    writeFileSync(at(`${name}.json`), JSON.stringify([{ name, command, pattern }]));
    return at(`${name}.json`);
  };
  const cell = ['--cells', 'h0.25_p1_maf0-0.5_a-1_none', '--replicates', 3];
  /** Prints the name of the trait's column and the number of people: shows which file and column the program was given. */
  const script = `
    const [, , file, column] = process.argv;
    const rows = require('fs').readFileSync(file, 'utf8').trim().split('\\n').map((line) => line.split('\\t'));
    console.log(rows[0][1 + Number(column)], rows.length - 1);`;

  it('runs a program once a trait and reads its answer', async () => {
    writeFileSync(at('count.cjs'), script);
    const file = program(
      'counter',
      `"${process.execPath}" "${at('count.cjs')}" {pheno} {column}`,
      'trait(?<se>\\d+) (?<h2>\\d+)',
    );
    const { exitCode, stderr } = await study('external', ...cell, '--external', file);
    expect(exitCode, stderr).toBe(0);
    const found = rows(gunzipSync(readFileSync(at('external.replicates.tsv.gz'))).toString());
    const own = found.filter((row) => row.includes('counter')).map((row) => row.join(' '));
    expect(own).toHaveLength(3);
    for (const [k, row] of own.entries()) expect(row).toMatch(new RegExp(`\\b${SAMPLES}\\b.*\\b${k + 1}$`));
  });

  it('says what was wrong where no trait got an answer', async () => {
    const file = program(
      'failing',
      `"${process.execPath}" -e "console.error('no such matrix'); process.exit(1)"`,
      '(?<h2>x)',
    );
    const { exitCode, stderr } = await study('failing', ...cell, '--external', file);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/failing gave no answer for any trait: .*no such matrix/s);
    expect(existsSync(at('failing.study.json'))).toBe(false);
  });

  it.each(['gre', 'ldsc', 'greml'])('a program named %s would replace an estimator', async (name) => {
    const file = program('clash', 'true', '(?<h2>x)');
    writeFileSync(file, JSON.stringify([{ name, command: 'true', pattern: '(?<h2>x)' }]));
    const { exitCode, stderr } = await study('clash', ...cell, '--external', file);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(name);
  });

  it.each([
    ['{}', 'not a list of programs'],
    ['[{"name": "a", "command": "b"}]', 'program 1 has no pattern'],
    ['[{"name": "a", "command": "b", "pattern": "("}]', 'not a regular expression'],
    ['[{"name": "a", "command": "b", "pattern": "x"}]', 'no group h2'],
    ['[', 'not JSON'],
    ['[{"name": "__proto__", "command": "b", "pattern": "(?<h2>x)"}]', 'cannot stand in a table'],
    ['[{"name": "a\\tb", "command": "b", "pattern": "(?<h2>x)"}]', 'cannot stand in a table'],
  ])('refuses %s', async (text, message) => {
    writeFileSync(at('bad.json'), text);
    const { exitCode, stderr } = await study('bad', ...cell, '--external', at('bad.json'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});

it.each([
  ['--weights', 'ldak'],
  ['--ld-scores', 'ld-score'],
])('%s is refused where no chosen cell is coupled with it, before anything is read', async (flag, kind) => {
  const words = ['study', 'run', '--bfile', at('nowhere'), '--cells', '*_none', flag, at('nowhere')];
  const { exitCode, stderr } = await heredity(...words, '--out', at('unused'));
  expect([exitCode, stderr]).toEqual([
    2,
    expect.stringContaining(`${flag} means nothing: no chosen cell has the weights ${kind}`),
  ]);
});
