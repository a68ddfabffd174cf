import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-ldsc-ancestry-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SNPS = 400;
/** Numbers from 0 to 1 that repeat nowhere. */
const spread = (i: number, step = 0.618_033_988_75) => (0.5 + i * step) % 1;
const frequency = (i: number) => 0.05 + 0.4 * spread(i);
const rows = (row: (i: number) => readonly (string | number)[]) =>
  Array.from({ length: SNPS }, (_, i) => `${row(i).join('\t')}\n`).join('');
const score = (i: number) => 1 + 50 * spread(i, 0.754_877_666);
const score2 = (i: number) => score(i) * (i % 3 === 0 ? 0.6 : 0.1);
const place = (i: number) => [1, `rs${i}`, 1000 * (i + 1)];

writeFileSync(
  at('maf.l2.ldscore'),
  `CHR\tSNP\tBP\tCM\tMAF\tL2\n${rows((i) => [...place(i), 0, frequency(i).toFixed(4), score(i)])}`,
);
writeFileSync(at('plain.l2.ldscore'), `CHR\tSNP\tBP\tL2\n${rows((i) => [...place(i), score(i)])}`);
writeFileSync(
  at('two.l2.ldscore'),
  `CHR\tSNP\tBP\tbaseL2\tsetL2\n${rows((i) => [...place(i), score(i), score2(i)])}`,
);
writeFileSync(
  at('two.annot'),
  `CHR\tBP\tSNP\tCM\tbase\tset\n${rows((i) => [1, 1000 * (i + 1), `rs${i}`, 0, 1, i % 3 === 0 ? 1 : 0])}`,
);
writeFileSync(
  at('two.frq'),
  `CHR SNP A1 A2 MAF NCHROBS\n${rows((i) => [1, `rs${i}`, 'A', 'G', frequency(i).toFixed(4), 800]).replaceAll('\t', ' ')}`,
);
for (const name of ['maf', 'plain']) writeFileSync(at(`${name}.l2.M_5_50`), '10000\n');
writeFileSync(at('two.l2.M_5_50'), `${SNPS}\t${Math.ceil(SNPS / 3)}\n`);

/** Statistics whose frequencies differ by so much; every third is that of the other allele. */
function statistics(name: string, shift: number): string {
  const text = rows((i) => {
    const own = frequency(i) + shift * (i % 2 === 0 ? 1 : -1);
    const z = Math.sqrt(1 + score(i) / 20) * (4 * spread(i, 0.569_840_291) - 2);
    return [`rs${i}`, 'A', 'G', z.toFixed(3), 20_000, (i % 3 === 0 ? 1 - own : own).toFixed(4)];
  });
  writeFileSync(at(name), `SNP\tA1\tA2\tZ\tN\tFRQ\n${text}`);
  return at(name);
}
const alike = statistics('alike.sumstats', 0.015);
const other = statistics('other.sumstats', 0.045);

async function ldsc(...words: readonly string[]) {
  const run = await heredity(['ldsc', ...words, '--n-blocks', '20', '--out', at('out')]);
  expect([run.exitCode, run.stderr]).toEqual([0, run.stderr]);
  return run;
}
const scores = (name: string) => ['--ref-ld', at(name), '--w-ld', at('plain')];
const DIFFER = /other: minor allele frequencies differ from those of .*maf by 0\.045/;

it('frequencies beside the LD scores are compared with those of the statistics', async () => {
  expect((await ldsc('--h2', alike, ...scores('maf'))).stderr).not.toMatch(/frequencies differ/);
  expect((await ldsc('--h2', other, ...scores('maf'))).stderr).toMatch(DIFFER);
  const { provenance } = JSON.parse(readFileSync(at('out.ldsc.json'), 'utf8'));
  expect(provenance.warnings.join()).toMatch(DIFFER);
  const pair = await ldsc('--rg', `${alike},${other}`, ...scores('maf'));
  expect(pair.stderr).toMatch(DIFFER);
  expect(pair.stderr).not.toMatch(/alike: minor/);
});

it('those of --frqfile are taken where the LD scores have none, and it is said where nobody has any', async () => {
  const byAnnotation = ['--overlap-annot', '--frqfile', at('two')];
  const { stderr } = await ldsc('--h2', other, ...scores('two'), ...byAnnotation);
  expect(stderr).toMatch(/other: minor allele frequencies differ from those of .*two by 0\.045/);
  const run = await ldsc('--h2', other, ...scores('plain'));
  expect(run.stderr + run.stdout).toMatch(/other: there are no allele frequencies beside the LD scores/);
});
