import { CELL_SUMS, type ScoreRegressionKernels } from '../score-regression.js';

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

  columnSums(y, n, scores, count, sums) {
    let [sumY, sumN, sumProduct, largestY, largestN] = sums;
    for (let j = 0; j < count; j++) {
      sumY += y[j];
      sumN += n[j];
      sumProduct += scores[j] * n[j];
      if (y[j] > largestY) largestY = y[j];
      if (n[j] > largestN) largestN = n[j];
    }
    sums.set([sumY, sumN, sumProduct, largestY, largestN]);
  },

  countBelow(values, count, below) {
    let found = 0;
    for (let j = 0; j < count; j++) if (values[j] < below) found++;
    return found;
  },

  scoreCells(scores, predicted, n, chi2, count, lowest, scale, cells, below, sums) {
    for (let j = 0; j < count; j++) {
      if (!(chi2[j] < below)) continue;
      const place = (scores[j] - lowest) * scale;
      const at = CELL_SUMS * (place < 0 ? 0 : place < cells ? Math.trunc(place) + 1 : cells + 1);
      sums[at] += 1;
      sums[at + 1] += scores[j];
      sums[at + 2] += chi2[j];
      sums[at + 3] += chi2[j] * chi2[j];
      sums[at + 4] += n[j] * predicted[j];
    }
  },
};
