import { namedGrid, selectCells } from './grids.js';

/**
 * What Hou et al. (Nature Genetics 2019) found, from their supplementary tables: aggregates over all cells of a table, and
 * each cell at h² = 0.25 with all variants causal or 1 % of them.
 */
export interface PaperSetting {
  readonly title: string;
  readonly samples: number;
  readonly variants: number;
  /** Blocks of GRE. */
  readonly blocks: number;
}

/** The sizes of the published simulations, UK Biobank's array in people of British ancestry (METHODS 2.2). */
export const PAPER_SETTINGS = {
  chr22: { title: 'chromosome 22', samples: 337_205, variants: 9_654, blocks: 1 },
  genome: { title: 'whole genome', samples: 337_205, variants: 593_300, blocks: 22 },
  small: { title: 'small scale', samples: 8_430, variants: 14_821, blocks: 22 },
} as const satisfies Readonly<Record<string, PaperSetting>>;

export interface PaperResult {
  /** Name of the same estimator in a study of ours. */
  readonly estimator: string;
  readonly setting: keyof typeof PAPER_SETTINGS;
  /** Supplementary table. */
  readonly table: number;
  /** Cells of the table (those with causal variants of MAF 0.009-0.011 apart), and relative bias over them. */
  readonly cells: number;
  readonly meanRelativeBias: number;
  readonly minRelativeBias: number;
  readonly maxRelativeBias: number;
  /** Bias of each of {@link PAPER_CELLS}, and standard error of its mean. */
  readonly bias: readonly number[];
  readonly sem: readonly number[];
  /** The same of {@link PAPER_LD_SCORE_CELLS}, whose table has no standard errors. */
  readonly ldScore?: { readonly table: number; readonly bias: readonly number[] };
}

/** The 16 cells of grid 64 with h² = 0.25. */
export const PAPER_CELLS: readonly string[] = selectCells(namedGrid('64')!, { h2: [0.25] }).cells.map(
  ({ id }) => id,
);

/** The cells of grid 14. */
export const PAPER_LD_SCORE_CELLS: readonly string[] = namedGrid('14')!.cells.map(({ id }) => id);

export const PAPER_RESULTS: readonly PaperResult[] = [
  {
    estimator: 'gre',
    setting: 'chr22',
    table: 1,
    cells: 64,
    meanRelativeBias: 1.534e-6,
    minRelativeBias: -0.00227,
    maxRelativeBias: 0.00184,
    bias: [
      0.000108, -7.24e-5, 0.000137, -3.51e-5, 6.98e-5, 0.000379, 7.14e-5, -0.00016, 1.71e-5, -9.27e-5,
      -5.16e-5, -9.41e-5, 1.67e-5, -0.000228, 7.5e-5, -4.82e-5,
    ],
    sem: [
      0.000167, 0.000153, 0.00014, 0.000155, 0.000165, 0.000182, 0.000153, 0.000145, 0.000149, 0.000136,
      0.000176, 0.000169, 0.000163, 0.000136, 0.000132, 0.000142,
    ],
  },
  {
    estimator: 'gre',
    setting: 'genome',
    table: 6,
    cells: 112,
    meanRelativeBias: 0.009574,
    minRelativeBias: -0.000549,
    maxRelativeBias: 0.0209,
    bias: [
      0.00231, 0.0024, 0.00188, 0.00198, 0.00258, 0.00249, 0.00189, 0.00307, 0.00325, 0.00318, 0.00273,
      0.00294, 0.00135, 0.00188, 0.00112, 0.00147,
    ],
    sem: [
      0.000529, 0.000518, 0.000641, 0.000613, 0.000549, 0.000488, 0.000602, 0.0006, 0.000639, 0.000562,
      0.00062, 0.000511, 0.000574, 0.000498, 0.00058, 0.00062,
    ],
    ldScore: {
      table: 17,
      bias: [
        0.00225, 0.00184, 0.00264, 0.00163, 0.00246, 0.00198, 0.0022, 0.00228, 0.00322, 0.00333, 0.00172,
        0.00232, 0.00225, 0.00131,
      ],
    },
  },
  {
    estimator: 'ldsc',
    setting: 'genome',
    table: 12,
    cells: 112,
    meanRelativeBias: -0.02162,
    minRelativeBias: -0.713,
    maxRelativeBias: 0.698,
    bias: [
      0.000104, 0.145, -0.158, -0.011, 0.0204, 0.0742, -0.0498, -0.00418, -0.0863, -0.0774, -0.11, -0.101,
      0.119, 0.126, 0.0453, 0.0539,
    ],
    sem: [
      0.000577, 0.00068, 0.000501, 0.000582, 0.000644, 0.000694, 0.000687, 0.000747, 0.000622, 0.000673,
      0.000618, 0.000731, 0.00074, 0.000656, 0.000652, 0.000673,
    ],
    ldScore: {
      table: 17,
      bias: [
        -0.209, -0.0184, -0.0641, -0.00622, -0.147, -0.139, 0.0514, 0.0628, -0.0427, -0.0152, -0.07, -0.0653,
        0.00202, 0.00495,
      ],
    },
  },
  {
    estimator: 'sldsc-maf',
    setting: 'genome',
    table: 15,
    cells: 112,
    meanRelativeBias: -0.221,
    minRelativeBias: -0.619,
    maxRelativeBias: 0.08675,
    bias: [
      0.00548, 0.00545, -0.12, -0.132, 0.00487, 0.00712, -0.118, -0.13, 0.0176, 0.00873, -0.0932, -0.1,
      0.00839, 0.00625, -0.133, -0.146,
    ],
    sem: [
      0.000799, 0.000914, 0.000743, 0.000707, 0.00131, 0.0017, 0.00145, 0.00181, 0.00163, 0.00169, 0.00138,
      0.00146, 0.00143, 0.00144, 0.00169, 0.00162,
    ],
    ldScore: {
      table: 17,
      bias: [
        -0.209, -0.201, -0.209, -0.201, -0.195, -0.201, -0.198, -0.2, -0.209, -0.199, -0.191, -0.197, -0.193,
        -0.195,
      ],
    },
  },
  {
    estimator: 'sldsc-maf-lld',
    setting: 'genome',
    table: 16,
    cells: 112,
    meanRelativeBias: -0.2938,
    minRelativeBias: -0.885,
    maxRelativeBias: 0.09,
    bias: [
      -0.00368, 0.0011, -0.173, -0.112, 0.00456, -0.00223, -0.169, -0.115, 0.0163, 0.00158, -0.187, -0.2,
      -0.00315, -0.0046, -0.0985, -0.0818,
    ],
    sem: [
      0.00165, 0.00183, 0.00151, 0.00179, 0.00339, 0.00424, 0.00308, 0.00376, 0.00302, 0.00321, 0.00271,
      0.00269, 0.00343, 0.00412, 0.00405, 0.00359,
    ],
    ldScore: {
      table: 17,
      bias: [
        -0.127, 0.0283, -0.125, 0.0206, -0.209, -0.199, 0.0672, 0.0913, -0.128, -0.0172, -0.197, -0.192,
        0.0738, 0.0884,
      ],
    },
  },
  {
    estimator: 'sumher',
    setting: 'genome',
    table: 13,
    cells: 112,
    meanRelativeBias: 0.02815,
    minRelativeBias: -0.268,
    maxRelativeBias: 0.278,
    bias: [
      0.00403, 0.0419, -0.0286, 0.0132, 0.00409, 0.0428, -0.0284, 0.0133, -0.0421, -0.0335, -0.0477, -0.039,
      0.0477, 0.054, 0.0266, 0.0335,
    ],
    sem: [
      0.000413, 0.000486, 0.000412, 0.000393, 0.000452, 0.000452, 0.000415, 0.000471, 0.000451, 0.000413,
      0.000423, 0.000438, 0.000534, 0.000442, 0.000439, 0.000383,
    ],
    ldScore: {
      table: 17,
      bias: [
        -0.0371, 0.0149, -0.0361, 0.0144, -0.0642, -0.0547, 0.0277, 0.0358, -0.0352, 0.0158, -0.0639, -0.0547,
        0.0285, 0.0357,
      ],
    },
  },
  {
    estimator: 'gre',
    setting: 'small',
    table: 21,
    cells: 112,
    meanRelativeBias: 0.0008657,
    minRelativeBias: -0.0487,
    maxRelativeBias: 0.0636,
    bias: [
      -0.00798, -0.00246, -0.00076, -0.000769, -0.00299, -0.00361, -0.00533, -0.00183, -0.00163, 0.00124,
      -0.000564, 0.000952, -0.00341, 0.00238, 0.0043, 0.000674,
    ],
    sem: [
      0.00305, 0.00341, 0.00338, 0.00367, 0.0037, 0.00349, 0.00358, 0.00317, 0.00351, 0.00341, 0.00392,
      0.00341, 0.00374, 0.00309, 0.00389, 0.00356,
    ],
    ldScore: {
      table: 23,
      bias: [
        -0.00478, -0.000933, -0.00117, 7.56e-5, 0.00774, -0.000112, 0.00511, -0.000258, 0.00158, -0.00204,
        -0.00129, -0.00109, -0.00286, 0.00297,
      ],
    },
  },
  {
    estimator: 'greml',
    setting: 'small',
    table: 18,
    cells: 112,
    meanRelativeBias: -0.0289,
    minRelativeBias: -0.271,
    maxRelativeBias: 0.153,
    bias: [
      -0.00339, 0.0141, -0.0277, -0.00823, -0.00467, 0.0149, -0.0275, -0.00725, -0.0245, -0.024, -0.038,
      -0.0336, 0.0141, 0.0198, -0.00261, 0.000188,
    ],
    sem: [
      0.00124, 0.00141, 0.00142, 0.00148, 0.00154, 0.00139, 0.00187, 0.00143, 0.00164, 0.00172, 0.00163,
      0.00179, 0.00122, 0.00133, 0.00161, 0.00146,
    ],
    ldScore: {
      table: 23,
      bias: [
        -0.0248, -0.00205, -0.0252, -0.00138, -0.04, -0.0394, 0.00574, 0.00771, -0.0186, -0.00323, -0.0416,
        -0.0351, 0.00586, 0.0104,
      ],
    },
  },
  {
    estimator: 'reml-mc',
    setting: 'small',
    table: 19,
    cells: 112,
    meanRelativeBias: -0.01768,
    minRelativeBias: -0.249,
    maxRelativeBias: 0.176,
    bias: [
      -0.000387, 0.017, -0.0245, -0.00508, -0.00165, 0.0178, -0.0243, -0.00408, -0.0214, -0.0209, -0.0348,
      -0.0305, 0.0171, 0.0228, 0.000493, 0.00335,
    ],
    sem: [
      0.00125, 0.00141, 0.00143, 0.00149, 0.00154, 0.00139, 0.00187, 0.00143, 0.00164, 0.00172, 0.00164,
      0.00179, 0.00122, 0.00134, 0.00162, 0.00147,
    ],
    ldScore: {
      table: 23,
      bias: [
        -0.0212, 0.00104, -0.0221, 0.00176, -0.0368, -0.0361, 0.00883, 0.0108, -0.0156, -0.000108, -0.0377,
        -0.0319, 0.00897, 0.0135,
      ],
    },
  },
  {
    estimator: 'ldak-reml',
    setting: 'small',
    table: 20,
    cells: 112,
    meanRelativeBias: -0.08168,
    minRelativeBias: -0.438,
    maxRelativeBias: 0.127,
    bias: [
      -0.0307, 0.00568, -0.0522, 0.000389, -0.0312, 0.00542, -0.05, -0.000734, -0.0822, -0.0723, -0.0839,
      -0.0716, 0.00888, 0.0155, 0.0149, 0.0206,
    ],
    sem: [
      0.00119, 0.00138, 0.00129, 0.00132, 0.00175, 0.00129, 0.00213, 0.00133, 0.00169, 0.00163, 0.00157,
      0.00177, 0.00132, 0.00133, 0.00151, 0.00131,
    ],
    ldScore: {
      table: 23,
      bias: [
        -0.0547, -0.00114, -0.0561, -0.00286, -0.0926, -0.0826, 0.0125, 0.0164, -0.05, -0.00537, -0.0906,
        -0.0786, 0.0085, 0.0147,
      ],
    },
  },
  {
    estimator: 'ldms-mc',
    setting: 'small',
    table: 22,
    cells: 112,
    meanRelativeBias: -0.006167,
    minRelativeBias: -0.0593,
    maxRelativeBias: 0.02284,
    bias: [
      -0.00323, -0.0011, -0.00615, -0.00576, -0.00256, 0.000453, -0.00715, -0.00453, 0.00152, 0.00245,
      0.000433, 0.00374, -0.00319, -0.000453, -0.00307, -0.00443,
    ],
    sem: [
      0.00132, 0.00153, 0.00137, 0.00151, 0.00135, 0.0015, 0.00162, 0.00132, 0.0014, 0.00143, 0.00131,
      0.00166, 0.00144, 0.00159, 0.00153, 0.00151,
    ],
    ldScore: {
      table: 23,
      bias: [
        -0.00269, -0.00208, -0.00306, -0.0026, 0.00234, 0.00146, -0.000916, -0.000601, -0.00104, -0.00494,
        0.000513, 0.00207, -0.00301, -0.000688,
      ],
    },
  },
];
