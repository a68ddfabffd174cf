import { type Dirent, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { HeredityError } from '../errors.js';
import type { Control, FlagSet } from '../options/flags.js';

/** Folders below which everything that the page reads or writes has to lie. */
export class Folders {
  /** Where names that do not begin with `/` begin. */
  readonly base: string;
  readonly #roots: readonly string[];

  /** @throws HeredityError `usage` for a folder that is not there. */
  constructor(folders: readonly string[]) {
    this.#roots = folders.map((folder) => {
      if (!existsSync(folder) || !statSync(folder).isDirectory())
        throw new HeredityError('usage', 'there is no such folder', { file: folder });
      return realpathSync(folder);
    });
    this.base = this.#roots[0];
  }

  /** Whether a path is below one of the folders, once links are followed; false where there is nothing. */
  has(path: string): boolean {
    if (!existsSync(path)) return false;
    const real = realpathSync(path);
    return this.#roots.some((root) => real === root || real.startsWith(root + sep));
  }

  /**
   * The file of a name.
   * @throws HeredityError `usage` for one that is not below the folders, by its name or by a link.
   */
  file(name: string): string {
    const path = resolve(this.base, name);
    if (this.has(path)) return path;
    throw outside(name);
  }

  /**
   * A name of a file, or of what files have in common, from the root: several between commas, `@` for a chromosome.
   * @throws HeredityError `usage` where it, or a file that it could stand for, is not below the folders.
   */
  prefix(text: string): string {
    return text
      .split(',')
      .map((piece) => {
        if (piece.includes('\0')) throw outside(piece);
        const path = resolve(this.base, piece) + (/[/\\]$/.test(piece) ? sep : '');
        const folder = path.endsWith(sep) ? path : dirname(path);
        if (!this.has(folder)) throw outside(piece);
        const [stem] = (path.endsWith(sep) ? '' : basename(path)).split('@');
        for (const entry of entriesOf(folder))
          if (entry.isSymbolicLink() && entry.name.startsWith(stem) && !this.has(join(folder, entry.name)))
            throw outside(join(piece, entry.name));
        // a folder that is named has to be free of links that lead out, too
        if (existsSync(path) && statSync(path).isDirectory())
          for (const entry of entriesOf(path))
            if (entry.isSymbolicLink() && !this.has(join(path, entry.name)))
              throw outside(join(piece, entry.name));
        return path;
      })
      .join(',');
  }

  /** The text of an option as a job is given it: names of files from the root, and below the folders. */
  optionText(control: Control, text: string): string {
    if (control.kind !== 'file') return text;
    const isName = /[/\\\0]/.test(text) || existsSync(resolve(this.base, text.split(',')[0]));
    return control.orWords && !isName ? text : this.prefix(text);
  }

  /** Files of the folders, by the names that {@link file} takes; hidden ones and those behind links that lead out are left out. */
  list(): { readonly name: string; readonly size: number }[] {
    const found: { name: string; size: number }[] = [];
    const walk = (folder: string, depth: number): void => {
      for (const entry of entriesOf(folder)) {
        if (found.length >= MOST_FILES) return;
        if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
        const path = join(folder, entry.name);
        if (entry.isSymbolicLink() && !this.has(path)) continue;
        const facts = statSync(path, { throwIfNoEntry: false });
        if (facts?.isFile()) found.push({ name: this.nameOf(path), size: facts.size });
        else if (facts?.isDirectory() && !entry.isSymbolicLink() && depth > 0) walk(path, depth - 1);
      }
    };
    for (const root of this.#roots) walk(root, DEEPEST);
    return found;
  }

  /** As a user types it in the first of the folders. */
  nameOf(path: string): string {
    const name = relative(this.base, path);
    return name.startsWith('..') ? path : name;
  }
}

/** Files that are listed, and folders within folders. */
const MOST_FILES = 5000;
const DEEPEST = 5;

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // who may not read it cannot choose from it
  }
}

function outside(name: string): HeredityError {
  return new HeredityError('usage', 'this is not in the folders of the page', {
    file: name,
    fix: 'start "heredity page" with --folder and the folder that it is in',
  });
}

/** The texts of a job's options with names of files from the root. @throws HeredityError as {@link Folders.prefix}. */
export function insideFolders(
  flags: FlagSet,
  texts: Readonly<Record<string, string | readonly string[]>>,
  folders: Folders,
): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => {
      const inside = (own: string) => folders.optionText(flags[key].control, own);
      return [key, typeof text === 'string' ? inside(text) : text.map(inside)];
    }),
  );
}
