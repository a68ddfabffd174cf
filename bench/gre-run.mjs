// One run of `heredity gre` on a simulated cohort, checked.
import { readFileSync } from 'node:fs';
import { heredity, outputPrefix } from './measure.mjs';

/** Estimates this many standard errors from the truth are taken for a mistake. */
const MAX_Z = 5;

/**
 * @param {{ samples: number, variants: number, traits: number }} size what must have been analysed.
 * @param made from {@link cohort}.
 * @param options the solver, and further words of the command line.
 * @returns time and memory of the process, estimates by trait beside the truth, and ranks by block.
 * @throws where the run analysed something else, or its estimates are far from the simulated truth.
 */
export async function runGre(size, made, { solver = 'auto', more = [] } = {}) {
  const out = outputPrefix(`gre-${solver}`);
  const usage = await heredity(
    'gre',
    '--bfile',
    made.prefix,
    '--pheno',
    made.traits,
    '--solver',
    solver,
    ...more,
    '--out',
    out,
  );
  const { estimates, variants, provenance } = JSON.parse(readFileSync(`${out}.gre.json`, 'utf8'));
  const analysed = { samples: estimates[0].n, variants: variants.left, traits: estimates.length };
  for (const [name, count] of Object.entries(analysed)) {
    if (count !== size[name]) throw new Error(`the run analysed ${count} ${name} instead of ${size[name]}`);
  }
  for (const { trait, h2 } of estimates) {
    const z = (h2.value - made.realised[trait]) / h2.se;
    if (!(Math.abs(z) < MAX_Z))
      throw new Error(
        `h2 of ${trait} is ${h2.value} (SE ${h2.se}), but ${made.realised[trait]} was simulated`,
      );
  }
  const blocks = estimates.map(({ parts }) => parts.filter(({ kind }) => kind === 'block'));
  return {
    ...usage,
    peakBytes: usage.peakBytes ?? provenance.peakMemoryBytes,
    h2: Object.fromEntries(estimates.map(({ trait, h2 }) => [trait, h2.value])),
    estimates: estimates.map(({ trait, h2, diagnostics }) => ({
      h2: h2.value,
      se: h2.se,
      realised: made.realised[trait],
      solverError: diagnostics.solverError,
    })),
    ranks: blocks[0].map(({ diagnostics }) => diagnostics.rank),
    iterations: Math.max(...blocks.flat().map(({ diagnostics }) => diagnostics.iterations)),
  };
}

/** @throws where two sets of estimates differ by more than the solver is allowed to. */
export function checkSameEstimates(ours, theirs, tolerance = 1e-4) {
  for (const [name, h2] of Object.entries(ours.h2)) {
    if (!(Math.abs(h2 - theirs.h2[name]) <= tolerance))
      throw new Error(`h2 of ${name} is ${h2} here and ${theirs.h2[name]} there`);
  }
  if (ours.ranks.join() !== theirs.ranks.join())
    throw new Error(`ranks are ${ours.ranks} here and ${theirs.ranks} there`);
}
