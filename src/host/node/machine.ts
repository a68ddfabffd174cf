import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Machine } from '../machine.js';

const WASM = new URL('../../../native/build/kernels.wasm', import.meta.url);
const ADDON = fileURLToPath(new URL('../../../native/build/Release/kernels.node', import.meta.url));
const require = createRequire(import.meta.url);

/** The computer in the words of Node.js and its operating system. */
export const machine: Machine = {
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
  availableMemory: () => process.availableMemory(),
  peakMemory: () => process.resourceUsage().maxRSS * 1024,
  wasmKernels: () => readFileSync(WASM),
  nativeKernels: () => require(ADDON),
};
