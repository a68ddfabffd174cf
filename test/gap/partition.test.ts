import { describe, expect, it } from 'vitest';
import { partition, partitionHeritability } from '../../src/gap/partition.js';
import { outputs } from './golden.js';

describe('functional partition (METHODS 4, 10.9)', () => {
  it('sums tau over the annotations of each variant', () => {
    // Ten variants: 6 base only (.01 each), 3 with enhancer (.03), 1 with both (.08).
    const { h2, rows } = partitionHeritability(
      [
        { annotations: ['base'], variants: 6 },
        { annotations: ['base', 'enhancer'], variants: 3 },
        { annotations: ['base', 'enhancer', 'coding'], variants: 1 },
      ],
      new Map([
        ['base', 0.01],
        ['enhancer', 0.02],
        ['coding', 0.05],
      ]),
    );
    expect(h2).toBeCloseTo(0.06 + 0.09 + 0.08, 12);
    const enhancer = rows[1];
    expect(enhancer).toMatchObject({ annotation: 'enhancer', variants: 4 });
    expect(enhancer.h2).toBeCloseTo(0.17, 12);
    expect(enhancer.enrichment).toBeCloseTo(0.17 / 0.23 / 0.4, 12);
    expect(rows[0].enrichment).toBeCloseTo(1, 12);
  });

  it('enrichment rises with tau, and is 1 for an annotation without a tau of its own', () => {
    const at = (extraTau: number) => outputs(partition, { extraTau }).enrichment;
    expect(at(1e-7)).toBeGreaterThan(at(0));
    const cells = [
      { annotations: 'base', variants: 900 },
      { annotations: 'base+enhancer', variants: 100 },
    ];
    const tau = [
      { annotation: 'base', tau: 1e-4 },
      { annotation: 'enhancer', tau: 0 },
    ];
    expect(outputs(partition, { cells, tau }).enrichment).toBeCloseTo(1, 12);
  });

  it('refuses an annotation without a tau, and impossible sums', () => {
    expect(() => outputs(partition, { focal: 'promoter' })).toThrow(
      /no tau.*promoter.*base, enhancer, coding/,
    );
    expect(() => outputs(partition, { extraTau: 1 })).toThrow(/impossible heritability/);
    expect(() => outputs(partition, { cells: [{ annotations: 'base', variants: 10 }] })).toThrow(
      /no variant carries/,
    );
  });
});
