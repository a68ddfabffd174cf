import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { GAP_CATALOGUE } from '../../src/gap/catalogue.js';
import { RecordingStream } from '../cli/text-stream.js';

const page = readFileSync(new URL('../../docs/missing-heritability.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'heredity-doc-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Shown {
  readonly command: string;
  /** Lines of its output that the page shows. */
  readonly lines: readonly string[];
}

/** Every command in a text, with the block of output that follows it. */
function shownIn(text: string): Shown[] {
  return [...text.matchAll(/```sh\nheredity (.*)\n```\n(?:\n```text\n([\s\S]*?)\n```)?/g)].map(
    ([, command, output]) => ({
      command,
      lines: output?.split('\n') ?? [],
    }),
  );
}

/** Runs a command of the page, with its files in a temporary folder. */
async function run(command: string): Promise<string> {
  const stdout = new RecordingStream();
  const stderr = new RecordingStream();
  const words = command.replace(/--out (\S+)/, `--out ${folder}/$1`).split(' ');
  expect(await main(words, { stdout, stderr }), stderr.text).toBe(0);
  return stdout.text;
}

const squeeze = (line: string) => line.replace(/\s+/g, ' ').trim();

describe('docs/missing-heritability.md', () => {
  const shown = shownIn(page);

  it('shows output for every command, and has a command for every model', () => {
    expect(shown.length).toBe([...page.matchAll(/^heredity /gm)].length);
    for (const { command, lines } of shown) expect(lines.length, command).toBeGreaterThan(0);
    for (const name of [...Object.keys(GAP_CATALOGUE), 'account']) {
      expect(
        shown.some(({ command }) => command.startsWith(`gap ${name}`)),
        name,
      ).toBe(true);
    }
  });

  it.each(shown)('heredity $command', async ({ command, lines }) => {
    const output = (await run(command)).split('\n').map(squeeze);
    for (const line of lines) expect(output).toContain(squeeze(line));
  });

  const exercises = page.split(/(?=\*\*Exercise \d+\.\*\*)/).slice(1);

  it('has an exercise with a worked answer for every model, and for twins and the account', () => {
    expect(exercises.map((text) => /^\*\*Exercise (\d+)/.exec(text)![1])).toEqual(
      Array.from({ length: exercises.length }, (_, i) => String(i + 1)),
    );
    const answers = exercises.flatMap((text) => shownIn(answerOf(text)).map(({ command }) => command));
    for (const name of [
      'twin',
      ...Object.keys(GAP_CATALOGUE).map((model) => `gap ${model}`),
      'gap account',
    ]) {
      expect(
        answers.some((command) => command.startsWith(`${name} `) || command === name),
        name,
      ).toBe(true);
    }
  });

  it.each(exercises.map((text): [string, string] => [/Exercise \d+/.exec(text)![0], answerOf(text)]))(
    '%s: each bold number of the answer is a result',
    async (_, answer) => {
      const bold = [...answer.matchAll(/\*\*(-?[\d.]+)( %)?\*\*/g)];
      expect(bold.length).toBeGreaterThan(0);
      // Of the lines that the page shows, which were compared with the program's output above.
      const results = shownIn(answer).flatMap(({ lines }) =>
        lines.flatMap((line) =>
          [...line.matchAll(/(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?/g)].map(([text]) => Number(text)),
        ),
      );
      for (const [whole, written, percent] of bold) {
        const scale = percent ? 100 : 1;
        const half = 0.5 * 10 ** -(written.split('.')[1]?.length ?? 0);
        const matches = results.some((result) => Math.abs(result * scale - Number(written)) <= half * 1.0001);
        expect(matches, `${whole} among ${results.join(', ')}`).toBe(true);
      }
    },
  );
});

function answerOf(exercise: string): string {
  return /<details><summary>Answer<\/summary>([\s\S]*?)<\/details>/.exec(exercise)![1];
}
