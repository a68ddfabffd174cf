// Compiles native/wasm.c to native/build/kernels.wasm with the LLVM inside the npm package @yowasp/clang,
// so that a machine with nothing but Node gets fast kernels. Skips when the result is newer than its sources.
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { builtSince, modified, newestOf } from './fresh.mjs';

const script = fileURLToPath(import.meta.url);
const native = fileURLToPath(new URL('../native/', import.meta.url));
const output = `${native}build/kernels.wasm`;

// No fused multiply-add by contraction: every backend rounds the same expression the same way.
const COMPILE = [
  ...[
    'clang',
    '--target=wasm32-unknown-unknown',
    '-msimd128',
    '-mbulk-memory',
    '-std=c11',
    '-O3',
    '-ffreestanding',
  ],
  ...['-ffp-contract=off', '-fno-math-errno', '-Wall', '-Wextra', '-c', 'wasm.c', '-o', 'wasm.o'],
];
// Kernels keep their scratch on the stack; memory may grow to 2 GB (src/kernels/wasm.ts refuses more).
const LINK = [
  ...['wasm-ld', '--no-entry', '--max-memory=2147483648', '-z', 'stack-size=1048576'],
  ...['wasm.o', '-o', 'kernels.wasm'],
];

/** Returns 'built' or 'up to date'; throws an Error with the compiler's own words when it fails. */
export async function buildWasm() {
  const sources = readdirSync(native).filter((name) => /\.[ch]$/.test(name) && name !== 'addon.c');
  if (modified(output) > newestOf([...sources.map((name) => native + name), script])) return 'up to date';
  const startedAt = Date.now();
  const { runClang, runLLVM } = await importCompiler();
  const files = Object.fromEntries(sources.map((name) => [name, readFileSync(native + name, 'utf8')]));
  await runLLVM(undefined, {}, { fetchProgress: () => {} }); // loads the compiler; runClang would print its progress
  const compiled = await run(runClang, COMPILE, files);
  const linked = await run(runLLVM, LINK, { 'wasm.o': compiled['wasm.o'] });
  mkdirSync(`${native}build`, { recursive: true });
  writeFileSync(`${output}.part`, linked['kernels.wasm']);
  builtSince(`${output}.part`, startedAt);
  renameSync(`${output}.part`, output);
  return 'built';
}

async function importCompiler() {
  try {
    return await import('@yowasp/clang');
  } catch (cause) {
    throw new Error(
      'WebAssembly kernels: the compiler (npm package @yowasp/clang) is not installed; run "npm ci"',
      { cause },
    );
  }
}

/** Runs a command of the compiler package in its virtual file system; its own output shows only when it fails. */
async function run(command, args, files) {
  const decoder = new TextDecoder();
  let said = '';
  const listen = (bytes) => {
    if (bytes) said += decoder.decode(bytes, { stream: true });
  };
  try {
    return await command(args, files, { stdout: listen, stderr: listen });
  } catch (error) {
    const reason = said.trim() || (error instanceof Error ? error.message : String(error));
    throw new Error(`WebAssembly kernels: "${args[0]}" failed:\n${reason}`);
  }
}

if (process.argv[1] === script) {
  try {
    console.log(`WebAssembly kernels: ${await buildWasm()}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
