import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numpyNumber } from '../../src/formats/numpy-number.js';
import { heredity, resultUnder } from '../cli/run.js';
import { SHARED, sharedFile } from '../shared.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-ldsc-'));
afterAll(() => rmSync(folder, { recursive: true }));

const data = (file: string) => sharedFile(`data/${file}`);
const expected = (file: string) => readFileSync(sharedFile(`expected/${file}`), 'utf8');
const EUR = SHARED ? ['--ref-ld-chr', data('ld-scores-eur/'), '--w-ld-chr', data('ld-scores-eur/')] : [];

/** Lines of LDSC's log that carry results. */
const RESULT =
  /^(Total |Lambda GC|Mean Chi|Intercept|Ratio|Mean z1|Genetic Correlation:|Z-score|P:|Categories|Observed scale|Liability scale|Proportion|Enrichment|Coefficient|Removed \d+ SNPs)/;

const resultLines = (log: string) =>
  log
    .split('\n')
    .filter((line) => RESULT.test(line))
    .map((line) => line.replace(/ \(the default\)$/, ''));

let runs = 0;
async function ldsc(...words: string[]) {
  const out = join(folder, `run${runs++}`);
  const { exitCode, stdout, stderr } = await heredity(['ldsc', ...words, '--out', out]);
  expect(stderr).not.toMatch(/^error/m);
  expect(exitCode).toBe(0);
  return {
    out,
    stdout,
    json: resultUnder(out, ['ldsc', 'sldsc']),
    log: readFileSync(`${out}.log`, 'utf8'),
  };
}

describe.skipIf(SHARED === undefined)('LDSC 3.0.1, to every digit that it prints', () => {
  it('h2_sim1, h2_sim1_liab, h2_sim1_noint and h2_sim2', async () => {
    const files = ['sim1', 'sim2'].map((trait) => data(`sumstats/${trait}.sumstats.gz`)).join();
    const { log, json } = await ldsc(
      '--h2',
      files,
      ...EUR,
      '--samp-prev',
      '0.5,nan',
      '--pop-prev',
      '0.01,nan',
    );
    const wanted = ['h2_sim1_liab', 'h2_sim2'].flatMap((name) => resultLines(expected(`ldsc/${name}.log`)));
    expect(resultLines(log)).toEqual(wanted);
    const [sim1] = json.traits;
    const line = (name: string) => resultLines(expected(`ldsc/${name}.log`))[0];
    expect(`Total Observed scale h2: ${numpyNumber(sim1.h2)} (${numpyNumber(sim1.se)})`).toBe(
      line('h2_sim1'),
    );
    const { fixed, fixedSe } = sim1;
    expect(`Total Observed scale h2: ${numpyNumber(fixed)} (${numpyNumber(fixedSe)})`).toBe(
      line('h2_sim1_noint'),
    );
  });

  it('h2_sim1_chisq30', async () => {
    const { log } = await ldsc('--h2', data('sumstats/sim1.sumstats.gz'), ...EUR, '--chisq-max', '30');
    expect(resultLines(log)).toEqual(resultLines(expected('ldsc/h2_sim1_chisq30.log')));
  });

  it('real data of another ancestry', async () => {
    const scores = data('ld-scores-eas-chr22/22');
    const { log, json } = await ldsc(
      '--h2',
      data('sumstats/BBJ_BMI_EAS_chr22.munged.sumstats.gz'),
      ...['--ref-ld', scores, '--w-ld', scores],
    );
    expect(resultLines(log)).toEqual(resultLines(expected('ldsc/h2_bbj_bmi_chr22.log')));
    expect(json.estimates[0].estimand.variants.regression).toBe(15212);
  });

  it.each([
    ['h2', []],
    ['h2m', ['--not-M-5-50']],
    ['h2n', ['--not-M-5-50', '--no-intercept']],
  ] as [string, string[]][])('bench5k p1, %s', async (name, flags) => {
    const scores = sharedFile('expected/peers/bench5k.ldsc-1cm');
    const { log } = await ldsc(
      '--h2',
      sharedFile('expected/peers/bench5k.p1.sumstats.gz'),
      ...['--ref-ld', scores, '--w-ld', scores, ...flags],
    );
    expect(resultLines(log)).toEqual(resultLines(expected(`peers/bench5k.ldsc-${name}.p1.log`)));
  });

  it.each([
    ['rg_sim12', []],
    ['rg_sim12_noint', ['--no-intercept']],
  ] as [string, string[]][])('%s', async (name, flags) => {
    const files = ['sim1', 'sim2'].map((trait) => data(`sumstats/${trait}.sumstats.gz`)).join();
    const { log } = await ldsc('--rg', files, ...EUR, ...flags);
    const reference = expected(`ldsc/${name}.log`);
    expect(resultLines(log)).toEqual(resultLines(reference));
    const summary = (text: string) => {
      const [head, row] = text.split('Summary of Genetic Correlation Results\n')[1].split('\n');
      return [head.trim().split(/\s+/), row.trim().split(/\s+/).slice(2)];
    };
    expect(summary(log)).toEqual(summary(reference));
  });
});

describe.skipIf(SHARED === undefined)('stratified LDSC 3.0.1', () => {
  const scores = (prefix: string) => join(folder, prefix);
  /** The files of both chromosomes in one, as LDSC had them. */
  beforeAll(() => {
    if (SHARED === undefined) return;
    for (const prefix of ['eur', 'w']) {
      const parts = [21, 22].map((c) =>
        gunzipSync(readFileSync(sharedFile(`expected/ldsc/scores/${prefix}.${c}.l2.ldscore.gz`))).toString(),
      );
      writeFileSync(`${scores(prefix)}.l2.ldscore`, parts[0] + parts[1].replace(/^.*\n/, ''));
      const counts = [21, 22].map((c) =>
        expected(`ldsc/scores/${prefix}.${c}.l2.M_5_50`).trim().split('\t').map(Number),
      );
      writeFileSync(
        `${scores(prefix)}.l2.M_5_50`,
        counts[0].map((count, k) => count + counts[1][k]).join('\t'),
      );
    }
    const annotations = [21, 22].map((c) =>
      gunzipSync(readFileSync(data(`human-1kg-eur/g1000_eur_hm3_chr${c}.annot.gz`))).toString(),
    );
    writeFileSync(`${scores('eur')}.annot`, annotations[0] + annotations[1].replace(/^.*\n/, ''));
    writeFileSync(`${scores('eur')}.frq`, expected('ldsc/scores/eur.all.frq'));
  });
  const words = SHARED
    ? [
        '--h2',
        data('sumstats/sim-part-chr21-22.sumstats.gz'),
        '--ref-ld',
        scores('eur'),
        '--w-ld',
        scores('w'),
      ]
    : [];

  it('each annotation by itself', async () => {
    const { log } = await ldsc(...words, '--print-coefficients');
    expect(resultLines(log)).toEqual(resultLines(expected('ldsc/part_plain.log')));
  });

  it('overlapping categories, to seven digits', async () => {
    const flags = ['--overlap-annot', '--frqfile', scores('eur'), '--print-coefficients'];
    const { out, log, json } = await ldsc(...words, ...flags, '--print-delete-vals', '--print-cov');
    expect(resultLines(log)).toEqual(resultLines(expected('ldsc/part_overlap.log')));
    const table = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => line.split('\t'));
    const ours = table(readFileSync(`${out}.results`, 'utf8'));
    const theirs = table(expected('ldsc/part_overlap.results'));
    expect(ours[0]).toEqual(theirs[0]);
    for (const [r, row] of theirs.slice(1).entries()) {
      for (const [c, text] of row.entries()) {
        const own = ours[r + 1][c];
        if (Number.isNaN(Number(text))) expect(own).toBe(text);
        else
          expect(Math.abs(Number(own) - Number(text))).toBeLessThan(
            1e-7 * Math.abs(Number(text)) + 1e-9 * (c > 6 ? 0 : 1),
          );
      }
    }
    expect(json.traits[0].categories.map(({ name }: { name: string }) => name)).toEqual([
      'base',
      'cat1',
      'cat2',
      'cat3',
      'cat4',
      'cat5',
    ]);
    const rows = (ending: string) => readFileSync(`${out}${ending}`, 'utf8').trim().split('\n');
    expect([rows('.delete').length, rows('.part_delete').length, rows('.cov').length]).toEqual([200, 200, 6]);
  });
});
