import { host } from '../host/host.js';

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
  /** Bytes of the member that is not full yet: the first so many of the array. */
  #pending = new Uint8Array(0);
  #pendingBytes = 0;
  /** Arrays of members that are compressed: memory that is touched first takes longer than the copy does. */
  readonly #unused: Uint8Array<ArrayBuffer>[] = [];
  #begun = 0;
  readonly #members: Promise<Uint8Array>[] = [];

  /** @param passOn is given each member, in order, once it has taken the one before. */
  constructor(passOn: (member: Uint8Array) => Promise<void>) {
    this.#passOn = passOn;
  }

  /** Takes bytes, which may be changed at once. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#makeRoomFor(this.#pendingBytes + bytes.length);
    this.#pending.set(bytes, this.#pendingBytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= MEMBER_BYTES) this.#begin();
    await this.#finishMembers(MOST_AT_ONCE - 1);
  }

  /** Passes on all that is left; an empty file is one empty member. */
  async end(): Promise<void> {
    if (this.#pendingBytes > 0 || this.#begun === 0) this.#begin();
    await this.#finishMembers(0);
  }

  #makeRoomFor(bytes: number): void {
    if (bytes <= this.#pending.length) return;
    const larger = new Uint8Array(Math.max(bytes, 2 * this.#pending.length));
    larger.set(this.#pending.subarray(0, this.#pendingBytes));
    this.#pending = larger;
  }

  #begin(): void {
    const own = this.#pending;
    const member = host().gzip(own.subarray(0, this.#pendingBytes));
    member.then(
      () => void this.#unused.push(own),
      () => {}, // told when it is awaited
    );
    this.#members.push(member);
    this.#begun++;
    this.#pending = this.#unused.pop() ?? new Uint8Array(own.length);
    this.#pendingBytes = 0;
  }

  /** Passes on the first members until no more than so many are under way. */
  async #finishMembers(left: number): Promise<void> {
    while (this.#members.length > left) await this.#passOn(await this.#members.shift()!);
  }
}
