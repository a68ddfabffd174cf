import { homedir, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { builtins } from './builtins.js';
import { fail } from './files.js';

/** @see Host.referenceFolder */
export function referenceFolder(): string {
  const { HEREDITY_REFERENCE, XDG_DATA_HOME, LOCALAPPDATA } = process.env;
  if (HEREDITY_REFERENCE) return resolve(HEREDITY_REFERENCE);
  const own = ['heredity', 'reference'];
  if (platform() === 'darwin') return join(homedir(), 'Library', 'Application Support', ...own);
  if (platform() === 'win32') return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), ...own);
  return join(XDG_DATA_HOME || join(homedir(), '.local', 'share'), ...own);
}

/** @see Host.keepFile */
export async function keepFile(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const { mkdir, open, rename, rm } = builtins.fsPromises;
  const part = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(part, 'w');
    try {
      for (const piece of pieces) await file.writeFile(piece);
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => undefined);
    fail(cause);
  }
}
