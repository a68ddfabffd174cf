import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/heredity.cjs', import.meta.url));
const isBuilt = existsSync(fileURLToPath(new URL('../../dist/cli/start.js', import.meta.url)));
/** script(1) of util-linux runs a command on a pseudo-terminal. */
const hasTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');
if (!hasTerminal) console.warn('SKIPPED: progress on a terminal, as script of util-linux is not installed');

const folder = mkdtempSync(join(tmpdir(), 'heredity-terminal-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...words: readonly string[]) =>
  spawnSync(process.execPath, [BIN, ...words], { cwd: folder, encoding: 'utf8' });

/** `6.00 s`, `1:05` or `2:03:04`, in seconds. */
const seconds = (text: string): number =>
  text.endsWith(' s')
    ? Number(text.slice(0, -2))
    : text.split(':').reduce((sum, part) => 60 * sum + Number(part), 0);

/** What one line of progress says. */
function said(line: string) {
  const [, labels, percent] = /^(.*?) {2}\[=* *\] +(\d+) %/.exec(line) ?? [];
  const [, left] = / {2}([\d.: a-z]+) left$/.exec(line) ?? [];
  return labels === undefined
    ? undefined
    : {
        /** Within which step the run is; its share and time left are those of the step. */
        step: labels.includes('blocks') ? 'blocks' : labels,
        isWithin: labels.includes('blocks › '),
        percent: Number(percent),
        left: left === undefined ? undefined : seconds(left),
        hasUnit: / [a-z]+\/s/.test(line),
      };
}

describe.skipIf(!isBuilt)('a run of a few seconds', () => {
  beforeAll(() => {
    const size = ['--samples', '5000', '--variants', '8000', '--chromosomes', '2'];
    for (const words of [
      ['simulate', 'genotypes', ...size, '--seed', '3', '--out', 'c'],
      ['simulate', 'phenotypes', '--bfile', 'c', '--h2', '0.4,0.7', '--seed', '4', '--out', 'c'],
    ])
      expect(run(...words).status, words.join(' ')).toBe(0);
  }, 120_000);

  it.skipIf(!hasTerminal)(
    'moves within blocks on a terminal, with units and a time left that never rises',
    () => {
      const command = `stty cols 150; ${process.execPath} ${BIN} gre --bfile c --pheno c.pheno --blocks chromosome --threads 1 --out g`;
      const { stdout, status } = spawnSync('script', ['-qec', command, '/dev/null'], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, COLUMNS: '120' },
      });
      expect(status, stdout).toBe(0);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what wipes the rest of a line
      const drawn = stdout.split(/\r/).map((line) => line.replace(/\x1b\[K.*/s, '').trimEnd());
      const lines = drawn.map(said).filter((line) => line !== undefined);
      const within = lines.filter(({ isWithin }) => isWithin);
      expect(new Set(within.map(({ percent }) => percent)).size, drawn.join('\n')).toBeGreaterThan(3);
      expect(within.filter(({ hasUnit, percent }) => percent > 0 && !hasUnit)).toEqual([]);
      for (const [i, line] of lines.entries()) {
        const before = lines[i - 1];
        if (before?.step !== line.step) continue;
        expect(line.percent).toBeGreaterThanOrEqual(before.percent);
        if (before.left !== undefined) expect(line.left).toBeLessThanOrEqual(before.left);
      }
      expect(stdout).toMatch(/h2_0\.4 +5,000/);
    },
    120_000,
  );

  it('leaves results with the names of traits where it is quiet or written to a file, and no progress', () => {
    for (const words of [
      ['he', '--bfile', 'c', '--pheno', 'c.pheno', '--out', 'e'],
      ['h2', '--bfile', 'c', '--pheno', 'c.pheno', '--methods', 'he,ldsc', '--out', 'a'],
      ['rg', '--bfile', 'c', '--pheno', 'c.pheno', '--methods', 'ldsc', '--out', 'r'],
    ]) {
      const { stdout, stderr, status } = run(...words, '--quiet');
      expect(status, stderr).toBe(0);
      for (const trait of ['h2_0.4', 'h2_0.7']) expect(stdout, words[0]).toContain(trait);
      expect(`${stdout}${stderr}`).not.toContain('\r');
    }
  }, 120_000);
});
