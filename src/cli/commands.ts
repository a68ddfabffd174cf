import type { Command } from './command.js';

/** One line of `heredity --help`; the command itself is loaded only when it is used. */
export interface CommandEntry {
  /** One word, or two such as `simulate genotypes`. */
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  load(): Promise<Command>;
}

/** Every command, in the order of `heredity --help`. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'doctor',
    group: 'This machine',
    summary: 'kernels, threads, memory and versions in use, and why a faster choice is not',
    load: async () => (await import('./doctor.js')).doctor,
  },
];
