import { readFileSync } from 'node:fs';

/** A task of the quick start: three commands to copy, what the last of them prints, and pictures that they make. */
export interface Task {
  readonly title: string;
  readonly commands: readonly string[];
  readonly printed: string;
  /** Names of the files, which are kept as docs/pictures/quick-start-<name>. */
  readonly pictures: readonly string[];
}

/** The tasks of the page. @param page docs/quick-start.md, of this checkout or of an installed package. */
export function quickStartTasks(page: string | URL): Task[] {
  const [, ...sections] = readFileSync(page, 'utf8').split(/^## /m);
  return sections.map((section) => {
    const [, title, commands, printed] = /^(.*?)$.*?^```sh\n(.*?)^```\n\n```text\n(.*?)\n```$/ms.exec(
      section,
    )!;
    const pictures = section.matchAll(/\(pictures\/quick-start-(.*?)\)/g);
    return {
      title,
      commands: commands.trim().split('\n'),
      printed,
      pictures: Array.from(pictures, ([, name]) => name),
    };
  });
}
