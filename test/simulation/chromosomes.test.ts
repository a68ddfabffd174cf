import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MOST_CHROMOSOMES, shareVariants } from '../../src/simulation/chromosomes.js';

it('shares all variants, at least one a chromosome, more to the longer ones', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: MOST_CHROMOSOMES }),
      fc.integer({ min: 22, max: 600_000 }),
      (chromosomes, variants) => {
        const shares = shareVariants(variants, chromosomes);
        expect(shares).toHaveLength(chromosomes);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(variants);
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(1);
      },
    ),
  );
  const genome = shareVariants(593_300, 22);
  expect(genome[0] / genome[21]).toBeCloseTo(249 / 51, 2);
});
