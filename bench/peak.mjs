// The FMA peak and the bit-counting rate of one core, measured with a small C program; undefined where there is no C compiler.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @returns {{ float64: number, float32: number, count: number } | undefined} GFLOP/s, and Gbit/s of AND + POPCNT */
export function measurePeak() {
  const folder = mkdtempSync(join(tmpdir(), 'heredity-peak-'));
  try {
    const program = join(folder, 'peak');
    const source = fileURLToPath(new URL('peak.c', import.meta.url));
    const arch = process.arch === 'arm64' ? '-mcpu=native' : '-march=native';
    const built = spawnSync('cc', [
      '-O3',
      arch,
      '-ffp-contract=fast',
      '-mprefer-vector-width=512',
      source,
      '-o',
      program,
    ]);
    const plain =
      built.status === 0
        ? built
        : spawnSync('cc', ['-O3', arch, '-ffp-contract=fast', source, '-o', program]);
    if (plain.status !== 0) return undefined;
    const [float64, float32, count] = spawnSync(program, { encoding: 'utf8' }).stdout.split(' ').map(Number);
    return { float64, float32, count };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
