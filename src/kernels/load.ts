import { HeredityError } from '../errors.js';
import type { Backend, Kernels } from './kernels.js';
import { loadNative } from './native.js';
import { typescriptKernels } from './typescript.js';
import { loadWasm } from './wasm.js';

export type BackendChoice = 'auto' | Backend;

/** Best first: `auto` takes the first that loads. */
const LOADERS: readonly [Backend, () => Kernels][] = [
  ['native', loadNative],
  ['wasm', loadWasm],
  ['typescript', () => typescriptKernels],
];

export interface BackendReport {
  readonly backend: Backend;
  readonly available: boolean;
  readonly level?: string;
  /** Why it is not available. */
  readonly reason?: string;
}

/**
 * Kernels of the chosen backend, or of the best that loads.
 * @throws HeredityError `resource` when the chosen one is not available here.
 */
export function loadKernels(choice: BackendChoice = 'auto'): Kernels {
  for (const [backend, load] of LOADERS) {
    if (choice !== 'auto' && choice !== backend) continue;
    try {
      return load();
    } catch (cause) {
      if (choice === 'auto') continue;
      throw new HeredityError('resource', `the ${backend} backend is not available: ${reasonOf(cause)}`, {
        fix: 'run "npm run build", or leave out --backend; "heredity doctor" says more',
        cause,
      });
    }
  }
  throw new HeredityError('internal', 'no kernel backend could be loaded');
}

/** What each backend says about itself on this machine, best first (for `heredity doctor`). */
export function describeBackends(): BackendReport[] {
  return LOADERS.map(([backend, load]) => {
    try {
      return { backend, available: true, level: load().level };
    } catch (cause) {
      return { backend, available: false, reason: reasonOf(cause) };
    }
  });
}

function reasonOf(cause: unknown): string {
  const [firstLine] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return /cannot find module|ENOENT/i.test(firstLine) ? 'it was not built' : firstLine;
}
