import { worded } from './wording.js';

/**
 * Every failure that a user can cause or repair is a {@link HeredityError}: one tag, typed fields, and a message that
 * says what was wrong, where, what was expected, and how to go on. The tag decides the exit code.
 *
 * @example
 * throw new HeredityError('bad-input', 'genotype "3" is not 0, 1, 2 or NA', {
 *   file: 'study.raw', line: 12, column: 7, value: '3', expected: '0, 1, 2 or NA', fix: 'recode the genotype',
 * });
 */
export type ErrorTag =
  /** Wrong use of a flag or command. */
  | 'usage'
  /** A file that cannot be read, is malformed, or holds a value that is not allowed. */
  | 'bad-input'
  /** Files that are each well formed but do not belong together (samples, variants, alleles). */
  | 'mismatch'
  /** Data on which the estimate does not exist (a constant trait, N not above the rank). */
  | 'degenerate-data'
  /** A solver that did not converge or lost too much precision. */
  | 'numerical'
  /** Not enough memory, disk or permission. */
  | 'resource'
  /** Stopped by the user (Ctrl-C). */
  | 'interrupted'
  /** A bug of ours. */
  | 'internal';

/** Exit code of the command line for each tag; 0 is success. Documented in docs/exit-codes.md. */
export const EXIT_CODES: Readonly<Record<ErrorTag, number>> = {
  usage: 2,
  'bad-input': 2,
  mismatch: 3,
  'degenerate-data': 4,
  numerical: 5,
  resource: 6,
  internal: 70,
  interrupted: 130,
};

export interface ErrorDetails {
  /** Path of the file at fault. */
  readonly file?: string;
  /** Line of the file, counted from 1. */
  readonly line?: number;
  /** Field of the line, counted from 1. */
  readonly column?: number;
  /** The offending value, as it was read. */
  readonly value?: string | number;
  /** What would have been right. */
  readonly expected?: string;
  /** What the user can do, with the flag that relaxes the rule where there is one. */
  readonly fix?: string;
  readonly cause?: unknown;
}

export class HeredityError extends Error {
  override readonly name = 'HeredityError';
  readonly tag: ErrorTag;
  readonly details: ErrorDetails;
  /** The message less what to do, for those to whom the fix of the place where it arose is of no use. */
  readonly problem: string;

  constructor(tag: ErrorTag, problem: string, details: ErrorDetails = {}) {
    super(
      formatMessage(problem, details),
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.tag = tag;
    this.details = details;
    const { fix: _, ...facts } = details;
    this.problem = formatMessage(problem, facts);
  }

  get exitCode(): number {
    return EXIT_CODES[this.tag];
  }
}

/** True for our own errors; with tags, only for those. */
export function isHeredityError(error: unknown, ...tags: ErrorTag[]): error is HeredityError {
  return error instanceof HeredityError && (tags.length === 0 || tags.includes(error.tag));
}

interface SentError {
  readonly tag: ErrorTag;
  readonly message: string;
}

/** What another thread can be sent of an error: a class does not survive the way there. */
export function sendableError(error: unknown): unknown {
  return error instanceof HeredityError ? { tag: error.tag, message: error.message } : error;
}

/** The error that {@link sendableError} was made from, but for its details, which its message holds. */
export function receivedError(sent: unknown): unknown {
  const isSent = typeof sent === 'object' && sent !== null && 'tag' in sent && !(sent instanceof Error);
  if (!isSent) return sent;
  const { tag, message } = sent as SentError;
  return new HeredityError(tag, message);
}

/** `file:line:column: problem (found "value", expected …). Fix.` with the parts that are known. */
function formatMessage(problem: string, details: ErrorDetails): string {
  return bounded(printable(composed(worded(problem), inWords(details))), LONGEST_MESSAGE);
}

/** Values and file names stay as they are: they are the user's. */
function inWords(details: ErrorDetails): ErrorDetails {
  const { expected, fix } = details;
  return {
    ...details,
    ...(expected !== undefined && { expected: worded(expected) }),
    ...(fix !== undefined && { fix: worded(fix) }),
  };
}

function composed(problem: string, details: ErrorDetails): string {
  const where = [details.file, details.line, details.line === undefined ? undefined : details.column]
    .filter((part) => part !== undefined)
    .join(':');
  const { value } = details;
  const found = value === undefined ? undefined : `found ${valueText(value)}`;
  const expected =
    details.expected === undefined ? undefined : `expected ${bounded(details.expected, LONGEST_PART)}`;
  const inBrackets = [found, expected].filter((part) => part !== undefined).join(', ');
  const head = `${where ? `${where}: ` : ''}${bounded(problem, LONGEST_PART)}${inBrackets ? ` (${inBrackets})` : ''}`;
  return details.fix === undefined ? head : `${head}. ${capitalise(bounded(details.fix, LONGEST_PART))}`;
}

/** Characters of a quoted value, of one part of a message, and of the whole; a file name may be long by itself. */
const LONGEST_VALUE = 200;
const LONGEST_PART = 2000;
const LONGEST_MESSAGE = 10_000;

function bounded(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length} characters)`;
}

/**
 * Text from a file as a terminal may show it: control characters (C0, C1, line and direction marks) are escaped as in
 * JavaScript, but for the newline.
 */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0);
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A value as it was read; a computed number without the digits that are rounding. */
function valueText(value: string | number): string {
  if (typeof value === 'string' || !Number.isFinite(value))
    return JSON.stringify(bounded(String(value), LONGEST_VALUE));
  return String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(12)));
}

function capitalise(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
