/** What a thread runs: the tasks of every folder. */
import { sendableError } from './errors.js';
import { host } from './host/host.js';
import type { ThreadEnd } from './host/threads.js';
import { loadKernels } from './kernels/load.js';
import { loadNative } from './kernels/native.js';
import {
  isDefined,
  runTask,
  type WorkerAnswer,
  type WorkerMessage,
  type WorkerOptions,
} from './kernels/pool.js';

/** The module that defines each task: a thread imports it with the first call, and none that it does not need. */
const MODULES: Readonly<Record<string, () => Promise<unknown>>> = {
  regressTile: () => import('./association/linear.js'),
  maskPart: () => import('./association/project-columns.js'),
  subtractPart: () => import('./association/project-columns.js'),
  solveRun: () => import('./ld/local-preconditioner.js'),
  solveCutBlock: () => import('./estimators/gre/cut-block.js'),
  nearTile: () => import('./estimators/gre/near-ld.js'),
  bivariateFit: () => import('./estimators/reml/bivariate.js'),
  lanczosRecurrence: () => import('./estimators/reml/monte-carlo/lanczos.js'),
  bandEvaluation: () => import('./estimators/reml/one-grm.js'),
  decodeBgen: () => import('./formats/bgen.js'),
  decodePgen: () => import('./formats/pgen.js'),
  countAmong: () => import('./genotypes/among.js'),
  dosageScores: () => import('./genotypes/dosage-products.js'),
  dosageSquares: () => import('./genotypes/dosage-products.js'),
  weightedScores: () => import('./genotypes/normal-product.js'),
  segmentStrip: () => import('./genotypes/segment-products.js'),
  dosageSums: () => import('./genotypes/store.js'),
  covarianceTile: () => import('./ld/covariance.js'),
  cutSharing: () => import('./ld/cut-sharing.js'),
  solveLdakSection: () => import('./ld/ldak-weights.js'),
  factorRun: () => import('./ld/local-runs.js'),
  keepOfRun: () => import('./ld/local-runs.js'),
  runRows: () => import('./ld/local-runs.js'),
  alikeRows: () => import('./ld/alike-rows.js'),
  squaredGramRow: () => import('./ld/squared-gram.js'),
  cutStrength: () => import('./ld/weakest-cuts.js'),
  ldScoreUnit: () => import('./ld/windowed-r2.js'),
  bandUnit: () => import('./ld/windowed-r2.js'),
  bandUpdatePanel: () => import('./linalg/band-reduction.js'),
  cgStart: () => import('./linalg/column-cg.js'),
  cgStep: () => import('./linalg/column-cg.js'),
  innerProducts: () => import('./linalg/long-rows.js'),
  combineRows: () => import('./linalg/long-rows.js'),
  productDigitsOfTiles: () => import('./genotypes/digit-products.js'),
  productTraces: () => import('./linalg/product-traces.js'),
  symmetricPanel: () => import('./linalg/symmetric-tiled.js'),
  invertTile: () => import('./linalg/symmetric-tiled.js'),
  inverseGramTile: () => import('./linalg/symmetric-tiled.js'),
  symmetricTracePanel: () => import('./linalg/symmetric-tiled.js'),
  factorTile: () => import('./linalg/tiled-lower.js'),
  solveColumns: () => import('./linalg/tiled-lower.js'),
  ldscColumn: () => import('./methods/ldsc/method.js'),
  rotateRows: () => import('./methods/reml/rotated.js'),
  sumherColumn: () => import('./methods/sumher/method.js'),
  missingByPerson: () => import('./quality/person-counts.js'),
  samplePanel: () => import('./relatedness/grm.js'),
  missingPairs: () => import('./relatedness/grm.js'),
  kinshipTile: () => import('./relatedness/king.js'),
  drawEffects: () => import('./simulation/effects.js'),
  simulateGenotypes: () => import('./simulation/genotypes.js'),
  inheritGenotypes: () => import('./simulation/inheritance.js'),
  copyPeople: () => import('./simulation/people-mosaic.js'),
  finishTrait: () => import('./simulation/traits.js'),
};

/** Loads the same kernels as the main thread, and runs tasks by name for as long as there are any. */
export function serveTasks(thread: ThreadEnd): void {
  const { backend, level } = thread.options as WorkerOptions;
  const kernels = backend === 'native' ? loadNative(level) : loadKernels(backend);
  thread.send({ isReady: true } satisfies WorkerAnswer);
  thread.listen(async (message) => {
    const { task, calls, collects } = message as WorkerMessage;
    if (collects) host().machine.collectGarbage?.();
    try {
      if (calls.length > 0 && !isDefined(kernels, task)) await MODULES[task]();
      const returned: unknown[] = [];
      for (const args of calls) returned.push(await runTask(kernels, task, args));
      thread.send({ returned } satisfies WorkerAnswer);
    } catch (error) {
      thread.send({ error: sendableError(error) } satisfies WorkerAnswer);
    }
  });
}
