import { readFileSync } from 'node:fs';
import { cohort } from './cohort.mjs';
import { alternate, heredity, medianOf, outputPrefix } from './measure.mjs';
import { THREADS } from './peers.mjs';
import { cost } from './report.mjs';

const REPLICATES = 100;
/** Two sizes of the grid share the preparation (the LD factored once), so their difference is what the cells cost. */
const CELLS = { one: ['h0.25_p1_maf0-0.5_a-1_none'], all: ['h0.25_*_none'] };
const CELL_COUNT = 8;
/** Standard errors of the mean relative bias beyond which the study is taken to be wrong. */
const MAX_Z = 5;

/** @type {import('./benchmarks.mjs').Benchmark} */
export const study = {
  name: 'study',
  title: 'accuracy study of GRE with one block, 100 traits a cell, whole processes on all cores',
  sizes: {
    full: { samples: 337_205, variants: 9_654, chromosomes: 1, traits: 1, repeats: 1 },
    quick: { samples: 50_000, variants: 3_000, chromosomes: 1, traits: 1, repeats: 1 },
  },
  work: ({ samples, variants }) => ({
    'genotypes of all traits': samples * variants * REPLICATES * CELL_COUNT,
  }),
  async run({ repeats, ...size }, { note }) {
    const made = await cohort(size);
    const [one, all] = await alternate(
      Object.values(CELLS).map((cells) => () => runStudy(made.prefix, cells)),
      repeats,
    );
    const wall = medianOf(all, 'seconds');
    const perCell = (wall - medianOf(one, 'seconds')) / (CELL_COUNT - 1);
    note(
      `${size.samples} people, ${size.variants} variants, ${REPLICATES} traits a cell, ${THREADS} cores. The LD is computed and factored once; the grid of 64 would take ${Math.round((wall + 56 * perCell) / 6) / 10} minutes at this rate.`,
    );
    return [
      cost(`${CELL_COUNT} cells: wall time`, wall, 's'),
      cost('a cell: wall time', perCell, 's'),
      cost('genotypes, LD and its factor: wall time', wall - CELL_COUNT * perCell, 's'),
      cost('peak memory', medianOf(all, 'peakBytes'), 'B'),
    ];
  },
};

/** @throws where the study did other work, or its mean bias is far from none. */
async function runStudy(prefix, cells) {
  const out = outputPrefix('study');
  const usage = await heredity(
    ...['study', 'run', '--bfile', prefix, '--blocks', 'genome', '--cells', cells.join(',')],
    ...['--replicates', REPLICATES, '--out', out],
  );
  const { summaries, provenance } = JSON.parse(readFileSync(`${out}.study.json`, 'utf8'));
  const expected = cells === CELLS.one ? 1 : CELL_COUNT;
  if (summaries.length !== expected) throw new Error(`${summaries.length} cells instead of ${expected}`);
  for (const { cell, bias, sem } of summaries)
    if (!(Math.abs(bias) < MAX_Z * sem)) throw new Error(`bias of ${cell} is ${bias} (SEM ${sem})`);
  return { ...usage, peakBytes: usage.peakBytes ?? provenance.peakMemoryBytes };
}
