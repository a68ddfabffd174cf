import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkedJson, heredity } from '../cli/run.js';
import { SHARED, sharedFile } from '../shared.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-agreement-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Block {
  readonly id: string;
  readonly variants: number;
  readonly rank: number;
  readonly r2: number;
  readonly h2: number;
  readonly se: number;
  readonly solverError: number;
  readonly iterations: number;
}

/** Dense float64 eigendecomposition, covariates projected out exactly (data/README.md). */
interface Expected {
  readonly n: number;
  readonly covariates: number;
  readonly h2: number;
  readonly se: number;
  readonly crossBlockH2?: number;
  readonly meanOffDiagonalT?: number;
  readonly meanRankOverN?: number;
  readonly blocks: readonly Block[];
}

const DATA = {
  'mouse-hs': { bfile: 'mouse-hs/mouse', pheno: 'mouse.pheno', covar: 'mouse.covar' },
  'gcta-test': { bfile: 'gcta-test/test', pheno: 'test.phen' },
  bench5k: { bfile: 'bench5k/bench', pheno: 'bench.pheno', covar: 'bench.covar' },
} as const;
type Name = keyof typeof DATA;

let runs = 0;
/** Runs `heredity gre` on one of the shared data sets. */
async function gre(name: Name, withCovariates: boolean, ...flags: string[]) {
  const { bfile, pheno, ...more } = DATA[name];
  const beside = (file: string) => sharedFile(`data/${join(bfile, '..', file)}`);
  const covar = withCovariates && 'covar' in more ? ['--covar', beside(more.covar)] : [];
  const out = join(folder, `run${runs++}`);
  const blocks = flags.includes('--blocks') ? [] : ['--blocks', 'chromosome'];
  const words = [
    'gre',
    ...blocks,
    '--bfile',
    sharedFile(`data/${bfile}`),
    '--pheno',
    beside(pheno),
    ...covar,
  ];
  const result = await heredity([...words, '--out', out, '--quiet', ...flags]);
  if (result.exitCode !== 0) return { ...result, json: undefined };
  return {
    ...result,
    json: checkedJson(
      readFileSync(`${out}.${flags.includes('--cross-block') ? 'gre-cross-block' : 'gre'}.json`, 'utf8'),
    ),
  };
}

/** The expected value of each trait, under the name that it has in the file. */
function expectedOf(name: Name, withCovariates: boolean): Record<string, Expected> {
  const all: Record<string, Expected> = JSON.parse(
    readFileSync(sharedFile(`expected/gre/${name}.json`), 'utf8'),
  );
  const wanted = Object.entries(all).filter(
    ([key]) => !key.includes('/') || key.endsWith(withCovariates ? '/sex' : '/none'),
  );
  return Object.fromEntries(wanted.map(([key, value]) => [key.split('/')[0], value]));
}

const CASES: [Name, boolean, number][] = [
  ['mouse-hs', false, 2],
  ['mouse-hs', true, 2],
  ['gcta-test', false, 1],
  ['bench5k', true, 3],
];

let compared = 0;

/** Traits of a run beside what is expected of them. */
async function compare(name: Name, withCovariates: boolean, h2Error: number, ...flags: string[]) {
  const { json, stderr, stdout } = await gre(name, withCovariates, ...flags);
  expect(stderr).not.toMatch(/^error/m);
  const expected = expectedOf(name, withCovariates);
  expect(json.traits.map((trait: { name: string }) => trait.name)).toEqual(Object.keys(expected));
  for (const trait of json.traits) {
    const dense = expected[trait.name];
    expect([trait.n, trait.covariates]).toEqual([dense.n, dense.covariates]);
    expect(trait.blocks.map(({ id, variants, rank }: Block) => [id, variants, rank])).toEqual(
      dense.blocks.map(({ id, variants, rank }) => [id, variants, rank]),
    );
    expect(Math.abs(trait.h2 - dense.h2)).toBeLessThan(h2Error);
    expect(Math.abs(trait.se - dense.se)).toBeLessThan(h2Error);
    for (const [k, block] of trait.blocks.entries() as Iterable<[number, Block]>) {
      expect(Math.abs(block.h2 - dense.blocks[k].h2)).toBeLessThan(h2Error);
      expect(Math.abs(block.h2 - dense.blocks[k].h2)).toBeLessThanOrEqual(block.solverError);
      expect(Math.abs(block.se - dense.blocks[k].se)).toBeLessThan(h2Error);
      compared++;
    }
  }
  return { json, stderr, stdout, expected };
}

describe.skipIf(SHARED === undefined)('GRE of real data against dense float64', () => {
  it.each(CASES)('%s, covariates %s: --solver direct, within 1e-6', async (name, withCovariates, traits) => {
    const { json } = await compare(name, withCovariates, 1e-6, '--solver', 'direct');
    expect(json.traits).toHaveLength(traits);
  });

  it.each(CASES)('%s, covariates %s: the default, within 1e-4', async (name, withCovariates) => {
    await compare(name, withCovariates, 1e-4);
  });

  it.each(['gcta-test', 'bench5k'] as const)(
    '%s: --solver iterative, within its certified error',
    async (name) => {
      const { json } = await compare(name, true, 1e-4, '--solver', 'iterative');
      for (const { blocks } of json.traits)
        for (const { iterations } of blocks) expect(iterations).toBeGreaterThan(0);
    },
  );

  it.each(['CD8', 'MCH'])(
    'mouse-hs %s: --solver iterative is right, or refuses near-collinear LD',
    async (trait) => {
      for (const chromosome of ['18', '12']) {
        const flags = ['--chr', chromosome, '--pheno-name', trait];
        const direct = await gre('mouse-hs', false, ...flags, '--solver', 'direct');
        const { exitCode, json, stderr } = await gre('mouse-hs', false, ...flags, '--solver', 'iterative');
        compared++;
        if (exitCode === 0) {
          const [block, exact] = [json, direct.json].map(({ traits }) => traits[0].blocks[0]);
          expect(block.rank).toBe(exact.rank);
          expect(Math.abs(block.h2 - exact.h2)).toBeLessThanOrEqual(block.solverError);
        } else {
          expect(exitCode).toBe(5);
          expect(stderr).toMatch(/^error: .*did not converge.*--solver direct/m);
        }
      }
    },
  );
});

describe.skipIf(SHARED === undefined)('the overlap between blocks', () => {
  it.each([false, true])(
    'of related mice is found, said aloud, and taken out (covariates %s)',
    async (withCovariates) => {
      const { json, stderr, stdout, expected } = await compare(
        'mouse-hs',
        withCovariates,
        1e-4,
        '--cross-block',
      );
      for (const { name, overlap, crossBlock, warnings, h2, se } of json.traits) {
        const dense = expected[name];
        expect(Math.abs(crossBlock.h2 - dense.crossBlockH2!)).toBeLessThan(3 * crossBlock.probeSe);
        expect(crossBlock.probeSe).toBeLessThan(0.05);
        expect(crossBlock.blocks.reduce((sum: number, x: number) => sum + x, 0)).toBeCloseTo(
          crossBlock.h2,
          9,
        );
        expect(overlap.averageShare).toBeCloseTo(dense.meanOffDiagonalT!, 1);
        expect(overlap.averageRankShare).toBeCloseTo(dense.meanRankOverN!, 9);
        expect(Math.abs(overlap.excess - (dense.h2 - dense.crossBlockH2!))).toBeLessThan(0.05 * dense.h2);
        expect(overlap.excess).toBeGreaterThan(10 * se);
        expect(h2).toBeGreaterThan(2);
        expect(warnings[0]).toMatch(/blocks are not independent.*the corrected estimate is given/s);
        compared++;
      }
      expect(stdout).toMatch(/CD8 .*1\.0\d+ \(0\.0\d+\).*blocks overlap: corrected/);
      expect(stderr).toMatch(/^warning: CD8: the blocks are not independent/m);
    },
  );

  it('of related mice is a warning in table, JSON and words by default', async () => {
    const { json, stderr, stdout } = await gre('mouse-hs', false);
    for (const { name, overlap, crossBlock, warnings } of json.traits) {
      const dense = expectedOf('mouse-hs', false)[name];
      expect(crossBlock).toBeNull();
      expect(Math.abs(overlap.averageShare - dense.meanOffDiagonalT!)).toBeLessThan(0.05);
      expect(Math.abs(overlap.excess - (dense.h2 - dense.crossBlockH2!))).toBeLessThan(4 * overlap.excessSe);
      expect(warnings[0]).toMatch(
        /do not use the plain sum\. Estimate with --cross-block.*--remove.*--blocks genome/s,
      );
      expect(json.provenance.warnings).toContain(`${name}: ${warnings[0]}`);
      expect(stderr).toContain(`warning: ${name}: the blocks are not independent`);
      expect(stdout).toMatch(new RegExp(`${name} .*blocks overlap: do not use the plain sum; above 1`));
      compared++;
    }
  });

  it('of related mice is taken out, and said aloud, with blocks that are chosen', async () => {
    const { json, stderr } = await gre('mouse-hs', false, '--blocks', 'auto');
    for (const { name, crossBlock, blocks, warnings } of json.traits) {
      const dense = expectedOf('mouse-hs', false)[name];
      expect(Math.abs(crossBlock.h2 - dense.crossBlockH2!)).toBeLessThan(0.2);
      expect(blocks.length).toBeGreaterThanOrEqual(19);
      expect(warnings[0]).toMatch(/blocks are not independent.*the corrected estimate is given/s);
      expect(stderr).toContain(`warning: ${name}: the blocks are not independent`);
      compared++;
    }
  });

  it('of unrelated people is no cause for a warning', async () => {
    const { json, stdout } = await gre('bench5k', true);
    for (const { overlap, warnings } of json.traits) {
      expect(warnings).toEqual([]);
      expect(Math.abs(overlap.averageShare - overlap.averageRankShare)).toBeLessThan(0.005);
      compared++;
    }
    expect(json.warnings).toEqual([]);
    expect(stdout).not.toContain('overlap');
  });
});

describe.skipIf(SHARED === undefined)('the published implementation', () => {
  // h2-GRE on bench5k with covariates (../shared/expected/peers.md). It read PLINK 1.9's --linear, whose BETA and SE have
  // four significant digits: rounding ours likewise gives .194268, .483684 and .881576.
  const PUBLISHED = { p1: [0.194267, 0.053743], p2: [0.483681, 0.056293], p3: [0.881575, 0.059543] } as const;

  it('agrees with --reference-compatible to the digits that it was given', async () => {
    const { json } = await gre('bench5k', true, '--reference-compatible');
    for (const { name, h2, se } of json.traits as {
      name: keyof typeof PUBLISHED;
      h2: number;
      se: number;
    }[]) {
      const [theirs, theirSe] = PUBLISHED[name];
      expect(Math.abs(h2 - theirs)).toBeLessThan(1e-4);
      expect(Math.abs(se - theirSe)).toBeLessThan(2e-6);
      compared++;
    }
  });
});

it(
  SHARED === undefined
    ? 'SKIPPED: the real data are not beside the checkout (../shared)'
    : 'all of it was compared',
  ({ skip }) => {
    if (SHARED === undefined) skip('../shared is not there');
    const blocks = 4 * 19 + 1 + 3 * 22; // of mouse-hs with and without sex, gcta-test, bench5k
    expect(compared).toBe(2 * blocks + (1 + 3 * 22) + 4 + 2 * (2 * 19 + 2) + 2 + 2 + 3 + 3);
  },
);
