import { promisify } from 'node:util';
import type { Host } from '../host.js';
import { builtins } from './builtins.js';
import { files } from './files.js';
import { gunzip } from './gunzip.js';
import { machine } from './machine.js';
import { Outputs } from './outputs.js';
import { programs } from './programs.js';
import { rasterise } from './rasterise.js';
import { keepFile, referenceFolder } from './reference-folder.js';
import { runs } from './runs.js';
import { threads } from './threads.js';

/** Half the time of zlib's own choice, 6, for tables that are 1 % larger. */
const GZIP_LEVEL = 5;

/** Text has room in it: each piece of the output is a way to another thread and back. */
const gzipRoom = (bytes: number): number => Math.max(1 << 14, Math.ceil(bytes / 2));

type Decompressor = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
/** Node.js has it from 22.15 on: five times as fast as the one in JavaScript. */
const zstd = () => (builtins.zlib as { zstdDecompressSync?: Decompressor }).zstdDecompressSync;

/** Files, threads and the system as Node.js has them. */
export const nodeHost: Host = {
  files,
  threads,
  machine,
  programs,
  referenceFolder,
  keepFile,
  gzip: (bytes) =>
    promisify(builtins.zlib.gzip)(bytes, { level: GZIP_LEVEL, chunkSize: gzipRoom(bytes.length) }),
  gunzip,
  inflate: (bytes, most) => builtins.zlib.inflateSync(bytes, { maxOutputLength: most }),
  get unzstd() {
    const decompress = zstd();
    return decompress && ((bytes: Uint8Array, most: number) => decompress(bytes, { maxOutputLength: most }));
  },
  sha256() {
    const hash = builtins.crypto.createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
  },
  textReader({ buffer, byteOffset, length }) {
    const bytes = Buffer.from(buffer as ArrayBuffer, byteOffset, length);
    return (start, end) => bytes.toString('utf8', start, end);
  },
  openOutputs: (prefix, names, beside) => Outputs.open(prefix, names, beside),
  ...runs,
  pause: () => new Promise((resolve) => setImmediate(resolve)),
  removeUnfinished: () => Outputs.removeUnfinished(),
  rasterise,
};
