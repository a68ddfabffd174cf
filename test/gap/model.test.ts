import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ldscBias } from '../../src/gap/ldsc-bias.js';
import {
  evaluateCurve,
  evaluateModel,
  type GapModel,
  type NumberInput,
  rangeInWords,
} from '../../src/gap/model.js';
import { GAP_MODELS } from '../../src/gap/models.js';
import { nonAdditive } from '../../src/gap/non-additive.js';
import { tagging } from '../../src/gap/tagging.js';
import { taggingVariants } from '../../src/gap/tagging-variants.js';

describe('evaluateModel', () => {
  it('fills in defaults', () => {
    const { values, result } = evaluateModel(tagging, { r2LowFrequency: 1 });
    expect(values).toEqual({ h2Common: 0.2, r2Common: 0.9, h2LowFrequency: 0.3, r2LowFrequency: 1 });
    expect(result.values.captured).toBeCloseTo(0.48, 12);
  });

  it.each([
    [
      () => evaluateModel(tagging, { r2Common: 1.1 }),
      /--r2-common is impossible: mean r2 .*found 1\.1, expected from 0 to 1, r2/,
    ],
    [
      () => evaluateModel(tagging, { h2Common: -0.1 }),
      /found -0\.1, expected from 0 to 1, share of variance/,
    ],
    [() => evaluateModel(tagging, { h2Common: Number.NaN }), /--h2-common is impossible.*found "NaN"/],
    [
      () => evaluateModel(tagging, { r2: 1 } as never),
      /gap tagging has no input --r2 \(expected --h2-common, --r2-common/,
    ],
    [() => evaluateModel(ldscBias, { samples: 10.5 }), /samples is impossible.*a whole number at least 1/],
    [() => evaluateModel(nonAdditive, { pA: 0 }), /expected above 0 and below 1, frequency/],
    [() => evaluateModel(nonAdditive, { interaction: 'n+1' as never }), /expected one of n-1, n, n-2p/],
    [
      () => evaluateModel(nonAdditive, { environmentalVariance: -1 }),
      /--environmental-variance is impossible/,
    ],
    [() => evaluateModel(taggingVariants, { variants: [] }), /variants has no rows/],
    [
      () => evaluateModel(taggingVariants, { variants: [{ variant: 'x', maf: 0.6, effect: 1, r2: 1 }] }),
      /variants row 1, maf, is impossible.*found 0\.6/,
    ],
    [
      () => evaluateModel(taggingVariants, { variants: [{ variant: '', maf: 0.5, effect: 1, r2: 1 }] }),
      /variants row 1 has no variant/,
    ],
  ])('says what is allowed (%#)', (run, message) => {
    expect(run).toThrow(message);
  });
});

describe('rangeInWords', () => {
  it.each([
    [{ min: 0, max: 1 }, 'from 0 to 1'],
    [{ min: 0, max: 1, open: 'both' as const }, 'above 0 and below 1'],
    [{ min: 0, max: Number.MAX_VALUE, open: 'min' as const }, 'above 0'],
    [{ min: -Number.MAX_VALUE, max: Number.MAX_VALUE }, 'any number'],
  ])('%o: %s', (range, words) => {
    expect(rangeInWords(range)).toBe(words);
  });
});

describe.each(GAP_MODELS.map((model): [string, GapModel] => [model.name, model]))('gap %s', (_, model) => {
  it('has a name that can be typed, a source, and words and units for everything', () => {
    expect(model.name).toMatch(/^[a-z][a-z-]*$/);
    expect(model.source).toMatch(/^chapter on missing heritability, (problem \d{7}|section)/);
    for (const [name, input] of Object.entries(model.inputs)) {
      expect(name).toMatch(/^[a-z][a-zA-Z0-9]*$/);
      expect(input.label).toMatch(/^\S.*[^.]$/);
      if (input.kind === 'number') expect(input.unit).toBeDefined();
    }
    for (const output of Object.values(model.outputs)) expect(output.label).not.toBe('');
    for (const name of model.curve.outputs) expect(model.outputs).toHaveProperty(name);
    expect(model.inputs[model.curve.over].kind).toBe('number');
  });

  it('evaluates at its defaults to finite numbers, one an output', () => {
    const { result } = evaluateModel(model);
    expect(Object.keys(result.values)).toEqual(Object.keys(model.outputs));
    for (const value of Object.values(result.values)) expect(Number.isFinite(value)).toBe(true);
  });

  it('has a curve over its main input', () => {
    const { values } = evaluateModel(model);
    const points = evaluateCurve(model, values, 11);
    expect(points.length).toBeGreaterThanOrEqual(9);
    for (const point of points)
      for (const value of Object.values(point)) expect(Number.isFinite(value)).toBe(true);
    expect(new Set(points.map((point) => point[model.curve.outputs[0]])).size).toBeGreaterThan(2);
  });

  it('either answers with finite numbers, with shares and probabilities in range, or says what is impossible', () => {
    const numbers = Object.entries(model.inputs).filter(
      (entry): entry is [string, NumberInput] => entry[1].kind === 'number',
    );
    const anyInputs = fc.record(
      Object.fromEntries(
        numbers.map(([name, { min, max, whole, default: fallback }]) => {
          const scale = Math.max(1, Math.abs(fallback));
          const [low, high] = [Math.max(min, -10 * scale), Math.min(max, 10 * scale)];
          return [
            name,
            whole
              ? fc.integer({ min: Math.ceil(low), max: Math.floor(high) })
              : fc.double({ min: low, max: high, noNaN: true }),
          ];
        }),
      ),
    );
    fc.assert(
      fc.property(anyInputs, (inputs) => {
        let values: Readonly<Record<string, number>>;
        try {
          values = evaluateModel(model, inputs).result.values;
        } catch (error) {
          expect(error).toMatchObject({
            name: 'HeredityError',
            message: expect.stringMatching(/expected|allowed/),
          });
          return;
        }
        for (const [name, value] of Object.entries(values)) {
          expect(Number.isFinite(value)).toBe(true);
          if (['probability', 'frequency', 'share of V_A'].includes(model.outputs[name].unit)) {
            expect(value).toBeGreaterThanOrEqual(-1e-9);
            expect(value).toBeLessThanOrEqual(1 + 1e-9);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
