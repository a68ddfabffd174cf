import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HeredityError } from '../../errors.js';
import { boolean, defineFlags, integer, path, paths, string } from '../../options/flags.js';
import { Folders, insideFolders } from '../../page/folders.js';
import { Jobs } from '../../page/jobs.js';
import { servePage } from '../../page/server.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import type { CommandEntry } from '../commands.js';
import { type FlagTexts, valuesOfTexts, wordsOfTexts } from '../values.js';
import { DECIDED_BY_PAGE, pageCommands } from './page-commands.js';

const FILES = { heading: 'Files' } as const;
const SERVER = { heading: 'Server' } as const;

const pageFlags = defineFlags({
  folder: paths('folders that the page may read; what is not below them is refused', {
    ...FILES,
    placeholder: 'folders',
    default: ['.'],
    defaultText: 'the current one',
  }),
  runsFolder: path('folder in which every run gets its own', {
    ...FILES,
    placeholder: 'folder',
    defaultText: 'heredity-page in the first of these folders',
  }),
  runs: integer('runs at one time', { ...SERVER, min: 1, max: 64, default: 2 }),
  port: integer('port to listen on; 0 is any that is free', { ...SERVER, min: 0, max: 65_535, default: 0 }),
  host: string('address to listen on, which has to be one of this machine alone', {
    ...SERVER,
    placeholder: 'address',
    default: '127.0.0.1',
  }),
  withoutOpening: boolean('open no browser: the line that is printed says how to enter', SERVER),
});

const DIST = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/** @param all commands of the program, some of which the page offers. */
export const pageCommand = (all: readonly CommandEntry[]) =>
  defineCommand({
    description:
      'The page of heredity for files of this machine: forms for every method, runs with progress, results with charts, models of ' +
      'missing heritability, a simulator. It listens on the loopback address alone; the browser is let in by a file that only you ' +
      'can read. Runs are processes of the same command line, each in its folder; they go on when the page is closed, and end with ' +
      'the server (Ctrl-C). On a cluster: ssh -L 8000:127.0.0.1:PORT, then open the address in the file with port 8000.',
    flags: pageFlags,
    examples: [
      { line: 'heredity page', what: 'in the folder with the data' },
      {
        line: 'heredity page --folder /data/study,/data/ld --port 8000 --no-open',
        what: 'on a login node, for a browser elsewhere',
      },
    ],
    async run(flags, run) {
      if (!/^(127\.0\.0\.1|localhost)$/.test(flags.host))
        throw new HeredityError('usage', '--host: the page is for this machine alone', {
          value: flags.host,
          expected: '127.0.0.1',
          fix: 'leave it out; from another machine, use ssh -L',
        });
      if (!existsSync(join(DIST, 'index.html')))
        throw new HeredityError('resource', 'the page was not built', { fix: 'run "npm run build:page"' });
      const runsFolder = resolve(flags.runsFolder ?? join(flags.folder[0], 'heredity-page'));
      const first = new Folders(flags.folder); // says which folder is missing before any is made
      const jobs = new Jobs(runsFolder, flags.runs);
      const folders = first.has(runsFolder) ? first : new Folders([...flags.folder, runsFolder]);
      const server = await servePage(flags.port, {
        dist: DIST,
        folders,
        jobs,
        startJob: (command, texts) => startJob(pageCommands(all), command, texts, folders, jobs),
        onRefusal: (text) => run.log.info(text),
      }).catch((cause: NodeJS.ErrnoException) => {
        throw new HeredityError(
          'resource',
          `the port cannot be listened on: ${cause.code ?? cause.message}`,
          {
            value: flags.port,
            fix: 'choose another --port, or 0 for any',
            cause,
          },
        );
      });
      const entrance = writeEntrance(server.entrance);
      try {
        run.log.result(`http://127.0.0.1:${server.port}/ is served; to enter, open ${entrance.file}`);
        if (!flags.withoutOpening) openBrowser(entrance.file, run);
        await aborted(run.signal);
      } finally {
        entrance.remove();
        await jobs.stop();
        await server.close();
      }
    },
  });

/** Builds a command line from options of the catalogue, and nothing else, and runs it. */
async function startJob(
  entries: readonly CommandEntry[],
  command: string,
  texts: FlagTexts,
  folders: Folders,
  jobs: Jobs,
): Promise<string> {
  const entry = entries.find(({ name }) => name === command);
  if (entry === undefined)
    throw new HeredityError('usage', 'the page has no such command', { value: command });
  const loaded = await entry.load();
  const decided = Object.keys(texts).find((key) => DECIDED_BY_PAGE.has(key));
  if (decided !== undefined)
    throw new HeredityError('usage', 'the page itself decides on this option', { value: decided });
  valuesOfTexts(loaded, { ...texts, out: 'result' });
  const inside = insideFolders(loaded.flags, texts, folders);
  const name = command.split(' ');
  const words = [...name, ...wordsOfTexts(loaded.flags, { ...inside, out: name.join('-') })];
  const line = ['heredity', ...name, ...wordsOfTexts(loaded.flags, texts), '--out', name.join('-')].join(' ');
  return jobs.start(command, words, line).id;
}

/** The way in, in a file that only its owner can read: a command line would show the token to everybody. */
function writeEntrance(address: string): { readonly file: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'heredity-page-'));
  const file = join(folder, 'open.html');
  writeFileSync(
    file,
    `<!doctype html><meta http-equiv="refresh" content="0;url=${address}"><title>heredity</title><a href="${address}">${address}</a>\n`,
    { mode: 0o600 },
  );
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function openBrowser(file: string, { log }: RecordedRun): void {
  const [program, ...words] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['explorer'] : ['xdg-open'];
  const child = spawn(program, [...words, file], { stdio: 'ignore', detached: true });
  child.on('error', () => log.info(`no browser could be started; open ${file}`));
  child.unref();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    // a timer keeps the process alive while nobody asks anything
    const alive = setInterval(() => {}, 1 << 30);
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      done();
    });
  });
}
