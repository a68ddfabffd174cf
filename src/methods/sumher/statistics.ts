import { HeredityError } from '../../errors.js';
import { formatCount } from '../../estimate/number.js';
import type { SumherTrait } from '../../estimators/sumher/selection.js';
import { effectSign } from '../../formats/alleles.js';
import { readTestStatistics } from '../../formats/ldak-summaries.js';
import type { TaggingFile } from '../../formats/tagging.js';
import { largeFloat64 } from '../../kernels/memory.js';

/** A trait's statistics by the taggings' variants, and what was lost on the way. */
export interface NamedStatistics extends SumherTrait {
  readonly name: string;
  /** Variants of the taggings for which there is no row. */
  readonly absent: number;
  /** Those whose row has other alleles. */
  readonly otherAlleles: number;
  /** Rows of the statistics that are of other variants, or lack a value. */
  readonly unused: number;
}

/** Fewer of the taggings' variants than this share in the statistics mean that something is wrong with the IDs. */
const SUSPICIOUS_OVERLAP = 0.1;

/**
 * Reads statistics and brings them into the order of the taggings. Alleles have to be the same two, in either order and on either strand:
 * squared statistics have no sign, so that nothing is lost by ambiguous ones.
 * @throws HeredityError `mismatch` where variants are absent and `allowMissing` is off, or hardly any is there.
 */
export async function statisticsFromFile(
  name: string,
  path: string,
  taggings: TaggingFile,
  allowMissing: boolean,
): Promise<NamedStatistics> {
  const table = await readTestStatistics(path);
  const statistics = largeFloat64(taggings.variants).fill(Number.NaN);
  const n = largeFloat64(taggings.variants);
  let absent = 0;
  let otherAlleles = 0;
  let example: string | undefined;
  const rows = table.ids.rowsOf(taggings.ids);
  for (let j = 0; j < rows.length; j++) {
    const row = rows[j];
    if (row < 0) {
      absent++;
      example ??= taggings.ids.text(j);
    } else if (
      effectSign(table.allele1[row], table.allele2[row], taggings.allele1[j], taggings.allele2[j]) === 0
    )
      otherAlleles++;
    else {
      statistics[j] = table.statistics[row];
      n[j] = table.n[row];
    }
  }
  const found = taggings.variants - absent;
  const count = formatCount(taggings.variants);
  if (found < SUSPICIOUS_OVERLAP * Math.min(taggings.variants, table.count)) {
    throw new HeredityError(
      'mismatch',
      `${formatCount(found)} of the ${count} variants of the taggings are in the file`,
      {
        file: path,
        expected: `IDs such as ${example}`,
      },
    );
  }
  if (absent > 0 && !allowMissing) {
    throw new HeredityError(
      'mismatch',
      `${formatCount(absent)} of the ${count} variants of the taggings have no statistic, such as ${example}`,
      {
        file: path,
        expected: 'a statistic for every variant: variants that the association filtered out may tag less',
        fix: 'pass --allow-missing to go on without them',
      },
    );
  }
  if (otherAlleles === found) {
    throw new HeredityError('mismatch', 'no variant has the alleles of the taggings', {
      file: path,
      value: `${table.allele1[0]}/${table.allele2[0]}`,
    });
  }
  const unused = table.count - found + table.skipped;
  return { name, statistics, n, absent, otherAlleles, unused };
}
