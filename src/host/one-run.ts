import type { Host, Run } from './host.js';

/**
 * A store of the run under way where nothing follows what is awaited: for one run at a time. Work apart from it, within
 * undefined, is so only until it first awaits.
 */
export function oneRun(): Pick<Host, 'run' | 'within'> {
  let current: Run | undefined;
  return {
    run: () => current,
    within(run, work) {
      const before = current;
      current = run;
      let result: ReturnType<typeof work> | undefined;
      try {
        result = work();
        return result;
      } finally {
        if (run !== undefined && result instanceof Promise) {
          const restore = () => {
            current = before;
          };
          result.then(restore, restore);
        } else {
          current = before;
        }
      }
    },
  };
}
