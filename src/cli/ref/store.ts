import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HeredityError } from '../../errors.js';
import { host } from '../../host/host.js';
import { referenceSet } from './sets.js';

/** What the store knows of a set that is here. */
export interface StoredSet {
  readonly schema: 'heredity/reference@1';
  readonly name: string;
  readonly title: string;
  /** What a flag is given: an absolute path or prefix. */
  readonly path: string;
  /** Where it came from: an address, or a path. */
  readonly source: string;
  readonly build: string;
  readonly ancestry: string;
  readonly licence: string;
  readonly addedAt: string;
  readonly files: readonly StoredFile[];
}

export interface StoredFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Where sets are kept. */
export const storeFolder = (): string => host().referenceFolder!();

export const folderOfSet = (name: string): string => join(storeFolder(), name);
const recordOf = (name: string) => join(folderOfSet(name), 'heredity-ref.json');

/** A name that can stand in a flag in the place of a path. */
export const isSetName = (text: string): boolean => /^[a-z][a-z0-9._-]*$/i.test(text);

/** @returns undefined where no set of this name is here. @throws HeredityError `bad-input` for a record that is damaged. */
export function storedSet(name: string): StoredSet | undefined {
  const path = recordOf(referenceSet(name)?.name ?? name);
  if (!existsSync(path)) return undefined;
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as StoredSet;
    if (
      record.schema === 'heredity/reference@1' &&
      typeof record.path === 'string' &&
      Array.isArray(record.files)
    )
      return record;
  } catch {
    // said below
  }
  throw new HeredityError('bad-input', 'the record of this reference set is damaged', {
    file: path,
    fix: `get it again: heredity ref get ${name}`,
  });
}

/** Every set that is here, by name. */
export function storedSets(): StoredSet[] {
  const folder = storeFolder();
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .map((name) => storedSet(name))
    .filter((set) => set !== undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The set whose name stands for a path; sets with a damaged record are passed over, as nobody named them. */
export function setOfPath(path: string): StoredSet | undefined {
  const folder = storeFolder();
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : [];
  for (const name of names) {
    try {
      const set = storedSet(name);
      if (set?.path === path) return set;
    } catch {
      // "heredity ref list" says which
    }
  }
  return undefined;
}

/** Writes the record of a set, with the hashes of its files. */
export async function recordSet(
  facts: Omit<StoredSet, 'schema' | 'addedAt' | 'files'>,
  paths: readonly string[],
): Promise<StoredSet> {
  const files = await Promise.all(
    paths.map(async (path) => ({
      path,
      bytes: statSync(path).size,
      sha256: await hashOf(path, 'sha256'),
    })),
  );
  const record: StoredSet = {
    schema: 'heredity/reference@1',
    ...facts,
    addedAt: new Date().toISOString(),
    files,
  };
  const target = recordOf(facts.name);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.part`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${target}.part`, target);
  return record;
}

/** All files below a folder, or all whose paths begin with a prefix; `@` in the name of a prefix stands for anything. */
export function filesUnder(path: string): string[] {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const folder = isFolder ? path : dirname(path);
  const [start, end = ''] = isFolder ? [''] : (basename(path).split('@') as [string, string?]);
  const names = existsSync(folder) ? readdirSync(folder, { recursive: isFolder, withFileTypes: true }) : [];
  return names
    .filter((entry) => entry.isFile() && entry.name !== 'heredity-ref.json')
    .filter((entry) => entry.name.startsWith(start) && entry.name.includes(end))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Bytes of the files in a folder; 0 where there is none. */
export function bytesIn(folder: string): number {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

export async function hashOf(path: string, algorithm: 'md5' | 'sha256'): Promise<string> {
  const { createHash } = await import('node:crypto'); // only for a download: every command loads this module
  const hash = createHash(algorithm);
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/**
 * What a flag that takes a path means: the path of a reference set where its value is the name of one, and no file of the
 * current folder has it for its name or its prefix.
 * @throws HeredityError `usage` for a set that is published, and not here yet.
 */
export function resolveReference(text: string): string {
  if (!isSetName(text) || isBesideUs(text)) return text;
  const stored = storedSet(text);
  if (stored) return stored.path;
  const known = referenceSet(text);
  if (!known) return text;
  throw new HeredityError('usage', `${text} names a reference set that is not on this machine yet`, {
    expected: known.title,
    fix: `get it first: heredity ref get ${known.name}`,
  });
}

/** What follows a prefix in the names of files is an ending or the number of a chromosome: `eur_w_ld_chr` is no file of `eur`. */
function isBesideUs(text: string): boolean {
  try {
    return readdirSync('.').some(
      (name) => name.startsWith(text) && /^([.\d]|$)/.test(name.slice(text.length)),
    );
  } catch {
    return false;
  }
}
