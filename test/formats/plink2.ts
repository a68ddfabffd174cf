import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether plink2 is installed: the readers' tests that make their files with it are skipped without, and say so. */
export const HAS_PLINK2: boolean = spawnSync('plink2', ['--version']).status === 0;
if (!HAS_PLINK2) console.warn('plink2 is not installed: agreement of the readers with it is NOT tested');

/** Runs plink2 in a folder; throws what it says where it fails. */
export function plink2(folder: string, ...args: string[]): void {
  const run = spawnSync('plink2', [...args, '--threads', '1', '--memory', '800'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`plink2 ${args.join(' ')}\n${run.stdout}\n${run.stderr}`);
}

/** The rows of a .bed file. */
export function bedRows(path: string): Buffer {
  return readFileSync(path).subarray(3);
}
