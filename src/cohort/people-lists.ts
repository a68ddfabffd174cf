import { HeredityError } from '../errors.js';
import { formatCount } from '../estimate/number.js';
import type { SampleTable } from '../formats/fam.js';
import { readSampleList } from '../formats/id-list.js';
import { createMask, maskHas, type SampleMask } from '../genotypes/sample-mask.js';
import type { RecordedRun } from '../run.js';

/**
 * The people of a run whom a file lists.
 * @param flag by which the file was given.
 * @throws HeredityError `mismatch` where none of them is there.
 */
export async function listedPeople(
  path: string,
  flag: string,
  samples: SampleTable,
  people: SampleMask,
  { provenance, log }: Pick<RecordedRun, 'provenance' | 'log'>,
): Promise<SampleMask> {
  provenance.input(path);
  const list = await readSampleList(path);
  const isListed = list.among(samples);
  const found = createMask(samples.count, (i) => isListed[i] === 1 && maskHas(people, i));
  if (found.count === 0)
    throw new HeredityError('mismatch', `nobody whom ${flag} lists is among the people of the run`, {
      file: path,
      fix: 'give FID and IID as they stand in the genotype files, or IID alone',
    });
  if (found.count < list.count)
    log.info(
      `${flag}: of the ${formatCount(list.count)} people that ${path} lists, ${formatCount(found.count)} are in the run`,
    );
  return found;
}
