import { existsSync } from 'node:fs';

/** The browser that tests drive; undefined where none is installed. */
export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

/** Says aloud that tests are left out for want of a browser. */
export function sayWhereSkipped(what: string): void {
  if (CHROMIUM === undefined) console.warn(`SKIPPED: ${what}, as no Chromium is installed`);
}
