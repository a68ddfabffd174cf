import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { childOf, structuredPeople } from '../../ancestry/structured.js';
import { folderWith } from '../../formats/folder.js';
import { randomSource } from '../../kernels/packed.js';
import { cohortFiles, sampleTable } from '../cohort-files.js';
import { checkedJson, heredity } from '../run.js';

const PEOPLE = 260;
/** Fewer would make strangers look related. */
const AUTOSOMAL = 9000;
const ON_X = 400;
/** Who is made special, by number. */
const [CHILD, TWIN, BARE, OTHER_SEX, INBRED] = [PEOPLE, PEOPLE + 1, 20, 30, 40];
const strangers = Array.from({ length: 12 }, (_, k) => 100 + k);
const isMale = (i: number) => i % 2 === 1;

/** One main group, twelve strangers, a child of 0 and 1, a twin of 2, and somebody for each other step. */
function study() {
  const groupOf = (i: number) => Number(strangers.includes(i));
  const { genotypes } = structuredPeople(PEOPLE, AUTOSOMAL + ON_X, {
    groups: 2,
    fst: 0.05,
    groupOf,
    seed: 3,
  });
  const random = randomSource(17);
  const child = childOf(genotypes, 0, 1, 5);
  const rows = genotypes.map((row, v) => {
    const all = Int8Array.from([...row, child[v], row[2]]);
    if (v >= AUTOSOMAL)
      for (const i of all.keys()) if (isMale(i) && all[i] === 1) all[i] = random() < 0.5 ? 0 : 2;
    if (v < AUTOSOMAL && all[INBRED] === 1 && random() < 0.25) all[INBRED] = random() < 0.5 ? 0 : 2;
    if (random() < 0.2) all[BARE] = -1;
    return all;
  });
  const chromosome = (v: number) => (v < AUTOSOMAL / 2 ? '1' : v < AUTOSOMAL ? '2' : 'X');
  const first = (v: number) => (v < AUTOSOMAL / 2 ? 0 : v < AUTOSOMAL ? AUTOSOMAL / 2 : AUTOSOMAL);
  const bim = rows.map((_, v) => `${chromosome(v)} rs${v} 0 ${20_000 * (1 + v - first(v))} A G\n`);
  const sexOf = (i: number) => (isMale(i) !== (i === OTHER_SEX) ? 1 : 2);
  const fam = Array.from(rows[0], (_, i) => `f${i} i${i} 0 0 ${sexOf(i)} -9\n`);
  const trait = Float64Array.from({ length: PEOPLE + 2 }, (_, i) => (i === 0 || i === 1 ? Number.NaN : i));
  return {
    ...cohortFiles({ genotypes: rows }),
    'study.bim': bim.join(''),
    'study.fam': fam.join(''),
    'study.pheno': sampleTable({ t: trait }),
    british: Array.from({ length: 200 }, (_, i) => `f${i} i${i}\n`).join(''),
  };
}

describe('heredity cohort', () => {
  const files = study();

  async function cohort(out: string, ...words: string[]) {
    const folder = folderWith(files);
    const at = (name: string) => join(folder, name);
    const { exitCode, stdout, stderr } = await heredity([
      ...['cohort', '--bfile', at('study'), '--out', at(out), '--pcs', '3', '--threads', '1'],
      ...words.map((word) => (Object.hasOwn(files, word) ? at(word) : word)),
    ]);
    if (exitCode !== 0) throw new Error(stderr);
    const lines = (ending: string) =>
      readFileSync(at(`${out}.${ending}`), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(1);
    const removed = new Map(
      lines('remove').map((line) => {
        const [, id, step, reason] = line.split('\t');
        return [Number(id.slice(1)), { step, reason }];
      }),
    );
    const kept = lines('keep').map((line) => Number(line.split('\t')[1].slice(1)));
    const json = checkedJson(readFileSync(at(`${out}.cohort.json`), 'utf8'));
    return { removed, kept, json, lines, stdout, at };
  }

  it('says of each who leaves at which step, and why', async () => {
    const { removed, kept, json, lines, stdout, at } = await cohort('all');
    expect(removed.get(BARE)).toMatchObject({ step: 'missingness' });
    expect(removed.get(OTHER_SEX)).toMatchObject({
      step: 'sex',
      reason: expect.stringMatching(/recorded male, genotypes female/),
    });
    for (const i of strangers) expect(removed.get(i)?.step).toBe('ancestry');
    expect(removed.get(INBRED)).toMatchObject({
      step: 'heterozygosity',
      reason: expect.stringMatching(/too few heterozygous genotypes/),
    });
    expect(removed.get(CHILD)).toMatchObject({
      step: 'relatives',
      reason: expect.stringMatching(/kinship 0\.2\d* with f[01] i[01], who stays/),
    });
    expect([2, TWIN].filter((i) => removed.get(i)?.step === 'relatives')).toHaveLength(1);
    const special = [BARE, OTHER_SEX, INBRED, CHILD, TWIN, 2, ...strangers];
    // three standard deviations leave one in 370 out
    const others = [...removed].filter(([i]) => !special.includes(i));
    expect(others.every(([, { step }]) => step === 'heterozygosity')).toBe(true);
    expect(others.length).toBeLessThan(5);
    expect(kept.length + removed.size).toBe(PEOPLE + 2);
    expect(kept.some((i) => removed.has(i))).toBe(false);
    expect(json.attrition.left).toBe(kept.length);
    expect(json.relatives).toEqual({ pairs: 3, duplicates: 1 });
    expect(stdout).toMatch(/ancestry +12 /);
    expect(lines('kin0')).toHaveLength(3);
    expect(lines('covar').map((line) => Number(line.split('\t')[1].slice(1)))).toEqual(kept);
    expect(readFileSync(at('all.covar'), 'utf8').split('\n')[0]).toBe('#FID\tIID\tPC1\tPC2\tPC3');
    const page = readFileSync(at('all.cohort.html'), 'utf8');
    expect(page).toMatch(/<h2 id="cohort-title">Who stays<\/h2>.*who left at which step.*heterozygosity/s);
    for (const picture of [
      /people before the step of ancestry, picture/,
      />3 pairs of relatives</,
      />Eigenvalues among/,
    ])
      expect(page).toMatch(picture);
    // the page is made of the JSON: a report of that has the same section
    expect((await heredity(['report', at('all.cohort.json'), '--out', at('again')])).exitCode).toBe(0);
    const section = (text: string) => /<section id="cohort".*?<\/section>/s.exec(text)![0];
    expect(section(readFileSync(at('again.html'), 'utf8'))).toBe(section(page));
  });

  it('keeps people with a trait before their relatives, and takes ancestry from a list', async () => {
    const { removed, kept } = await cohort(
      ...(['some', '--pheno', 'study.pheno', '--ancestry', 'british'] as const),
    );
    for (const i of strangers) expect(removed.get(i)?.step).not.toBe('ancestry');
    for (const i of [CHILD, TWIN, 230]) expect(removed.get(i)).toMatchObject({ step: 'ancestry' });
    expect(kept.filter((i) => i >= 200)).toEqual([]);
    const whole = await cohort('traits', '--pheno', 'study.pheno');
    expect(whole.kept).toContain(CHILD);
    for (const i of [0, 1]) expect(whole.removed.get(i)?.step).toBe('relatives');
  });

  it('plans, and refuses a list of other variants', async () => {
    const folder = folderWith(files);
    const at = (name: string) => join(folder, name);
    const { stdout } = await heredity(['cohort', '--bfile', at('study'), '--out', at('x'), '--plan']);
    expect(stdout).toMatch(/262 people, 9,400 variants/);
    const none = await heredity([
      ...['cohort', '--bfile', at('study'), '--out', at('x'), '--pruned', at('british')],
    ]);
    expect(none.exitCode).toBe(3);
    expect(none.stderr).toMatch(/none of the variants that --pruned lists is there/);
  });
});
