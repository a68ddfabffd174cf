import { host } from '../host/host.js';
import { concatenated } from './bytes.js';

/** Bytes of one member before compression: enough that starting anew costs less than a percent. */
const MEMBER_BYTES = 1 << 20;
/** Members under way at once. */
const MOST_AT_ONCE = 6;

/**
 * Compresses to gzip in several members, as bgzip and pigz do, which threads make side by side: the bytes do not depend on
 * how many threads there are, and every reader of gzip takes the members for one file.
 */
export class GzipMembers {
  readonly #passOn: (member: Uint8Array) => Promise<void>;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #begun = 0;
  readonly #members: Promise<Uint8Array>[] = [];

  /** @param passOn is given each member, in order, once it has taken the one before. */
  constructor(passOn: (member: Uint8Array) => Promise<void>) {
    this.#passOn = passOn;
  }

  /** Takes bytes, which may be changed at once. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#pending.push(new Uint8Array(bytes));
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= MEMBER_BYTES) this.#begin();
    await this.#finishMembers(MOST_AT_ONCE - 1);
  }

  /** Passes on all that is left; an empty file is one empty member. */
  async end(): Promise<void> {
    if (this.#pendingBytes > 0 || this.#begun === 0) this.#begin();
    await this.#finishMembers(0);
  }

  #begin(): void {
    const member = host().gzip(concatenated(this.#pending));
    member.catch(() => {}); // told when it is awaited
    this.#members.push(member);
    this.#begun++;
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  /** Passes on the first members until no more than so many are under way. */
  async #finishMembers(left: number): Promise<void> {
    while (this.#members.length > left) await this.#passOn(await this.#members.shift()!);
  }
}
