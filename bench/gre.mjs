import { formatCount, formatDuration } from '../dist/estimate/number.js';
import { cohort } from './cohort.mjs';
import { checkSameEstimates, runGre } from './gre-run.mjs';
import { alternate, median, medianOf } from './measure.mjs';
import { numpyVersion, runNumpy, THREADS } from './peers.mjs';
import { cost } from './report.mjs';

const MEMORY_BESIDE_GENOTYPES = 1e9;

/** How the stages of the dense way grow with the variants of a block, people and blocks being the same (bench/numpy/gre.py). */
const GROWTH = { read: 1, ld: 2, eigen: 3, pseudoInverse: 3, quadraticForm: 2 };

/** @type {import('./benchmarks.mjs').Benchmark} */
export const gre = {
  name: 'gre',
  title: 'GRE, 10 traits in 2 blocks, whole processes on all cores',
  sizes: {
    full: { samples: 50_000, variants: 20_000, peerVariants: 4_000, chromosomes: 2, traits: 10, repeats: 3 },
    quick: { samples: 20_000, variants: 4_000, peerVariants: 2_000, chromosomes: 2, traits: 10, repeats: 1 },
  },
  work: ({ samples, variants, peerVariants, traits }) => ({
    'genotypes of all traits': samples * variants * traits,
    'genotypes of all traits, beside NumPy': samples * peerVariants * traits,
  }),
  async run(size, { note, fullPeer }) {
    const large = await cohort(size);
    const small = await cohort({ ...size, variants: size.peerVariants });
    const numpy = numpyVersion() !== undefined;
    if (!numpy) note('Dense GRE skipped: NumPy (python3) is not installed.');
    const contenders = [
      () => runGre(size, large),
      () => runGre({ ...size, variants: size.peerVariants }, small),
      () => numpy && runDense(small),
    ];
    const [ours, oursSmall, theirs] = await alternate(contenders, size.repeats);
    note(
      `${formatCount(size.samples)} people, medians of ${size.repeats} alternating repeats, ${THREADS} cores.`,
    );
    let peer;
    if (numpy) {
      note(
        'NumPy: exact LD matrix in float32, pseudo-inverse in float64 by eigendecomposition (bench/numpy/gre.py).',
      );
      checkSameEstimates(oursSmall[0], theirs[0]);
      peer = fullPeer
        ? await measured(large, ours[0], note)
        : extrapolated(theirs, size.variants / size.peerVariants, note);
    }
    const limit = (size.samples * size.variants) / 4 + MEMORY_BESIDE_GENOTYPES;
    const rowOf = (variants, what) => `${formatCount(variants)} variants, ${what}`;
    return [
      cost(rowOf(size.variants, 'wall time'), medianOf(ours, 'seconds'), 's', peer, 50),
      cost(
        rowOf(size.variants, 'peak memory'),
        medianOf(ours, 'peakBytes'),
        'B',
        { name: 'packed size + 1 GB', value: limit },
        1,
      ),
      cost(
        rowOf(size.peerVariants, 'wall time'),
        medianOf(oursSmall, 'seconds'),
        's',
        numpy && { name: 'NumPy, same size', value: medianOf(theirs, 'seconds') },
      ),
    ];
  },
};

async function runDense({ prefix, traits }) {
  const usage = await runNumpy('gre', prefix, traits);
  const { seconds: stages, ...estimates } = JSON.parse(usage.stdout);
  return { ...usage, stages, ...estimates };
}

async function measured(made, ours, note) {
  const theirs = await runDense(made);
  checkSameEstimates(ours, theirs);
  note(`NumPy at full size: ${stageText(theirs.stages)}.`);
  return { name: 'NumPy, same size', value: theirs.seconds };
}

function extrapolated(runs, factor, note) {
  const stages = Object.fromEntries(
    Object.entries(GROWTH).map(([stage, power]) => [
      stage,
      median(runs.map((run) => run.stages[stage])) * factor ** power,
    ]),
  );
  const sum = Object.values(stages).reduce((total, seconds) => total + seconds, 0);
  note(
    `NumPy at full size is an EXTRAPOLATION from the smaller size, stage by stage (reading as p, LD matrix as p^2, eigendecomposition and pseudo-inverse as p^3, quadratic form as p^2): ${stageText(stages)}. "--full" measures it.`,
  );
  return { name: 'NumPy, extrapolated', value: sum };
}

const STAGE_NAMES = {
  read: 'reading',
  ld: 'LD matrices',
  eigen: 'eigendecompositions',
  pseudoInverse: 'pseudo-inverses from them',
  quadraticForm: 'quadratic forms',
};

const stageText = (stages) =>
  Object.entries(STAGE_NAMES)
    .map(([stage, name]) => `${name} ${formatDuration(stages[stage])}`)
    .join(', ');
