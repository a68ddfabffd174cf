import { HeredityError } from '../errors.js';
import type { SampleTable } from './fam.js';
import { growingUint8 } from './growing-array.js';
import { IdIndex } from './id-index.js';
import { sexOf } from './psam.js';
import { describeSample, sampleKey } from './sample-id.js';
import { readLines } from './text.js';

const HEADER = 'ID_1 ID_2 missing, and a second line 0 0 0';

/**
 * Reads an Oxford .sample file, which names the samples of a BGEN file: ID_1 becomes the family ID, ID_2 the individual
 * ID, and a column `sex` is read.
 * @throws HeredityError `bad-input` with the line, for whatever is malformed, and for a repeated sample.
 */
export async function readOxfordSample(path: string): Promise<SampleTable> {
  const samples = new IdIndex();
  const familyId: string[] = [];
  const individualId: string[] = [];
  const sex = growingUint8();
  let names: string[] | undefined;
  let hasTypes = false;
  let sexColumn = -1;
  await readLines(path, (line) => {
    if (names === undefined) {
      names = Array.from({ length: line.fields }, (_, k) => line.text(k).toLowerCase());
      if (names[0] !== 'id_1' || names[1] !== 'id_2')
        throw line.error(0, 'this is not an Oxford .sample file', { expected: HEADER });
      sexColumn = names.indexOf('sex');
      return;
    }
    line.expectFields(names.length, names.join(', '));
    if (!hasTypes) {
      hasTypes = true;
      if (line.text(0) !== '0' || line.text(1) !== '0')
        throw line.error(0, 'the line of column types is missing', { expected: HEADER });
      return;
    }
    const family = line.text(0);
    const individual = line.text(1);
    samples.addFromLine(sampleKey(family, individual), line, 1, describeSample);
    familyId.push(family);
    individualId.push(individual);
    sex.push(sexColumn < 0 ? 0 : sexOf(line.text(sexColumn)));
  });
  if (samples.count === 0) throw new HeredityError('bad-input', 'there are no samples', { file: path });
  return sampleTable(familyId, individualId, sex.toArray());
}

/** Samples of which only IDs and sex are known. */
export function sampleTable(
  familyId: readonly string[],
  individualId: readonly string[],
  sex: Uint8Array = new Uint8Array(individualId.length),
): SampleTable {
  const count = individualId.length;
  const unknown = new Array<string>(count).fill('0');
  return {
    count,
    familyId,
    individualId,
    fatherId: unknown,
    motherId: unknown,
    sex,
    phenotype: new Array<string>(count).fill('-9'),
  };
}
