import { open } from 'node:fs/promises';
import { Rooms } from './rooms.js';

const rooms = new Rooms(1 << 20);

/**
 * The bytes of a file or pipe in order, or those from one to before another; each piece is good until the next is asked for.
 * A plain array and no Buffer, so that loops over bytes see one kind of array.
 */
export async function* piecesOf(
  name: string,
  { start = 0, end = Number.POSITIVE_INFINITY, signal }: PiecesOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  const file = await open(name, 'r');
  const room = rooms.take();
  try {
    for (let at = start; at < end; ) {
      signal?.throwIfAborted();
      // a pipe has no positions
      const position = start === 0 ? null : at;
      const { bytesRead } = await file.read(room, 0, Math.min(room.length, end - at), position);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield room.subarray(0, bytesRead);
    }
  } finally {
    rooms.giveBack(room);
    await file.close();
  }
}

export interface PiecesOptions {
  readonly start?: number;
  readonly end?: number;
  readonly signal?: AbortSignal | undefined;
}
