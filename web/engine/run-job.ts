import { followPhases } from '../../src/cli/phases.js';
import { isHeredityError } from '../../src/errors.js';
import type { JobMessage, JobRequest } from './job-messages.js';
import { runHere, writtenFiles } from './run-here.js';

const send = (message: JobMessage) => postMessage(message);

/** Between two reports of how far it has come. */
const REPORT_MS = 100;

/** Runs one command on files of the page, and tells the page how it goes. */
export function runJob(request: JobRequest): void {
  run(request).then(send, (error: unknown) => {
    const isOurs = isHeredityError(error) && error.tag !== 'internal';
    const isMemory =
      error instanceof RangeError && /allocation failed|typed array length/i.test(error.message);
    send({
      kind: 'failed',
      message: isMemory
        ? 'not enough memory: a page has about 4 GB. Use the command line for data of this size'
        : error instanceof Error
          ? error.message
          : String(error),
      isBug: !isOurs && !isMemory,
    });
  });
}

async function run(request: JobRequest): Promise<JobMessage> {
  let reportedAt = 0;
  const phases = followPhases(
    () => {
      const now = performance.now();
      if (now - reportedAt < REPORT_MS) return;
      reportedAt = now;
      send({ kind: 'standing', standing: phases.standing() });
    },
    () => performance.now(),
  );
  const web = await runHere(request, {
    onText: (text, isResult) => send({ kind: 'text', text, isResult }),
    phase: phases.phase,
  });
  return { kind: 'done', files: writtenFiles(web), threads: web.threads.parallelism };
}
