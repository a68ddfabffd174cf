import { printable } from '../errors.js';
import type { Log } from '../run.js';
import type { TextStream } from './progress-line.js';

/** A {@link Log} that can be read back. */
export interface KeptLog extends Log {
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

/** Names come from files: what would move the cursor or turn the text around is escaped. Tabs stay. */
const printableLines = (text: string): string => text.split('\t').map(printable).join('\t');

export function createLog({ stdout, stderr, quiet, beforeWrite, onWarning }: LogOptions): KeptLog {
  const written: string[] = [];

  function put(text: string, stream: TextStream | undefined) {
    const shown = printableLines(text);
    const whole = shown.endsWith('\n') ? shown : `${shown}\n`;
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
