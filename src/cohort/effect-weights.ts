import { HeredityError } from '../errors.js';
import { formatCount } from '../estimate/number.js';
import type { VariantTable } from '../formats/bim.js';
import { readLdScores } from '../formats/ld-score.js';
import { readLdakWeights } from '../formats/ldak-weights.js';
import { defineFlags, type FlagValues, path } from '../options/flags.js';
import type { RecordedRun } from '../run.js';

const ARCHITECTURE = { heading: 'Genetic architecture' } as const;

export const weightFlags = defineFlags({
  weights: path(
    'weight of each variant, in one of LDAK files; effect variances are in proportion',
    ARCHITECTURE,
  ),
  ldScores: path('LD scores (<prefix>.l2.ldscore.gz); the weight of a variant is one over its score', {
    ...ARCHITECTURE,
    placeholder: 'prefix',
  }),
});

/**
 * The weight of each variant of the run, in their order; undefined without weights. A variant that LDAK's list leaves out
 * has weight 0.
 * @param variants indices in the table.
 * @throws HeredityError `usage` where both kinds are given, `mismatch` where variants have no LD score or no weight at all.
 */
export async function readWeights(
  { weights, ldScores }: FlagValues<typeof weightFlags>,
  table: VariantTable,
  variants: Int32Array,
  context: RecordedRun,
): Promise<Float64Array | undefined> {
  if (weights !== undefined && ldScores !== undefined) {
    throw new HeredityError('usage', '--weights and --ld-scores both give weights', {
      fix: 'give one of them',
    });
  }
  if (weights !== undefined) return weightsOf(weights, table, variants, context);
  return ldScores === undefined ? undefined : inverseScores(ldScores, table, variants, context);
}

async function weightsOf(
  file: string,
  table: VariantTable,
  variants: Int32Array,
  { provenance, log }: RecordedRun,
): Promise<Float64Array> {
  provenance.input(file);
  const list = await readLdakWeights(file);
  const known = Array.from(variants, (v) => list.weightOf(table.id[v]));
  const absent = known.filter((weight) => weight === undefined).length;
  if (absent === variants.length) throw noMatch(file, absent, table, variants);
  if (absent > 0) log.info(`${formatCount(absent)} variants are not in ${file}: their weight is 0`);
  return Float64Array.from(known, (weight) => weight ?? 0);
}

async function inverseScores(
  prefix: string,
  table: VariantTable,
  variants: Int32Array,
  { provenance }: RecordedRun,
): Promise<Float64Array> {
  const { ids, scores, columns, files } = await readLdScores([prefix]);
  for (const file of files) provenance.input(file);
  if (columns.length > 1) {
    throw new HeredityError(
      'mismatch',
      'the LD scores are partitioned, and one over which is meant is not clear',
      {
        file: files[0],
        value: columns.join(', '),
        expected: 'one column of scores',
      },
    );
  }
  const rows = Array.from(variants, (v) => ids.indexOf(table.id[v]));
  const absent = rows.filter((row) => row < 0).length;
  if (absent > 0) throw noMatch(files[0], absent, table, variants);
  return Float64Array.from(rows, (row, k) => {
    if (scores[row] > 0) return 1 / scores[row];
    throw new HeredityError('bad-input', `the LD score of ${table.id[variants[k]]} has no reciprocal`, {
      file: files[0],
      value: scores[row],
      expected: 'a number above 0',
    });
  });
}

function noMatch(file: string, absent: number, table: VariantTable, variants: Int32Array): HeredityError {
  return new HeredityError(
    'mismatch',
    `${formatCount(absent)} of ${formatCount(variants.length)} variants are not in the file`,
    {
      file,
      expected: `IDs such as ${table.id[variants[0]]}`,
      ...(absent < variants.length && { fix: 'leave the others out with --extract' }),
    },
  );
}
