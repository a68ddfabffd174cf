// When a file that is built has to be built again. It bears the time at which its build began, so that a source changed meanwhile
// is newer than it.
import { existsSync, statSync, utimesSync } from 'node:fs';

/** When a file was changed, in milliseconds; 0 where there is none. */
export const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** When the newest of some files was changed. */
export const newestOf = (paths) => paths.reduce((newest, path) => Math.max(newest, modified(path)), 0);

/** Says of a file when its build began. @param {number} startedAt milliseconds, as of Date.now(). */
export const builtSince = (path, startedAt) => utimesSync(path, startedAt / 1000, startedAt / 1000);
