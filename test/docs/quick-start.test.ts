import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { quickStartTasks } from './quick-start-tasks.js';

const BIN = fileURLToPath(new URL('../../bin/heredity.cjs', import.meta.url));
const PAGE = new URL('../../docs/quick-start.md', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'heredity-quick-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TASKS = quickStartTasks(PAGE);

/** `HEREDITY_WRITE_DOCS=1` puts what is printed today into the page. */
const WRITES = process.env.HEREDITY_WRITE_DOCS === '1';

const isBuilt = existsSync(fileURLToPath(new URL('../../dist/cli/start.js', import.meta.url)));

describe.skipIf(!isBuilt)('the quick start, copied into an empty folder', () => {
  it('has seven tasks of three commands', () => {
    expect(TASKS.map(({ commands }) => commands.length)).toEqual([3, 3, 3, 3, 3, 3, 3]);
  });

  it.each(TASKS)(
    '$title',
    ({ commands, printed, pictures }) => {
      let stdout = '';
      for (const command of commands) {
        const words = Array.from(command.matchAll(/'([^']*)'|\S+/g), ([word, quoted]) => quoted ?? word);
        expect(words[0]).toBe('heredity');
        const run = spawnSync(process.execPath, [BIN, ...words.slice(1)], { cwd: folder, encoding: 'utf8' });
        expect([run.status, command, run.status === 0 ? '' : run.stderr]).toEqual([0, command, '']);
        stdout = run.stdout;
      }
      const found = paragraphLike(printed, stdout);
      if (WRITES) writeFileSync(PAGE, readFileSync(PAGE, 'utf8').replace(`\n${printed}\n`, `\n${found}\n`));
      else expectLike(found, printed);
      for (const name of pictures) {
        const made = readFileSync(join(folder, name), 'utf8');
        const kept = new URL(`../../docs/pictures/quick-start-${name}`, import.meta.url);
        if (WRITES) writeFileSync(kept, made);
        else expectLike(wordsIn(made), wordsIn(readFileSync(kept, 'utf8')));
      }
    },
    120_000,
  );
});

/** What stands between empty lines and begins as this does. */
function paragraphLike(text: string, stdout: string): string {
  const [first] = text.split(/\s\s|\n/);
  const found = stdout.split(/\n\n+/).find((paragraph) => paragraph.startsWith(first));
  expect(found, `a part of the output that begins with ${first}:\n${stdout}`).toBeDefined();
  return found!.trimEnd();
}

/** The words of a picture, one a line: those of an axis may begin elsewhere on another processor. */
const wordsIn = (svg: string): string =>
  Array.from(svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs), ([, text]) =>
    text.replaceAll(/<[^>]*>/g, '').trim(),
  ).join('\n');

const NUMBER = /\d[\d,]*\.?\d*(?:e-?\d+)?/g;

/** The same words in the same lines, and numbers to a hundredth: other processors round other last digits. */
function expectLike(found: string, expected: string): void {
  const words = (text: string) => text.replaceAll(NUMBER, '#').replaceAll(/[ -]+/g, ' ');
  expect(words(found)).toBe(words(expected));
  const numbers = (text: string) => Array.from(text.matchAll(NUMBER), ([n]) => Number(n.replaceAll(',', '')));
  const all = numbers(found);
  for (const [k, value] of numbers(expected).entries())
    expect(Math.abs(all[k] - value), `${value} in the page, ${all[k]} now`).toBeLessThanOrEqual(
      value < 1e-4 ? 0.1 * value : 0.01 * value + 0.0011,
    );
}
