import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { heredity } from '../cli/run.js';
import { writeInputs } from '../walks/command-lines.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-rounds-'));
const out = join(folder, 'O');
const pca = ['pca', '--bfile', join(folder, 'study'), '--pcs', '1', '--threads', '1'];
beforeAll(() => writeInputs(folder, { samples: 60, variants: 400, rows: 10 }));
afterAll(() => rmSync(folder, { recursive: true }));

const part = async (own: 1 | 2): Promise<string> => {
  const words = [...pca, '--parts', '2', '--part', `${own}`, '--out', out];
  const { exitCode, stdout, stderr } = await heredity(words);
  expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
  return stdout;
};
const merge = () => heredity(['merge', out, '--out', `${out}-merged`]);

it('goes round by round, a part started again where all are, and merges once the last round is over', async () => {
  expect(await part(1)).toContain('Round 1 needs part 2, too');
  expect(existsSync(`${out}.pca.part-1-of-2`)).toBe(true);
  expect(await merge()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('O.pca.part-2-of-2') });
  expect(await part(2)).toContain('Round 2 needs part 1, too');
  expect(await merge()).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('O.pca.part-1-of-2.round-2'),
  });
  const first = `${out}.pca.part-1-of-2`;
  const whole = readFileSync(first);
  writeFileSync(first, whole.subarray(0, 100));
  expect(await part(1)).toContain('part-1-of-2: 1 of 2 runs of 256 variants'); // its own part is damaged: made again
  expect(await merge()).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('O.pca.part-2-of-2.round-3'),
  });
  for (let round = 3; !(await part(2)).includes('No round is left'); round++) {
    expect(round).toBeLessThan(60);
    await part(1);
  }
  expect(await merge()).toMatchObject({ exitCode: 0 });
  expect(await heredity([...pca, '--out', `${out}-single`])).toMatchObject({ exitCode: 0 });
  for (const name of ['eigenvec', 'eigenval', 'eigenvec.allele'])
    expect(readFileSync(`${out}-merged.${name}`, 'utf8')).toBe(readFileSync(`${out}-single.${name}`, 'utf8'));
});
