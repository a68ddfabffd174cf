import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Host, Run } from '../host.js';
import { hashFile } from './hash-file.js';
import { Outputs } from './outputs.js';

const compress = promisify(gzip);
const currentRun = new AsyncLocalStorage<Run | undefined>();

/** Files, threads and the system as Node.js has them. */
export const nodeHost: Host = {
  hash: hashFile,
  gzip: (bytes) => compress(bytes),
  openOutputs: (prefix, names) => Outputs.open(prefix, names),
  run: () => currentRun.getStore(),
  within: (run, work) => currentRun.run(run, work),
  pause: () => setImmediate(),
  removeUnfinished: () => Outputs.removeUnfinished(),
};
