/** What the smoke test's page runs in a Worker: commands on files that a server has, with the host of a browser. */

import type { Command } from '../../../src/cli/command.js';
import { gre } from '../../../src/cli/gre/gre.js';
import { ldsc } from '../../../src/cli/ldsc/ldsc.js';
import { runCommand } from '../../../src/cli/run-command.js';
import { setHost } from '../../../src/host/host.js';
import { createWebHost } from '../../../src/host/web/web-host.js';
import { KernelPool } from '../../../src/kernels/pool.js';
import { defaultsOf } from '../../../src/options/flags.js';
import { silentProgress } from '../../../src/progress.js';
import type { Job, Outcome } from './smoke-job.js';

const COMMANDS: Readonly<Record<string, Command>> = {
  gre: gre as unknown as Command,
  ldsc: ldsc as unknown as Command,
};

const scope = globalThis as unknown as {
  onmessage: (event: { readonly data: Job }) => void;
  postMessage(message: Outcome): void;
};

// small data are not worth threads; here they are to take part
const { run: runCalls } = KernelPool.prototype;
KernelPool.prototype.run = function (task, calls, options) {
  return runCalls.call(this, task as never, calls as never, { ...options, milliseconds: 1000 }) as never;
};

scope.onmessage = ({ data }) => {
  work(data).then(
    (outcome) => scope.postMessage(outcome),
    (error) => scope.postMessage({ error: String(error?.stack ?? error) }),
  );
};

async function work({ command, values, files, worker }: Job): Promise<Outcome> {
  const load = async (name: string) => (await fetch(name)).blob();
  const blobs: [string, Blob][] = [];
  for (const name of files) blobs.push([name, await load(`/inputs/${name}`)]);
  const wasm = new Uint8Array(await (await load('/kernels.wasm')).arrayBuffer());
  const web = createWebHost({ files: blobs, wasm, worker });
  let threads = 0;
  const { start } = web.threads;
  const counted = {
    ...web.threads,
    start(...args: Parameters<typeof start>) {
      threads++;
      return start(...args);
    },
  };
  setHost({ ...web, threads: counted });
  await run(command, values);
  const written: Record<string, string> = {};
  for (const [path, blob] of web.written) if (/\.(json|tsv)$/.test(path)) written[path] = await blob.text();
  return { written, threads, isShared: web.threads.shareMemory };
}

/** What the command line does around a command, without a terminal. */
async function run(name: string, given: Readonly<Record<string, unknown>>): Promise<void> {
  const command = COMMANDS[name];
  const nowhere = { write() {} };
  await runCommand(
    name,
    command,
    { ...defaultsOf(command.flags), ...given },
    {
      stdout: nowhere,
      stderr: nowhere,
      line: { ...silentProgress, clear() {} },
      words: [],
      signal: new AbortController().signal,
    },
  );
}
