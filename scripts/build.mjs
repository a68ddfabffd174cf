// Builds everything that runs: the Node addon (where a C compiler is), the WebAssembly kernels (always) and the
// TypeScript. A step is skipped when its result is newer than its sources.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWasm } from './build-wasm.mjs';
import { bundle } from './bundle.mjs';
import { builtSince, modified, newestOf } from './fresh.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const require = createRequire(import.meta.url);

export async function build() {
  process.chdir(root);
  await buildTypeScript();
  await buildWasm();
  await buildAddon(); // by what has just been compiled: an installed package does it in the same way
}

/** The addon is the fast choice, not a requirement: without a compiler the WebAssembly kernels do the work. */
async function buildAddon() {
  const failure = 'native/build/addon-failed';
  const sources = readdirSync('native').filter((name) => /\.[ch]$/.test(name) && name !== 'wasm.c');
  const newest = newestOf(sources.map((name) => `native/${name}`));
  if (modified('native/build/kernels.node') > newest || modified(failure) > newest) return;
  console.error('Building the native kernels ...');
  const startedAt = Date.now();
  const { compileKernels, findCompiler } = await import('../dist/host/node/compile-kernels.js');
  try {
    const compiler = await findCompiler();
    if (!compiler) throw new Error('there is no C compiler (CC, cc, gcc, clang)');
    await compileKernels(compiler);
    builtSince('native/build/kernels.node', startedAt);
    rmSync(failure, { force: true });
  } catch (error) {
    console.error(
      `The native kernels could not be built; the WebAssembly kernels will be used.\n  ${error.message}`,
    );
    rmSync('native/build/kernels.node', { force: true });
    mkdirSync('native/build', { recursive: true });
    writeFileSync(failure, error.message); // not tried again until a source changes
  }
}

async function buildTypeScript() {
  const sources = readdirSync('src', { recursive: true })
    .map((name) => `src/${name}`)
    .concat('tsconfig.json', 'tsconfig.build.json');
  const stamp = 'dist/.built';
  if (modified(stamp) > newestOf(sources)) return;
  console.error('Compiling TypeScript ...');
  const startedAt = Date.now();
  // beside the old one, so that what runs from it meanwhile finds it whole
  const fresh = `dist.${process.pid}`;
  const tsc = spawnSync(
    process.execPath,
    [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', fresh],
    { stdio: ['ignore', 2, 2] },
  );
  if (tsc.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    process.exit(1);
  }
  await bundle(fresh);
  writeFileSync(`${fresh}/.built`, '');
  for (const name of readdirSync(fresh, { recursive: true })) builtSince(`${fresh}/${name}`, startedAt);
  rmSync('dist', { recursive: true, force: true });
  renameSync(fresh, 'dist');
}

/**
 * Brings dist/ up to date file by file, without a look at types: what tests want, which run threads and processes from it. A
 * whole build is still due after it.
 */
export async function buildChanged() {
  process.chdir(root);
  if (!existsSync('dist/.built')) return build();
  const startedAt = Date.now();
  const sources = readdirSync('src', { recursive: true }).filter((name) => name.endsWith('.ts'));
  const script = (name) => `dist/${name.slice(0, -'.ts'.length)}.js`;
  const changed = sources.filter(
    (name) => !name.endsWith('.d.ts') && modified(script(name)) < modified(`src/${name}`),
  );
  if (changed.length > 0) {
    const { transformSync } = await import('rolldown/utils');
    for (const name of changed) {
      const { code, errors } = transformSync(name, readFileSync(`src/${name}`, 'utf8'), { target: 'es2022' });
      if (errors.length > 0) throw new Error(`src/${name}: ${errors[0].message}`);
      const output = script(name);
      mkdirSync(dirname(output), { recursive: true });
      writeFileSync(`${output}.${process.pid}`, code);
      builtSince(`${output}.${process.pid}`, startedAt);
      renameSync(`${output}.${process.pid}`, output); // what runs from it meanwhile finds it whole
    }
  }
  const scripts = new Set(sources.map(script));
  for (const name of readdirSync('dist', { recursive: true }))
    if (name.endsWith('.js') && !name.startsWith('run') && !scripts.has(`dist/${name}`))
      rmSync(`dist/${name}`);
  if (changed.length > 0 || !existsSync('dist/run')) await bundle('dist');
  await buildWasm();
  await buildAddon();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
