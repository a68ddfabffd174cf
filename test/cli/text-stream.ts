import type { TextStream } from '../../src/cli/progress-line.js';

/** A stream that remembers what was written to it. */
export class RecordingStream implements TextStream {
  readonly writes: string[] = [];

  constructor(
    readonly isTTY = false,
    readonly columns = 100,
  ) {}

  write(text: string): void {
    this.writes.push(text);
  }

  get text(): string {
    return this.writes.join('');
  }
}
