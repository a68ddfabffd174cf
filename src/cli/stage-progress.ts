import type { Phase } from '../progress.js';
import type { CommandContext } from './command.js';

/** Shows the stages of a run that is not divided into blocks: one progress phase a stage. */
export class StageProgress {
  readonly #progress: CommandContext['progress'];
  #stage: { readonly name: string; readonly phase: Phase; done: number } | undefined;

  constructor({ progress }: Pick<CommandContext, 'progress'>) {
    this.#progress = progress;
  }

  report(name: string, done: number, total: number): void {
    if (this.#stage?.name !== name) {
      this.end();
      this.#stage = { name, phase: this.#progress.phase(name, { total }), done: 0 };
    }
    this.#stage!.phase.advance(done - this.#stage!.done);
    this.#stage!.done = done;
  }

  end(): void {
    this.#stage?.phase.end();
    this.#stage = undefined;
  }
}
