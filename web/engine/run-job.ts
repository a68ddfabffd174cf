import { followPhases } from '../../src/cli/phases.js';
import { runCommand } from '../../src/cli/run-command.js';
import { valuesOfTexts, wordsOfTexts } from '../../src/cli/values.js';
import { HeredityError, isHeredityError } from '../../src/errors.js';
import { loadPageCommand } from './forms.js';
import type { JobMessage, JobRequest } from './job-messages.js';
import { useFiles } from './web-engine.js';

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

async function run({ command: name, texts, files }: JobRequest): Promise<JobMessage> {
  const web = await useFiles(files);
  const command = await loadPageCommand(name);
  if (command === undefined)
    throw new HeredityError('usage', 'the page has no such command', { value: name });
  const values = valuesOfTexts(command, texts);
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
  const stream = (isResult: boolean) => ({
    write: (text: string) => send({ kind: 'text', text, isResult }),
  });
  await runCommand(name, command, values, {
    stdout: stream(true),
    stderr: stream(false),
    line: { phase: phases.phase, clear() {} },
    words: [...name.split(' '), ...wordsOfTexts(command.flags, texts)],
    signal: new AbortController().signal,
  });
  const written = new Map([...web.written].map(([path, blob]) => [path.slice(1), blob]));
  return { kind: 'done', files: written, threads: web.threads.parallelism };
}
