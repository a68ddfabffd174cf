import { HeredityError } from '../errors.js';
import type { JsonValue } from '../formats/json.js';
import type { RecordedRun } from '../run.js';
import { chooseEstimate, readEstimates, type WhichEstimate } from './account-estimates.js';
import type { Uncertain } from './uncertain.js';

/** The outputs of the model of non-additive effects that a cohort shows, as shares of variance on the scale of its estimate. */
export interface MeasuredDominance {
  readonly trait: string;
  readonly method: string;
  readonly values: Readonly<
    Record<'narrowH2' | 'broadH2' | 'missing' | 'falconerH2' | 'twinInflation', Uncertain>
  >;
}

const EXPECTED = 'a result of reml, he or gre with --dominance';

/**
 * What a result with dominance says of the gap: with V_D that of the variants and no interactions, M = V_D/V_P is missing from h² and twins
 * have h² + 1.5 V_D/V_P (METHODS 10.6). The covariance of both shares is that which the error of their sum has in it.
 * @throws HeredityError `bad-input` for other files, and where it is not clear which estimate is meant.
 */
export async function readMeasuredDominance(
  file: string,
  which: WhichEstimate,
  { provenance }: Pick<RecordedRun, 'provenance'>,
): Promise<MeasuredDominance> {
  provenance.input(file);
  const estimate = chooseEstimate(await readEstimates(file), which, file);
  const quantities = estimate.field('quantities');
  const h2 = uncertain(estimate.field('h2'), file);
  const dominance = uncertain(quantities.optional('dominance'), file);
  const broad = uncertain(quantities.optional('broad-sense'), file);
  const covariance = (broad.se ** 2 - h2.se ** 2 - dominance.se ** 2) / 2;
  const ofTwins = h2.se ** 2 + 1.5 ** 2 * dominance.se ** 2 + 3 * covariance;
  return {
    trait: estimate.field('trait').text(),
    method: estimate.field('method').text(),
    values: {
      broadH2: broad,
      narrowH2: h2,
      missing: dominance,
      falconerH2: { value: h2.value + 1.5 * dominance.value, se: Math.sqrt(Math.max(0, ofTwins)) },
      twinInflation: { value: 1.5 * dominance.value, se: 1.5 * dominance.se },
    },
  };
}

function uncertain(found: JsonValue | undefined, file: string): Uncertain {
  const value = found?.optional('value')?.number();
  const se = found?.optional('se')?.number();
  if (value !== undefined && se !== undefined) return { value, se };
  throw new HeredityError('bad-input', 'it has no dominance with a standard error', {
    file,
    expected: EXPECTED,
    ...(value !== undefined && { fix: 'a variance held at 0 has none: --reml-no-constrain lets it go' }),
  });
}
