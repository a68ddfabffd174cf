import { describe, expect, it } from 'vitest';
import { heldThroughout, memoryForWork, readingTablesBytes, requireMemory } from '../../src/cohort/budget.js';
import { BESIDE_MEMORY, termBytes } from '../../src/plan.js';

const cohortOf = (samples: number, variants: number, threads = 2) =>
  heldThroughout({
    fileset: { samples: { count: samples }, variants: { count: variants } } as never,
    people: samples,
    traits: [],
    covariates: [],
    threads,
    draws: false,
  });

describe('the budget of a run', () => {
  it('leaves all of --memory to the work while program, tables and tiles fit beside it', () => {
    expect(memoryForWork(50e6, { process: 100e6, table: BESIDE_MEMORY - 100e6 })).toBe(50e6);
  });

  it('takes off --memory what they need beyond that, and refuses where nothing is left', () => {
    const held = { process: 100e6, table: BESIDE_MEMORY - 60e6 };
    expect(memoryForWork(50e6, held)).toBe(10e6);
    expect(() => memoryForWork(39e6, held)).toThrow(/needs 340 MB.*--memory 40M/);
    expect(memoryForWork(40e6, held)).toBe(0); // what it said would do
  });

  it('refuses what does not fit with the --memory that would do', () => {
    const held = { table: BESIDE_MEMORY - 10e6 };
    expect(() => requireMemory('PCA', 70e6, held, 50e6)).toThrow(/PCA needs 70\.0 MB.*--memory 60M/);
    expect(() => requireMemory('PCA', 60e6, held, 50e6)).not.toThrow();
  });

  it('grows with people, variants and threads', () => {
    const least = termBytes(cohortOf(1000, 1000));
    expect(termBytes(cohortOf(2000, 1000))).toBeGreaterThan(least);
    expect(termBytes(cohortOf(1000, 2000))).toBeGreaterThan(least);
    expect(termBytes(cohortOf(1000, 1000, 3))).toBeGreaterThan(least);
  });

  it('holds what tables of people leave, and of many people only while they are read', () => {
    const shapeOf = (samples: number, columns: number) => ({
      fileset: { samples: { count: samples }, variants: { count: 1000 } } as never,
      people: samples,
      traits: Array(columns).fill({}),
      covariates: [],
      threads: 2,
      draws: false,
    });
    const tables = (samples: number, columns: number) => heldThroughout(shapeOf(samples, columns)).table!;
    const reading = (samples: number, columns: number) =>
      readingTablesBytes(shapeOf(samples, columns), heldThroughout(shapeOf(samples, columns)));
    expect(tables(1000, 1) - tables(1000, 0)).toBe(300 * 1000);
    expect(reading(1000, 1)).toBe(0);
    expect(tables(400_000, 1)).toBe(tables(400_000, 0));
    expect(reading(400_000, 1)).toBe(300 * 400_000 - heldThroughout(shapeOf(400_000, 1)).tiles!);
    expect(reading(400_000, 0)).toBe(0);
  });

  it('knows of two tiles of at least 256 variants, and four megabytes of the file', () => {
    const stride = Math.ceil(337_205 / 256) * 64;
    expect(cohortOf(337_205, 600_000).tiles).toBe(2 * 256 * stride + (4 << 20));
  });
});
