import { readFileSync } from 'node:fs';
import { formatCount } from '../dist/estimate/number.js';
import { cohort } from './cohort.mjs';
import { growthRows, growthText } from './growth.mjs';
import { alternate, heredity, medianOf, outputPrefix } from './measure.mjs';
import { THREADS } from './peers.mjs';
import { cost } from './report.mjs';

/** Wall seconds on 5,000 people and 20,000 variants, 10 vectors and 100 blocks, two Zen 5 cores, taken before. */
const PEER = { name: 'GENIE 1.2.1, scaled', seconds: 0.88, genotypes: 5_000 * 20_000 };

const VECTORS = 10;
const GROWTH = {
  middle: { samples: 10_000, variants: 10_000, chromosomes: 5, traits: 4, components: 2 },
  factors: [0.5, 1, 2],
};

/** @type {import('./benchmarks.mjs').Benchmark} */
export const he = {
  name: 'he',
  title: 'randomised Haseman-Elston regression, whole processes on all cores',
  sizes: {
    full: {
      samples: 50_000,
      variants: 100_000,
      chromosomes: 22,
      traits: 1,
      repeats: 1,
      growth: { ...GROWTH, repeats: 3 },
    },
    quick: {
      samples: 5_000,
      variants: 20_000,
      chromosomes: 22,
      traits: 1,
      repeats: 3,
      growth: { ...GROWTH, repeats: 1 },
    },
  },
  work: ({ samples, variants, growth: { middle, factors } }) => ({
    'genotypes of all vectors': samples * variants * VECTORS,
    'genotypes of all vectors, growth': factors.map((f) => f * middle.samples * middle.variants * VECTORS),
  }),
  async run({ repeats, growth, ...size }, { note }) {
    await checkTraces(growth);
    const made = await cohort(size);
    const [ours] = await alternate([() => runHe(made)], repeats);
    checkEstimates(made);
    const peer = {
      name: PEER.name,
      value: (PEER.seconds * size.samples * size.variants) / PEER.genotypes,
    };
    note(
      `${formatCount(size.samples)} people, ${formatCount(size.variants)} variants, one component, ${VECTORS} vectors, 100 blocks, medians of ${repeats} repeats, ${THREADS} cores. Beside it stands GENIE's time of 0.88 s (RHE-mc: 0.95 s) for 5,000 people and 20,000 variants, taken before on two Zen 5 cores, times the number of genotypes.`,
    );
    const components = (count) => (count > 1 ? ['--maf-bins', count] : []);
    const rows = await growthRows(
      growth,
      ['samples', 'variants', 'traits', 'components'],
      (own, { prefix, traits }) => runHe({ prefix, traits }, ...components(own.components)),
    );
    note(growthText(growth));
    return [
      cost('wall time', medianOf(ours, 'seconds'), 's', peer, 3),
      ...(ours[0].cpuSeconds === undefined
        ? []
        : [
            cost('processor time', medianOf(ours, 'cpuSeconds'), 's'),
            cost('peak memory', medianOf(ours, 'peakBytes'), 'B'),
          ]),
      ...rows,
    ];
  },
};

const runHe = ({ prefix, traits }, ...words) =>
  heredity('he', '--bfile', prefix, '--pheno', traits, '--vectors', VECTORS, ...words, '--out', out());

const out = () => outputPrefix('he');
const readTraits = () =>
  JSON.parse(readFileSync(`${out()}.he.json`, 'utf8')).estimates.map(({ trait, h2, quantities }) => ({
    name: trait,
    h2: h2.value,
    se: h2.se,
    monteCarloSe: quantities['monte-carlo'].se,
  }));

/** @throws unless the estimate agrees with the one from exact traces, as well as the random error says. */
async function checkTraces({ middle, factors }) {
  const made = await cohort({ ...middle, samples: factors[0] * middle.samples, traits: middle.traits });
  await runHe(made);
  const random = readTraits();
  await runHe(made, '--exact-traces');
  for (const [t, { name, h2 }] of readTraits().entries())
    if (!(Math.abs(random[t].h2 - h2) < 5 * random[t].monteCarloSe))
      throw new Error(`${name}: ${random[t].h2} (${random[t].monteCarloSe}), exact traces ${h2}`);
}

/** @throws unless every estimate is within five standard errors of the heritability that was simulated. */
function checkEstimates({ realised }) {
  for (const { name, h2, se } of readTraits())
    if (!(Math.abs(h2 - realised[name]) < 5 * se))
      throw new Error(`${name}: ${h2} (${se}), simulated ${realised[name]}`);
}
