import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readIntervals } from '../../src/formats/intervals.js';
import { fileWith } from './folder.js';

const TEXT =
  'track name=x\n#chrom start end\nchr1\t9\t20\tname\n1\t0\t5\nchr1\t20\t25\nchr2\t3\t3\nX\t100\t200\n';

test('intervals are counted from 1, sorted, merged, and widened', async () => {
  for (const content of [TEXT, gzipSync(TEXT)]) {
    const intervals = await readIntervals(fileWith(content, 'a.bed'));
    expect([...intervals.keys()]).toEqual(['chr1', 'chr2', 'chrX']);
    expect(intervals.get('chr1')).toEqual({ start: Float64Array.of(1, 10), end: Float64Array.of(5, 25) });
    expect(intervals.get('chr2')!.start).toHaveLength(0);
  }
  const wide = await readIntervals(fileWith(TEXT, 'a.bed'), 2);
  expect(wide.get('chr1')).toEqual({ start: Float64Array.of(-1), end: Float64Array.of(27) });
});

test.each([
  ['chr1 5\n', 'the line has 2 fields'],
  ['chr1 5 x\n', '1:3: the end is not a whole number'],
  ['chr1 -5 7\n', '1:2: the start is not a whole number'],
  ['chr1 9 7\n', 'the interval ends before it starts'],
  ['# nothing\n', 'there are no intervals'],
])('refuses %j', async (text, message) => {
  await expect(readIntervals(fileWith(text, 'a.bed'))).rejects.toThrow(message);
});
