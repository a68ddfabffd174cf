import { expect, it } from 'vitest';
import { type CampaignOptions, campaign } from './campaign.js';
import { SCENARIOS } from './scenarios.js';

/** Set by `npm run fuzz` (scripts/fuzz.mjs); without it, the first trials of seed 1. */
const asked: CampaignOptions | undefined = process.env.HEREDITY_FUZZ && JSON.parse(process.env.HEREDITY_FUZZ);
const DAY_MS = 86_400_000;

it('whatever is done to its inputs, a run ends well or says in one line why not', {
  timeout: DAY_MS,
}, async () => {
  const options = asked ? { minutes: 10, ...asked, say: console.log } : { trials: SCENARIOS.length };
  const { trials, endings, failures } = await campaign(options);
  const counts = [...endings]
    .toSorted(([a], [b]) => a - b)
    .map(([code, times]) => `${times} with exit code ${code}`);
  if (asked) console.log(`${trials} trials ended: ${counts.join(', ')}; ${failures.length} kinds of failure`);
  expect(failures.join('\n\n')).toBe('');
});
