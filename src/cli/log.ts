import type { TextStream } from './progress-line.js';

/** What a run says. Everything is kept for `<out>.log`, whether or not it was shown. */
export interface Log {
  /** A note on how the run goes: to stderr, unless --quiet. */
  info(text: string): void;
  /** Something that the user should look at: to stderr, always, and into the provenance record. */
  warn(text: string): void;
  /** A table or another answer: to stdout. */
  result(text: string): void;
  /** The whole log so far, lines ending in a newline. */
  text(): string;
}

export interface LogOptions {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly quiet: boolean;
  /** Called before every write, to wipe the progress line. */
  readonly beforeWrite: () => void;
  readonly onWarning: (text: string) => void;
}

export function createLog({ stdout, stderr, quiet, beforeWrite, onWarning }: LogOptions): Log {
  const written: string[] = [];

  function put(text: string, stream: TextStream | undefined) {
    const whole = text.endsWith('\n') ? text : `${text}\n`;
    written.push(whole);
    if (stream === undefined) return;
    beforeWrite();
    stream.write(whole);
  }

  return {
    info: (text) => put(text, quiet ? undefined : stderr),
    warn(text) {
      onWarning(text);
      put(`warning: ${text}`, stderr);
    },
    result: (text) => put(text, stdout),
    text: () => written.join(''),
  };
}
