import { readFileSync } from 'node:fs';
import { cohort } from './cohort.mjs';
import { alternate, heredity, medianOf, outputPrefix } from './measure.mjs';
import { cost } from './report.mjs';

/** Wall seconds of GCTA 1.94 --reml after its matrix, on two Zen 5 cores, one trait of 5,000 people, taken before. */
const GCTA_SECONDS = 15.5;

/** @type {import('./benchmarks.mjs').Benchmark} */
export const reml = {
  name: 'reml',
  title: 'exact REML from a relationship matrix on file, whole processes on all cores',
  sizes: {
    full: { samples: 5_000, variants: 20_000, chromosomes: 22, traits: 10, repeats: 3 },
    quick: { samples: 2_000, variants: 5_000, chromosomes: 5, traits: 10, repeats: 1 },
  },
  work: ({ samples, traits }) => ({ people: samples, traits }),
  async run(size, { note }) {
    const { prefix, traits, realised } = await cohort(size);
    const matrix = outputPrefix('relationships');
    await heredity('grm', '--bfile', prefix, '--out', matrix);
    const [first] = Object.keys(realised);
    const out = outputPrefix('reml');
    const words = ['reml', '--grm', matrix, '--pheno', traits, '--out', out];
    const [one, all] = await alternate(
      [() => heredity(...words, '--pheno-name', first), () => heredity(...words)],
      size.repeats,
    );
    await heredity(...words);
    checkEstimates(`${out}.greml.json`, realised);
    note('Beside it stands the time of GCTA 1.94 on data of this size, taken before on two Zen 5 cores.');
    const gcta = size.samples === 5_000 && { name: 'GCTA 1.94, elsewhere', value: GCTA_SECONDS };
    return [
      cost('1 trait', medianOf(one, 'seconds'), 's', gcta, 2),
      cost(
        `${size.traits} traits`,
        medianOf(all, 'seconds'),
        's',
        gcta && { ...gcta, value: size.traits * GCTA_SECONDS },
      ),
    ];
  },
};

/** @throws unless every estimate is within five standard errors of the heritability that was simulated. */
function checkEstimates(path, realised) {
  for (const {
    trait: name,
    h2: { value: h2, se },
  } of JSON.parse(readFileSync(path, 'utf8')).estimates)
    if (!(Math.abs(h2 - realised[name]) < 5 * se))
      throw new Error(`${name}: ${h2} (${se}), simulated ${realised[name]}`);
}
