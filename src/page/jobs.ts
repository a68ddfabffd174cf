import { type ChildProcess, spawn } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HeredityError } from '../errors.js';

/** A run of the command line in a folder of its own. */
export interface JobRecord {
  readonly id: string;
  readonly command: string;
  /** The command line, for people. */
  readonly line: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly problem: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** A job as the page shows it. */
export interface JobView extends JobRecord {
  readonly text: string;
  readonly standing: unknown;
  /** Names of what it has written. */
  readonly files: readonly string[];
}

/** Of what a job prints, so many characters are shown; its folder has it all. */
const MOST_TEXT = 200_000;
/** A job that was asked to stop has so long to do it. */
const GRACE_MS = 5000;
/** Hidden, so that they are not listed among results. */
const RECORD = '.job.json';
const OUTPUT = '.output.txt';

const EXECUTABLE = fileURLToPath(new URL('../../bin/heredity.cjs', import.meta.url));

/** Jobs as child processes of one command line each: they go on when the page is closed, and are found again. */
export class Jobs {
  readonly #folder: string;
  readonly #most: number;
  readonly #records = new Map<string, JobRecord>();
  readonly #running = new Map<string, { child: ChildProcess; text: string; standing: unknown }>();

  /**
   * @param folder where each job gets its own; those of earlier servers are read.
   * @param most jobs at one time.
   */
  constructor(folder: string, most: number) {
    this.#folder = folder;
    this.#most = most;
    mkdirSync(folder, { recursive: true });
    for (const id of readdirSync(folder).sort()) {
      const file = join(folder, id, RECORD);
      if (!existsSync(file)) continue;
      try {
        const record = JSON.parse(readFileSync(file, 'utf8')) as JobRecord;
        if (record.id !== id) continue;
        const isLost = record.state === 'running';
        const problem = 'the page was ended before the run was';
        this.#records.set(id, isLost ? { ...record, state: 'failed', problem } : record);
      } catch {} // not a job's, or half of one: it is left alone
    }
  }

  /**
   * @param words of the command line, names of files from the root.
   * @param line the same for people.
   * @throws HeredityError `resource` where as many as may run do.
   */
  start(command: string, words: readonly string[], line: string): JobRecord {
    if (this.#running.size >= this.#most)
      throw new HeredityError('resource', `${this.#most} runs are under way`, {
        fix: 'wait for one to end, cancel one, or start "heredity page" with a larger --runs',
      });
    const id = this.#newId(command);
    const folder = join(this.#folder, id);
    mkdirSync(folder);
    const record: JobRecord = {
      ...{ id, command, line, state: 'running', problem: null },
      ...{ startedAt: new Date().toISOString(), endedAt: null },
    };
    this.#keep(record);
    const child = spawn(process.execPath, [EXECUTABLE, ...words], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, HEREDITY_PROGRESS: 'ipc' },
      detached: true, // Ctrl-C in the terminal of the server is the server's to pass on
    });
    const state = { child, text: '', standing: undefined as unknown };
    this.#running.set(id, state);
    const output = createWriteStream(join(folder, OUTPUT));
    output.on('error', () => {}); // a full disk ends the run itself
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        state.text = (state.text + text).slice(-MOST_TEXT);
        output.write(text);
      });
    }
    child.on('message', (standing) => {
      state.standing = standing;
    });
    child.on('error', (error) => this.#end(id, 'failed', error.message));
    child.on('close', (code) => {
      output.end();
      const error = /^error: (.*)$/m.exec(state.text)?.[1];
      if (code === 0) this.#end(id, 'done', null);
      else if (code === 130) this.#end(id, 'cancelled', null);
      else this.#end(id, 'failed', error ?? `it ended with the exit code ${code}`);
    });
    return record;
  }

  /** Asks a run to stop, as Ctrl-C does; nothing half written is left. */
  cancel(id: string): void {
    const child = this.#running.get(id)?.child;
    if (child === undefined) return;
    child.kill('SIGINT');
    setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
  }

  /** The newest first. */
  list(nameOf: (path: string) => string): JobView[] {
    return [...this.#records.values()].reverse().map((record) => {
      const running = this.#running.get(record.id);
      const folder = join(this.#folder, record.id);
      const files = record.state !== 'done' ? [] : readdirSync(folder);
      return {
        ...record,
        text: running?.text ?? textOf(join(folder, OUTPUT)),
        standing: running?.standing ?? null,
        files: files.filter((name) => !name.startsWith('.')).map((name) => nameOf(join(folder, name))),
      };
    });
  }

  /** Stops all that runs, when the server ends. */
  async stop(): Promise<void> {
    await Promise.all(
      [...this.#running].map(([id, { child }]) => {
        const ended = new Promise((resolve) => child.once('close', resolve));
        this.cancel(id);
        return ended;
      }),
    );
  }

  #end(id: string, state: JobRecord['state'], problem: string | null): void {
    if (!this.#running.delete(id)) return;
    this.#keep({ ...this.#records.get(id)!, state, problem, endedAt: new Date().toISOString() });
  }

  #keep(record: JobRecord): void {
    this.#records.set(record.id, record);
    const file = join(this.#folder, record.id, RECORD);
    writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 1)}\n`);
    renameSync(`${file}.new`, file);
  }

  #newId(command: string): string {
    const day = new Date().toISOString().slice(0, 10);
    for (let k = 1; ; k++) {
      const number = `${day}-${String(k).padStart(3, '0')}-`;
      const isTaken = readdirSync(this.#folder).some((name) => name.startsWith(number));
      if (!isTaken) return number + command.replaceAll(' ', '-');
    }
  }
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').slice(-MOST_TEXT) : '';
}
