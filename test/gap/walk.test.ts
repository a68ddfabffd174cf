import { describe, expect, it } from 'vitest';
import { isHeredityError } from '../../src/errors.js';
import { accountForGap } from '../../src/gap/account.js';
import { evaluateModel, type GapModel, type Input } from '../../src/gap/model.js';
import { GAP_MODELS } from '../../src/gap/models.js';
import { typescriptKernels } from '../../src/kernels/typescript.js';

/** Values of an input worth a try: its ends, 0, 1, tiny and huge ones, and the worked example's neighbours. */
function tries(input: Input): readonly unknown[] {
  if (input.kind === 'choice') return input.words;
  if (input.kind !== 'number') return [];
  const { min, max, default: usual } = input;
  const extremes = [0, 1, -1, 0.5, 1e-300, 1e-12, 1e12, 1e300, min, max, usual * 0.25, usual * 4];
  return [...new Set(extremes.flatMap((value) => [value, Math.round(value)]))];
}

/** A result in range, a warning or a refusal: anything else is a bug. */
function expectSound(model: GapModel, given: Record<string, unknown>): void {
  const told = `${model.name} ${JSON.stringify(given)}`;
  try {
    const { result, warnings } = evaluateModel(model, given as never);
    for (const [name, value] of Object.entries(result.values)) {
      const { unit, range } = model.outputs[name];
      expect(Number.isFinite(value), `${told}: ${name} ${value}`).toBe(true);
      if (range === undefined && /^share|^probability|^frequency/.test(unit) && warnings.length === 0) {
        expect(value, `${told}: ${name}`).toBeGreaterThanOrEqual(-1e-9);
        expect(value, `${told}: ${name}`).toBeLessThanOrEqual(1 + 1e-9);
      }
    }
  } catch (error) {
    if (!isHeredityError(error, 'usage', 'numerical')) throw error;
    expect(error.message, told).not.toMatch(/NaN(?!")|undefined|\d\.\d{15}/);
    // No name that only the source knows.
    for (const input of Object.keys(model.inputs)) {
      if (/[A-Z]/.test(input)) expect(error.message.split(/\W+/), told).not.toContain(input);
    }
  }
}

describe.each(GAP_MODELS.map((model) => [model.name, model] as const))('a walk over %s', (_, model) => {
  it('says nothing of its worked example', () => {
    expect(evaluateModel(model, {}).warnings).toEqual([]);
  });

  it('ends every pair of inputs in a number in range, a warning or a refusal', () => {
    const inputs = Object.entries(model.inputs);
    for (const [i, [first, a]] of inputs.entries()) {
      for (const x of tries(a)) {
        expectSound(model, { [first]: x });
        for (const [second, b] of inputs.slice(i + 1))
          for (const y of tries(b)) expectSound(model, { [first]: x, [second]: y });
      }
    }
  });
});

describe('what models said without a word', () => {
  const find = (name: string) => GAP_MODELS.find((model) => model.name === name)!;
  const warnings = (name: string, inputs: Record<string, unknown>) =>
    evaluateModel(find(name), inputs as never).warnings.join('\n');

  it.each([
    ['mutation-selection', { loci: 100_000 }, /additive variance of all loci is .*outside 0 to 1/],
    ['ldsc-bias', { beta: -0.05 }, /estimated SNP heritability is -0\.19, outside/],
    ['gwas-power', { causal: 1, h2: 0.5, samples: 1e9 }, /% of normally distributed effects would each/],
    ['definition', { snpH2: 0.9 }, /missing share .* outside 0 to 1/],
  ])('%s %o', (name, inputs, message) => {
    expect(warnings(name, inputs)).toMatch(message);
  });

  it('gwas-power finds everything with endless samples, for any number of causal variants', () => {
    for (const causal of [1, 2, 5, 20, 100, 1000]) {
      for (const effects of ['normal', 'equal']) {
        const { result } = evaluateModel(find('gwas-power'), {
          causal,
          h2: 0.5,
          samples: 1e13,
          effects,
        } as never);
        expect(result.values.hitShare, `${causal} ${effects}`).toBeCloseTo(1, 4);
      }
    }
  });

  it.each([
    [0.3, 0.3],
    [0.5, 0.5],
    [0.7, 0.7],
    [0.1 + 0.2, 0.3],
    [0.2, 0.4],
  ])('definition refuses r_MZ %f with r_DZ %f: no heritability is missing from none', (rmz, rdz) => {
    expect(() => evaluateModel(find('definition'), { rmz, rdz } as never)).toThrow(/not above 0/);
  });

  it('shares that add up to 1 but for rounding are possible', () => {
    for (const h2Common of [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.9]) {
      const { result } = evaluateModel(find('tagging'), { h2Common, h2LowFrequency: 1 - h2Common } as never);
      expect(result.values.total).toBeCloseTo(1, 12);
    }
    expect(
      evaluateModel(find('structural'), { snvVariance: 0.1, svVariance: 0.7, strVariance: 0.2 } as never)
        .warnings,
    ).toEqual([]);
  });
});

describe('a walk over the account', () => {
  const account = (change: Record<string, unknown>) =>
    accountForGap({
      twin: { value: 0.52, se: 0 },
      snp: { value: 0.31, se: 0 },
      snps: 'all',
      mechanisms: [],
      draws: 2000,
      normals(quantity: number, draws: number) {
        const out = new Float64Array(draws);
        typescriptKernels.normal(1, quantity, 0, out);
        return out;
      },
      ...change,
    } as never);

  it.each([0, 0.01, 0.3, 0.9, 0.99, 1])('an input of %f contains its own value for any error', (value) => {
    const model = GAP_MODELS.find(({ name }) => name === 'tagging')!;
    for (const se of [0.01, 0.1, 0.5, 3]) {
      const { steps, notes } = account({ mechanisms: [{ model, inputs: { r2Common: { value, se } } }] });
      for (const { claimed } of steps) {
        expect(claimed.value).toBeGreaterThanOrEqual(claimed.low - 1e-12);
        expect(claimed.value).toBeLessThanOrEqual(claimed.high + 1e-12);
      }
      if (se === 3) expect(notes.join()).toMatch(/tagging r2-common .* reaches beyond its range/);
    }
  });

  it.each([
    ['twin', 1.5],
    ['twin', -0.2],
    ['snp', 3],
    ['snp', -0.1],
  ])('%s %f is refused without an error, and told with one that reaches so far', (which, value) => {
    expect(() => account({ [which]: { value, se: 0 } })).toThrow(/is no share of the trait's variance/);
    expect(account({ [which]: { value, se: 1 } }).notes.join()).toMatch(
      /is outside 0 to 1, as estimates can be/,
    );
  });

  it('a mechanism above the twin heritability is told', () => {
    const model = GAP_MODELS.find(({ name }) => name === 'mutation-selection')!;
    const { notes } = account({ mechanisms: [{ model, inputs: { loci: { value: 1e5, se: 0 } } }] });
    expect(notes.join('\n')).toMatch(/mutation-selection: additive variance of all loci is/);
    expect(notes.join('\n')).toMatch(/claims .* more than the twin heritability itself/);
  });
});
