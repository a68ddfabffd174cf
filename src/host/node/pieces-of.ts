import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { builtins } from './builtins.js';
import { Rooms } from './rooms.js';

const ROOM_BYTES = 1 << 20;
const rooms = new Rooms(ROOM_BYTES);

/**
 * The bytes of a file or pipe in order, or those from one to before another; each piece is good until the next is asked for.
 * A plain array and no Buffer, so that loops over bytes see one kind of array.
 */
export async function* piecesOf(
  name: string,
  { start = 0, end = Number.POSITIVE_INFINITY, signal }: PiecesOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  const file = isSmall(name) ? openAtOnce(name) : await builtins.fsPromises.open(name, 'r');
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

/** Pipes are never small: one waits for them. */
function isSmall(name: string): boolean {
  const stats = statSync(name);
  return stats.isFile() && stats.size <= ROOM_BYTES;
}

/** To hand a small file to a thread and wait takes many times as long as to read it, and a run may read hundreds. */
function openAtOnce(name: string) {
  const file = openSync(name, 'r');
  return {
    read: (room: Uint8Array, offset: number, length: number, position: number | null) => ({
      bytesRead: readSync(file, room, offset, length, position),
    }),
    close: () => closeSync(file),
  };
}

export interface PiecesOptions {
  readonly start?: number;
  readonly end?: number;
  readonly signal?: AbortSignal | undefined;
}
