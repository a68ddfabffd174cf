/** What a thread runs: the tasks of every folder. */
import { sendableError } from './errors.js';
import type { ThreadEnd } from './host/threads.js';
import { loadKernels } from './kernels/load.js';
import { loadNative } from './kernels/native.js';
// Modules that define tasks:
import './association/linear.js';
import './association/project-columns.js';
import './estimators/gre/iterative.js';
import './estimators/gre/near-ld.js';
import './estimators/reml/bivariate.js';
import './estimators/reml/monte-carlo/lanczos.js';
import './estimators/reml/one-grm.js';
import './formats/bgen.js';
import './formats/pgen.js';
import './genotypes/among.js';
import './genotypes/digit-products.js';
import './genotypes/normal-product.js';
import './genotypes/products.js';
import './genotypes/segment-products.js';
import './genotypes/store.js';
import './ld/covariance.js';
import './ld/cut-sharing.js';
import './ld/ldak-weights.js';
import './ld/local-runs.js';
import './ld/prune.js';
import './ld/squared-gram.js';
import './ld/weakest-cuts.js';
import './ld/windowed-r2.js';
import './linalg/band-reduction.js';
import './linalg/column-cg.js';
import './linalg/long-rows.js';
import './linalg/product-traces.js';
import './linalg/symmetric-tiled.js';
import './linalg/tiled-lower.js';
import './methods/ldsc/method.js';
import './methods/reml/rotated.js';
import './methods/sumher/method.js';
import './quality/person-counts.js';
import './relatedness/grm.js';
import './relatedness/king.js';
import './simulation/effects.js';
import './simulation/genotypes.js';
import './simulation/inheritance.js';
import './simulation/people-mosaic.js';
import './simulation/traits.js';
import { runTask, type WorkerMessage, type WorkerOptions } from './kernels/pool.js';

/** Loads the same kernels as the main thread, and runs tasks by name for as long as there are any. */
export function serveTasks(thread: ThreadEnd): void {
  const { backend, level } = thread.options as WorkerOptions;
  const kernels = backend === 'native' ? loadNative(level) : loadKernels(backend);
  thread.listen((message) => {
    const { task, args } = message as WorkerMessage;
    try {
      runTask(kernels, task, args);
      thread.send(null);
    } catch (error) {
      thread.send(sendableError(error));
    }
  });
}
