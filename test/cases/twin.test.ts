import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { heredity } from '../cli/run.js';
import { twinView } from '../cli/twin/twin-view.js';
import { ParkMiller } from '../fixture.js';
import { SHARED, sharedFile } from '../shared.js';

/** Real situations with twins, named as in the folder of cases; where that folder is absent they are skipped. */
const CASES = SHARED !== undefined && existsSync(sharedFile('cases/README.md'));
const folder = mkdtempSync(join(tmpdir(), 'heredity-cases-twin-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Model {
  readonly name: string;
  readonly minus2lnL: number;
  readonly ci95: Readonly<Record<string, readonly [number, number]>>;
  readonly [key: string]: unknown;
}

async function twin(words: readonly string[]) {
  const out = join(folder, `run${runs++}`);
  const run = await heredity(['twin', ...words, '--out', out]);
  const path = `${out}.twin.json`;
  const json = existsSync(path) ? twinView(readFileSync(path, 'utf8')) : undefined;
  const model = (name: string) => json?.models?.find((one: Model) => one.name === name);
  return { ...run, out, json, model };
}
let runs = 0;

function caseFile(path: string): string {
  const copy = join(folder, path.replaceAll('/', '_'));
  copyFileSync(sharedFile(`cases/${path}`), copy);
  return copy;
}

const numbers = (rmz: number, rdz: number, nmz: number, ndz: number) =>
  ['--rmz', rmz, '--rdz', rdz, '--nmz', nmz, '--ndz', ndz].map(String);
const columns = ['--trait', 'y1,y2', '--zygosity', 'zyg', '--mz', 'MZ', '--dz', 'DZ'];

/** Every estimate is finite, in its interval and with the others of its model adds up to 1. */
function expectSound(models: readonly Model[], bounds: 'bounded' | 'free') {
  for (const model of models) {
    const shares = ['a2', 'c2', 'd2', 'e2'].map((key) => model[key] as number);
    expect(shares.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
    for (const [key, [low, high]] of Object.entries(model.ci95)) {
      const value = model[key] as number;
      expect([low, high].every(Number.isFinite), `${model.name} ${key} [${low}, ${high}]`).toBe(true);
      expect(low).toBeLessThanOrEqual(value + 1e-9);
      expect(high).toBeGreaterThanOrEqual(value - 1e-9);
      if (bounds === 'bounded') expect(low).toBeGreaterThanOrEqual(0);
      if (bounds === 'bounded' && key.endsWith('2')) expect(high).toBeLessThanOrEqual(1);
    }
  }
}

describe('twin-weak-correlations', () => {
  it('from correlations: .100, 0, .900 with e2 up to 1', async () => {
    const { exitCode, model } = await twin(numbers(0.1, 0.05, 300, 300));
    expect(exitCode).toBe(0);
    const ace = model('ACE');
    expect([ace.a2, ace.c2, ace.e2]).toEqual([
      expect.closeTo(0.1, 3),
      expect.closeTo(0, 3),
      expect.closeTo(0.9, 3),
    ]);
    expect(ace.ci95.e2[1]).toBe(1);
  });

  it.each([
    [0, 0, 100],
    [-0.1, 0.05, 100],
    [-0.9, -0.9, 50],
  ])('r_MZ %f and r_DZ %f are results', async (rmz, rdz, pairs) => {
    const { exitCode, json, out } = await twin(numbers(rmz, rdz, pairs, pairs));
    expect(exitCode).toBe(0);
    expectSound(json.models, 'bounded');
    expect(existsSync(`${out}.twin.png`)).toBe(true);
  });

  it.skipIf(!CASES).each(['weak.csv', 'negr.csv'])('%s', async (name) => {
    const { exitCode, json, model } = await twin([
      '--pairs',
      caseFile(`twin-weak-correlations/${name}`),
      ...columns,
    ]);
    expect(exitCode).toBe(0);
    expectSound(json.models, 'bounded');
    if (name === 'negr.csv') {
      expect(model('AE').ci95.e2).toEqual([expect.closeTo(0.961, 3), 1]);
    }
  });
});

describe('one model, two rows', () => {
  it.each([['AE'], ['CE'], ['E'], ['ACE'], ['AE,CE']])('--models %s has a picture', async (models) => {
    const { exitCode, out, json } = await twin([...numbers(0.6, 0.4, 100, 100), '--models', models]);
    expect(exitCode).toBe(0);
    expect(json.models).toHaveLength(models.split(',').length);
    expect(existsSync(`${out}.twin.svg`)).toBe(true);
  });
});

describe('twin-free-interval', () => {
  it.skipIf(!CASES)('ADE a2 1.201 in [.713, 1.615]', async () => {
    const pairs = caseFile('twin-free-interval/neg.csv');
    const { exitCode, model } = await twin(['--pairs', pairs, ...columns, '--bounds', 'free']);
    expect(exitCode).toBe(0);
    const ade = model('ADE');
    expect(ade.a2).toBeCloseTo(1.201, 3);
    expect(ade.ci95.a2).toEqual([expect.closeTo(0.713, 3), expect.closeTo(1.615, 3)]);
    expect(ade.minus2lnL).toBeCloseTo(2152.672, 3);
  });

  it('any correlations, bounded or free, give estimates within finite intervals', async () => {
    const correlation = fc.double({ min: -0.95, max: 0.95, noNaN: true });
    const pairs = fc.integer({ min: 20, max: 3000 });
    await fc.assert(
      fc.asyncProperty(
        correlation,
        correlation,
        pairs,
        pairs,
        fc.constantFrom('bounded' as const, 'free' as const),
        async (rmz, rdz, nmz, ndz, bounds) => {
          const run = await twin([...numbers(rmz, rdz, nmz, ndz), '--bounds', bounds]);
          expect(run.stderr).not.toMatch(/error:/);
          expectSound(run.json.models, bounds);
          if (bounds === 'free') {
            // Free ACE reproduces the correlations where that leaves every variance positive.
            const { a2, c2 } = run.model('ACE');
            expect(a2 + c2).toBeCloseTo(rmz, 6);
            expect(a2 / 2 + c2).toBeCloseTo(rdz, 6);
          }
        },
      ),
      { numRuns: 20, seed: 20 },
    );
  }, 120_000);

  it('any counts of affected pairs, bounded or free', async () => {
    const count = fc.integer({ min: 5, max: 400 });
    const counts = fc.tuple(count, count, count);
    await fc.assert(
      fc.asyncProperty(
        counts,
        counts,
        fc.constantFrom('bounded' as const, 'free' as const),
        async (mz, dz, bounds) => {
          const run = await twin([
            '--mz-counts',
            mz.join(','),
            '--dz-counts',
            dz.join(','),
            '--bounds',
            bounds,
          ]);
          expect(run.stderr).not.toMatch(/error:/);
          expectSound(run.json.models, bounds);
        },
      ),
      { numRuns: 20, seed: 20 },
    );
  }, 120_000);
});

/** Pairs of any twin table, written with any separator. */
function pairsTable(separator: string, rows: readonly (readonly string[])[]): string {
  const path = join(folder, `pairs${runs++}.csv`);
  writeFileSync(path, [['zyg', 'y1', 'y2', 'age'], ...rows].map((row) => row.join(separator)).join('\n'));
  return path;
}

/** A sequence without a pattern, the same each time. */
const noise = (k: number) => Math.sin(12.9898 * k) * 4 + Math.cos(78.233 * k * k);
const ROWS = Array.from({ length: 80 }, (_, i) => {
  const shared = noise(i + 1);
  const own = (k: number) => (shared * (i % 2 ? 0.5 : 1) + noise(k + 200)).toFixed(4);
  return [i % 2 ? 'DZ' : 'MZ', own(2 * i), own(2 * i + 1), String(30 + (i % 7))];
});

describe('small refusals: a semicolon CSV for twins', () => {
  it.skipIf(!CASES)('is read', async () => {
    const path = caseFile('small-refusals/semi.csv');
    const { exitCode, json } = await twin(['--pairs', path, ...columns]);
    expect(exitCode).toBe(0);
    const commas = join(folder, 'commas.csv');
    writeFileSync(commas, readFileSync(path, 'utf8').replaceAll(';', ','));
    const same = await twin(['--pairs', commas, ...columns]);
    expect(json.models).toEqual(same.json.models);
  });

  it('any separator gives the same models', async () => {
    const runsBy = [];
    for (const separator of [',', ';', '\t', ' '])
      runsBy.push(await twin(['--pairs', pairsTable(separator, ROWS), ...columns]));
    for (const { exitCode, json } of runsBy) {
      expect(exitCode).toBe(0);
      expect(json.models).toEqual(runsBy[0].json.models);
    }
  });

  it('tables of R, with names of rows, and values of any size give the same shares', async () => {
    const [head, ...rows] = readFileSync(pairsTable(',', ROWS), 'utf8')
      .trimEnd()
      .split('\n')
      .map((row) => row.split(','));
    const models = async (name: string, lines: readonly (readonly string[])[], separator: string) => {
      const path = join(folder, name);
      writeFileSync(path, `${lines.map((line) => line.join(separator)).join('\n')}\n`);
      return twin(['--pairs', path, ...columns, '--skip-intervals']);
    };
    const plain = await models('plain.csv', [head, ...rows], ',');
    const named = rows.map((row, i) => [`"${i + 1}"`, ...row]);
    const quoted = head.map((name) => `"${name}"`);
    for (const run of [
      await models('r.csv', [['""', ...quoted], ...named], ','),
      await models('r.txt', [quoted, ...named], ' '),
      await models('r.tsv', [head, ...rows.map((row, i) => [String(i + 1), ...row])], '\t'),
    ])
      expect(run.json?.models, run.stderr).toEqual(plain.json?.models);
    for (const size of ['e200', 'e-200']) {
      const other = await models(
        'size.csv',
        [head, ...rows.map(([zyg, ...y]) => [zyg, ...y.map((v) => v + size)])],
        ',',
      );
      expect(other.stderr).toContain('it is analysed in units of that');
      expect(other.model('AE').a2).toBeCloseTo(plain.model('AE').a2, 6);
    }
    const twoValues = rows.map(([zyg, ...y]) => [zyg, ...y.map((value) => (Number(value) > 0 ? '1' : '0'))]);
    expect((await models('two.csv', [head, ...twoValues], ',')).stderr).toContain('pass --binary');
  });

  it('decimal commas are named', async () => {
    const rows = ROWS.map(([zyg, ...values]) => [zyg, ...values.map((value) => value.replace('.', ','))]);
    const { exitCode, stderr } = await twin(['--pairs', pairsTable(';', rows), ...columns]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/write decimals with a point/i);
  });
});

describe('-9 in a table of twins', () => {
  const withCodes = ROWS.map((row, i) => (i % 9 === 0 ? [row[0], '-9', row[2], row[3]] : row));

  it('is missing, and the run says so', async () => {
    const { json, stderr } = await twin(['--pairs', pairsTable(',', withCodes), ...columns]);
    const blank = withCodes.map((row) => row.map((value) => (value === '-9' ? 'NA' : value)));
    const same = await twin(['--pairs', pairsTable(',', blank), ...columns]);
    expect(json.models).toEqual(same.json.models);
    expect(stderr).toMatch(/y1: 9 values of -9 taken as missing. --missing-code none/);
    expect(json.estimate.warnings[0]).toMatchObject({
      code: 'trait-coding',
      text: expect.stringMatching(/y1: 9 values of -9/),
    });
  });

  it('is a value with --missing-code none', async () => {
    const { json, stderr } = await twin([
      '--pairs',
      pairsTable(',', withCodes),
      ...columns,
      '--missing-code',
      'none',
    ]);
    expect(json.samples.left).toBe(ROWS.length);
    expect(stderr).not.toMatch(/taken as missing/);
    const refused = await twin(['--pairs', pairsTable(',', ROWS), ...columns, '--missing-code', 'x']);
    expect(refused.exitCode).toBe(2);
  });
});

describe('--covar and --where with --design parents', () => {
  const FAMILIES = Array.from({ length: 120 }, (_, i) => {
    const [age, father, mother] = [20 + (i % 23), noise(i + 1), noise(i + 500)];
    const child = 0.6 * ((father + mother) / 2) + 0.4 * age + 0.5 * noise(i + 900);
    return [i % 3 ? 'a' : 'b', child, father, mother, age].map(String);
  });
  const path = join(folder, 'families.csv');
  writeFileSync(path, [['cohort', 'c', 'f', 'm', 'age'], ...FAMILIES].map((row) => row.join()).join('\n'));
  const run = (...words: string[]) =>
    twin(['--design', 'parents', '--pairs', path, '--trait', 'c,f,m', ...words]);

  it('are honoured: a covariate is a predictor beside the parents', async () => {
    const adjusted = (await run('--covar', 'age')).json;
    // Normal equations of child on 1, mid-parent and age, solved by Cramer's rule.
    const rows = FAMILIES.map(([, c, f, m, age]) => [1, (Number(f) + Number(m)) / 2, Number(age), Number(c)]);
    const dot = (i: number, j: number) => rows.reduce((sum, row) => sum + row[i] * row[j], 0);
    const a = [0, 1, 2].map((i) => [0, 1, 2].map((j) => dot(i, j)));
    const b = [0, 1, 2].map((i) => dot(i, 3));
    const determinant = (x: number[][]) =>
      x[0][0] * (x[1][1] * x[2][2] - x[1][2] * x[2][1]) -
      x[0][1] * (x[1][0] * x[2][2] - x[1][2] * x[2][0]) +
      x[0][2] * (x[1][0] * x[2][1] - x[1][1] * x[2][0]);
    const slope = determinant(a.map((row, i) => [row[0], b[i], row[2]])) / determinant(a);
    expect(adjusted.estimate.h2.value).toBeCloseTo(slope, 9);
    expect((await run()).json.estimate.h2.value).not.toBeCloseTo(slope, 3);
  });

  it('--where leaves families out, and says how many', async () => {
    const { json } = await run('--where', 'cohort=a');
    expect(json.regression.n).toBe(80);
    expect(json.samples).toMatchObject({ start: 120, left: 80, unit: 'families' });
  });

  it.each([
    [['--zygosity', 'cohort', '--mz', 'a']],
    [['--bounds', 'free']],
    [['--binary']],
    [['--sharing', 'age']],
  ])('%o means nothing there', async (words) => {
    const { exitCode, stderr } = await run(...words);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/means nothing with --design parents/);
  });
});

describe('a recommended model that does not describe the data', () => {
  it('gets a warning with its likely cause: pooled sexes', async () => {
    const rows = ROWS.map((row, i) => {
      const shift = Math.floor(i / 2) % 2 ? 12 : 0;
      return i % 2 ? row : [row[0], String(Number(row[1]) + shift), String(Number(row[2]) + 30), row[3]];
    });
    const { json } = await twin(['--pairs', pairsTable(',', rows), ...columns]);
    const misfit = json.estimate.warnings.find(({ code }: { code: string }) => code === 'poor-fit');
    expect(misfit.text).toMatch(/does not describe the data: P .* against the saturated model.*means differ/);
    expect(misfit.fix).toMatch(/--covar/);
  });
});

/** Small tables of twins: kinds of pairs, values and a seed. */
const tables = fc
  .record({
    seed: fc.integer({ min: 1, max: 5000 }),
    rows: fc.integer({ min: 40, max: 90 }),
    scale: fc.constantFrom(1, 0.001, 1000),
  })
  .map(({ seed, rows, scale }) =>
    Array.from({ length: rows }, (_, i) => {
      const shared = noise(seed + i);
      const own = (k: number) => (scale * (shared * (i % 2 ? 0.6 : 1) + noise(seed + k + 300))).toFixed(5);
      return [i % 2 ? 'DZ' : 'MZ', own(2 * i), own(2 * i + 1), String(20 + (i % 31))];
    }),
  );
const fast = ['--skip-intervals', '--models', 'ACE,AE,E'];
const twenty = { numRuns: 20, seed: 20 };

describe('twenty generated cases of each kind', () => {
  it('separators', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.constantFrom(';', '\t', ' '), async (rows, separator) => {
        const [one, other] = [
          await twin(['--pairs', pairsTable(',', rows), ...columns, ...fast]),
          await twin(['--pairs', pairsTable(separator, rows), ...columns, ...fast]),
        ];
        expect(one.exitCode, one.stderr).toBe(0);
        expect(other.json.models).toEqual(one.json.models);
      }),
      twenty,
    );
  }, 120_000);

  it('-9 and other codes', async () => {
    const code = fc.constantFrom('-9', '-99', '-1', '999');
    await fc.assert(
      fc.asyncProperty(tables, code, fc.integer({ min: 3, max: 9 }), async (rows, missing, every) => {
        const withCode = (text: string) =>
          rows.map((row, i) => (i % every === 0 ? [row[0], row[1], text, row[3]] : row));
        const flags = missing === '-9' ? [] : ['--missing-code', missing];
        const coded = await twin([
          ...['--pairs', pairsTable(',', withCode(missing)), ...columns, ...fast, ...flags],
        ]);
        const blank = await twin(['--pairs', pairsTable(',', withCode('NA')), ...columns, ...fast]);
        expect(coded.exitCode, coded.stderr).toBe(0);
        expect(coded.json.models).toEqual(blank.json.models);
        const count = Math.ceil(rows.length / every);
        expect(coded.stderr).toContain(`y2: ${count} values of ${missing} taken as missing`);
      }),
      twenty,
    );
  }, 120_000);

  it('a misfit has a warning with its cause', async () => {
    const shift = fc.double({ min: 4, max: 40, noNaN: true });
    await fc.assert(
      fc.asyncProperty(tables, shift, fc.constantFrom('MZ', 'DZ'), async (rows, by, kind) => {
        const sd = Math.sqrt(rows.reduce((sum, row) => sum + Number(row[1]) ** 2, 0) / rows.length);
        const moved = rows.map((row) =>
          row[0] === kind ? [row[0], row[1], String(Number(row[2]) + by * sd), row[3]] : row,
        );
        const run = await twin(['--pairs', pairsTable(',', moved), ...columns, ...fast]);
        const misfit = run.json.estimate.warnings.find(({ code }: { code: string }) => code === 'poor-fit');
        expect(misfit.text).toMatch(new RegExp(`P .* against the saturated model.*second ${kind} members`));
        expect(misfit.fix).toMatch(/--covar|--means|--where/);
      }),
      twenty,
    );
  }, 120_000);

  it('a flag that means nothing in a design is refused, whatever it says', async () => {
    const path = pairsTable(',', ROWS);
    const designs = {
      parents: ['--design', 'parents', '--pairs', path, '--trait', 'y1,y2'],
      pairs: ['--pairs', path, ...columns],
      correlations: numbers(0.6, 0.4, 100, 100),
      counts: ['--mz-counts', '53,81,400', '--dz-counts', '27,81,220'],
    };
    const refused: [keyof typeof designs, string[]][] = [
      ...[['--bounds', 'free'], ['--models', 'AE'], ['--binary'], ['--sharing', 'age'], ['--rmz', '0.5']].map(
        (flag): ['parents', string[]] => ['parents', flag],
      ),
      ...[
        ['--sharing', 'nowhere'],
        ['--rdz', '0.2'],
        ['--nmz', '7'],
        ['--mz-counts', '1,2,3'],
      ].map((flag): ['pairs', string[]] => ['pairs', flag]),
      ...[
        ['--covar', 'x'],
        ['--zygosity', 'x'],
        ['--means', 'equal'],
        ['--binary'],
        ['--trait', 'a,b'],
        ['--where', 'a=b'],
      ].map((flag): ['correlations', string[]] => ['correlations', flag]),
      ...[
        ['--covar', 'x'],
        ['--nmz', '3'],
        ['--correlation', 'mz=0.2'],
        ['--missing-code', '-9'],
        ['--group', 'a=mz'],
      ].map((flag): ['counts', string[]] => ['counts', flag]),
    ];
    expect(refused).toHaveLength(20);
    for (const [design, flag] of refused) {
      const { exitCode, stderr, json } = await twin([...designs[design], ...flag]);
      expect(exitCode, `${design} ${flag.join(' ')}`).toBe(2);
      expect(stderr).toMatch(/means nothing with/);
      expect(json).toBeUndefined();
    }
  }, 120_000);
});

it.skipIf(!SHARED)('the cases ran', () => {
  expect(CASES).toBe(true);
});

describe('a value far from all others in twins', () => {
  it('is said, as it is for every trait', async () => {
    const random = new ParkMiller(7);
    const pairs = Array.from({ length: 200 }, (_, i) => {
      const shared = random.normal();
      const [y1, y2] = [shared + random.normal(), shared + random.normal()];
      return `${i === 3 ? 99999 : y1.toFixed(3)},${y2.toFixed(3)},${i % 2 ? 'MZ' : 'DZ'}`;
    });
    const path = join(folder, 'far.csv');
    writeFileSync(path, `y1,y2,zyg\n${pairs.join('\n')}\n`);
    const { stdout, stderr } = await twin(['--pairs', path, ...columns]);
    expect(`${stdout} ${stderr}`.replaceAll(/\s+/g, ' ')).toMatch(
      /1 of 400 people have the value 99999, far from all others/,
    );
  });
});
