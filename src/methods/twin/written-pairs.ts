import { HeredityError } from '../../errors.js';
import { RESULT_SCHEMA, type TraitPair } from '../../estimate/estimate.js';
import { readFindings } from '../../estimate/read-findings.js';
import { readJson } from '../../formats/json.js';
import type { RecordedRun } from '../../run.js';

const EXPECTED =
  'a result of "heredity twin --traits", which has the genetic correlation of its traits (r_A)';

/**
 * Genetic correlations that twins have, from results that were written before.
 * @throws HeredityError `bad-input` for other files, and for results of a single trait.
 */
export async function readTwinPairs(
  files: readonly string[],
  { provenance }: Pick<RecordedRun, 'provenance'>,
): Promise<TraitPair[]> {
  const found: TraitPair[] = [];
  for (const file of files) {
    provenance.input(file);
    const document = await readJson(file, EXPECTED);
    const schema = document.optional('schema')?.text();
    if (schema !== RESULT_SCHEMA)
      throw new HeredityError('bad-input', 'this is another kind of JSON', {
        file,
        value: schema ?? 'no schema',
        expected: EXPECTED,
      });
    const pairs = readFindings(document).pairs.filter(({ method }) => method === 'twin');
    if (pairs.length === 0)
      throw new HeredityError('bad-input', 'it has no genetic correlation of twins', {
        file,
        expected: EXPECTED,
      });
    found.push(...pairs);
  }
  return found;
}

/**
 * Pairs of twins under the names of a run: the columns of both twins, `bmi1,bmi2`, are its trait `bmi` where it has one of that name.
 * @param tell what was taken for what.
 */
export function underNamesOf(
  pairs: readonly TraitPair[],
  traits: readonly string[],
  tell: (text: string) => void,
): TraitPair[] {
  const told = new Set<string>();
  const nameOf = (columns: string) => {
    const stems = new Set(columns.split(',').map((column) => column.replace(/[._]?[12]$/, '')));
    const [stem] = stems;
    if (stems.size !== 1 || stem === columns || !traits.includes(stem)) return columns;
    if (!told.has(columns)) tell(`${columns} of the twins is taken to be ${stem}`);
    told.add(columns);
    return stem;
  };
  return pairs.map((pair) => ({ ...pair, trait1: nameOf(pair.trait1), trait2: nameOf(pair.trait2) }));
}
