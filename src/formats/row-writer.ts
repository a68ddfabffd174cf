import { MOST_DECIMAL_BYTES, putDecimals } from './decimals.js';
import type { OutputFile } from './output.js';
import { MOST_BYTES, putExpSixDigits, putFixed, putInteger, putSixDigits } from './six-digits.js';

const FLUSH_BYTES = 1 << 20;
const NEWLINE = 10;
const UTF8 = new TextEncoder();
/** Room for the largest float64 with its decimals. */
const MOST_FIXED_BYTES = 350;

/**
 * Builds lines of text in one buffer of bytes, and writes it to a file when it is full: no string is made for a number or a row.
 *
 * @example
 * rows.text(id).text('\t').integer(n).endLine();
 * if (rows.full) await rows.flush();
 */
export class RowWriter {
  readonly #file: OutputFile;
  #bytes = new Uint8Array(FLUSH_BYTES + (64 << 10));
  #at = 0;

  constructor(file: OutputFile) {
    this.#file = file;
  }

  /** Whether it is time to {@link flush}. */
  get full(): boolean {
    return this.#at >= FLUSH_BYTES;
  }

  text(text: string): this {
    const { length } = text;
    this.#reserve(3 * length);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) {
        this.#at += UTF8.encodeInto(text, bytes.subarray(this.#at)).written;
        return this;
      }
      bytes[at++] = code;
    }
    this.#at = at;
    return this;
  }

  integer(value: number): this {
    this.#reserve(MOST_BYTES);
    this.#at = putInteger(value, this.#bytes, this.#at);
    return this;
  }

  /** Six significant digits, NaN as `NA`. */
  sixDigits(value: number): this {
    this.#reserve(MOST_BYTES);
    this.#at = putSixDigits(value, this.#bytes, this.#at);
    return this;
  }

  /** A finite number with so many decimals, as C's `%.3f` writes it. */
  decimals(value: number, decimals: number): this {
    this.#reserve(MOST_DECIMAL_BYTES);
    this.#at = putDecimals(value, decimals, this.#bytes, this.#at);
    return this;
  }

  /** exp(logValue) in six significant digits, NaN as `NA`. */
  expSixDigits(logValue: number): this {
    this.#reserve(MOST_BYTES);
    this.#at = putExpSixDigits(logValue, this.#bytes, this.#at);
    return this;
  }

  /** A finite number with so many decimals. */
  fixed(value: number, decimals: number): this {
    this.#reserve(MOST_FIXED_BYTES);
    this.#at = putFixed(value, decimals, this.#bytes, this.#at);
    return this;
  }

  /** Bytes of text as they are. */
  bytes(text: Uint8Array): this {
    this.#reserve(text.length);
    this.#bytes.set(text, this.#at);
    this.#at += text.length;
    return this;
  }

  endLine(): this {
    this.#reserve(1);
    this.#bytes[this.#at++] = NEWLINE;
    return this;
  }

  async flush(): Promise<void> {
    const length = this.#at;
    this.#at = 0;
    await this.#file.write(this.#bytes.subarray(0, length));
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#at + bytes));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}
