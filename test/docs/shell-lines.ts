import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

export const readPage = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** README and the documents, but for decisions, which say what was once so. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.startsWith('decisions/'))
    .map((name) => `docs/${name}`),
];

/** Command lines of the blocks of shell of a page, their comments taken off. */
export function shellLines(page: string): string[] {
  return [...readPage(page).matchAll(/^```(?:sh|bash)\n(.*?)^```/gms)]
    .flatMap(([, lines]) => lines!.replaceAll(/\\\n\s*/g, ' ').split('\n'))
    .flatMap((line) => line.replace(/(?:^|\s)#\s.*/, '').split(' && '))
    .map((line) => line.trim().replace(/^npx /, ''))
    .filter((line) => /^heredity [a-z]/.test(line));
}

/** Words of a shell, as far as the documents go: quotes, and a pipe or a file behind a line. */
export function shellWords(line: string): string[] {
  const [command] = line.split(/\s(?:\||>|2>|&)\s?/) as [string];
  return Array.from(command.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g), ([word]) =>
    word.replaceAll(/['"]/g, ''),
  );
}
