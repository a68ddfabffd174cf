import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bias } from '../verdict.mjs';
import { genotypes, heredity } from '../world.mjs';

/** Shares of variance: of alleles and of dominance; which variants act. */
const GRID = [
  { h2: 0.3, dominance: 0.2, more: [] },
  { h2: 0.3, dominance: 0.2, more: ['--p-causal', 0.05, '--cv-maf', '0.05,0.2'] },
  { h2: 0.5, dominance: 0, more: [] },
];

/** @type {import('../claims.mjs').Claim} */
export const dominanceUnbiased = {
  name: 'dominance-unbiased',
  claim:
    'with --dominance, GRE finds the shares of alleles and of dominance whatever their architecture, and Haseman-Elston regression with exact traces under its own model; neither takes alleles for dominance',
  docs: 'docs/methods/13-dominance-and-pedigree.md',
  size: '2,000 people, 1,500 variants on 22 chromosomes; all causal, or 5 % of those of frequency .05 to .2',
  seed: 15,
  replicates: 400,
  resolution: 0.05,
  async measure({ replicates, seed, threads, folder }) {
    const bfile = await genotypes({ samples: 2000, variants: 1500, chromosomes: 22 });
    const cells = [];
    for (const [k, { h2, dominance, more }] of GRID.entries()) {
      const out = join(folder, `cell${k}`);
      const common = ['--bfile', bfile, '--threads', threads];
      await heredity(
        ...['simulate', 'phenotypes', ...common, '--h2', h2, '--dominance', dominance, ...more],
        ...['--replicates', replicates, '--seed', seed + k, '--skip-effects', '--out', out],
      );
      const traits = ['--pheno', `${out}.pheno`, '--dominance', '--out', out];
      await heredity('gre', ...common, '--blocks', 'chromosome', ...traits);
      const isEven = more.length === 0;
      if (isEven) await heredity('he', ...common, ...traits, '--exact-traces');
      for (const method of isEven ? ['gre', 'he'] : ['gre']) {
        const { estimates } = JSON.parse(readFileSync(`${out}.${method}.json`, 'utf8'));
        const id = `${method}: h² ${h2}, dominance ${dominance}${isEven ? '' : ', few'}`;
        const values = (of) => estimates.map((estimate) => of(estimate).value);
        cells.push(
          bias({ id, what: 'bias of h²', values: values(({ h2: own }) => own), truth: h2 }),
          bias({
            id,
            what: 'bias of dominance',
            values: values(({ quantities }) => quantities.dominance),
            truth: dominance,
          }),
        );
      }
    }
    return cells;
  },
};
