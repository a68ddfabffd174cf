import { getSystemErrorMap } from 'node:util';
import { HeredityError } from '../../errors.js';

/** `no space left on device` for ENOSPC. */
export function systemWords(errno: number | undefined): string {
  return getSystemErrorMap().get(errno ?? 0)?.[1] ?? 'the system gives no reason';
}

/** What the operating system says about a file that cannot be written. */
export function unwritable(file: string, cause: unknown): HeredityError {
  const { code, errno } = cause as NodeJS.ErrnoException;
  if (code === 'ENAMETOOLONG')
    return new HeredityError('usage', 'the name of the output is too long for the file system', {
      file,
      fix: 'choose a shorter --out, or shorter names of traits',
      cause,
    });
  const fix =
    code === 'ENOSPC' ? 'free some space, or write to another disk' : 'check the folder and its permissions';
  const problem = `the file cannot be written: ${systemWords(errno)}`;
  return new HeredityError('resource', problem, { file, fix, cause });
}
