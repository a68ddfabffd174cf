// What one core of this machine can do at most, measured by a small C program (bounds.c).
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('bounds.c', import.meta.url));
const ARCHITECTURE = process.arch === 'arm64' ? '-mcpu=native' : '-march=native';

let program;

/**
 * @returns {((bound: 'float32' | 'float64' | 'count') => number) | undefined} measures a bound now: GFLOP/s of fused
 * multiply-adds, or 10^9 bits a second of AND and POPCNT; undefined where there is no C compiler.
 */
export function boundsOfCore() {
  program ??= build();
  return program && ((bound) => Number(execFileSync(program, [bound], { encoding: 'utf8' })));
}

function build() {
  const folder = mkdtempSync(join(tmpdir(), 'heredity-bounds-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  const target = join(folder, 'bounds');
  // only some compilers know the second flag, and those that do would else use half a vector
  for (const flags of [['-mprefer-vector-width=512'], []]) {
    const words = ['-O3', ARCHITECTURE, '-ffp-contract=fast', ...flags, SOURCE, '-o', target];
    if (spawnSync('cc', words).status === 0) return target;
  }
  return undefined;
}
