/** The one worker of the page: runs a command and ends, or answers what the page asks between runs. */
import type { DESK } from './desk-answers.js';
import type { JobRequest } from './job-messages.js';

export type Work =
  | { readonly job: JobRequest }
  | { readonly id: number; readonly ask: keyof typeof DESK; readonly given: readonly unknown[] };

export type DeskAnswer =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly problem: string };

addEventListener('message', async ({ data }: MessageEvent<Work>) => {
  if ('job' in data) {
    const { runJob } = await import('./run-job.js');
    return runJob(data.job);
  }
  const { id, ask, given } = data;
  try {
    const { DESK } = await import('./desk-answers.js');
    const answer = await (DESK[ask] as (...given: readonly unknown[]) => unknown)(...given);
    postMessage({ id, answer } satisfies DeskAnswer);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    postMessage({ id, problem } satisfies DeskAnswer);
  }
});
