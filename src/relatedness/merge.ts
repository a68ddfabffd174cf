import { HeredityError } from '../errors.js';
import type { GrmFile } from '../formats/grm.js';

/** Rows of a matrix with the number of variants behind each element. */
export interface RelationshipRows {
  readonly firstRow: number;
  readonly endRow: number;
  readonly values: Float32Array;
  readonly variants: Float32Array;
}

/**
 * Rows of the mean of some matrices, weighted by the variants behind each element, for some samples; the plain mean where one
 * of the matrices does not say how many those are.
 * @throws HeredityError `mismatch` where the matrices have not the same samples in the same order.
 */
export async function* mergedRows(
  files: readonly GrmFile[],
  samples: Int32Array,
): AsyncGenerator<RelationshipRows> {
  for (const file of files) checkSameSamples(files[0], file);
  const isKept = new Uint8Array(files[0].count);
  for (const i of samples) isKept[i] = 1;
  const isWeighted = files.every(({ hasCounts }) => hasCounts);
  const readers = files.map((file) => file.rows(isWeighted));
  let done = 0;
  for (;;) {
    const chunks = await Promise.all(readers.map((reader) => reader.next()));
    if (chunks[0].done) return;
    const { firstRow, endRow } = chunks[0].value;
    let rows = 0;
    for (let row = firstRow; row < endRow; row++) rows += isKept[row];
    if (rows === 0) continue;
    const length = rows * done + (rows * (rows + 1)) / 2;
    const [values, variants] = [new Float32Array(length), new Float32Array(length)];
    let to = 0;
    for (let row = firstRow, at = 0; row < endRow; at += ++row) {
      if (!isKept[row]) continue;
      for (let k = 0; k <= row; k++) {
        if (!isKept[k]) continue;
        let sum = 0;
        let weight = 0;
        for (const { value } of chunks as IteratorYieldResult<RelationshipRows>[]) {
          const count = value.variants?.[at + k] ?? 1;
          sum += count * value.values[at + k];
          weight += count;
        }
        values[to] = weight > 0 ? sum / weight : 0;
        variants[to++] = weight;
      }
    }
    yield { firstRow: done, endRow: done + rows, values, variants };
    done += rows;
  }
}

function checkSameSamples(first: GrmFile, file: GrmFile): void {
  const differs = Array.from({ length: Math.max(first.count, file.count) }, (_, i) => i).find(
    (i) => first.familyId[i] !== file.familyId[i] || first.individualId[i] !== file.individualId[i],
  );
  if (differs === undefined) return;
  throw new HeredityError('mismatch', `matrices have different samples from line ${differs + 1} on`, {
    file: `${file.prefix}.grm.id`,
    value: `${file.familyId[differs] ?? ''} ${file.individualId[differs] ?? ''}`.trim(),
    expected: `the samples of ${first.prefix}.grm.id, in their order`,
    fix: 'make all matrices from the same samples (--keep)',
  });
}
