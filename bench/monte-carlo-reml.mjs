import { readFileSync } from 'node:fs';
import { formatCount } from '../dist/estimate/number.js';
import { cohort } from './cohort.mjs';
import { growthRows, growthText } from './growth.mjs';
import { alternate, heredity, medianOf, outputPrefix } from './measure.mjs';
import { THREADS } from './peers.mjs';
import { cost } from './report.mjs';

/** Wall seconds of one trait of heritability 0.25, 5,000 people and 20,000 variants, two Zen 5 cores, taken before. */
const BOLT = { name: 'BOLT-LMM 2.4, scaled', seconds: 21, genotypes: 5_000 * 20_000 };

const VECTORS = 30;
const GROWTH = {
  middle: { samples: 4_000, variants: 10_000, chromosomes: 5, traits: 2, components: 2 },
  factors: [0.5, 1, 2],
};

/** @type {import('./benchmarks.mjs').Benchmark} */
export const monteCarloReml = {
  name: 'monteCarloReml',
  title: 'Monte Carlo REML, whole processes on all cores',
  sizes: {
    full: {
      samples: 20_000,
      variants: 100_000,
      chromosomes: 22,
      traits: 1,
      repeats: 1,
      growth: { ...GROWTH, repeats: 1 },
    },
    quick: {
      samples: 5_000,
      variants: 20_000,
      chromosomes: 22,
      traits: 1,
      repeats: 1,
      growth: { ...GROWTH, repeats: 1 },
    },
  },
  work: ({ samples, variants, growth: { middle, factors } }) => ({
    'genotypes of all vectors': samples * variants * VECTORS,
    'genotypes of all vectors, growth': factors.map((f) => f * middle.samples * middle.variants * VECTORS),
  }),
  async run({ repeats, growth, ...size }, { note }) {
    await checkAgainstExact(growth);
    const made = await cohort(size);
    const [ours] = await alternate([() => runReml(made)], repeats);
    checkEstimates(made);
    const peer = {
      name: BOLT.name,
      value: (BOLT.seconds * size.samples * size.variants) / BOLT.genotypes,
    };
    note(
      `${formatCount(size.samples)} people, ${formatCount(size.variants)} variants, one component, ${VECTORS} vectors, medians of ${repeats} repeats, ${THREADS} cores. Beside it stands BOLT-LMM's time of 21 s for a trait of 5,000 people and 20,000 variants, taken before on two Zen 5 cores, times the number of genotypes.`,
    );
    const components = (count) => (count > 1 ? ['--maf-bins', count] : []);
    const rows = await growthRows(
      growth,
      ['samples', 'variants', 'traits', 'components'],
      (own, { prefix, traits }) => runReml({ prefix, traits }, ...components(own.components)),
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

const runReml = ({ prefix, traits }, ...words) => {
  const source = ['--method', 'monte-carlo', '--bfile', prefix, '--vectors', VECTORS];
  return heredity('reml', ...source, '--pheno', traits, ...words, '--out', out());
};

const out = () => outputPrefix('monte-carlo-reml');
/** Flat records of the estimates of a method. */
const readTraits = (method = 'reml-mc') =>
  JSON.parse(readFileSync(`${out()}.${method}.json`, 'utf8')).estimates.map(({ trait, h2, quantities }) => ({
    name: trait,
    h2: h2.value,
    se: h2.se,
    monteCarloSe: quantities['monte-carlo']?.se,
  }));

/** @throws unless estimates agree with exact REML of the same people, as well as the random error says. */
async function checkAgainstExact({ middle, factors }) {
  const made = await cohort({ ...middle, samples: factors[0] * middle.samples });
  await runReml(made);
  const random = readTraits();
  const matrix = outputPrefix('relationships');
  await heredity('grm', '--bfile', made.prefix, '--out', matrix);
  await heredity('reml', '--grm', matrix, '--pheno', made.traits, '--out', out());
  for (const [t, { name, h2 }] of readTraits('greml').entries())
    if (!(Math.abs(random[t].h2 - h2) < 5 * random[t].monteCarloSe))
      throw new Error(`${name}: ${random[t].h2} (${random[t].monteCarloSe}), exact REML ${h2}`);
}

/** @throws unless every estimate is within five standard errors of the heritability that was simulated. */
function checkEstimates({ realised }) {
  for (const { name, h2, se } of readTraits())
    if (!(Math.abs(h2 - realised[name]) < 5 * se))
      throw new Error(`${name}: ${h2} (${se}), simulated ${realised[name]}`);
}
