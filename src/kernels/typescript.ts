import type { Kernels } from './kernels.js';
import { denseKernels } from './typescript/dense.js';
import { digitKernels } from './typescript/digits.js';
import { genotypeKernels } from './typescript/genotypes.js';
import { gramKernels } from './typescript/gram.js';
import { kinshipKernels } from './typescript/kinship.js';
import { mosaicKernels } from './typescript/mosaic.js';
import { productKernels } from './typescript/product.js';
import { randomKernels } from './typescript/random.js';
import { scoreRegressionKernels } from './typescript/score-regression.js';
import { tableRowKernels } from './typescript/table-rows.js';
import { recordKernels } from './typescript/variant-records.js';

/** The plain TypeScript kernels: one loop a kernel, nothing clever. Their answers define what the fast backends must give. */
export const typescriptKernels: Kernels = {
  backend: 'typescript',
  level: 'plain',
  ...genotypeKernels,
  ...gramKernels,
  ...kinshipKernels,
  ...productKernels,
  ...digitKernels,
  ...randomKernels,
  ...mosaicKernels,
  ...recordKernels,
  ...tableRowKernels,
  ...scoreRegressionKernels,
  ...denseKernels,
};
