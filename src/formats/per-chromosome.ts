import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';

/** Autosomes of man, whose files are read. */
const AUTOSOMES: readonly string[] = Array.from({ length: 22 }, (_, c) => String(c + 1));

/** Other chromosomes of which there may be files: those of other species, sex chromosomes, mitochondria. */
const BEYOND: readonly string[] = [
  ...Array.from({ length: 40 }, (_, c) => String(c + 23)),
  ...['X', 'Y', 'XY', 'MT'],
];

export interface ChromosomeFile {
  readonly chromosome: string;
  /** The name without its ending. */
  readonly stem: string;
  readonly path: string;
}

/** The files that a prefix of a file a chromosome stands for. */
export interface ChromosomeFiles {
  /** Of autosomes, in order. */
  readonly files: readonly ChromosomeFile[];
  /** Autosomes without a file. */
  readonly absent: readonly string[];
  /** Files of other chromosomes, which are not read. */
  readonly beyond: readonly ChromosomeFile[];
}

/**
 * Finds files by chromosome: the number stands in place of `@`, or at the end of the prefix, before the ending.
 *
 * @param endings the first that is there is taken.
 * @param what they hold, for messages. @param flag without -chr that takes one file.
 * @throws HeredityError `bad-input` where there is none of an autosome, with prefixes of which there are.
 */
export async function findChromosomeFiles(
  prefix: string,
  endings: readonly string[],
  what: string,
): Promise<ChromosomeFiles> {
  const pattern = prefix.includes('@') ? prefix : `${prefix}@`;
  const find = async (chromosomes: readonly string[]) => {
    const found = await Promise.all(chromosomes.map((chromosome) => fileOf(pattern, chromosome, endings)));
    return found.filter((file) => file !== undefined);
  };
  const files = await find(AUTOSOMES);
  if (files.length > 0) {
    const present = new Set(files.map(({ chromosome }) => chromosome));
    return {
      files,
      absent: AUTOSOMES.filter((chromosome) => !present.has(chromosome)),
      beyond: await find(BEYOND),
    };
  }
  const near = await nearPrefixes(prefix, endings);
  const single = await firstFile(prefix, endings);
  const [first] = AUTOSOMES;
  throw new HeredityError('bad-input', `there are no ${what} of any chromosome`, {
    file: `${pattern}${endings[0]}`,
    expected: `files such as ${pattern.replaceAll('@', first)}${endings[0]}`,
    fix:
      single !== undefined
        ? `there is ${single}: one file is given with the flag without -chr`
        : near.length > 0
          ? `did you mean ${near.join(' or ')}?`
          : 'check the prefix; one file of all chromosomes is given with the flag without -chr',
  });
}

/**
 * The files that a name stands for, with or without its ending: one, or those of the chromosomes.
 * @throws HeredityError as {@link findChromosomeFiles}.
 */
export async function filesOfName(name: string, endings: readonly string[], what: string): Promise<string[]> {
  const single = name.includes('@') ? undefined : await firstFile(name, ['', ...endings]);
  if (single !== undefined) return [single];
  const { files } = await findChromosomeFiles(name, endings, what);
  return files.map(({ path }) => path);
}

async function fileOf(
  pattern: string,
  chromosome: string,
  endings: readonly string[],
): Promise<ChromosomeFile | undefined> {
  const stem = pattern.replaceAll('@', chromosome);
  const path = await firstFile(stem, endings);
  return path === undefined ? undefined : { chromosome, stem, path };
}

/** The first file of a stem that is there. */
export async function firstFile(stem: string, endings: readonly string[]): Promise<string | undefined> {
  for (const ending of endings) {
    const facts = await host()
      .files.facts(`${stem}${ending}`)
      .catch(() => undefined);
    if (facts !== undefined && facts.kind !== 'folder') return `${stem}${ending}`;
  }
  return undefined;
}

/**
 * Prefixes of files by chromosome that begin as a given one does, such as `scores/` for `scores`, or `panel/base.` for
 * `panel/` or `panel/base`; three at most.
 */
export async function nearPrefixes(prefix: string, endings: readonly string[]): Promise<string[]> {
  const { files } = host();
  const start = prefix.replace(/@.*$/, '');
  const isFolder = start.endsWith('/');
  const places = [
    ...(isFolder
      ? []
      : [
          {
            folder: files.folderName(start),
            shown: start.slice(0, start.length - files.baseName(start).length),
            begin: files.baseName(start),
          },
        ]),
    { folder: start, shown: isFolder ? start : `${start}/`, begin: '' },
  ];
  const found = new Set<string>();
  for (const { folder, shown, begin } of places) {
    for (const name of (await files.list(files.join(folder))) ?? []) {
      const ending = endings.find((candidate) => name.endsWith(candidate));
      const stem = ending === undefined ? '' : name.slice(0, -ending.length);
      const chromosome = AUTOSOMES.findLast((candidate) => stem.endsWith(candidate));
      if (chromosome === undefined) continue;
      const own = stem.slice(0, -chromosome.length);
      if (own.startsWith(begin) && `${shown}${own}` !== prefix) found.add(`${shown}${own}`);
    }
  }
  return [...found].sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, 3);
}
