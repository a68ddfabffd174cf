import { groupBasis } from '../../association/design.js';
import type { ColumnProjector } from '../../association/project-columns.js';
import { HeredityError } from '../../errors.js';
import { toSharedInt32 } from '../../kernels/memory.js';
import { squaredGramSums } from '../../ld/squared-gram.js';
import { type RunContext, silentRun } from '../../run.js';
import { deletedComponents, type HeData, type HeMoments, jackknifeBlocks } from './data.js';
import { type TraitAccounts, traitPasses } from './trait-moments.js';
import { unevenness } from './unevenness.js';

/** Variants of a part of the pass for sums of single variants. */
const PART = 256;

/**
 * The moments of each group with exact traces: tr(K_k K_l) = sum over pairs of variants of a_ik a_jl (x_i'M x_j)² / (M_k M_l),
 * from exact integer counts. Costs variants² x people / 2 popcounts of pairs, about a second a core for 10^12.
 * @throws HeredityError `resource` where the genotypes do not fit in memory.
 */
export async function exactTraces(
  data: HeData,
  projector: ColumnProjector,
  { sums, forms }: TraitAccounts,
  run: RunContext = silentRun,
): Promise<HeMoments[]> {
  const { genotypes, design, components } = data;
  if (!genotypes.resident) {
    throw new HeredityError('resource', 'exact traces need the genotypes in memory', {
      fix: 'give more with --memory, or use random vectors',
    });
  }
  await traitPasses(data, projector, { sums, forms }, { most: PART, precise: true });
  const labels = toSharedInt32(data.jackknife);
  const moments: HeMoments[] = [];
  for (const [g, group] of design.groups.entries()) {
    const squares = await squaredGramSums(
      genotypes,
      group.people,
      groupBasis(design, group),
      components,
      labels,
      run,
    );
    const tagged = { weights: components.weights, first: squares, second: squares, stride: 2 };
    moments.push({
      ...sums.groups[g],
      ...addUp(data, squares),
      probes: [],
      ...(components.names.length === 1 && {
        unevenness: unevenness(tagged, sums.groups[g].traces, group.people.count - group.columns),
      }),
    });
  }
  return moments;
}

/** @param sums of squares, as {@link squaredGramSums} has them. */
function addUp(data: HeData, sums: Float64Array): Pick<HeMoments, 'products' | 'deletedProducts'> {
  const { components, jackknife } = data;
  const count = components.names.length;
  const square = count * count;
  const blocks = jackknifeBlocks(data);
  const isDeleted = deletedComponents(data);
  const products = new Float64Array(square);
  const cross = new Float64Array(blocks * square);
  const own = new Float64Array(blocks * square);
  for (let j = 0; j < jackknife.length; j++) {
    const cell = jackknife[j] * square;
    for (let k = 0; k < count; k++) {
      const weight = components.weights[j * count + k];
      for (let l = 0; l < count; l++) {
        const value = weight * sums[j * 2 * count + l];
        products[k * count + l] += value;
        cross[cell + k * count + l] += value;
        own[cell + k * count + l] += weight * sums[j * 2 * count + count + l];
      }
    }
  }
  const deletedProducts = new Float64Array(blocks * square);
  for (let b = 0; b < blocks; b++) {
    for (let k = 0; k < count; k++) {
      for (let l = 0; l < count; l++) {
        const at = b * square + k * count + l;
        const ofK = isDeleted[k] ? cross[at] : 0;
        const ofL = isDeleted[l] ? cross[b * square + l * count + k] : 0;
        const ofBoth = isDeleted[k] && isDeleted[l] ? own[at] : 0;
        deletedProducts[at] = products[k * count + l] - ofK - ofL + ofBoth;
      }
    }
  }
  return { products, deletedProducts };
}
