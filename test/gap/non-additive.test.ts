import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  genotypeValues,
  nonAdditive,
  type TwoLocusEffects,
  twoLocusVariances,
} from '../../src/gap/non-additive.js';
import { enumerateGenotypes } from '../../src/gap/two-loci.js';
import { expectDigits, outputs } from './golden.js';

const frequency = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const effect = fc.double({ min: -2, max: 2, noNaN: true });
const effects: fc.Arbitrary<TwoLocusEffects> = fc.record({
  pA: frequency,
  pB: frequency,
  aA: effect,
  aB: effect,
  dA: effect,
  dB: effect,
  i: effect,
  interaction: fc.constantFrom('n-1', 'n', 'n-2p'),
  dominance: fc.constantFrom('heterozygote', 'orthogonal'),
});

describe('dominance and two-locus epistasis (METHODS 10.6)', () => {
  it.each([
    ['n-1', 'heterozygote', '.769280', '.697600', '.606076', '.549603', '.056473'],
    ['n', 'heterozygote', '1.644800', '1.573120', '.766878', '.733458', '.033420'],
    ['n-2p', 'heterozygote', '.566528', '.494848', '.531189', '.463980', '.067209'],
    ['n-1', 'orthogonal', '.502784', '.431104', '.501388', '.429907', '.071481'],
    ['n-2p', 'orthogonal', '.327680', '.256000', '.395902', '.309298', '.086604'],
  ] as const)('interaction on %s, %s dominance: V_G %s, V_A %s, H2 %s, h2 %s, M %s', (...row) => {
    const [interaction, dominance, VG, VA, broad, narrow, missing] = row;
    const values = outputs(nonAdditive, { interaction, dominance });
    expectDigits(values.VG, VG);
    expectDigits(values.VA, VA);
    expectDigits(values.broadH2, broad);
    expectDigits(values.narrowH2, narrow);
    expectDigits(values.missing, missing);
  });

  it('the figures of the chapter (.448, .354) come out of no coding', () => {
    for (const interaction of ['n-1', 'n', 'n-2p'] as const) {
      for (const dominance of ['heterozygote', 'orthogonal'] as const) {
        const { broadH2, narrowH2 } = outputs(nonAdditive, { interaction, dominance });
        expect(Math.abs(broadH2 - 0.448) < 0.01 && Math.abs(narrowH2 - 0.354) < 0.01).toBe(false);
      }
    }
  });

  it('the closed form is the enumeration of nine genotypes, to 1e-12', () => {
    fc.assert(
      fc.property(effects, (inputs) => {
        const closed = twoLocusVariances(inputs);
        const { variances, rows } = enumerateGenotypes(genotypeValues(inputs), inputs.pA, inputs.pB);
        const scale = Math.max(1, closed.VG);
        for (const key of ['VG', 'VA', 'VD', 'VI'] as const) {
          expect(Math.abs(variances[key] - closed[key])).toBeLessThan(1e-12 * scale);
        }
        expect(rows.reduce((sum, { frequency }) => sum + frequency, 0)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('without dominance and interaction all variance is additive', () => {
    const values = outputs(nonAdditive, { dA: 0, dB: 0, i: 0 });
    expect(values.missing).toBeCloseTo(0, 12);
    expect(values.twinInflation).toBeCloseTo(0, 12);
  });

  it("Falconer's formula takes 1.5 times the non-additive variance for additive", () => {
    const values = outputs(nonAdditive);
    const VP = values.VG + 0.5;
    // 2 (r_MZ - r_DZ) with r_DZ = (V_A / 2 + V_D / 4 + V_AA / 4) / V_P
    const dz = (values.VA / 2 + values.VD / 4 + values.VAA / 4) / VP;
    expect(values.falconerH2).toBeCloseTo(2 * (values.VG / VP - dz), 12);
  });
});
