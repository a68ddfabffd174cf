// Simulated genotypes: millions a second on one core, kernel alone and the whole simulation in memory.
import { createHash } from 'node:crypto';
import { loadNative, nativeLevels } from '../dist/kernels/native.js';
import { KernelPool } from '../dist/kernels/pool.js';
import { loadWasm } from '../dist/kernels/wasm.js';
import { simulateFounders } from '../dist/simulation/founders.js';
import { simulateGenotypes } from '../dist/simulation/genotypes.js';
import { MemoryGenotypes } from '../dist/simulation/memory-genotypes.js';

const GOAL = 50;
const SAMPLES = 16384;
const VARIANTS = 2048;

function kernelRate(kernels) {
  const options = {
    seed: 1,
    chromosome: 1,
    variants: VARIANTS,
    founders: 1000,
    minFrequency: 0.01,
    spacing: 5000,
  };
  const { alleles, stride, founders, map } = simulateFounders(kernels, options);
  const packed = new Uint8Array((VARIANTS * SAMPLES) / 4);
  let best = 0;
  for (let repeat = 0; repeat < 5; repeat++) {
    const state = [new Int32Array(2 * SAMPLES), new Int32Array(2 * SAMPLES), new Float64Array(2 * SAMPLES)];
    const start = performance.now();
    kernels.mosaic(
      alleles,
      stride,
      founders,
      map,
      1,
      0,
      VARIANTS,
      1,
      0,
      SAMPLES,
      ...state,
      packed,
      SAMPLES / 4,
    );
    best = Math.max(best, (SAMPLES * VARIANTS) / (performance.now() - start) / 1000);
  }
  return { rate: best, digest: createHash('sha256').update(packed).digest('hex') };
}

async function wholeRate(kernels) {
  const sink = new MemoryGenotypes(SAMPLES, VARIANTS);
  const start = performance.now();
  await simulateGenotypes(
    new KernelPool(kernels, 1),
    { seed: 1, samples: SAMPLES, variants: [VARIANTS] },
    sink,
  );
  return (SAMPLES * VARIANTS) / (performance.now() - start) / 1000;
}

const digests = new Set();
for (const kernels of [...nativeLevels().map((level) => loadNative(level)), loadWasm()]) {
  const { rate, digest } = kernelRate(kernels);
  digests.add(digest);
  const whole = await wholeRate(kernels);
  console.log(
    `${kernels.level.padEnd(18)} mosaic ${rate.toFixed(0)} million genotypes/s (${(rate / GOAL).toFixed(1)} times the goal), with founders ${whole.toFixed(0)}`,
  );
}
if (digests.size !== 1) throw new Error('backends disagree');
