import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { HeredityError } from '../../errors.js';
import { ADDON, KERNEL_SOURCES } from './kernel-files.js';

const execute = promisify(execFile);
const require = createRequire(import.meta.url);

/** Levels of instruction of a processor with what the compiler is told: kernels.c is compiled once for each. */
const LEVELS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  x64: {
    v2: ['-march=x86-64-v2'],
    v3: ['-march=x86-64-v3'],
    v4: ['-march=x86-64-v4', '-mprefer-vector-width=512'],
    v4n: ['-march=x86-64-v4', '-mavx512vnni', '-mprefer-vector-width=512'],
    v4p: ['-march=x86-64-v4', '-mavx512vnni', '-mavx512vpopcntdq', '-mprefer-vector-width=512'],
  },
  arm64: { neon: [] },
};

/** No fused multiply-add by contraction: every backend rounds the same expression the same way. */
const FLAGS = [
  ...['-std=c11', '-O3', '-fPIC', '-fno-math-errno', '-ffp-contract=off'],
  ...['-Wall', '-Wextra', '-Wno-psabi', '-Wno-unused-parameter'],
];
/** Symbols of Node.js are found when it loads the addon. */
const LINK = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];

export interface Compiler {
  /** The program, such as `gcc`. */
  readonly program: string;
  /** The first line of what it says of itself. */
  readonly version: string;
}

/** The C compiler of this machine: $CC, else the first of cc, gcc and clang that runs; undefined where there is none. */
export async function findCompiler(): Promise<Compiler | undefined> {
  for (const program of [process.env.CC, 'cc', 'gcc', 'clang']) {
    if (!program) continue;
    try {
      const { stdout } = await execute(program, ['--version']);
      return { program, version: stdout.split('\n')[0]! };
    } catch {
      // not this one
    }
  }
  return undefined;
}

/**
 * Compiles the native kernels with nothing but a C compiler and the headers of the npm package node-api-headers, into
 * {@link ADDON}, which appears whole or not at all.
 * @throws HeredityError `resource` with the compiler's own words where it fails, or the place cannot be written.
 */
export async function compileKernels({ program }: Compiler): Promise<void> {
  const { include_dir: headers } = require('node-api-headers') as { include_dir: string };
  const folder = await mkdtemp(join(tmpdir(), 'heredity-kernels-'));
  const object = async (source: string, name: string, more: readonly string[]) => {
    const output = join(folder, `${name}.o`);
    await compile(program, [...FLAGS, ...more, '-c', join(KERNEL_SOURCES, source), '-o', output]);
    return output;
  };
  try {
    const levels = Object.entries(LEVELS[process.arch] ?? { generic: [] });
    const objects = await Promise.all([
      object('addon.c', 'addon', ['-I', headers]),
      ...levels.map(([level, flags]) => object('kernels.c', level, [...flags, `-DLEVEL=${level}`])),
    ]);
    const built = join(folder, 'kernels.node');
    await compile(program, [...LINK, ...objects, '-lm', '-o', built]);
    await place(built);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compile(program: string, words: readonly string[]): Promise<void> {
  try {
    await execute(program, words);
  } catch (cause) {
    const { stderr } = cause as { stderr?: string };
    const lines = (stderr ?? String(cause)).split('\n').filter((line) => /error|not found/i.test(line));
    throw new HeredityError('resource', `${program} cannot compile the native kernels`, {
      value: lines.slice(0, 2).join('; '),
      fix: 'try another compiler (CC=clang); without, the WebAssembly kernels do the work',
      cause,
    });
  }
}

async function place(built: string): Promise<void> {
  try {
    await mkdir(dirname(ADDON), { recursive: true });
    await copyFile(built, `${ADDON}.part`);
    await rename(`${ADDON}.part`, ADDON); // a process that has loaded the old one keeps it
  } catch (cause) {
    throw new HeredityError('resource', 'the native kernels cannot be put beside the package', {
      file: ADDON,
      fix: 'run it as the user who installed the package',
      cause,
    });
  }
}
