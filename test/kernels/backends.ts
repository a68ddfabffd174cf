import { describe, it } from 'vitest';
import type { Kernels } from '../../src/kernels/kernels.js';
import { loadNative, nativeLevels } from '../../src/kernels/native.js';
import { typescriptKernels } from '../../src/kernels/typescript.js';
import { loadWasm } from '../../src/kernels/wasm.js';

interface Candidate {
  readonly name: string;
  readonly load: () => Kernels;
}

function nativeCandidates(): Candidate[] {
  try {
    return nativeLevels().map((level) => ({ name: `native ${level}`, load: () => loadNative(level) }));
  } catch {
    return [{ name: 'native', load: () => loadNative() }];
  }
}

/**
 * Runs the same tests on every backend and native instruction level; one that does not run on this machine shows as
 * skipped, with the reason.
 */
export function describeBackends(tests: (kernels: Kernels) => void): void {
  const candidates = [
    ...nativeCandidates(),
    { name: 'wasm', load: loadWasm },
    { name: 'typescript', load: () => typescriptKernels },
  ];
  for (const { name, load } of candidates) {
    describe(name, () => {
      let kernels: Kernels;
      try {
        kernels = load();
      } catch (error) {
        it.skip(`is not available: ${(error as Error).message.split('\n')[0]}`, () => {});
        return;
      }
      tests(kernels);
    });
  }
}
