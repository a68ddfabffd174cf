import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));
/** A run of small inputs that takes so long has a loop without end, however busy the machine is. */
const PATIENCE_MS = 90_000;
/** A process is replaced after so many runs, so that what one leaves behind is not taken for another's. */
const RUNS_A_PROCESS = 400;

export interface RunEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly cpuSeconds: number;
  /** Why no answer came: it never ended, or the process went with it. */
  readonly lost?: string;
}

/** Runs command lines in another process, which is replaced when one takes it down or never ends. */
export class Runner {
  #child: ChildProcess | undefined;
  #runs = 0;
  #stderr = '';

  async run(words: readonly string[]): Promise<RunEnd> {
    if (this.#runs++ % RUNS_A_PROCESS === 0) await this.stop();
    const child = (this.#child ??= this.#start());
    const lost = (why: string): RunEnd => ({
      exitCode: -1,
      stdout: '',
      stderr: '',
      cpuSeconds: 0,
      lost: why,
    });
    return new Promise<RunEnd>((resolve) => {
      const finish = (end: RunEnd) => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit);
        resolve(end);
      };
      const onMessage = (message: unknown) => finish(message as RunEnd);
      const onExit = (code: number | null, signal: string | null) => {
        this.#child = undefined;
        finish(lost(`the process ended (${signal ?? code})\n${this.#stderr.slice(-3000)}`));
      };
      const timer = setTimeout(async () => {
        child.off('exit', onExit);
        await this.stop();
        finish(lost(`no end after ${PATIENCE_MS / 1000} s`));
      }, PATIENCE_MS);
      child.on('message', onMessage).on('exit', onExit);
      child.send([...words]);
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  #start(): ChildProcess {
    this.#stderr = '';
    const child = fork(CHILD, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, HEREDITY_DEBUG: '1' },
      execArgv: [],
    });
    child.stderr?.on('data', (text) => {
      this.#stderr = `${this.#stderr}${text}`.slice(-10_000);
    });
    return child;
  }
}
