import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { flatTraits } from './flat-traits.js';
import { heredity } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-calibration-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const TRAITS = 200;
const H2 = 0.25;

async function run(...words: (string | number)[]): Promise<void> {
  const { exitCode, stderr } = await heredity([...words.map(String), '--quiet']);
  expect(exitCode, stderr).toBe(0);
}

const simulateGenotypes = (samples: number, variants: number) =>
  run(
    'simulate',
    'genotypes',
    '--samples',
    samples,
    '--variants',
    variants,
    '--chromosomes',
    2,
    '--out',
    at('cohort'),
  );

/** Estimates of traits simulated by the flags, their realised h², and the mean analytic standard error. */
async function estimate(name: string, ...flags: (string | number)[]) {
  const simulated = [
    '--bfile',
    at('cohort'),
    '--h2',
    H2,
    '--replicates',
    TRAITS,
    '--out',
    at(name),
    ...flags,
  ];
  await run('simulate', 'phenotypes', ...simulated);
  await run('gre', '--bfile', at('cohort'), '--pheno', at(`${name}.pheno`), '--out', at(name));
  const traits = flatTraits(JSON.parse(readFileSync(at(`${name}.gre.json`), 'utf8')));
  const truth = readFileSync(at(`${name}.truth.tsv`), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1);
  const realised = new Map(truth.map((line) => line.split('\t')).map(([trait, , h2]) => [trait, Number(h2)]));
  expect(traits).toHaveLength(TRAITS);
  return {
    h2: traits.map(({ h2 }) => h2!),
    fromRealised: traits.map(({ name: trait, h2 }) => h2! - realised.get(trait)!),
    se: mean(traits.map(({ se }) => se!)),
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const sd = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, x) => sum + (x - mean(values)) ** 2, 0) / (values.length - 1));
const standardError = (values: readonly number[]) => sd(values) / Math.sqrt(values.length);

describe('200 traits of h² 0.25 on two chromosomes', () => {
  // The analytic SE is that around the h² realised in the sample, effects held fixed (METHODS 1.12). It is for small q/N:
  // its factor N/(N-q) is too large by about a power, so people are eight times the variants here.
  it.each([
    ['dense', []],
    ['sparse', ['--causal', 50]],
  ])('%s effects: no bias, and the analytic SE is the spread around the realised h²', async (name, flags) => {
    await simulateGenotypes(8000, 1000);
    const { h2, fromRealised, se } = await estimate(name, ...flags);
    expect(Math.abs(mean(h2) - H2)).toBeLessThan(3 * standardError(h2));
    expect(Math.abs(mean(fromRealised))).toBeLessThan(3 * standardError(fromRealised));
    expect(sd(fromRealised) / se).toBeGreaterThan(0.85);
    expect(sd(fromRealised) / se).toBeLessThan(1.15);
  });

  it('dense effects, half as many variants as people: the spread of the estimate itself is the analytic SE', async () => {
    await simulateGenotypes(4000, 2000);
    const { h2, se } = await estimate('wide');
    expect(Math.abs(mean(h2) - H2)).toBeLessThan(3 * standardError(h2));
    expect(sd(h2) / se).toBeGreaterThan(0.85);
    expect(sd(h2) / se).toBeLessThan(1.15);
  });
});
