import { readFileSync } from 'node:fs';

/** A task of the quick start: three commands to copy, and what the last of them prints. */
export interface Task {
  readonly title: string;
  readonly commands: readonly string[];
  readonly printed: string;
}

/** The tasks of the page. @param page docs/quick-start.md, of this checkout or of an installed package. */
export function quickStartTasks(page: string | URL): Task[] {
  const tasks = readFileSync(page, 'utf8').matchAll(
    /^## (.*?)$.*?^```sh\n(.*?)^```\n\n```text\n(.*?)\n```$/gms,
  );
  return Array.from(tasks, ([, title, commands, printed]) => ({
    title,
    commands: commands.trim().split('\n'),
    printed,
  }));
}
