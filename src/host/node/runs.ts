import { AsyncLocalStorage } from 'node:async_hooks';
import type { Host, Run } from '../host.js';
import { oneRun } from '../one-run.js';

/** Follows whatever a run awaits. Before Node.js 24, once it is used, every promise of the process takes longer. */
const scopes = new AsyncLocalStorage<{ readonly run: Run | undefined }>();

const only = oneRun();
let hasOneRun = false;

/** Tells that this process has one run at a time, as that of a command line has: nothing has to follow it then. */
export function haveOneRun(): void {
  hasOneRun = true;
}

/** The run under way, and work as part of one. @see Host */
export const runs: Pick<Host, 'run' | 'within'> = {
  run() {
    const scope = scopes.getStore();
    return scope === undefined ? only.run() : scope.run;
  },
  within(run, work) {
    const isApart = run === undefined || scopes.getStore() !== undefined;
    return hasOneRun && !isApart ? only.within(run, work) : scopes.run({ run }, work);
  },
};
