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
  const { traits, provenance } = JSON.parse(readFileSync(`${out}.gre.json`, 'utf8'));
  const blocks = traits[0].blocks;
  const analysed = {
    samples: traits[0].n,
    variants: blocks.reduce((sum, block) => sum + block.variants, 0),
    traits: traits.length,
  };
  for (const [name, count] of Object.entries(analysed)) {
    if (count !== size[name]) throw new Error(`the run analysed ${count} ${name} instead of ${size[name]}`);
  }
  for (const { name, h2, se } of traits) {
    const z = (h2 - made.realised[name]) / se;
    if (!(Math.abs(z) < MAX_Z))
      throw new Error(`h2 of ${name} is ${h2} (SE ${se}), but ${made.realised[name]} was simulated`);
  }
  return {
    ...usage,
    peakBytes: usage.peakBytes ?? provenance.peakMemoryBytes,
    h2: Object.fromEntries(traits.map(({ name, h2 }) => [name, h2])),
    estimates: traits.map(({ name, h2, se, diagnostics }) => ({
      h2,
      se,
      realised: made.realised[name],
      solverError: diagnostics.solverError,
    })),
    ranks: blocks.map(({ rank }) => rank),
    iterations: Math.max(...traits.flatMap((trait) => trait.blocks.map((block) => block.iterations))),
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
