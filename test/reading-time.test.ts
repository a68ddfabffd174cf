import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readingStep, withReadingTime } from '../src/reading-time.js';

const reading = { passes: 3, bytes: 30e9, whole: 12e9 };
const hashing = 12 / 1.4 / 2;

it('counts each pass over what is more than memory, and else the files once', () => {
  expect(readingStep(reading, 5e8, 5e9, 2).seconds).toBeCloseTo(24 + 40 + hashing, 9);
  expect(readingStep(reading, 5e8, 20e9, 2).seconds).toBeCloseTo(24 + hashing, 9);
  expect(readingStep(reading, 5e8, 20e9, 2).how).toBe('500 MB a second');
});

it('times the disk of large files, and leaves the plan of small ones as it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heredity-reading-'));
  try {
    const file = join(folder, 'x.bed');
    writeFileSync(file, '');
    truncateSync(file, 120e6);
    const steps = [{ name: 'chr1', memory: {}, seconds: 1 }];
    const plan = { about: [], steps, reading: { passes: 2, bytes: 1e14, files: [file] } };
    const [reading, ...others] = (await withReadingTime(plan, 2)).steps;
    expect([reading.name, others]).toEqual(['reading from disk', steps]);
    expect(reading.seconds).toBeGreaterThan(1);
    expect(Number.isFinite(reading.seconds)).toBe(true);
    truncateSync(file, 1e6);
    expect(await withReadingTime(plan, 2)).toBe(plan);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
