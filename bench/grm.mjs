import { readFileSync } from 'node:fs';
import { loadKernels } from '../dist/kernels/load.js';
import { boundsOfCore } from './bounds.mjs';
import { cohort } from './cohort.mjs';
import { checkKernel, kernelJobs, rateOf } from './kernel-jobs.mjs';
import { alternate, heredity, medianOf, medians, outputPrefix } from './measure.mjs';
import { plink2Version, runPlink2 } from './peers.mjs';
import { cost, rate } from './report.mjs';

/**
 * Wall seconds on two Zen 5 cores, on 5,000 simulated people and 20,000 variants, taken before: the newest plink2 and GCTA
 * 1.94 with OpenBLAS.
 */
const SECONDS_ELSEWHERE = { 'plink2 a7.4': 4.1, 'GCTA 1.94': 5.1 };

/** @type {import('./benchmarks.mjs').Benchmark} */
export const grm = {
  name: 'grm',
  title: 'relationship matrix: the kernel on one core, and the whole process on all cores',
  sizes: {
    full: { samples: 5_000, variants: 20_000, chromosomes: 22, traits: 1, repeats: 5 },
    quick: { samples: 2_000, variants: 5_000, chromosomes: 5, traits: 1, repeats: 1 },
  },
  work: ({ samples, variants }) => ({ 'products of genotypes': ((samples * (samples + 1)) / 2) * variants }),
  async run(size, { note }) {
    const { samples, variants, repeats } = size;
    const kernels = loadKernels();
    const { sampleGram } = kernelJobs({ samples, variants: 1024 }, [1]);
    checkKernel(kernels, sampleGram);
    const bound = boundsOfCore();
    if (!bound) note('FMA peak skipped: no C compiler (cc) is installed.');
    const [peak, own] = await medians(
      [() => bound?.('float32'), () => 2 * rateOf(kernels, sampleGram, 1024)],
      repeats,
    );
    const { prefix } = await cohort(size);
    const [out, other] = [outputPrefix('grm'), outputPrefix('plink2')];
    const hasPlink = plink2Version() !== undefined;
    if (!hasPlink) note('plink2 --make-grm-bin skipped: plink2 is not on the PATH.');
    const [ours, theirs] = await alternate(
      [
        () => heredity('grm', '--bfile', prefix, '--out', out),
        () => hasPlink && runPlink2('--bfile', prefix, '--make-grm-bin', '--out', other),
      ],
      repeats,
    );
    const matrix = readFloats(`${out}.grm.bin`);
    checkMatrix(matrix, samples);
    if (hasPlink) checkSame(matrix, readFloats(`${other}.grm.bin`));
    const seconds = medianOf(ours, 'seconds');
    const elsewhere =
      samples === 5_000
        ? Object.entries(SECONDS_ELSEWHERE).map(([name, value], k) =>
            cost('whole process', seconds, 's', { name: `${name}, elsewhere`, value }, k === 0 ? 1.5 : 2),
          )
        : [];
    note(
      `${samples} people, ${variants} variants, medians of ${repeats} alternating repeats. Times "elsewhere" were taken before on two Zen 5 cores.`,
    );
    return [
      rate('kernel, one core', own, 'GFLOP/s', { name: 'FMA peak', value: peak }, 0.8),
      cost(
        'whole process',
        seconds,
        's',
        hasPlink && { name: 'plink2', value: medianOf(theirs, 'seconds') },
        1.5,
      ),
      ...elsewhere,
    ];
  },
};

function readFloats(path) {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/** @throws unless it has every pair, and relationships with oneself are about 1. */
function checkMatrix(matrix, samples) {
  let diagonal = 0;
  for (let i = 0, at = 0; i < samples; i++, at += i + 1) diagonal += matrix[at] / samples;
  if (matrix.length !== (samples * (samples + 1)) / 2 || Math.abs(diagonal - 1) > 0.02)
    throw new Error(`${matrix.length} relationships with mean diagonal ${diagonal}`);
}

function checkSame(ours, theirs) {
  const wrong = ours.findIndex((value, k) => !(Math.abs(value - theirs[k]) <= 1e-5));
  if (wrong !== -1)
    throw new Error(`relationship ${wrong}: ${ours[wrong]} here and ${theirs[wrong]} in plink2`);
}
