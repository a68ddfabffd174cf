import { OutputFile } from './output.js';
import { RowWriter } from './row-writer.js';
import { readVariantValues } from './variant-values.js';

/** LDAK weights by variant. */
export interface LdakWeights {
  readonly path: string;
  readonly count: number;
  /** Weight of a variant; undefined where the file does not have it, which in a .short file stands for 0. */
  weightOf(id: string): number | undefined;
}

/**
 * Reads LDAK weights: `weights.short` (variant, weight) or `weights.all` (with a header). NA, LDAK's mark for variants that were
 * filtered out, is 0.
 * @throws HeredityError as {@link readVariantValues}.
 */
export async function readLdakWeights(path: string): Promise<LdakWeights> {
  const table = await readVariantValues(path, ['Weight'], 0);
  return { path, count: table.count, weightOf: table.valueOf };
}

/** What is known of the weight of each variant, a column an array. */
export interface LdakWeightTable {
  readonly id: readonly string[];
  /** Whether a weight was computed, the variant was thinned away (its weight is 0), or it was filtered out before. */
  readonly state: readonly ('weighted' | 'thinned' | 'filtered')[];
  readonly weight: Float64Array;
  /** Variants in the window, itself included; no whole numbers where far ones count less (`decayed`). */
  readonly neighbours: Float64Array;
  /** Sum of r² over them. */
  readonly tagging: Float64Array;
  /** Sum of r² times weight over them; 1 where the weights even out all LD. */
  readonly check: Float64Array;
  readonly decayed: boolean;
}

/** Writes LDAK's `weights.all` (every variant) and `weights.short` (those with a weight above 0). */
export async function writeLdakWeights(prefix: string, table: LdakWeightTable): Promise<void> {
  const { decayed, weight } = table;
  const all = await OutputFile.create(`${prefix}.weights.all`);
  const short = await OutputFile.create(`${prefix}.weights.short`);
  const columns = decayed ? 'Eff_Neighbours Eff_Tagging' : 'Neighbours Tagging';
  const allRows = new RowWriter(all).text(`Predictor Weight ${columns} Info Check`).endLine();
  const shortRows = new RowWriter(short);
  for (const [v, id] of table.id.entries()) {
    allRows.text(id);
    if (table.state[v] === 'filtered') allRows.text(' NA NA NA NA NA');
    else if (table.state[v] === 'thinned') allRows.text(' 0 0 0 0 0');
    else {
      allRows.text(' ').decimals(weight[v], 6).text(' ');
      allRows.decimals(table.neighbours[v], decayed ? 3 : 0).text(' ');
      allRows.decimals(table.tagging[v], 3).text(' 1.000 ').decimals(table.check[v], 3);
    }
    allRows.endLine();
    if (weight[v] > 0) shortRows.text(id).text(' ').decimals(weight[v], 6).endLine();
    if (allRows.full) await allRows.flush();
    if (shortRows.full) await shortRows.flush();
  }
  await allRows.flush();
  await shortRows.flush();
  await all.finish();
  await short.finish();
}
