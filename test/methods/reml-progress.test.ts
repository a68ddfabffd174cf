import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { followPhases } from '../../src/cli/phases.js';
import { openCohort } from '../../src/library/cohort.js';
import { greml } from '../../src/library/methods.js';
import { cohortFiles } from '../cli/cohort-files.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-reml-progress-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('exact REML counts its matrix and its decomposition down as one', async () => {
  const genotypes = randomGenotypes(400, 300, { seed: 2 });
  const y = randomNormals(300, 5);
  const files = cohortFiles({ genotypes, traits: { y } });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content!);
  const seen: { label: string; fraction: number }[] = [];
  const progress = followPhases(
    () => {
      const { labels = [], fraction } = progress.standing() ?? {};
      if (labels[0] === 'methods' && fraction !== undefined) seen.push({ label: labels.at(-1)!, fraction });
    },
    () => 0,
  );
  const cohort = await openCohort({
    bfile: join(folder, 'study'),
    pheno: join(folder, 'study.pheno'),
    progress,
  });
  await greml(cohort);
  await cohort.close();
  const parts = ['relationships', 'reducing'].map((label) =>
    seen.filter((own) => own.label === label).map(({ fraction }) => fraction),
  );
  for (const own of parts) expect(own.length).toBeGreaterThan(1);
  const [making, reducing] = parts;
  // 300² x 400 / 2 at 4e10 a second against 2/3 x 300³ at 1.5e10 (STANDARD_RATES)
  const share = 4.5e-4 / (4.5e-4 + 1.2e-3);
  expect(Math.max(...making)).toBeCloseTo(share, 6);
  expect(Math.min(...reducing)).toBeGreaterThanOrEqual(share - 1e-9);
  const fractions = seen.map(({ fraction }) => fraction);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
});
