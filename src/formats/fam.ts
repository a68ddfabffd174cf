import { HeredityError } from '../errors.js';
import { growingUint8 } from './growing-array.js';
import { OutputFile } from './output.js';
import { RowWriter } from './row-writer.js';
import { SampleIds, type SampleNames } from './sample-ids.js';
import { readLines } from './text.js';

/** Samples in file order, a column an array. */
export interface SampleTable extends SampleNames {
  readonly count: number;
  /** Family and individual ID together are distinct. Of a table from a file the text is made when it is asked for first. */
  readonly familyId: readonly string[];
  readonly individualId: readonly string[];
  /** `0` where the father is not known. */
  readonly fatherId: readonly string[];
  readonly motherId: readonly string[];
  /** 1 male, 2 female, 0 not known. */
  readonly sex: Uint8Array;
  /** As written; `-9` mostly stands for missing. */
  readonly phenotype: readonly string[];
  /** Where the file has no family IDs: all are `0`, and other tables match these samples by individual ID alone. */
  readonly withoutFamilies?: boolean;
  /** Whether the file has more columns than PLINK's six, which are not read. */
  readonly moreColumns?: boolean;
}

/** Samples of whom no more is known, or wanted, than their number. */
export function unnamedSamples(count: number, moreColumns: boolean): SampleTable {
  const notRead = (): never => {
    throw new HeredityError('internal', 'the table of samples was not read');
  };
  return {
    count,
    moreColumns,
    get ids() {
      return notRead();
    },
    get familyId() {
      return notRead();
    },
    get individualId() {
      return notRead();
    },
    get fatherId() {
      return notRead();
    },
    get motherId() {
      return notRead();
    },
    get sex() {
      return notRead();
    },
    get phenotype() {
      return notRead();
    },
  };
}

const FIELDS = 'family ID, individual ID, father, mother, sex, phenotype';

/**
 * Reads a PLINK .fam file. As in PLINK, a sex other than 1 or 2 is not known. More columns, such as further phenotypes, may
 * follow the six, the same number on every line.
 * @throws HeredityError `bad-input` with the line, for a wrong number of fields or a repeated sample.
 */
export async function readFam(path: string): Promise<SampleTable> {
  const ids = new SampleIds();
  const fatherId: string[] = [];
  const motherId: string[] = [];
  const phenotype: string[] = [];
  const sex = growingUint8();
  let fields: number | undefined;
  await readLines(path, (line) => {
    fields ??= Math.max(6, line.fields);
    line.expectFields(
      fields,
      fields === 6 ? FIELDS : `${FIELDS}, and ${fields - 6} more as on the first line`,
    );
    ids.addFromLine(line, 0, 1);
    fatherId.push(line.symbol(2));
    motherId.push(line.symbol(3));
    const code = line.symbol(4);
    sex.push(code === '1' ? 1 : code === '2' ? 2 : 0);
    phenotype.push(line.symbol(5));
  });
  if (ids.count === 0) throw new HeredityError('bad-input', 'there are no samples', { file: path });
  return {
    count: ids.count,
    ids,
    get familyId() {
      return ids.families();
    },
    get individualId() {
      return ids.individuals();
    },
    fatherId,
    motherId,
    sex: sex.toArray(),
    phenotype,
    ...((fields ?? 6) > 6 && { moreColumns: true }),
  };
}

/** Writes a PLINK .fam file. */
export async function writeFam(path: string, samples: SampleTable): Promise<void> {
  const file = await OutputFile.create(path);
  const rows = new RowWriter(file);
  for (let i = 0; i < samples.count; i++) {
    rows.text(samples.familyId[i]).text('\t').text(samples.individualId[i]).text('\t');
    rows.text(samples.fatherId[i]).text('\t').text(samples.motherId[i]).text('\t');
    rows.integer(samples.sex[i]).text('\t').text(samples.phenotype[i]).endLine();
    if (rows.full) await rows.flush();
  }
  await rows.flush();
  await file.finish();
}
