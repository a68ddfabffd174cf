import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import '../../examples/mean-chi-square.js';
import { wordsOfTexts } from '../../src/cli/values.js';
import { commandSummaries, formOf, loadPageCommand } from '../../web/engine/forms.js';
import { cohortFiles } from '../cli/cohort-files.js';
import { heredity } from '../cli/run.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-forms-'));
afterAll(() => rmSync(folder, { recursive: true }));
const web = new URL('../../web/', import.meta.url);

test('a method of one’s own has a form that works, though no code of the page knows it', async () => {
  expect(commandSummaries()).toContainEqual({
    name: 'mean-chi-square',
    group: 'One method by its name',
    summary: 'heritability from the mean χ² and the mean LD score alone',
  });
  const form = (await formOf('mean-chi-square'))!;
  expect(form.hasPlan).toBe(true);
  const field = form.fields.find(({ key }) => key === 'meanWithout');
  expect(field).toMatchObject({
    name: '--mean-without',
    help: 'mean χ² of a trait without heritability',
    defaultText: '1',
    control: { kind: 'number' },
  });
  for (const key of ['bfile', 'pheno', 'covar', 'keep'])
    expect(form.fields.map((own) => own.key)).toContain(key);

  // what the form gives is the command line that it shows, and runs
  const genotypes = randomGenotypes(60, 200, { seed: 5, missing: 0 });
  for (const [name, content] of Object.entries(
    cohortFiles({ genotypes, traits: { y: randomNormals(200, 2) } }),
  ))
    writeFileSync(join(folder, name), content!);
  const { flags } = (await loadPageCommand('mean-chi-square'))!;
  const texts = { bfile: join(folder, 'study'), pheno: join(folder, 'study.pheno'), meanWithout: '1.01' };
  const words = ['mean-chi-square', ...wordsOfTexts(flags, texts), '--out', join(folder, 'own')];
  expect((await heredity([...words, '--quiet'])).exitCode).toBe(0);
  const { estimates } = JSON.parse(readFileSync(join(folder, 'own.mean-chi-square.json'), 'utf8'));
  expect(estimates[0].trait).toBe('y');

  const sources = readdirSync(web, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /^(?!dist).*\.tsx?$/.test(name),
  );
  expect(sources.length).toBeGreaterThan(20);
  for (const name of sources)
    expect(readFileSync(new URL(name, web), 'utf8')).not.toContain('mean-chi-square');
});
