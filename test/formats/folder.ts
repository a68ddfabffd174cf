import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Text, bytes, or null for a folder, by file name. */
export type Files = Readonly<Record<string, string | Uint8Array | null>>;

/** A new folder with these files, removed when the test ends; returns its path. */
export function folderWith(files: Files = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'heredity-formats-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    if (content === null) mkdirSync(join(folder, name));
    else writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** Path of the only file of a new folder. */
export function fileWith(content: string | Uint8Array, name = 'input.txt'): string {
  return join(folderWith({ [name]: content }), name);
}
