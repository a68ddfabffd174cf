import { describe, expect, it } from 'vitest';
import { isHeredityError } from '../../src/errors.js';
import { describeBackends, loadKernels } from '../../src/kernels/load.js';
import { loadNative, nativeLevels } from '../../src/kernels/native.js';
import { loadWasm } from '../../src/kernels/wasm.js';

const reports = describeBackends();
const available = reports.filter((report) => report.available);

describe('loadKernels', () => {
  it('takes the best backend that is there', () => {
    const kernels = loadKernels();
    expect(kernels.backend).toBe(available[0].backend);
    expect(kernels.level).toBe(available[0].level);
  });

  for (const { backend, available: isThere, level } of reports) {
    it.skipIf(!isThere)(`gives the ${backend} backend when asked for it`, () => {
      const kernels = loadKernels(backend);
      expect([kernels.backend, kernels.level]).toEqual([backend, level]);
    });

    it.skipIf(isThere)(
      `refuses the ${backend} backend where it is not available, and says what to do`,
      () => {
        expect(() => loadKernels(backend)).toThrowError(/is not available: .*npm run build/s);
      },
    );
  }
});

describe('describeBackends', () => {
  it('lists all backends, best first, with a level or a reason', () => {
    expect(reports.map(({ backend }) => backend)).toEqual(['native', 'wasm', 'typescript']);
    for (const report of reports) expect(report.available ? report.level : report.reason).toBeTruthy();
  });
});

describe.skipIf(!reports[0].available)('native levels', () => {
  it('are independent: loading one changes no other', () => {
    const supported = nativeLevels().filter((level) => {
      try {
        return loadNative(level);
      } catch {
        return false;
      }
    });
    const all = supported.map((level) => loadNative(level));
    expect(all.map(({ level }) => level)).toEqual(supported);
    for (const kernels of all) {
      const counts = new Int32Array(4);
      kernels.countGenotypes(new Uint8Array(64).fill(0x55), 64, 1, 3, counts);
      expect([...counts]).toEqual([0, 3, 0, 0]);
    }
  });

  it('must be ones of this processor', () => {
    expect(() => loadNative('abacus')).toThrowError(
      expect.toSatisfy((error) => isHeredityError(error, 'resource')),
    );
  });
});

describe('WebAssembly memory', () => {
  it('is refused beyond the limit with a clear message, and the next call works', () => {
    const kernels = loadWasm();
    const bytes = 2 ** 31;
    const counts = new Int32Array(4);
    expect(() => kernels.countGenotypes(new Uint8Array(bytes), bytes, 1, 4 * bytes, counts)).toThrowError(
      /cannot get the memory for one call.*smaller tiles/,
    );
    kernels.countGenotypes(new Uint8Array(64), 64, 1, 256, counts);
    expect([...counts]).toEqual([256, 0, 0, 0]);
  });
});
