/**
 * A method of one's own in one file. Once it is added it is a command (`heredity mean-chi-square`), an estimator of studies
 * (`--estimators mean-chi-square`), a section of the docs and a name for the library; none of these has a word about it.
 *
 * The estimator is the simplest there is: in E χ² = 1 + n h² l / M, with the same LD score l for every variant, the mean
 * χ² gives h² = (mean χ² - 1) M / (n mean l).
 */
import { addMethod, defineMethod, options, quantity, rangeWarnings, unpartitionedScores } from 'heredity';

const meanChiSquare = defineMethod({
  options: {
    meanWithout: options.number('mean χ² of a trait without heritability', { default: 1 }),
  },
  async prepare(data, { meanWithout }, run) {
    const scores = await unpartitionedScores(data, run); // made once, whichever method asks first
    const variants = scores.length;
    const meanScore = scores.reduce((sum, score) => sum + score, 0) / variants;
    return {
      async evaluate(traits) {
        const statistics = await traits.statistics(run);
        return traits.facts.map(({ name: trait }, t) => {
          const { chi2, n } = statistics[t];
          const mean = chi2.reduce((sum, value) => sum + value, 0) / variants;
          const people = n.reduce((sum, value) => sum + value, 0) / variants;
          const h2 = quantity(((mean - meanWithout) * variants) / (people * meanScore), null);
          return {
            trait,
            method: 'mean-chi-square',
            n: people,
            estimand: {
              what: 'variance that the variants explain',
              assumption: 'every variant explains the same and has the same LD',
              ld: 'in-sample' as const,
              variants: { reference: variants, regression: variants, heritability: variants },
            },
            h2,
            scale: 'observed' as const,
            liability: null,
            parts: [],
            quantities: {},
            diagnostics: { meanChi2: mean, meanScore },
            warnings: rangeWarnings(h2),
          };
        });
      },
    };
  },
});

addMethod(
  {
    name: 'mean-chi-square',
    title: 'Mean χ²',
    summary: 'heritability from the mean χ² and the mean LD score alone',
    what: 'variance that the variants explain',
    assumption: 'every variant explains the same and has the same LD',
    ld: 'in-sample',
    citation: 'an example',
  },
  meanChiSquare,
);
