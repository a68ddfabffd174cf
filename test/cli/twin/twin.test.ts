import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { typescriptKernels } from '../../../src/kernels/typescript.js';
import { SHARED, sharedFile } from '../../shared.js';
import { heredity } from '../run.js';
import { twinView } from './twin-view.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-twin-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Runs `heredity twin`, and reads its JSON against the schema. */
async function twin(flags: string) {
  const out = join(folder, `run${runs++}`);
  const run = await heredity(['twin', ...flags.split(' '), '--out', out]);
  const json = existsSync(`${out}.twin.json`)
    ? twinView(readFileSync(`${out}.twin.json`, 'utf8'))
    : undefined;
  return { ...run, out, json };
}
let runs = 0;

const normal = new Float64Array(2000);
typescriptKernels.normal(3, 0, 0, normal);

/** 60 MZ and 60 DZ pairs: correlations about .8 and .4, some phenotypes and ages missing, and a second cohort. */
const TWINS = file(
  'twins.csv',
  [
    'family,"zyg",y1,y2,sick1,sick2,age,sex1,sex2,cohort',
    ...Array.from({ length: 240 }, (_, i) => {
      const r = i % 2 === 0 ? 0.8 : 0.4;
      const [a, b] = [normal[2 * i], r * normal[2 * i] + Math.sqrt(1 - r * r) * normal[2 * i + 1]];
      const sick = (y: number) => (y > 0.3 ? 1 : 0);
      const y2 = i % 11 === 0 ? 'NA' : (10 + 2 * b).toFixed(4);
      const age = i % 37 === 5 ? '' : String(20 + (i % 17));
      const sex = ['F', 'M'][i % 3 === 0 ? 1 : 0];
      const zyg = ['MZ', 'DZ'][i % 2] + sex;
      return `${i},"${zyg}",${(10 + 2 * a).toFixed(4)},${y2},${sick(a)},${sick(b)},${age},${sex},${sex},${i < 120 ? 'a' : 'b'}`;
    }),
  ].join('\n'),
);
const TABLE = `--pairs ${TWINS} --trait y1,y2 --zygosity zyg --mz MZF,MZM --dz DZF,DZM`;

describe('heredity twin from correlations', () => {
  it('writes the golden case of METHODS 9.2', async () => {
    const { exitCode, json, stdout, out } = await twin('--rmz 0.62 --rdz 0.36 --nmz 1000 --ndz 1000');
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({
      schema: 'heredity/result@1',
      estimate: {
        trait: 'trait',
        method: 'twin',
        n: 4000,
        scale: 'observed',
        h2: {
          value: expect.closeTo(0.52, 6),
          ci95: [expect.closeTo(0.401, 3), expect.closeTo(0.641, 3)],
          seKind: 'profile',
        },
        parts: [{ kind: 'component', id: 'A' }, { id: 'C' }, { id: 'E' }],
        quantities: { falconer: { value: 0.52, seKind: 'delta' } },
        diagnostics: { design: 'correlations', model: 'ACE', parameters: 3 },
      },
      correlations: { MZ: { r: 0.62, pairs: 1000 }, DZ: { r: 0.36, pairs: 1000 } },
      preferred: 'ACE',
      samples: null,
    });
    expect(json.estimate.parts[0].quantities.variance.value).toBeCloseTo(json.models[0].VA, 9);
    expect(json.falconer.a2).toBeCloseTo(0.52, 12);
    expect(json.falconer.se.a2).toBeCloseTo(0.06743, 5);
    const model = (name: string) => json.models.find((one: { name: string }) => one.name === name);
    expect(model('ACE').minus2lnL).toBeCloseTo(10727.547986, 6);
    expect(model('ACE').ci95.a2[0]).toBeCloseTo(0.40112, 5);
    expect(model('AE')).toMatchObject({ VC: 0, c2: 0, parameters: 2 });
    const test = json.comparisons.find(
      (row: { model: string; against: string }) => row.model === 'AE' && row.against === 'ACE',
    );
    expect(test.lrt).toBeCloseTo(3.158502, 6);
    expect(test.p).toBeCloseTo(0.03777, 5);
    expect(stdout).toMatch(/^ACE \* +0\.5200 \[0\.401, 0\.641\]/m);
    expect(stdout).toMatch(/AE against ACE +3\.1585 +1 +1\/2 chi2\(0\) \+ 1\/2 chi2\(1\) +0\.0378/);
    expect(
      readdirSync(folder)
        .filter((name) => out.endsWith(name.split('.')[0]))
        .sort(),
    ).toEqual(
      ['json', 'png', 'svg', 'tsv']
        .map((kind) => `run0.twin.${kind}`)
        .concat('run0.twin.log')
        .sort(),
    );
    const tsv = readFileSync(`${out}.twin.tsv`, 'utf8').split('\n');
    expect(tsv[0]).toMatch(/^trait\tmethod\tpart\tkind\tscale\tn\tvariants\testimate\tse\tci_low\tci_high/);
    expect(tsv.slice(1, 5).map((row) => row.split('\t').slice(1, 4))).toEqual([
      ['twin', 'total', 'total'],
      ['twin', 'total', 'falconer'],
      ['twin', 'A', 'component'],
      ['twin', 'A', 'variance'],
    ]);
    expect(readFileSync(`${out}.twin.svg`, 'utf8')).toMatch(/profile-likelihood interval/);
  });

  it('without bounds tests with whole chi-squares', async () => {
    const { json } = await twin('--rmz 0.62 --rdz 0.36 --nmz 1000 --ndz 1000 --bounds free --skip-intervals');
    const test = json.comparisons[0];
    expect(test).toMatchObject({ model: 'AE', against: 'ACE', mixture: [{ df: 1, weight: 1 }] });
    expect(test.p).toBeCloseTo(0.07553, 5);
    expect(json.models[0].ci95).toEqual({});
    expect(json.estimate.h2).toMatchObject({ seKind: 'curvature', se: expect.closeTo(0.0615, 3) });
    expect(json.preferred).toBe('ACE'); // as good as ADE, whose d2 is negative
  });

  it('without numbers of pairs solves the components alone', async () => {
    const { json, stderr } = await twin('--rmz 0.62 --rdz 0.36');
    expect(json.falconer).toEqual({
      a2: expect.closeTo(0.52),
      c2: expect.closeTo(0.1),
      e2: expect.closeTo(0.38),
    });
    expect(json.models).toEqual([]);
    expect(json.estimate).toMatchObject({ n: 0, h2: { value: 0.52, se: null, ci95: null }, parts: [] });
    expect(json.estimate.warnings[0].code).toBe('no-error');
    expect(stderr).toMatch(/no standard errors and no models/);
  });

  it('takes any relatives', async () => {
    const { json } = await twin('--correlation full-siblings=0.35:800,0.25/0/1=0.25:800 --models ACE');
    expect(json.falconer.a2).toBeCloseTo(0.4, 12);
    expect(json.models[0].a2).toBeCloseTo(0.4, 7);
  });
});

describe('heredity twin from concordances', () => {
  it('fits the liability', async () => {
    const { json } = await twin('--mz-counts 53,81,400 --dz-counts 27,81,220');
    expect(json.estimate).toMatchObject({ diagnostics: { design: 'counts' }, scale: 'liability', n: 1724 });
    expect(json.correlations.MZ.r).toBeGreaterThan(0.6);
    expect(json.models[0].means[0].name).toBe('threshold');
  });
});

describe('heredity twin from a table', () => {
  it('reads a table with missing values, and says what was lost', async () => {
    const { json, stdout } = await twin(`${TABLE} --where cohort=a`);
    expect(json.samples).toMatchObject({ start: 240, left: 120, unit: 'pairs' });
    expect(json.correlations.MZ).toMatchObject({ pairs: 54, singletons: 6 });
    expect(stdout).toMatch(/^pairs read +- +240/m);
    expect(stdout).toMatch(/^--where +120 +120/m);
    expect(json.estimate).toMatchObject({ trait: 'y1,y2', n: 240 - 11 });
    expect(json.saturated.parameters).toBe(10);
    expect(json.provenance.inputs[0].path).toBe(TWINS);
  });

  it('takes covariates, numbers and words, and means by zygosity', async () => {
    const { json } = await twin(
      `${TABLE} --covar age,sex1:sex2 --means zygosity --models ACE --skip-intervals`,
    );
    const [ace] = json.models;
    expect(ace.means.map(({ name }: { name: string }) => name)).toEqual([
      'mean MZ',
      'mean DZ',
      'age',
      'sex1:sex2=M',
    ]);
    expect(ace.parameters).toBe(7);
    expect(json.correlations.MZ.pairs + json.correlations.MZ.singletons).toBeLessThan(120);
    expect(json.saturated.parameters).toBe(12);
  });

  it('fits a binary trait', async () => {
    const { json } = await twin(
      `--pairs ${TWINS} --trait sick1,sick2 --zygosity zyg --mz MZF,MZM --dz DZF,DZM --binary`,
    );
    expect(json.estimate).toMatchObject({ diagnostics: { design: 'pairs' }, scale: 'liability' });
    expect(Math.abs(json.correlations.MZ.r - 0.8)).toBeLessThan(0.2);
  });

  it.skipIf(SHARED === undefined)('gives what OpenMx gives on real twins', async () => {
    const { json } = await twin(
      `--pairs ${SHARED && sharedFile('data/twins/oz-twins.csv')} --trait bmi1,bmi2 --zygosity zygosity --mz MZFF --dz DZFF --where cohort=younger`,
    );
    const [ace] = json.models;
    expect(Math.abs(ace.VA - 0.6173023)).toBeLessThan(1e-4);
    expect(Math.abs(ace.VE - 0.1730462)).toBeLessThan(1e-4);
    expect(Math.abs(ace.minus2lnL - 4067.663)).toBeLessThan(1e-3);
    expect(ace.parameters).toBe(4);
  });
});

describe('other designs', () => {
  const rows = Array.from({ length: 400 }, (_, i) => {
    const [father, mother] = [normal[4 * i], normal[4 * i + 1]];
    return `${(0.3 * (father + mother) + normal[4 * i + 2]).toFixed(5)} ${father} ${mother}`;
  });
  const families = file('trios.txt', ['child father mother', ...rows].join('\n'));

  it('regresses offspring on the mean of the parents, or on one', async () => {
    const both = await twin(`--design parents --pairs ${families} --trait child,father,mother`);
    const { h2, n } = both.json.estimate;
    expect(Math.abs(h2.value - 0.6)).toBeLessThan(3 * h2.se);
    expect(n).toBe(1200);
    const one = await twin(`--design parents --pairs ${families} --trait child,father`);
    expect(one.json.estimate).toMatchObject({
      h2: { value: expect.closeTo(2 * one.json.regression.slope, 12), seKind: 'least-squares' },
      quantities: { slope: { value: one.json.regression.slope } },
    });
    expect(one.json.estimate.warnings.at(-1).code).toBe('common-environment');
  });

  it('uses realised sharing of siblings', async () => {
    const siblings = file(
      'siblings.txt',
      [
        'y1 y2 pi',
        ...Array.from({ length: 600 }, (_, i) => {
          const pi = 0.5 + 0.15 * Math.sin(i);
          const r = 0.7 * pi + 0.05;
          return `${normal[2 * i]} ${r * normal[2 * i] + Math.sqrt(1 - r * r) * normal[2 * i + 1]} ${i % 50 === 0 ? 'NA' : pi}`;
        }),
      ].join('\n'),
    );
    const { json } = await twin(`--design sharing --pairs ${siblings} --trait y1,y2 --sharing pi`);
    expect(json.regression.pairs).toBe(588);
    expect(json.estimate.quantities['sharing-slope'].value).toBeCloseTo(json.regression.a2, 12);
    expect(Math.abs(json.regression.a2 - 0.7)).toBeLessThan(3 * json.regression.a2SE);
    expect(json.models.map(({ name }: { name: string }) => name)).toEqual(['ACE', 'AE', 'CE', 'E']);
  });
});

describe('what cannot be', () => {
  it.each([
    ['--rmz 1.1 --rdz 0.5', 2, /--rmz: expected a number from -1 to 1, found "1\.1"/],
    ['--rmz 0.6 --rdz 0.3 --nmz 0 --ndz 5', 2, /--nmz: expected a whole number of at least 1/],
    ['--rmz 0.6 --pairs x.csv', 2, /--rmz means nothing with --pairs/],
    ['--bounds free', 2, /nothing to analyse.*--pairs, correlations .* or counts/],
    ['--nmz 100', 2, /--nmz means nothing without --rmz/],
    ['--rmz 0.6 --rdz 0.3 --nmz 100 --ndz 100 --models ACDE', 2, /do not identify model ACDE/],
    ['--rmz 0.6 --rdz 0.3 --nmz 100 --ndz 100 --models AB', 2, /not a model .*AB/],
    ['--correlation uncle=0.2:10', 2, /not a relationship .*uncle/],
    ['--correlation mz:0.2', 2, /not relationship=r:pairs/],
    ['--mz-counts 1,2', 2, /not three counts/],
    ['--mz-counts 10,0,40', 4, /at its limit/],
    [`--pairs ${TWINS} --trait y1 --zygosity zyg --mz MZF`, 2, /--trait needs two columns/],
    [`--pairs ${TWINS} --trait y1,y2 --zygosity zyg`, 2, /which pairs are of which kind/],
    [`--pairs ${TWINS} --trait y1,y2`, 2, /--zygosity is needed with --pairs/],
    [
      `--pairs ${TWINS} --trait y1,y3 --zygosity zyg --mz MZF`,
      2,
      /no column y3 .*expected one of family, zyg, y1/,
    ],
    [
      `--pairs ${TWINS} --trait y1,cohort --zygosity zyg --mz MZF`,
      2,
      /twins\.csv:2:10: cohort is not a number .*"a"/,
    ],
    [
      `--pairs ${TWINS} --trait y1,y2 --zygosity zyg --mz XX --dz DZF`,
      3,
      /no MZ pair is left.*DZF, DZM, MZF, MZM/,
    ],
    [`${TABLE} --where cohort=c`, 3, /no pair has cohort "c".*one of a, b/],
    [`${TABLE} --where cohort`, 2, /--where is not a condition/],
    [`${TABLE} --group HS`, 2, /--group is not value=relationship/],
    [`${TABLE} --binary`, 2, /the trait is not binary/],
    [`${TABLE} --covar age:sex1:sex2`, 2, /names 3 columns for 2 members/],
    [
      `--pairs ${TWINS} --trait sick1,sick2 --zygosity zyg --mz MZF --dz DZF --binary --covar age`,
      2,
      /--covar means nothing with --pairs .*and --binary/,
    ],
    [`--pairs ${TWINS} --trait y1,y1 --zygosity zyg --mz MZF --dz DZF`, 2, /one column twice/],
    ['--design parents --trait a,b', 2, /--pairs is needed with --design parents/],
    ['--design sharing --trait a,b --pairs x', 2, /--sharing is needed with --design sharing/],
    ['--pairs nowhere.csv --trait a,b --zygosity z --mz 1', 2, /nowhere\.csv: the file does not exist/],
  ])('%s', async (flags, exitCode, message) => {
    const run = await twin(flags);
    expect(run.stderr).toMatch(message);
    expect(run.exitCode).toBe(exitCode);
    expect(run.json).toBeUndefined();
    expect(run.stderr).not.toMatch(/ at .*\.[jt]s:/);
  });
});
