import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { HeredityError } from '../../errors.js';
import type { Host } from '../host.js';
import { oneRun } from '../one-run.js';
import { resolvePath, webFiles } from './files.js';
import { gunzip } from './gunzip.js';
import { inflate } from './inflate.js';
import { WebOutputs } from './outputs.js';
import { webThreads } from './threads.js';

export interface WebHostOptions {
  /** What the user chose, by the names that flags will call them: File is a Blob. */
  readonly files?: Iterable<readonly [name: string, file: Blob]>;
  /** The bytes of native/build/kernels.wasm. */
  readonly wasm: Uint8Array;
  /** src/worker-web.ts as the page's bundler made it. @default the calling thread does all the work */
  readonly worker?: string | URL;
}

export interface WebHost extends Host {
  /** What runs have written, by path; offering it for download is the page's affair. */
  readonly written: ReadonlyMap<string, Blob>;
}

const GIB = 2 ** 30;

/** Files, threads and the system as a browser has them; for a Worker of a page, which alone may compute for long. */
export function createWebHost({ files = [], wasm, worker }: WebHostOptions): WebHost {
  const given = new Map(Array.from(files, ([name, file]) => [resolvePath(name), file]));
  const written = new Map<string, Blob>();
  return {
    written,
    files: webFiles(
      (path) => written.get(path) ?? given.get(path),
      () => [...given.keys(), ...written.keys()],
    ),
    threads: webThreads(worker, wasm),
    machine: {
      runtime: navigator.userAgent,
      system: () => ({
        platform: 'browser',
        release: navigator.userAgent,
        arch: 'wasm32',
        cpu: 'unknown',
        cores: navigator.hardwareConcurrency ?? 1,
        memoryBytes: (navigator.deviceMemory ?? 4) * GIB,
      }),
      build: () => '',
      nativeKernelsHash: () => '',
      // a tab has about 4 GB, whatever the machine has
      availableMemory: () => Math.min(4, navigator.deviceMemory ?? 4) * GIB,
      peakMemory: () => 0,
      wasmKernels: () => wasm,
      nativeKernels() {
        throw new HeredityError('resource', 'a browser takes no native kernels');
      },
      compiler: async () => undefined,
    },
    programs: undefined,
    referenceFolder: undefined,
    keepFile: async () => undefined,
    rasterise: undefined,
    async gzip(bytes) {
      const compressed = new Blob([new Uint8Array(bytes)])
        .stream()
        .pipeThrough(new CompressionStream('gzip'));
      return new Uint8Array(
        await new Response(compressed as ConstructorParameters<typeof Response>[0]).arrayBuffer(),
      );
    },
    gunzip,
    inflate,
    unzstd: undefined,
    sha256() {
      const hash = sha256.create();
      return { update: (bytes) => void hash.update(bytes), hex: () => bytesToHex(hash.digest()) };
    },
    textReader,
    openOutputs: async (prefix, names = []) => new WebOutputs(prefix, names, written),
    ...oneRun(),
    pause: () => new Promise((resolve) => setTimeout(resolve)),
    removeUnfinished: () => {},
  };
}

/** Beyond so many characters a decoder is faster. */
const SHORT = 24;

function textReader(bytes: Uint8Array): (start: number, end: number) => string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return (start, end) => {
    if (end - start > SHORT) return decoder.decode(bytes.subarray(start, end));
    let text = '';
    for (let at = start; at < end; at++) {
      if (bytes[at] > 127) return decoder.decode(bytes.subarray(start, end));
      text += String.fromCharCode(bytes[at]);
    }
    return text;
  };
}
