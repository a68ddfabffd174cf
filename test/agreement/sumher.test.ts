import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sumher } from '../../src/estimators/sumher/sumher.js';
import { readTagging } from '../../src/formats/tagging.js';
import { loadKernels } from '../../src/kernels/load.js';
import { SHARED, sharedFile } from '../shared.js';

const peers = (name: string) => sharedFile(`expected/peers/bench5k.${name}`);

/** Squared z of LDAK's .summaries, in file order. */
function readStatistics(trait: string): { statistics: Float64Array; n: Float64Array } {
  const rows = gunzipSync(readFileSync(peers(`ldak-linear.${trait}.summaries.gz`)))
    .toString()
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));
  return {
    statistics: Float64Array.from(rows, (row) => Number(row[3]) ** 2),
    n: Float64Array.from(rows, (row) => Number(row[4])),
  };
}

describe.skipIf(!SHARED)("SumHer on LDAK's own taggings and statistics", () => {
  it.each(['gcta', 'hd', 'ldak'])('agrees with LDAK 6.2 in every printed digit: %s', async (model) => {
    const taggings = await readTagging(peers(`tag_${model}.tagging.gz`));
    for (const trait of ['p1', 'p2', 'p3']) {
      const [estimate] = sumher(loadKernels('auto'), taggings, [readStatistics(trait)]);
      const lines = readFileSync(peers(`sumher-${model}.${trait}.hers`), 'utf8')
        .trimEnd()
        .split('\n');
      const [, h2, se, influence, influenceSe] = lines[1].split(' ');
      const [base] = estimate.categories;
      expect([
        base.part.estimate.toFixed(6),
        base.part.se!.toFixed(6),
        (base.influence * base.part.estimate).toFixed(6),
        (base.influence * base.part.se!).toFixed(6),
      ]).toEqual([h2, se, influence, influenceSe]);
    }
  });
});
