import { HeredityError } from '../errors.js';
import type { SampleTable } from './fam.js';
import { growingUint8 } from './growing-array.js';
import { OutputFile } from './output.js';
import { RowWriter } from './row-writer.js';
import { SampleIds } from './sample-ids.js';
import { type Line, readLines } from './text.js';

/** The family ID of samples that have none, as in PLINK 2. */
export const NO_FAMILY = '0';

const PREDEFINED = new Set(['#FID', '#IID', 'FID', 'IID', 'SID', 'PAT', 'MAT', 'SEX']);
const EXPECTED = 'a header that begins with #FID IID or #IID, or the columns of a .fam file';

interface Columns {
  /** -1 where a column is missing. */
  readonly family: number;
  readonly individual: number;
  readonly father: number;
  readonly mother: number;
  readonly sex: number;
  readonly phenotype: number;
  readonly needed: number;
}

/**
 * Reads a PLINK 2 .psam file. Without a column FID the family IDs are {@link NO_FAMILY}, and other tables match these samples
 * by individual ID alone ({@link SampleTable.withoutFamilies}).
 * @throws HeredityError `bad-input` with the line, for whatever is malformed, and for a repeated sample.
 */
export async function readPsam(path: string): Promise<SampleTable> {
  const ids = new SampleIds(NO_FAMILY);
  const fatherId: string[] = [];
  const motherId: string[] = [];
  const phenotype: string[] = [];
  const sex = growingUint8();
  let columns: Columns | undefined;
  await readLines(path, (line) => {
    if (line.startsWith('#')) {
      if (ids.count > 0) throw line.error(0, 'there is a header line after the first sample');
      const first = line.text(0);
      if (first === '#FID' || first === '#IID') columns = readHeader(line);
      return;
    }
    columns ??= columnsWithoutHeader(line);
    const { needed } = columns;
    if (line.fields < needed) {
      const problem = `the line has ${line.fields} fields instead of ${needed} or more`;
      throw line.error(undefined, problem, { expected: EXPECTED });
    }
    const text = (column: number, missing: string) => (column < 0 ? missing : line.symbol(column));
    ids.addFromLine(line, columns.family, columns.individual);
    fatherId.push(text(columns.father, '0'));
    motherId.push(text(columns.mother, '0'));
    sex.push(sexOf(text(columns.sex, '0')));
    const value = text(columns.phenotype, '-9');
    phenotype.push(/^nan?$/i.test(value) ? '-9' : value);
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
    ...(columns!.family < 0 && { withoutFamilies: true }),
  };
}

/** 1 male, 2 female, 0 not known. */
export function sexOf(text: string): number {
  if (text === '1' || text === 'M' || text === 'm') return 1;
  return text === '2' || text === 'F' || text === 'f' ? 2 : 0;
}

function readHeader(line: Line): Columns {
  const names = Array.from({ length: line.fields }, (_, k) => line.text(k));
  const repeated = names.find((name, k) => names.indexOf(name) < k);
  if (repeated !== undefined) throw line.error(names.lastIndexOf(repeated), 'two columns have the same name');
  const family = names[0] === '#FID' ? 0 : -1;
  if (family === 0 && names[1] !== 'IID') throw line.error(undefined, 'the column after #FID is not IID');
  const column = (name: string) => names.indexOf(name);
  const columns = {
    family,
    individual: family + 1,
    father: column('PAT'),
    mother: column('MAT'),
    sex: column('SEX'),
    phenotype: names.findIndex((name) => !PREDEFINED.has(name)),
  };
  return { ...columns, needed: names.length };
}

function columnsWithoutHeader(line: Line): Columns {
  if (line.fields < 5) {
    throw line.error(undefined, `the line has ${line.fields} fields and there is no header`, {
      expected: EXPECTED,
    });
  }
  const phenotype = line.fields > 5 ? 5 : -1;
  const needed = Math.min(line.fields, 6);
  return { family: 0, individual: 1, father: 2, mother: 3, sex: 4, phenotype, needed };
}

/** Writes a .psam file: parents and a phenotype where somebody has one, and families where the samples have any. */
export async function writePsam(path: string, samples: SampleTable): Promise<void> {
  const hasFamilies = !samples.withoutFamilies;
  const hasParents = [...samples.fatherId, ...samples.motherId].some((id) => id !== '0');
  const hasPhenotype = samples.phenotype.some((value) => value !== '-9');
  const file = await OutputFile.create(path);
  const rows = new RowWriter(file);
  rows.text(`${hasFamilies ? '#FID\tIID' : '#IID'}${hasParents ? '\tPAT\tMAT' : ''}\tSEX`);
  rows.text(hasPhenotype ? '\tPHENO1' : '').endLine();
  for (let i = 0; i < samples.count; i++) {
    if (hasFamilies) rows.text(samples.familyId[i]).text('\t');
    rows.text(samples.individualId[i]).text('\t');
    if (hasParents) rows.text(samples.fatherId[i]).text('\t').text(samples.motherId[i]).text('\t');
    rows.text(samples.sex[i] === 0 ? 'NA' : String(samples.sex[i]));
    if (hasPhenotype) rows.text('\t').text(samples.phenotype[i] === '-9' ? 'NA' : samples.phenotype[i]);
    rows.endLine();
    if (rows.full) await rows.flush();
  }
  await rows.flush();
  await file.finish();
}
