import { describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/load.js';
import {
  digitProductWork,
  productWork,
  ratesOf,
  STANDARD_RATES,
  secondsOf,
  times,
  together,
  WORK_KINDS,
  type WorkKind,
} from '../../src/kernels/rates.js';

describe('work', () => {
  it('takes the sum of what each kind takes, shared by threads', () => {
    expect(secondsOf({ pairs: 6e11, dense: 3e10 }, STANDARD_RATES, 1)).toBe(4);
    expect(secondsOf({ pairs: 6e11, dense: 3e10 }, STANDARD_RATES, 4)).toBe(1);
    expect(secondsOf({}, STANDARD_RATES, 1)).toBe(0);
  });

  it('adds up by kind', () => {
    const product = productWork(100, 3);
    expect(product).toEqual({ passes: 100, products: 300 });
    expect(digitProductWork(100, 4, 3)).toEqual({ passes: 100, digitProducts: 600 });
    expect(together(product, times(2, product), { pairs: 5 })).toEqual({
      passes: 300,
      products: 900,
      pairs: 5,
    });
  });
});

describe('the rates of a machine', () => {
  it.each(['auto', 'wasm'] as const)('are there for every kind of work, measured once: %s', (backend) => {
    const rates = ratesOf(loadKernels(backend));
    for (const kind of Object.keys(WORK_KINDS) as WorkKind[]) {
      // no machine is three hundred times as fast or as slow, which a wrong unit would make it
      const times = rates[kind] / STANDARD_RATES[kind];
      expect(times, kind).toBeGreaterThan(1 / 300);
      expect(times, kind).toBeLessThan(300);
    }
    expect(ratesOf(loadKernels(backend))).toBe(rates);
  });
});
