import { HeredityError } from '../../errors.js';
import { readDelimitedTable } from '../../formats/delimited-table.js';
import type { Provenance } from '../../provenance.js';
import type { Cell, WeightKind } from '../../study/grids.js';

export interface WeightFlags {
  readonly weights: string | undefined;
  readonly ldScores: string | undefined;
}

type Weights = (kind: Exclude<WeightKind, 'none'>) => Promise<Float64Array>;

/**
 * The weights of a study's variants by kind: LDAK weights (a variant that the file does not list has weight 0, as LDAK
 * leaves those out) and inverse LD scores.
 * @param ids IDs of the study's variants.
 */
export function studyWeights(
  { weights, ldScores }: WeightFlags,
  ids: readonly string[],
  provenance: Provenance,
): Weights {
  const made = new Map<string, Promise<Float64Array>>();
  const make: Record<Exclude<WeightKind, 'none'>, () => Promise<Float64Array>> = {
    ldak: () => readWeights(weights!, ids),
    'ld-score': () => readInverseScores(ldScores!, ids),
  };
  for (const path of [weights, ldScores]) if (path !== undefined) provenance.input(path);
  return (kind) => {
    if (!made.has(kind)) made.set(kind, make[kind]());
    return made.get(kind)!;
  };
}

/** @throws HeredityError `usage` where a cell needs weights that are not given. */
export function checkWeightFlags({ weights, ldScores }: WeightFlags, cells: readonly Cell[]): void {
  const missing = cells.find(
    (cell) => (cell.weights === 'ldak' && !weights) || (cell.weights === 'ld-score' && !ldScores),
  );
  if (!missing) return;
  const flag = missing.weights === 'ldak' ? '--weights' : '--ld-scores';
  throw new HeredityError('usage', `cell ${missing.id} needs ${flag}`, {
    fix: `give ${flag}, or choose other cells, such as --cells '*_none'`,
  });
}

async function readWeights(path: string, ids: readonly string[]): Promise<Float64Array> {
  const found = await readColumn(path, ['Predictor', 'SNP'], ['Weight', 'weight'], ids);
  return found.map((value) => (Number.isNaN(value) ? 0 : value));
}

async function readInverseScores(path: string, ids: readonly string[]): Promise<Float64Array> {
  const scores = await readColumn(path, ['SNP'], ['L2'], ids);
  const bad = scores.findIndex((score) => !(score > 0));
  if (bad < 0) return scores.map((score) => 1 / score);
  const absent = Number.isNaN(scores[bad]!);
  throw new HeredityError('mismatch', `variant ${ids[bad]} has ${absent ? 'no' : 'a negative'} LD score`, {
    file: path,
    fix: 'compute LD scores on the same variants and people, or leave the variant out with --exclude',
  });
}

/** Values by variant ID, NaN where the file does not list a variant. */
async function readColumn(
  path: string,
  idNames: readonly string[],
  valueNames: readonly string[],
  ids: readonly string[],
): Promise<Float64Array> {
  const table = await readDelimitedTable(path);
  const nameOf = (names: readonly string[]) => names.find((name) => table.has(name)) ?? names[0]!;
  const values = table.numbers(nameOf(valueNames));
  const byId = new Map(table.texts(nameOf(idNames)).map((id, row) => [id, values[row]!]));
  const found = Float64Array.from(ids, (id) => byId.get(id) ?? Number.NaN);
  if (found.every(Number.isNaN)) {
    throw new HeredityError('mismatch', 'the file lists none of the variants', {
      file: path,
      fix: 'check that its IDs agree with the .bim file',
    });
  }
  return found;
}
