/** The thread entry of {@link KernelPool}: loads the same kernels as the main thread and runs tasks by name. */
import './host/node/install.js';
import { parentPort, workerData } from 'node:worker_threads';
import { sendableError } from './errors.js';
import { loadKernels } from './kernels/load.js';
import { loadNative } from './kernels/native.js';
// Modules that define tasks:
import './association/linear.js';
import './association/project-columns.js';
import './estimators/gre/iterative.js';
import './estimators/gre/near-ld.js';
import './estimators/reml/monte-carlo/lanczos.js';
import './estimators/reml/one-grm.js';
import './genotypes/among.js';
import './genotypes/normal-product.js';
import './genotypes/products.js';
import './genotypes/segment-products.js';
import './genotypes/store.js';
import './ld/covariance.js';
import './ld/cut-sharing.js';
import './ld/ldak-weights.js';
import './ld/local-runs.js';
import './ld/squared-gram.js';
import './ld/weakest-cuts.js';
import './ld/windowed-r2.js';
import './linalg/band-reduction.js';
import './linalg/column-cg.js';
import './linalg/product-traces.js';
import './linalg/symmetric-tiled.js';
import './linalg/tiled-lower.js';
import './relatedness/grm.js';
import './simulation/effects.js';
import './simulation/genotypes.js';
import './simulation/inheritance.js';
import './simulation/people-mosaic.js';
import './simulation/traits.js';
import './study/estimators/greml.js';
import './study/estimators/ldsc.js';
import './study/estimators/sumher.js';
import { runTask, type WorkerMessage, type WorkerOptions } from './kernels/pool.js';

const { backend, level } = workerData as WorkerOptions;
const kernels = backend === 'native' ? loadNative(level) : loadKernels(backend);

parentPort!.on('message', ({ task, args }: WorkerMessage) => {
  try {
    runTask(kernels, task, args);
    parentPort!.postMessage(null);
  } catch (error) {
    parentPort!.postMessage(sendableError(error));
  }
});
