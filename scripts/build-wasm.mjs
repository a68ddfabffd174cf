// Compiles native/wasm.c to native/build/kernels.wasm with the LLVM inside the npm package @yowasp/clang,
// so that a machine with nothing but Node gets fast kernels. Skips when the result is newer than its sources.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const native = fileURLToPath(new URL('../native/', import.meta.url));
const output = `${native}build/kernels.wasm`;
const sources = readdirSync(native).filter((name) => /\.[ch]$/.test(name) && name !== 'addon.c');

export async function buildWasm() {
  const newest = Math.max(...sources.map((name) => statSync(native + name).mtimeMs), statSync(fileURLToPath(import.meta.url)).mtimeMs);
  const built = statSync(output, { throwIfNoEntry: false });
  if (built && built.mtimeMs > newest) return 'up to date';
  const { runClang, runLLVM } = await import('@yowasp/clang');
  const quiet = { fetchProgress: () => {} };
  const files = Object.fromEntries(sources.map((name) => [name, readFileSync(native + name, 'utf8')]));
  const flags = ['--target=wasm32-unknown-unknown', '-msimd128', '-mbulk-memory', '-std=c11', '-O3', '-ffreestanding', '-ffp-contract=off', '-fno-math-errno', '-Wall', '-Wextra'];
  const compiled = await runClang(['clang', ...flags, '-c', 'wasm.c', '-o', 'wasm.o'], files, quiet);
  const linked = await runLLVM(['wasm-ld', '--no-entry', '--max-memory=4294967296', '-z', 'stack-size=262144', 'wasm.o', '-o', 'kernels.wasm'], compiled, quiet);
  mkdirSync(`${native}build`, { recursive: true });
  writeFileSync(output, linked['kernels.wasm']);
  return 'built';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(`WebAssembly kernels: ${await buildWasm()}`);
