import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccountQuestion, accountForGap, type Measured, type Mechanism } from '../../src/gap/account.js';
import type { GapModel } from '../../src/gap/model.js';
import { GAP_MODELS } from '../../src/gap/models.js';
import { typescriptKernels } from '../../src/kernels/typescript.js';

function mechanism(name: string, inputs: Mechanism['inputs'] = {}): Mechanism {
  return { model: GAP_MODELS.find((model) => model.name === name) as GapModel, inputs };
}

function account(mechanisms: readonly Mechanism[], change: Partial<AccountQuestion> = {}) {
  return accountForGap({
    twin: { value: 0.52, se: 0 },
    snp: { value: 0.31, se: 0 },
    snps: 'all',
    mechanisms,
    draws: 4000,
    normals(quantity, draws) {
      const out = new Float64Array(draws);
      typescriptKernels.normal(42, quantity, 0, out);
      return out;
    },
    ...change,
  });
}

describe('the account of missing heritability', () => {
  it('without mechanisms leaves all of the gap unexplained', () => {
    const { gap, unexplained, steps } = account([]);
    expect(gap.value).toBeCloseTo(0.21, 12);
    expect(unexplained).toEqual(gap);
    expect(steps).toEqual([]);
  });

  it('adds up: twin - counted - unexplained = SNP, at the point and in the mean of the draws', () => {
    const result = account(
      [
        mechanism('tagging', { r2LowFrequency: { value: 0.25, se: 0.05 } }),
        mechanism('rare-variants', { g: { value: 0.3, se: 0.05 } }),
        mechanism('structural'),
        mechanism('non-additive', { i: { value: 0.1, se: 0.05 } }),
        mechanism('ldsc-bias'),
        mechanism('age-cohort'),
      ],
      { twin: { value: 0.52, se: 0.06 }, snp: { value: 0.31, se: 0.02 } },
    );
    for (const key of ['value', 'mean'] as const) {
      const counted = result.steps.reduce((sum, step) => sum + step.counted[key], 0);
      expect(result.explained[key]).toBeCloseTo(counted, 10);
      expect(result.twin[key] - counted - result.unexplained[key]).toBeCloseTo(result.snp[key], 10);
      for (const step of result.steps) {
        expect(step.counted[key] + step.doubleCounted[key]).toBeCloseTo(step.claimed[key], 10);
      }
    }
    expect(result.rejectedDraws).toBe(0);
  });

  it('counts claims on one pool once, and says why', () => {
    const { steps } = account([
      mechanism('tagging'),
      mechanism('rare-variants', { g: { value: 0.5, se: 0 }, d: { value: 1, se: 0 } }),
      mechanism('mutation-selection'),
    ]);
    const rare = steps.filter(({ pool }) => pool === 'low-frequency and rare variants');
    expect(rare.map(({ model }) => model)).toEqual(['tagging', 'rare-variants', 'mutation-selection']);
    const [tagged, law] = rare;
    expect(tagged.counted.value).toBeCloseTo(0.225, 12);
    expect(tagged.reason).toBeNull();
    // Missed by the array: (1 - .2311) of .52, of which .225 is counted already.
    expect(law.claimed.value).toBeCloseTo((1 - 0.2311) * 0.52, 4);
    expect(law.counted.value).toBeCloseTo(law.claimed.value - 0.225, 12);
    expect(law.doubleCounted.value).toBeCloseTo(0.225, 12);
    expect(law.reason).toMatch(/counted already in tagging: a variant that no tag follows/);
    const pooled = rare.reduce((sum, step) => sum + step.counted.value, 0);
    expect(pooled).toBeCloseTo(Math.max(...rare.map((step) => step.claimed.value)), 12);
  });

  it('the sum over a pool does not depend on the order of mechanisms', () => {
    const names = ['tagging', 'rare-variants', 'mutation-selection', 'structural', 'non-additive', 'somatic'];
    const explained = account(
      names.map((name) => mechanism(name)),
      { draws: 10 },
    ).explained.value;
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: names.length }), (order) => {
        expect(
          account(
            order.map((name) => mechanism(name)),
            { draws: 10 },
          ).explained.value,
        ).toBeCloseTo(explained, 12);
      }),
      { numRuns: 20 },
    );
  });

  it('intervals are those of the normal distribution where the account is linear in one input', () => {
    const { steps, unexplained } = account(
      [mechanism('tagging', { r2LowFrequency: { value: 0.5, se: 0.05 } })],
      { twin: { value: 0.52, se: 0.04 }, snp: { value: 0.31, se: 0.03 }, draws: 20_000 },
    );
    const missed = steps[1].claimed;
    // missed = 0.3 (1 - r2): mean .15, standard error .015.
    expect(missed.mean).toBeCloseTo(0.15, 3);
    expect(missed.low).toBeCloseTo(0.15 - 1.96 * 0.015, 2);
    expect(missed.high).toBeCloseTo(0.15 + 1.96 * 0.015, 2);
    const se = Math.hypot(0.04, 0.03, 0.015);
    expect((unexplained.high - unexplained.low) / (2 * 1.96 * se)).toBeCloseTo(1, 1);
  });

  it('draws stay within the range of an input', () => {
    const { steps } = account([mechanism('tagging', { r2Common: { value: 0.98, se: 0.2 } })]);
    expect(steps[0].claimed.low).toBeGreaterThanOrEqual(0);
    expect(steps[0].claimed.mean).toBeGreaterThan(steps[0].claimed.value);
  });

  it('confounding widens the gap that is to be explained', () => {
    const { steps, unexplained } = account([mechanism('ldsc-bias')]);
    expect(steps[0].counted.value).toBeCloseTo(-0.01, 12);
    expect(unexplained.value).toBeCloseTo(0.22, 12);
  });

  it('small effects count against significant hits only', () => {
    const all = account([mechanism('gwas-power'), mechanism('omnigenic')]);
    expect(all.steps).toEqual([]);
    expect(all.notes.join('\n')).toMatch(/gwas-power takes nothing from an estimate over all SNPs/);
    const hits = account([mechanism('gwas-power'), mechanism('omnigenic')], { snps: 'significant' });
    expect(hits.steps.map(({ pool }) => pool)).toEqual(['small effects', 'small effects']);
    expect(hits.explained.value).toBeCloseTo(Math.max(...hits.steps.map((step) => step.claimed.value)), 12);
  });

  it('says so where the mechanisms explain more than the gap', () => {
    const { notes, unexplained } = account([mechanism('tagging'), mechanism('age-cohort')]);
    expect(unexplained.value).toBeLessThan(0);
    expect(notes.join('\n')).toMatch(/explain more than the gap, more than chance allows/);
  });

  it('says where a standard error leaves nothing of an estimate', () => {
    const { notes } = account([], { twin: { value: 0.5, se: 10 } });
    expect(notes.join('\n')).toMatch(/twin heritability 0.5 has a standard error of 10: it says nothing/);
    expect(account([], { twin: { value: 0.5, se: 0.2 } }).notes.join('\n')).not.toMatch(/says nothing/);
  });

  it('refuses impossible inputs and standard errors', () => {
    expect(() => account([mechanism('tagging', { r2Common: { value: 2, se: 0 } })])).toThrow(
      /--mechanism tagging: r2-common is impossible/,
    );
    expect(() => account([], { twin: { value: 0.5, se: -1 } })).toThrow(/standard error is impossible/);
    const rejected = mechanism('tagging', {
      h2Common: { value: 0.4, se: 0.15 },
      h2LowFrequency: { value: 0.4, se: 0.15 },
    });
    const { rejectedDraws } = account([rejected]);
    expect(rejectedDraws).toBeGreaterThan(100);
    expect(rejectedDraws).toBeLessThan(2000);
    const tight = mechanism('rare-variants', {
      arrayThreshold: { value: 0.0011, se: 0.05 },
      sequencingThreshold: { value: 0.001, se: 0.05 },
      lowestFrequency: { value: 0.0005, se: 0.05 },
    });
    expect(() => account([tight])).toThrow(/impossible together in \d+ of 4000 draws/);
  });

  it('gives the same answer for the same random numbers', () => {
    const run = () => account([mechanism('structural', { svR2: { value: 0.3, se: 0.1 } })]);
    expect(run()).toEqual(run());
  });

  it('counts what the cohort shows first, and what lies beyond the tags once with its parts', () => {
    const measured = (pool: Measured['pool'], value: number, se = 0): Measured => ({
      name: pool,
      pool,
      label: pool,
      amount: { value, se },
      assumption: '',
    });
    const tagging = mechanism('tagging', {
      r2Common: { value: 0.9, se: 0 },
      h2Common: { value: 0.5, se: 0 },
      r2LowFrequency: { value: 0.5, se: 0 },
      h2LowFrequency: { value: 0.2, se: 0 },
    }); // 0.05 of common variants and 0.1 of low-frequency ones
    const counted = (own: readonly Measured[]) =>
      account([tagging], { measured: own }).steps.map((step) => Number(step.counted.value.toFixed(10)));
    expect(counted([])).toEqual([0.05, 0.1]);
    expect(counted([measured('variants beyond the tags', 0.12)])).toEqual([0.12, 0, 0.03]);
    expect(counted([measured('variants beyond the tags', 0.2)])).toEqual([0.2, 0, 0]);
    expect(counted([measured('common variants', 0.08), measured('variants beyond the tags', 0.1)])).toEqual([
      0.08, 0.02, 0, 0.08,
    ]);
    expect(counted([measured('non-additive effects', 0.03)])).toEqual([0.03, 0.05, 0.1]);
    const { steps, explained } = account([tagging], {
      measured: [measured('variants beyond the tags', 0.12, 0.05)],
      twin: { value: 0.52, se: 0.05 },
    });
    expect(steps[1].reason).toContain('everything that tags lose');
    expect(explained.value).toBeCloseTo(0.15, 10);
    expect(steps[0].counted.high - steps[0].counted.low).toBeCloseTo(2 * 1.96 * 0.05, 1);
  });
});
