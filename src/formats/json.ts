import { HeredityError } from '../errors.js';
import { inputText } from './input.js';

/** What must not reach a terminal, a table or a name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/**
 * A value of a JSON file with its place in it. What is asked of it is checked as it is read, so a file of another kind, or
 * one that was edited by hand, ends with one message that names the place.
 */
export class JsonValue {
  readonly #file: string;
  readonly #place: string;
  readonly #value: unknown;

  constructor(file: string, place: string, value: unknown) {
    this.#file = file;
    this.#place = place;
    this.#value = value;
  }

  /** @throws HeredityError `bad-input` unless this is an object that has the field */
  field(name: string): JsonValue {
    return this.optional(name) ?? this.#child(name).#fail('a value');
  }

  /** A field of an object; undefined where it is absent or null. */
  optional(name: string): JsonValue | undefined {
    const object = this.#value;
    if (typeof object !== 'object' || object === null || Array.isArray(object))
      return this.#fail('an object');
    const value = Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : null;
    return value === null ? undefined : this.#child(name, value);
  }

  number(): number {
    // one whose square is a number too: no result has others, and axes and percentages of them would overflow
    return typeof this.#value === 'number' && Math.abs(this.#value) < 1e150
      ? this.#value
      : this.#fail('a number');
  }

  text(): string {
    return typeof this.#value === 'string' ? this.#value : this.#fail('a text');
  }

  /** A text that can stand in a table: on one line, without control characters. */
  line(): string {
    const text = this.text();
    return CONTROL.test(text) ? this.#fail('a text on one line') : text;
  }

  /** A number, a text, true or false. */
  scalar(): number | string | boolean {
    const value = this.#value;
    if (typeof value === 'boolean') return value;
    return typeof value === 'string' ? this.line() : this.number();
  }

  /** The text, which has to be one of some. */
  oneOf<const T extends string>(texts: readonly T[]): T {
    return texts.find((text) => text === this.#value) ?? this.#fail(`one of ${texts.join(', ')}`);
  }

  /** The fields of an object, those that are null left out. */
  fields(): [string, JsonValue][] {
    const object = this.#value;
    if (typeof object !== 'object' || object === null || Array.isArray(object))
      return this.#fail('an object');
    if (Object.keys(object).some((name) => CONTROL.test(name)))
      return this.#fail('fields with names on one line');
    return Object.entries(object).flatMap(([name, value]): [string, JsonValue][] =>
      value === null ? [] : [[name, this.#child(name, value)]],
    );
  }

  /** The value as it stands, of which nothing is asked. */
  plain(): unknown {
    return this.#value;
  }

  /** @param length how many there must be. @default any number */
  list(length?: number): JsonValue[] {
    const list = this.#value;
    if (!Array.isArray(list)) return this.#fail('a list');
    if (length !== undefined && list.length !== length) return this.#fail(`a list of ${length}`);
    return list.map((value, i) => new JsonValue(this.#file, `${this.#place}[${i}]`, value));
  }

  #child(name: string, value?: unknown): JsonValue {
    return new JsonValue(this.#file, this.#place === '' ? name : `${this.#place}.${name}`, value);
  }

  #fail(expected: string): never {
    const found = inFewWords(this.#value);
    throw new HeredityError('bad-input', `${this.#place || 'the whole file'} is not what it should be`, {
      file: this.#file,
      value: found,
      expected,
    });
  }
}

/** A list or an object is not written out: it may be nested without end. */
function inFewWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return '{…}';
  return JSON.stringify(value).slice(0, 60);
}

/**
 * Reads a JSON file, plain or gzip.
 * @param expected what the file should be, for the message where it is no JSON
 * @throws HeredityError `bad-input` for what is no JSON
 */
export async function readJson(file: string, expected: string): Promise<JsonValue> {
  const text = await inputText(file);
  try {
    return new JsonValue(file, '', JSON.parse(text));
  } catch (cause) {
    throw new HeredityError('bad-input', 'this is not JSON', { file, expected, cause });
  }
}
