import type { CommandEntry } from '../commands.js';

/** Commands that answer about the program itself, run programs of the user's, or compare with a paper; reference
 * data are downloaded by the command line. */
const NOT_HERE = new Set([
  'explain',
  'completion',
  'doctor',
  'page',
  'merge',
  'report',
  'study run',
  'study compare-paper',
]);

/** What a page offers of all commands: those that turn files into results. */
export function pageCommands(all: readonly CommandEntry[]): CommandEntry[] {
  return all.filter(({ name, group }) => !NOT_HERE.has(name) && group !== 'Reference data');
}

/** Flags that a page itself decides on. */
export const DECIDED_BY_PAGE: ReadonlySet<string> = new Set([
  ...['out', 'quiet', 'json', 'planJson', 'backend'],
  ...['parts', 'part', 'wait'],
]);
