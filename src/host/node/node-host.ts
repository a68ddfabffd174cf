import { AsyncLocalStorage } from 'node:async_hooks';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Host } from '../host.js';
import type { RunOutputs } from '../outputs.js';
import { Outputs } from './outputs.js';

const compress = promisify(gzip);
const outputsOfRun = new AsyncLocalStorage<RunOutputs | undefined>();

/** Files, threads and the system as Node.js has them. */
export const nodeHost: Host = {
  gzip: (bytes) => compress(bytes),
  openOutputs: (prefix, names) => Outputs.open(prefix, names),
  runOutputs: () => outputsOfRun.getStore(),
  withOutputs: (outputs, work) => outputsOfRun.run(outputs, work),
  removeUnfinished: () => Outputs.removeUnfinished(),
};
