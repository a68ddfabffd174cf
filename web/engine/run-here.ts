import type { Phases } from '../../src/cli/phases.js';
import { runCommand } from '../../src/cli/run-command.js';
import { valuesOfTexts, wordsOfTexts } from '../../src/cli/values.js';
import { HeredityError } from '../../src/errors.js';
import type { WebHost } from '../../src/host/web/web-host.js';
import { loadPageCommand } from './forms.js';
import type { JobRequest } from './job-messages.js';
import { useFiles } from './web-engine.js';

/**
 * Runs a command in this worker.
 * @returns the host, which has what it wrote.
 * @throws HeredityError as the command does.
 */
export async function runHere(
  { command: name, texts, files }: JobRequest,
  watcher: { onText(text: string, isResult: boolean): void; readonly phase: Phases['phase'] },
): Promise<WebHost> {
  const web = await useFiles(files);
  const command = await loadPageCommand(name);
  if (command === undefined)
    throw new HeredityError('usage', 'the page has no such command', { value: name });
  const values = valuesOfTexts(command, texts);
  const stream = (isResult: boolean) => ({ write: (text: string) => watcher.onText(text, isResult) });
  await runCommand(name, command, values, {
    stdout: stream(true),
    stderr: stream(false),
    line: { phase: watcher.phase, clear() {} },
    words: [...name.split(' '), ...wordsOfTexts(command.flags, texts)],
    signal: new AbortController().signal,
  });
  return web;
}

/** What a run wrote, by name. */
export function writtenFiles(web: WebHost): Map<string, Blob> {
  return new Map([...web.written].map(([path, blob]) => [path.slice(1), blob]));
}
