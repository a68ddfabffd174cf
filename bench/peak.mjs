// The bounds under their earlier name, for kernels.mjs.
import { boundsOfCore } from './bounds.mjs';

export function measurePeak() {
  const bound = boundsOfCore();
  return bound && { float64: bound('float64'), float32: bound('float32'), count: bound('count') };
}
