import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { formatCount } from '../dist/estimate/number.js';
import { cohort } from './cohort.mjs';
import { alternate, heredity, medianOf, outputPrefix } from './measure.mjs';
import { numpyVersion, plink2Version, runNumpy, runPlink2, THREADS } from './peers.mjs';
import { cost } from './report.mjs';

const WINDOW_KB = 1000;

/** @type {import('./benchmarks.mjs').Benchmark} */
export const ldScores = {
  name: 'ldScores',
  title: 'LD scores within 1 Mb, whole processes on all cores',
  sizes: {
    full: { samples: 50_000, variants: 100_000, peerVariants: 1_000, chromosomes: 22, traits: 1, repeats: 3 },
    quick: { samples: 5_000, variants: 20_000, peerVariants: 800, chromosomes: 22, traits: 1, repeats: 1 },
  },
  work: ({ samples, variants, peerVariants }) => ({
    genotypes: samples * variants,
    'genotypes, beside NumPy': samples * peerVariants,
  }),
  async run({ repeats, peerVariants, ...size }, { note }) {
    const { prefix } = await cohort(size);
    const numpy = numpyVersion() !== undefined;
    const hasPlink = plink2Version() !== undefined;
    if (!numpy) note('Products of NumPy skipped: NumPy (python3) is not installed.');
    if (!hasPlink) note('plink2 skipped: it is not on the PATH.');
    const window = ['--ld-wind-kb', String(WINDOW_KB)];
    const scores = (...words) =>
      heredity('ld', 'scores', '--bfile', prefix, ...window, ...words, '--out', outputPrefix('ld-scores'));
    if (numpy) {
      await scores('--ldsc-compatible', '--chr', '1');
      checkSame(prefix, JSON.parse((await runDense(prefix, peerVariants)).stdout).scores);
    }
    const contenders = [
      () => scores(),
      async () => numpy && JSON.parse((await runDense(prefix, peerVariants)).stdout),
      () => hasPlink && runPlink(prefix),
    ];
    const [ours, dense, pruned] = await alternate(contenders, repeats);
    note(
      `${formatCount(size.samples)} people, ${formatCount(size.variants)} variants, medians of ${repeats} alternating repeats, ${THREADS} cores.`,
    );
    const factor = size.variants / peerVariants;
    if (numpy) {
      note(
        `NumPy: float64 products in chunks of 50 variants, as ldsc.py (bench/numpy/ld_scores.py), on ${formatCount(peerVariants)} variants and times ${factor}: it grows with the number of variants. Scores agree to three decimals.`,
      );
    }
    if (hasPlink)
      note(
        'plink2 --indep-pairwise 1000kb 1 0.99 looks at the same pairs, and keeps no sums: the nearest that it has.',
      );
    const [seconds, denseSeconds] = [medianOf(ours, 'seconds'), numpy && medianOf(dense, 'seconds')];
    const peer = numpy && { name: 'NumPy, extrapolated', value: factor * denseSeconds };
    const pruning = (field) => hasPlink && { name: 'plink2', value: medianOf(pruned, field) };
    return [
      cost('wall time', seconds, 's', peer, 50),
      cost('wall time', seconds, 's', pruning('seconds'), 1),
      ...(ours[0].cpuSeconds === undefined
        ? []
        : [cost('processor time', medianOf(ours, 'cpuSeconds'), 's', pruning('cpuSeconds'))]),
      cost('peak memory', medianOf(ours, 'peakBytes'), 'B', pruning('peakBytes')),
    ];
  },
};

const runDense = (prefix, variants) => runNumpy('ld_scores', prefix, WINDOW_KB, variants);

const runPlink = (prefix) =>
  runPlink2(
    ...['--bfile', prefix, '--indep-pairwise', `${WINDOW_KB}kb`, '1', '0.99'],
    ...['--out', outputPrefix('plink2')],
  );

/** @throws where the scores differ of variants that have all their neighbours among the first ones. */
function checkSame(prefix, theirs) {
  const lines = gunzipSync(readFileSync(outputPrefix('ld-scores.l2.ldscore.gz')))
    .toString()
    .trimEnd()
    .split('\n');
  const rows = lines.slice(1, theirs.length + 1).map((line) => line.split('\t'));
  const end = Number(rows.at(-1)[2]) - 2 * 1000 * WINDOW_KB;
  const inside = rows.filter(([, , position]) => Number(position) < end).length;
  if (inside < theirs.length / 10) throw new Error(`only ${inside} variants of ${prefix} to compare`);
  for (let k = 0; k < inside; k++) {
    if (Math.abs(rows[k][3] - theirs[k]) > 0.000501)
      throw new Error(`LD score of ${rows[k][1]}: ${rows[k][3]} here, ${theirs[k]} with NumPy`);
  }
}
