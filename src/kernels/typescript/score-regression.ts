import type { ScoreRegressionKernels } from '../score-regression.js';

export const scoreRegressionKernels: ScoreRegressionKernels = {
  chi2Weights(scores, weightScores, n, chi2, count, slope, intercept, below, weights) {
    for (let j = 0; j < count; j++) {
      const expected = intercept + slope * n[j] * Math.max(scores[j], 1);
      const weight = 1 / (2 * expected * expected * Math.max(weightScores[j], 1));
      weights[j] = chi2[j] < below ? weight : 0;
    }
  },

  scaledScores(scores, n, count, meanN, scaled) {
    for (let j = 0; j < count; j++) scaled[j] = (scores[j] * n[j]) / meanN;
  },

  weightedSums(x, z, y, offset, weights, count, sums) {
    let [xx, xz, zz, xy, zy] = [0, 0, 0, 0, 0];
    for (let j = 0; j < count; j++) {
      const [wx, wz, response] = [weights[j] * x[j], weights[j] * z[j], y[j] - offset];
      xx += wx * x[j];
      xz += wz * x[j];
      zz += wz * z[j];
      xy += wx * response;
      zy += wz * response;
    }
    sums.set([xx, xz, zz, xy, zy]);
  },
};
