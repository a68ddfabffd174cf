import { HeredityError } from '../errors.js';
import { defineModel, type Row, table } from './model.js';
import { networkEffects, type SparseMatrix, sparseMatrix, spectralRadius } from './network.js';

const GENES = {
  gene: { kind: 'text', label: 'name of the gene' },
  direct: {
    kind: 'number',
    label: 'direct effect gamma on the trait',
    unit: 'units of the trait',
    min: -Number.MAX_VALUE,
    max: Number.MAX_VALUE,
  },
  core: { kind: 'number', label: '1 for a core gene, else 0', unit: '', min: 0, max: 1, whole: true },
  variance: {
    kind: 'number',
    label: 'variance of expression',
    unit: 'units of expression squared',
    min: 0,
    max: Number.MAX_VALUE,
    default: 1,
  },
} as const;

const EDGES = {
  gene: { kind: 'text', label: 'gene whose total effect gains' },
  from: { kind: 'text', label: 'gene whose total effect is passed on' },
  weight: {
    kind: 'number',
    label: 'weight W[gene, from]',
    unit: '',
    min: -Number.MAX_VALUE,
    max: Number.MAX_VALUE,
  },
} as const;

/**
 * Variance shares of core and peripheral genes for independent expression, V = sum beta_g^2 Var(expression_g), and how
 * many genes hold half of it (METHODS 10.7).
 */
function coreShares(effects: Float64Array, genes: readonly Row<typeof GENES>[]) {
  const variances = genes.map(({ variance }, i) => effects[i] ** 2 * variance);
  const total = variances.reduce((sum, variance) => sum + variance, 0);
  const core = variances.reduce((sum, variance, i) => sum + (genes[i].core === 1 ? variance : 0), 0);
  let [half, genesForHalf] = [0, 0];
  for (const variance of [...variances].sort((a, b) => b - a)) {
    if (half >= total / 2) break;
    half += variance;
    genesForHalf++;
  }
  return { variances, total, coreShare: core / total, genesForHalf };
}

export const omnigenic = defineModel({
  name: 'omnigenic',
  description:
    'The total effect of a gene is its direct effect and what the network passes on, beta = gamma + rho W beta. It exists ' +
    'where the spectral radius of rho W is below 1. Independent expression gives V = sum beta2 Var(expression): the share ' +
    'of peripheral genes sits in many effects too small for genome-wide significance. Networks of many thousand genes are ' +
    'solved by a series of sparse products.',
  source: 'chapter on missing heritability, problem 5086631',
  formulas: [
    'β = γ + ρ W β = (I − ρ W)^{−1} γ',
    'core share = Σ_{core} β_{g}² Var(x_{g}) / Σ_{all} β_{g}² Var(x_{g})',
  ],
  inputs: {
    rho: { kind: 'number', label: 'attenuation rho along an edge', unit: '', min: 0, max: 100, default: 0.6 },
    genes: table('genes', GENES, [
      { gene: 'gene1', direct: 1, core: 1, variance: 1 },
      { gene: 'gene2', direct: 0.2, core: 0, variance: 1 },
      { gene: 'gene3', direct: 0, core: 0, variance: 1 },
      { gene: 'gene4', direct: 0, core: 0, variance: 1 },
    ]),
    edges: table(
      'edges of the network',
      EDGES,
      [1, 2, 3].flatMap((i) => [
        { gene: `gene${i}`, from: `gene${i + 1}`, weight: 0.5 },
        { gene: `gene${i + 1}`, from: `gene${i}`, weight: 0.5 },
      ]),
    ),
  },
  outputs: {
    radius: { label: 'spectral radius of rho W', unit: '' },
    coreShare: { label: 'variance in core genes', unit: 'share of V_A' },
    peripheralShare: { label: 'variance in peripheral genes', unit: 'share of V_A' },
    directCoreShare: { label: 'variance in core genes by direct effects alone', unit: 'share of V_A' },
    genesForHalf: { label: 'genes that hold half of the variance', unit: 'count' },
  },
  curve: {
    over: 'rho',
    from: 0,
    to: ({ genes, edges }) => Math.min(100, 0.95 / Math.max(networkOf(genes, edges).radius, 0.01)),
    outputs: ['coreShare', 'peripheralShare'],
    yLabel: 'share of V_A',
  },
  evaluate({ rho, genes, edges }) {
    const direct = Float64Array.from(genes, (gene) => gene.direct);
    if (!genes.some((gene) => gene.direct !== 0 && gene.variance > 0)) {
      throw new HeredityError('usage', 'no gene has a direct effect', {
        expected: 'a direct effect other than 0',
      });
    }
    const network = networkOf(genes, edges);
    const { effects, radius } = networkEffects(network.matrix, rho, direct, network.radius);
    const all = coreShares(effects, genes);
    return {
      values: {
        radius,
        coreShare: all.coreShare,
        peripheralShare: 1 - all.coreShare,
        directCoreShare: coreShares(direct, genes).coreShare,
        genesForHalf: all.genesForHalf,
      },
      rows: genes.map(({ gene, core }, i) => ({
        gene,
        core,
        direct: direct[i],
        total: effects[i],
        variance: all.variances[i],
      })),
    };
  },
  claims: (_, { values }, { twinH2, snps }) =>
    snps === 'all'
      ? []
      : [
          {
            pool: 'small effects',
            label: 'peripheral genes, each too small to be significant',
            amount: values.peripheralShare * twinH2,
          },
        ],
});

interface Network {
  readonly matrix: SparseMatrix;
  readonly radius: number;
}

/** Networks by their edges: a curve asks for one network at every point. */
const NETWORKS = new WeakMap<object, { readonly genes: object; readonly network: Network }>();

function networkOf(genes: readonly Row<typeof GENES>[], edges: readonly Row<typeof EDGES>[]): Network {
  const known = NETWORKS.get(edges);
  if (known?.genes === genes) return known.network;
  const matrix = matrixOf(genes, edges);
  const network = { matrix, radius: spectralRadius(matrix) };
  NETWORKS.set(edges, { genes, network });
  return network;
}

function matrixOf(genes: readonly Row<typeof GENES>[], edges: readonly Row<typeof EDGES>[]): SparseMatrix {
  const index = new Map(genes.map(({ gene }, i) => [gene, i]));
  if (index.size < genes.length) {
    const twice = genes.find(({ gene }, i) => index.get(gene) !== i)!;
    throw new HeredityError('usage', 'a gene is listed twice', {
      value: twice.gene,
      expected: 'one row a gene',
    });
  }
  const at = (gene: string) => {
    const i = index.get(gene);
    if (i !== undefined) return i;
    throw new HeredityError('usage', 'an edge names a gene that is not among the genes', { value: gene });
  };
  return sparseMatrix(
    genes.length,
    edges.map(({ gene, from, weight }) => [at(gene), at(from), weight] as const),
  );
}
