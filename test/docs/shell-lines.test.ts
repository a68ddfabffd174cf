import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { runLine, writeReadersFiles } from './readers-files.js';
import { PAGES, shellLines, shellWords } from './shell-lines.js';

/** Pages whose lines another test runs, one by one, with what they print. */
const RUN_BY_ANOTHER: Readonly<Record<string, string>> = {
  'docs/quick-start.md': 'test/docs/quick-start.test.ts',
  'docs/missing-heritability.md': 'test/gap/missing-heritability-doc.test.ts',
};

/** Lines that are not run here, each with its own reason. A line that is in no page any more has to leave this list. */
const NOT_RUN: readonly (readonly [line: RegExp, reason: string])[] = [
  [/^heredity page$/, 'it serves until it is ended; test/web/local-page.test.ts runs it'],
  [
    /^heredity page --folder /,
    'it serves until it is ended; test/page/server.test.ts runs it with these flags',
  ],
  [
    /^heredity ref get \S+$/,
    'it asks the server of the publisher; test/cli/ref.test.ts downloads from one of its own',
  ],
  [/^heredity ref get eur --from /, "it takes the publisher's file alone; test/cli/ref.test.ts imports one"],
  [/^heredity doctor --build$/, 'it compiles into the package; test/walks/install.test.ts does'],
  [/\[flags\]|[<…]/, 'how a command is called in general, not a line to copy'],
];

/** What makes a line small; the rest of it stays as it is. */
const SMALLER: readonly (readonly [RegExp, string])[] = [
  [/gwas\/\*\.t(xt|sv)\.gz/, 'gwas.txt gwas-2.txt'], // a shell's own work
  [/--samples 337205 --variants 9654/, '--samples 320 --variants 240'],
  [/--samples 8430 --variants 14821/, '--samples 300 --variants 3000'],
  [/--samples \d{4,}(,\d+)*/, '--samples 120'],
  [/--variants \d{4,}/, '--variants 440'],
  [/--families 500/, '--families 5'],
  [/--cases 400 --controls 400/, '--cases 10 --controls 10'],
  [/--random-samples 2000/, '--random-samples 200'],
  [/--cells '\*_none'/, "--cells '*_p1_maf0-0.5_*_none'"],
  [/--cells 'h0\.25_\*_none'/, "--cells 'h0.25_p1_maf0-0.5_a-1_none'"],
  [/--blocks-experiment [\d,]+/, '--blocks-experiment 1,2,4'],
  [/--replicates \d+/, '--replicates 2'],
  [/--draws 200/, '--draws 4'],
  [/^(heredity study run (?!.*(--replicates|--plan)).*)/, '$1 --replicates 2'],
  [/^(heredity study (run|expect) (?!.*(--cells|--plan)).*)/, '$1 --cells *_p1_maf0-0.5_*'],
];

/** What is to be done between two lines: other parts of a run that is divided, a result that a line of another page replaced. */
const BETWEEN: readonly (readonly [before: RegExp, lines: readonly string[]])[] = [
  [
    /^heredity gap account .*bmi\.gre\.json/,
    ['gre --bfile study --pheno traits.txt --pheno-name bmi --dominance --out bmi'],
  ],
  [
    /^heredity merge parts\/ukb /,
    [2, 3, 4].map(
      (part) =>
        `gre --bfile ukb --pheno traits.txt --covar covar.txt --parts 4 --part ${part} --out parts/ukb`,
    ),
  ],
  [
    /^heredity merge parts\/study --run he /,
    [1, 2].map((part) => `he --bfile study --pheno traits.txt --parts 2 --part ${part} --out parts/study`),
  ],
];

/** To draw PNG takes longer than most of these runs, and other tests look at it. */
vi.mock('../../src/host/node/rasterise.js', () => ({ rasterise: async () => new Uint8Array(1) }));

const folder = mkdtempSync(join(tmpdir(), 'heredity-shell-lines-'));
const [before, store] = [process.cwd(), process.env.HEREDITY_REFERENCE];
beforeAll(async () => {
  process.chdir(folder);
  process.env.HEREDITY_REFERENCE = join(folder, 'store');
  await writeReadersFiles();
}, 240_000);
afterAll(() => {
  process.chdir(before);
  if (store === undefined) delete process.env.HEREDITY_REFERENCE;
  else process.env.HEREDITY_REFERENCE = store;
  rmSync(folder, { recursive: true });
});

const all = PAGES.filter((page) => !(page in RUN_BY_ANOTHER)).flatMap(shellLines);
const isRun = (line: string) => !NOT_RUN.some(([pattern]) => pattern.test(line));

it('every line that is not run is in a page', () => {
  expect(NOT_RUN.filter(([pattern]) => !all.some((line) => pattern.test(line))).map(String)).toEqual([]);
  expect(all.filter(isRun).length).toBeGreaterThan(200);
});

it.each([...new Set(all.filter(isRun))])('%s', async (line) => {
  for (const [before, others] of BETWEEN)
    if (before.test(line)) for (const other of others) await runLine(other.split(' '));
  const small = SMALLER.reduce((own, [pattern, text]) => own.replace(pattern, text), line);
  const words = shellWords(small).slice(1);
  const { flags } = await commandOf(words);
  // one thread: to start others takes longer than what they would do
  await runLine('threads' in flags && !words.includes('--threads') ? [...words, '--threads', '1'] : words);
});

async function commandOf(words: readonly string[]) {
  const named = (name: string) => allCommands().find((entry) => entry.name === name);
  const entry = named(words.slice(0, 2).join(' ')) ?? named(words[0]);
  expect(entry, words.join(' ')).toBeDefined();
  return entry!.load();
}
