import { defineModel, type NumberInput, notNegative, signed } from './model.js';
import { enumerateGenotypes, type GenotypeValues, type TwoLocusVariances } from './two-loci.js';

/** Two loci with additive effects, dominance, and an interaction of their copy numbers. */
export interface TwoLocusEffects {
  readonly pA: number;
  readonly pB: number;
  readonly aA: number;
  readonly aB: number;
  readonly dA: number;
  readonly dB: number;
  /** Additive by additive interaction. */
  readonly i: number;
  /** What is multiplied in the interaction: n - 1, n, or n - 2p. */
  readonly interaction: 'n-1' | 'n' | 'n-2p';
  /** Dominance as the heterozygote's deviation, or orthogonal to the copy number. */
  readonly dominance: 'heterozygote' | 'orthogonal';
}

/**
 * Closed form of the variances: with H = 2pq, alpha_A = a_A + d_A (q_A - p_A) + i E[code of B], V_A = H_A alpha_A^2 +
 * H_B alpha_B^2, V_D = (H_A d_A)^2 + (H_B d_B)^2 and V_AA = i^2 H_A H_B (METHODS 10.6). An orthogonal dominance code
 * leaves the d term out of alpha.
 */
export function twoLocusVariances(effects: TwoLocusEffects): TwoLocusVariances {
  const { pA, pB, aA, aB, dA, dB, i } = effects;
  const [HA, HB] = [2 * pA * (1 - pA), 2 * pB * (1 - pB)];
  const skew = (d: number, p: number) => (effects.dominance === 'heterozygote' ? d * (1 - 2 * p) : 0);
  const codeMean = (p: number) => 2 * p - interactionOrigin(effects.interaction, p);
  const alphaA = aA + skew(dA, pA) + i * codeMean(pB);
  const alphaB = aB + skew(dB, pB) + i * codeMean(pA);
  const VA = HA * alphaA ** 2 + HB * alphaB ** 2;
  const VD = (HA * dA) ** 2 + (HB * dB) ** 2;
  const VI = i ** 2 * HA * HB;
  return { VG: VA + VD + VI, VA, VD, VI };
}

/** Values of the nine genotypes. Constants that shift all of them alike are left in. */
export function genotypeValues(effects: TwoLocusEffects): GenotypeValues {
  const { pA, pB, aA, aB, dA, dB, i, interaction } = effects;
  const dominanceCode = (n: number, p: number) => {
    if (effects.dominance === 'heterozygote') return n === 1 ? 1 : 0;
    // Cockerham's code: uncorrelated with the copy number, with variance (2pq)^2 as the effect d has.
    return [-2 * p * p, 2 * p * (1 - p), -2 * (1 - p) ** 2][n];
  };
  const interactionCode = (n: number, p: number) => n - interactionOrigin(interaction, p);
  return [0, 1, 2].map((a) =>
    [0, 1, 2].map(
      (b) =>
        aA * (a - 1) +
        aB * (b - 1) +
        dA * dominanceCode(a, pA) +
        dB * dominanceCode(b, pB) +
        i * interactionCode(a, pA) * interactionCode(b, pB),
    ),
  );
}

function interactionOrigin(interaction: TwoLocusEffects['interaction'], p: number): number {
  if (interaction === 'n') return 0;
  return interaction === 'n-1' ? 1 : 2 * p;
}

function frequency(label: string, fallback: number): NumberInput {
  return { kind: 'number', label, unit: 'frequency', min: 0, max: 1, open: 'both', default: fallback };
}

const EFFECT = 'units of the trait';

export const nonAdditive = defineModel({
  name: 'non-additive',
  description:
    'Two loci in linkage equilibrium with effects a, heterozygote deviations d and an interaction i of the two copy ' +
    'numbers. SNP estimates add up V_A alone: M = H2 - h2 = (V_D + V_AA) / V_P is missing from them. Twin studies do not ' +
    "leave it out: Falconer's formula gives (V_A + 1.5 V_D + 1.5 V_AA) / V_P, above h2. Variances are computed in closed " +
    'form and again by enumeration of the nine genotypes. The figures in the chapter (H2 about .448, h2 about .354) come ' +
    'out of no coding; the default is the canonical one.',
  source: 'chapter on missing heritability, problem 5086622',
  formulas: [
    'V_{A} = Σ_{l} 2 p_{l} q_{l} α_{l}²,  V_{D} = Σ_{l} (2 p_{l} q_{l} d_{l})²,  V_{AA} = i² · 2 p_{A} q_{A} · 2 p_{B} q_{B}',
    'H² = (V_{A} + V_{D} + V_{AA}) / V_{P},  h² = V_{A} / V_{P},  M = H² − h²',
  ],
  inputs: {
    pA: frequency('frequency of the counted allele at locus A', 0.2),
    pB: frequency('frequency of the counted allele at locus B', 0.8),
    aA: signed('additive effect at locus A', EFFECT, 0.8),
    dA: signed('dominance at locus A', EFFECT, 0.5),
    aB: signed('additive effect at locus B', EFFECT, 0.4),
    dB: signed('dominance at locus B', EFFECT, -0.3),
    i: signed('additive by additive interaction', EFFECT, 0.6),
    environmentalVariance: notNegative('environmental variance', 'units of the trait squared', 0.5),
    interaction: {
      kind: 'choice',
      label: 'copy numbers that are multiplied in the interaction: less 1, as they are, or less their mean',
      words: ['n-1', 'n', 'n-2p'],
      default: 'n-1',
    },
    dominance: {
      kind: 'choice',
      label: 'dominance as deviation of the heterozygote, or orthogonal to the copy number',
      words: ['heterozygote', 'orthogonal'],
      default: 'heterozygote',
    },
  },
  outputs: {
    VG: { label: 'genetic variance V_G', unit: 'units of the trait squared' },
    VA: { label: 'additive variance V_A', unit: 'units of the trait squared' },
    VD: { label: 'dominance variance V_D', unit: 'units of the trait squared' },
    VAA: { label: 'interaction variance V_AA', unit: 'units of the trait squared' },
    enumeratedVG: { label: 'V_G by enumeration of nine genotypes', unit: 'units of the trait squared' },
    enumeratedVA: { label: 'V_A by enumeration of nine genotypes', unit: 'units of the trait squared' },
    broadH2: { label: 'broad-sense heritability H2', unit: 'share of variance' },
    narrowH2: { label: 'narrow-sense heritability h2', unit: 'share of variance' },
    missing: { label: 'M = H2 - h2', unit: 'share of variance' },
    falconerH2: { label: "what Falconer's formula gives", unit: 'share of variance' },
    twinInflation: { label: 'twin estimate above h2', unit: 'share of variance' },
  },
  curve: {
    over: 'i',
    from: 0,
    to: 1.5,
    outputs: ['broadH2', 'narrowH2', 'falconerH2'],
    yLabel: 'share of variance',
  },
  evaluate(inputs) {
    const { VG, VA, VD, VI } = twoLocusVariances(inputs);
    const { variances, rows } = enumerateGenotypes(genotypeValues(inputs), inputs.pA, inputs.pB);
    // A trait without any variance has no heritability; 0 is what each share tends to.
    const VP = VG + inputs.environmentalVariance || 1;
    const falconerH2 = (VA + 1.5 * VD + 1.5 * VI) / VP;
    return {
      values: {
        VG,
        VA,
        VD,
        VAA: VI,
        enumeratedVG: variances.VG,
        enumeratedVA: variances.VA,
        broadH2: VG / VP,
        narrowH2: VA / VP,
        missing: (VG - VA) / VP,
        falconerH2,
        twinInflation: falconerH2 - VA / VP,
      },
      rows: rows.map((row) => ({ ...row })),
    };
  },
  claims: (_, { values }) => [
    {
      pool: 'non-additive effects',
      label: 'dominance and epistasis in the twin estimate',
      amount: values.twinInflation,
    },
  ],
});
