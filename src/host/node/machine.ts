import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { Machine } from '../machine.js';
import { builtins } from './builtins.js';
import { ADDON } from './kernel-files.js';

const WASM = new URL('../../../native/build/kernels.wasm', import.meta.url);
/** The program as it was built: what runs, and none of the modules that it was joined from. */
const PROGRAM = new URL('../../../dist/run/', import.meta.url);
const require = createRequire(import.meta.url);

let build: string | undefined;
let addon: unknown;
let collect: (() => void) | undefined;
let adviseHugePages: ((array: Uint8Array, bytes: number) => number) | undefined;

/** The computer in the words of Node.js and its operating system. */
export const machine: Machine & { kernelsPackage(): string } = {
  runtime: process.versions.node,
  system() {
    const processors = cpus();
    return {
      platform: platform(),
      release: release(),
      arch: arch(),
      cpu: processors[0]?.model.trim() || 'unknown',
      cores: Math.max(processors.length, 1),
      memoryBytes: totalmem(),
    };
  },
  build() {
    build ??= readFileSync(new URL('build', PROGRAM), 'latin1');
    return build;
  },
  availableMemory: () => process.availableMemory(),
  peakMemory: () => process.resourceUsage().maxRSS * 1024,
  collectGarbage() {
    if (!collect) {
      builtins.v8.setFlagsFromString('--expose-gc');
      collect = builtins.vm.runInNewContext('gc') as () => void; // a context that begins after the flag was set has it
    }
    collect();
  },
  wasmKernels: () => readFileSync(WASM),
  nativeKernels() {
    addon ??= require(existsSync(ADDON) ? ADDON : `${kernelsPackage()}/kernels.node`);
    return addon;
  },
  hugePages(array) {
    if (adviseHugePages === undefined) {
      try {
        adviseHugePages = (machine.nativeKernels() as { hugePages: typeof adviseHugePages }).hugePages;
      } catch {
        adviseHugePages = () => 0; // without the addon there is nobody to ask
      }
    }
    return adviseHugePages?.(array, array.byteLength) ?? 0;
  },
  nativeKernelsHash() {
    const file = existsSync(ADDON) ? ADDON : require.resolve(`${kernelsPackage()}/kernels.node`);
    return builtins.crypto.createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16);
  },
  kernelsPackage,
  async compiler() {
    const { compileKernels, findCompiler } = await import('./compile-kernels.js');
    const compiler = await findCompiler();
    return compiler && { version: compiler.version, compile: () => compileKernels(compiler) };
  },
};

/** The npm package with the compiled kernels of this kind of machine, an optional dependency of a release. */
function kernelsPackage(): string {
  return `heredity-kernels-${[platform(), arch(), ...libc()].join('-')}`;
}

/** The C library that the addon of a Linux machine needs. */
function libc(): string[] {
  if (platform() !== 'linux') return [];
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return [header.glibcVersionRuntime === undefined ? 'musl' : 'glibc'];
}
