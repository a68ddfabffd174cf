import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = new URL('../../docs/methods/', import.meta.url);

const filesUnder = (folder: string, pattern: RegExp): string[] =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name) && !name.includes('build'))
    .map((name) => `${folder}/${name}`);

/** "0", "1", "1.1", …: every numbered heading. */
function sections(): Set<string> {
  const numbers = readdirSync(pages)
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => [...readFileSync(new URL(name, pages), 'utf8').matchAll(/^##? (\d+(?:\.\d+)?)/gm)])
    .map(([, number]) => number!);
  return new Set(numbers);
}

const CITATION =
  /METHODS(?:'s?)?(?: |\n \* | section )(?:sections? )?(\d+(?:\.\d+)?(?:(?:, | and )\d+(?:\.\d+)?)*)/g;

test('every section of the methods pages that a comment cites is there', () => {
  const known = sections();
  const cited = [
    ...filesUnder('src', /\.ts$/),
    ...filesUnder('native', /\.[ch]$/),
    ...filesUnder('test', /\.ts$/),
  ].flatMap((file) =>
    [...readFileSync(`${root}${file}`, 'utf8').matchAll(CITATION)].flatMap(([, numbers]) =>
      numbers!.split(/, | and /).map((number) => ({ file, number })),
    ),
  );
  expect(known.size).toBeGreaterThan(60);
  expect(cited.length).toBeGreaterThan(150);
  expect(cited.filter(({ number }) => !known.has(number))).toEqual([]);
});
