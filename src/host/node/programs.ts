import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Programs } from '../host.js';
import { builtins } from './builtins.js';

const MOST_PRINTED_BYTES = 1 << 26;

/** Programs of the operating system. */
export const programs: Programs = {
  async run(line, signal) {
    const execute = promisify(builtins.childProcess.exec);
    return (await execute(line, { signal, maxBuffer: MOST_PRINTED_BYTES })).stdout;
  },
  async temporaryFolder() {
    const { mkdtemp, rm } = builtins.fsPromises;
    const path = await mkdtemp(join(tmpdir(), 'heredity-'));
    return { path, remove: () => rm(path, { recursive: true, force: true }) };
  },
};
