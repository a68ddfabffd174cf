import { Transform, type TransformCallback } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** Bytes of one member before compression: enough that starting anew costs less than a percent. */
const MEMBER_BYTES = 1 << 20;
/** Members under way at once; the threads of Node's own pool, four by default, compress them. */
const MOST_AT_ONCE = 6;

/**
 * Compresses to gzip in several members, as bgzip and pigz do, which threads make side by side: the bytes do not depend on
 * how many threads there are, and every reader of gzip takes the members for one file.
 */
export class GzipMembers extends Transform {
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #begun = 0;
  readonly #members: Promise<Buffer>[] = [];

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#pending.push(Buffer.from(chunk)); // a copy: the caller may change its bytes
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes >= MEMBER_BYTES) this.#begin();
    if (this.#members.length < MOST_AT_ONCE) done();
    else this.#passOn(MOST_AT_ONCE - 1).then(() => done(), done);
  }

  override _flush(done: TransformCallback): void {
    if (this.#pendingBytes > 0 || this.#begun === 0) this.#begin();
    this.#passOn(0).then(() => done(), done);
  }

  #begin(): void {
    const member = compress(Buffer.concat(this.#pending));
    member.catch(() => {}); // told when it is awaited
    this.#members.push(member);
    this.#begun++;
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  /** Passes on the first members, in order, until no more than so many are under way. */
  async #passOn(left: number): Promise<void> {
    while (this.#members.length > left) this.push(await this.#members.shift());
  }
}
