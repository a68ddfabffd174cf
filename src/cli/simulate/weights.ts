import { HeredityError } from '../../errors.js';
import type { VariantTable } from '../../formats/bim.js';
import { readVariantValues } from '../../formats/variant-values.js';
import { formatCount } from '../../report/number.js';
import type { CommandContext } from '../command.js';
import { defineFlags, type FlagValues, path } from '../flags.js';

const ARCHITECTURE = { heading: 'Genetic architecture' } as const;

export const weightFlags = defineFlags({
  weights: path(
    'weight of each variant, such as LDAK writes them; effect variances are in proportion',
    ARCHITECTURE,
  ),
  ldScores: path(
    'LD score of each variant, such as LDSC writes them; the weight is one over it',
    ARCHITECTURE,
  ),
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
  { provenance, log }: CommandContext,
): Promise<Float64Array | undefined> {
  if (weights !== undefined && ldScores !== undefined) {
    throw new HeredityError('usage', '--weights and --ld-scores both give weights', {
      fix: 'give one of them',
    });
  }
  const file = weights ?? ldScores;
  if (file === undefined) return undefined;
  provenance.input(file);
  const known = await readVariantValues(file, weights ? ['Weight'] : ['L2', 'ldscore_SNP']);
  const values = Float64Array.from(variants, (v) => known.valueOf(table.id[v]!) ?? Number.NaN);
  const absent = values.filter(Number.isNaN).length;
  if (absent === variants.length || (ldScores !== undefined && absent > 0)) {
    throw new HeredityError(
      'mismatch',
      `${formatCount(absent)} of ${formatCount(variants.length)} variants are not in the file`,
      {
        file,
        expected: `IDs such as ${table.id[variants[0]!]}`,
        ...(absent < variants.length && { fix: 'leave the others out with --extract' }),
      },
    );
  }
  if (weights !== undefined) {
    if (absent > 0) log.info(`${formatCount(absent)} variants are not in ${file}: their weight is 0`);
    return values.map((value) => (Number.isNaN(value) ? 0 : value));
  }
  const notPositive = values.findIndex((value) => value <= 0);
  if (notPositive >= 0) {
    throw new HeredityError(
      'bad-input',
      `the LD score of ${table.id[variants[notPositive]!]} has no reciprocal`,
      {
        file,
        value: values[notPositive]!,
        expected: 'a number above 0',
      },
    );
  }
  return values.map((value) => 1 / value);
}
