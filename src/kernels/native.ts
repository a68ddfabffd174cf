import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';
import { checked } from './checked.js';
import type { Kernels } from './kernels.js';

interface Addon {
  levels(): { name: string; supported: boolean }[];
  kernels(index: number): Omit<Kernels, 'backend' | 'level'>;
}

/**
 * Kernels of the addon, on the best instruction level of this processor or on the one that is named.
 * @throws the loader's error where the addon was not built or does not fit this machine; HeredityError `resource`
 * where the processor lacks the named level, or every level.
 */
export function loadNative(level?: string): Kernels {
  const addon = loadAddon();
  const levels = addon.levels();
  const index = levels.findIndex(({ name, supported }) => supported && (level ?? name) === name);
  if (index === -1) {
    throw new HeredityError(
      'resource',
      'this processor does not run the instruction level of the native kernels',
      {
        value: level ?? levels.map(({ name }) => name).join(' '),
        expected:
          levels
            .filter(({ supported }) => supported)
            .map(({ name }) => name)
            .join(', ') || 'none is supported',
      },
    );
  }
  return checked({ ...addon.kernels(index), backend: 'native', level: levels[index].name });
}

/** The instruction levels of the addon, best first; {@link loadNative} refuses those that this processor does not run. */
export function nativeLevels(): string[] {
  return loadAddon()
    .levels()
    .map(({ name }) => name);
}

function loadAddon(): Addon {
  return host().machine.nativeKernels() as Addon;
}
