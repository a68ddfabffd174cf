import '../host/node/install.js';
import { haveOneRun } from '../host/node/runs.js';
import { main, reportFailure } from './main.js';

/** The whole life of a `heredity` process: runs {@link main} on its command line and ends with its exit code. */
export async function start(): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // whoever read our output, such as `head`, has left; the files are still worth finishing
      if (error.code !== 'EPIPE') throw error;
    });
  }
  process.on('uncaughtException', (error) => process.exit(reportFailure(error, process.stderr)));
  haveOneRun();
  const exitCode = await main(process.argv.slice(2));
  // the run has ended, and its exit code says how: it is too late to stop it
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.removeAllListeners(name).on(name, () => {});
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  // workers that wait for more work, or one that did not stop in time, must not keep the process alive
  process.exit(exitCode);
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
