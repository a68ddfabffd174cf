import { HeredityError } from '../errors.js';
import { growingFloat64 } from './growing-array.js';
import { IdIndex } from './id-index.js';
import { OutputFile } from './output.js';
import { RowWriter } from './row-writer.js';
import { type Line, readLines } from './text.js';

/** LDAK weights by variant. */
export interface LdakWeights {
  readonly path: string;
  readonly count: number;
  /** Weight of a variant; undefined where the file does not have it, which in a .short file stands for 0. */
  weightOf(id: string): number | undefined;
}

/**
 * Reads LDAK weights: `weights.short` (variant, weight), `weights.all` (with a header that begins with Predictor Weight), or any
 * file whose first two columns are these. NA, LDAK's mark for variants that were filtered out, is 0.
 * @throws HeredityError `bad-input` with the line, for weights that are negative or no numbers and for repeated variants.
 */
export async function readLdakWeights(path: string): Promise<LdakWeights> {
  const ids = new IdIndex();
  const weights = growingFloat64();
  await readLines(path, (line) => {
    if (line.fields < 2)
      throw line.error(undefined, 'the line has 1 field', { expected: 'variant and weight' });
    if (line.number === 1 && isHeader(line)) return;
    ids.addFromLine(line.text(0), line, 0, (id) => ({ what: `variant ${id}` }));
    weights.push(readWeight(line));
  });
  if (ids.count === 0) throw new HeredityError('bad-input', 'the file has no weights', { file: path });
  const values = weights.toArray();
  return { path, count: ids.count, weightOf: (id) => values[ids.indexOf(id)] };
}

function isHeader(line: Line): boolean {
  return Number.isNaN(line.numeric(1)) && !line.isNotAvailable(1);
}

function readWeight(line: Line): number {
  if (line.isNotAvailable(1)) return 0;
  const weight = line.numeric(1);
  if (weight >= 0 && Number.isFinite(weight)) return weight;
  throw line.error(1, 'the weight is not a number of at least 0');
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
