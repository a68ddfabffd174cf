import { HeredityError } from '../errors.js';
import { integrate } from '../linalg/quadrature.js';
import { defineModel, notNegative } from './model.js';
import { SOMATIC_INPUTS, type SomaticProcess, somaticVariance } from './somatic.js';

/** Mean somatic variance over ages spread evenly from youngest to oldest. */
export function meanSomaticVariance(youngest: number, oldest: number, process: SomaticProcess): number {
  if (oldest === youngest) return somaticVariance(oldest, process);
  return integrate((age) => somaticVariance(age, process), youngest, oldest, 16) / (oldest - youngest);
}

export const ageCohort = defineModel({
  name: 'age-cohort',
  description:
    'In a cross-sectional cohort the variances are averaged over ages, numerator and denominator apart: h2 = V_g / (V_g + ' +
    'V_e + mean V_s). Ages are spread evenly from the youngest to the oldest, and the trait is adjusted for age, so means do ' +
    'not differ. A cohort of older people than the twins explains part of a gap without any missing variant.',
  source: 'chapter on missing heritability, problem 5086620',
  formulas: [
    'h² = V_{g} / (V_{g} + V_{e} + V̄_{s})',
    'V̄_{s} = 1 / (t_{2} − t_{1}) ∫_{t_{1}}^{t_{2}} V_{s}(t) dt',
  ],
  inputs: {
    youngest: notNegative('youngest age of the cohort', 'years', 40, 150),
    oldest: notNegative('oldest age of the cohort', 'years', 70, 150),
    twinAge: notNegative('age of the twins whose heritability is compared', 'years', 20, 150),
    ...SOMATIC_INPUTS,
  },
  outputs: {
    meanSomaticVariance: { label: 'mean somatic variance of the cohort', unit: 'units of the trait squared' },
    h2Cohort: { label: 'heritability in the cohort', unit: 'share of variance' },
    h2Twins: { label: 'heritability at the age of the twins', unit: 'share of variance' },
    decline: { label: 'fall from the twins to the cohort', unit: 'share of variance', range: 'difference' },
  },
  curve: {
    over: 'oldest',
    from: 45,
    to: 90,
    outputs: ['h2Cohort'],
    yLabel: 'germline heritability of the cohort',
  },
  evaluate({ youngest, oldest, twinAge, germlineVariance, environmentalVariance, cap, ...rest }) {
    if (youngest > oldest) {
      throw new HeredityError('usage', '--youngest is above --oldest', {
        value: youngest,
        expected: `at most ${oldest}, years`,
      });
    }
    const process = { ...rest, capped: cap === 'yes' };
    const mean = meanSomaticVariance(youngest, oldest, process);
    const h2 = (variance: number) => germlineVariance / (germlineVariance + environmentalVariance + variance);
    const [h2Cohort, h2Twins] = [h2(mean), h2(somaticVariance(twinAge, process))];
    return { values: { meanSomaticVariance: mean, h2Cohort, h2Twins, decline: h2Twins - h2Cohort } };
  },
  claims: (_, { values }) => [
    { pool: 'age', label: 'the SNP cohort is older than the twins', amount: values.decline },
  ],
});
