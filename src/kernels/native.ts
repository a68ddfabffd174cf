import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Kernels } from './kernels.js';

const ADDON = fileURLToPath(new URL('../../native/build/Release/kernels.node', import.meta.url));

interface Addon extends Omit<Kernels, 'backend' | 'level'> {
  levels(): { name: string; supported: boolean }[];
  useLevel(index: number): void;
}

/**
 * Loads the addon and, unless `level` names another one, the best instruction level of this processor.
 * @throws the loader's error where the addon was not built or does not fit this machine.
 */
export function loadNative(level?: string): Kernels {
  const addon = createRequire(import.meta.url)(ADDON) as Addon;
  const levels = addon.levels();
  const index = levels.findIndex((l) => (level === undefined ? l.supported : l.name === level));
  addon.useLevel(index);
  return { ...addon, backend: 'native', level: levels[index]!.name };
}

/** Instruction levels of the addon that this processor runs, best first. */
export function nativeLevels(): string[] {
  const addon = createRequire(import.meta.url)(ADDON) as Addon;
  return addon.levels().filter((l) => l.supported).map((l) => l.name);
}
