import { readFileSync, writeFileSync } from 'node:fs';
import { formatCount } from '../dist/estimate/number.js';
import { cohort } from './cohort.mjs';
import { growthRows, growthText } from './growth.mjs';
import { alternate, heredity, medianOf, outputPrefix } from './measure.mjs';
import { hasGenie, runPeer, THREADS } from './peers.mjs';
import { cost } from './report.mjs';

/** Where GENIE is not installed: wall seconds on 5,000 people and 20,000 variants, 10 vectors and 100 blocks, two Zen 5 cores, taken before. */
const PEER = { name: 'GENIE 1.2.1, scaled', seconds: 0.88, genotypes: 5_000 * 20_000 };

const VECTORS = 10;
const RANDOM = ['--vectors', VECTORS];
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
      repeats: 3,
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
    const [ours, theirs] = await alternate(
      [() => runHe(made, ...RANDOM), () => hasGenie() && runGenie(made, size.variants)],
      repeats,
    );
    checkEstimates(made);
    if (hasGenie()) checkSame(theirs[0].stdout);
    else
      note(
        'GENIE skipped: it is not on the PATH. Beside ours stands its time of 0.88 s (RHE-mc: 0.95 s) for 5,000 people and 20,000 variants, taken before on two Zen 5 cores, times the number of genotypes.',
      );
    const elsewhere = (PEER.seconds * size.samples * size.variants) / PEER.genotypes;
    const peer = hasGenie()
      ? { name: 'GENIE', value: medianOf(theirs, 'seconds') }
      : { name: PEER.name, value: elsewhere };
    note(
      `${formatCount(size.samples)} people, ${formatCount(size.variants)} variants, one component, ${VECTORS} vectors, 100 blocks, medians of ${repeats} repeats, ${THREADS} cores.`,
    );
    const beside = (field) => hasGenie() && { name: 'GENIE', value: medianOf(theirs, field) };
    const components = (count) => (count > 1 ? ['--maf-bins', count] : []);
    const rows = await growthRows(
      growth,
      ['samples', 'variants', 'traits', 'components'],
      (own, { prefix, traits }) => runHe({ prefix, traits }, ...RANDOM, ...components(own.components)),
    );
    note(growthText(growth));
    return [
      cost('wall time', medianOf(ours, 'seconds'), 's', peer, 10),
      ...(ours[0].cpuSeconds === undefined
        ? []
        : [
            cost('processor time', medianOf(ours, 'cpuSeconds'), 's', beside('cpuSeconds')),
            cost('peak memory', medianOf(ours, 'peakBytes'), 'B', beside('peakBytes')),
          ]),
      ...rows,
    ];
  },
};

const runHe = ({ prefix, traits }, ...words) =>
  heredity('he', '--bfile', prefix, '--pheno', traits, ...words, '--out', out());

const out = () => outputPrefix('he');

/** GENIE's G model of the first trait. */
function runGenie({ prefix, traits }, variants) {
  const annotation = `${out()}.annotation`;
  writeFileSync(annotation, '1\n'.repeat(variants));
  const files = ['-g', prefix, '-p', traits, '-a', annotation, '-o', `${out()}.genie`];
  return runPeer('GENIE', ...files, '-m', 'G', '-k', VECTORS, '-jn', 100, '-t', THREADS);
}

/** @throws unless GENIE's estimate is ours, as well as the random errors of both say. */
function checkSame(text) {
  const [, value] = /Total h2 : (\S+) SE/.exec(text) ?? [];
  const [{ h2, monteCarloSe }] = readTraits();
  if (!(Math.abs(Number(value) - h2) < 5 * Math.SQRT2 * monteCarloSe))
    throw new Error(`h2 ${h2} (random error ${monteCarloSe}), GENIE ${value}`);
}
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
  await runHe(made, ...RANDOM);
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
