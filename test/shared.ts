import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const candidate = fileURLToPath(new URL('../../shared/', import.meta.url));

/** Folder of real data and other tools' answers beside the checkout, or undefined where it is absent. */
export const SHARED: string | undefined = existsSync(`${candidate}data`) ? candidate : undefined;

/** Path of one file below {@link SHARED}; call only where SHARED is defined. */
export function sharedFile(path: string): string {
  return `${SHARED}${path}`;
}
