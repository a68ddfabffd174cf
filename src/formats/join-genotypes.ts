import { HeredityError } from '../errors.js';
import { DOSAGE_ROWS } from '../kernels/variant-rows.js';
import { chromosomeLabel, type VariantTable } from './bim.js';
import type { SampleTable } from './fam.js';
import type { Genotypes } from './genotypes.js';
import { type HardCallReport, joinReports } from './hard-calls.js';
import { IdIndex } from './id-index.js';
import type { VariantRows } from './record-source.js';
import { sampleKey } from './sample-id.js';

/**
 * One source of several files with the same people, whose variants follow each other.
 * @throws HeredityError `mismatch` where people differ, `bad-input` where a chromosome is in pieces or a variant is there twice.
 */
export function joinGenotypes(files: readonly Genotypes[], notes: readonly string[]): Genotypes {
  const [first] = files;
  if (first === undefined) throw new HeredityError('internal', 'there are no genotypes to join');
  if (files.length === 1) return { ...first, notes: [...notes, ...first.notes] };
  for (const other of files.slice(1)) if (other.samples !== first.samples) checkSamePeople(first, other);
  const starts = [0];
  for (const { variants } of files) starts.push(starts.at(-1)! + variants.count);
  const { variants, repeated } = joinVariants(files);
  const own = files.flatMap((file) => file.notes);
  if (repeated > 0)
    own.push(`${repeated} variants have an ID of another file; in this run CHR:POS:REF:ALT is added to it`);
  return {
    paths: files.flatMap(({ paths }) => paths).filter((path, k, all) => all.indexOf(path) === k),
    sampleFile: first.sampleFile,
    variantFile: first.variantFile,
    samples: first.samples,
    variants,
    totalVariants: files.reduce((sum, file) => sum + file.totalVariants, 0),
    notes: [...notes, ...own],
    source: joinRows(
      files.map(({ source }) => source),
      starts,
      1,
    ),
    dosages: joinDosages(files, starts),
    hardCalls(chosen) {
      const byFile: number[][] = files.map(() => []);
      for (const v of chosen) {
        const k = starts.findLastIndex((start) => start <= v);
        byFile[k].push(v - starts[k]);
      }
      const reports = files.map((file, k) => file.hardCalls(byFile[k]));
      const some = reports.filter((report): report is HardCallReport => report !== undefined);
      return some.length > 0 ? joinReports(some) : undefined;
    },
    async close() {
      for (const file of files) await file.close();
    },
  };
}

function joinDosages(files: readonly Genotypes[], starts: readonly number[]): VariantRows | undefined {
  const parts = files.flatMap(({ dosages }) => dosages ?? []);
  return parts.length === files.length ? joinRows(parts, starts, DOSAGE_ROWS) : undefined;
}

/** @param starts first variant of each file, and their number. */
function joinRows(files: readonly VariantRows[], starts: readonly number[], rows: number): VariantRows {
  return {
    rows,
    anyStride: files.every(({ anyStride }) => anyStride === true),
    async readVariants(from, count, target, stride) {
      const size = rows * stride;
      for (const [k, file] of files.entries()) {
        const begin = Math.max(from, starts[k]);
        const end = Math.min(from + count, starts[k + 1]);
        if (begin >= end) continue;
        const own = target.subarray((begin - from) * size, (end - from) * size);
        await file.readVariants(begin - starts[k], end - begin, own, stride);
      }
    },
  };
}

function checkSamePeople(a: Genotypes, b: Genotypes): void {
  const keys = ({ familyId, individualId, count }: SampleTable) =>
    Array.from({ length: count }, (_, i) => sampleKey(familyId[i], individualId[i]));
  const [ours, theirs] = [keys(a.samples), keys(b.samples)];
  const different = ours.findIndex((key, i) => key !== theirs[i]);
  if (different < 0 && ours.length === theirs.length) return;
  const name = (key: string) => key.replace('\t', ' ');
  const fail = (problem: string) => {
    throw new HeredityError('mismatch', problem, {
      file: b.sampleFile,
      expected: 'the same people in the same order in every file',
      fix: 'bring them into one order, such as with plink2 --indiv-sort file LIST --make-pgen',
    });
  };
  const absentThere = ours.find(notIn(theirs));
  if (absentThere !== undefined) fail(`sample ${name(absentThere)} of ${a.sampleFile} is not in this file`);
  const absentHere = theirs.find(notIn(ours));
  if (absentHere !== undefined) fail(`sample ${name(absentHere)} is not in ${a.sampleFile}`);
  fail(
    `sample ${different + 1} is ${name(theirs[different])}, and ${name(ours[different])} in ${a.sampleFile}`,
  );
}

function notIn(keys: readonly string[]): (key: string) => boolean {
  const set = new Set(keys);
  return (key) => !set.has(key);
}

function joinVariants(files: readonly Genotypes[]): { variants: VariantTable; repeated: number } {
  const tables = files.map((file) => file.variants);
  const count = tables.reduce((sum, table) => sum + table.count, 0);
  const centimorgan = new Float64Array(count);
  const position = new Int32Array(count);
  const ids = new IdIndex();
  const chromosome: string[] = [];
  const allele1: string[] = [];
  const allele2: string[] = [];
  const ended = new Map<string, string>();
  let repeated = 0;
  let last = '';
  for (const [k, table] of tables.entries()) {
    const file = files[k].variantFile;
    centimorgan.set(table.centimorgan, ids.count);
    position.set(table.position, ids.count);
    for (let v = 0; v < table.count; v++) {
      const label = chromosomeLabel(table.chromosome[v]);
      if (label !== last) {
        const earlier = ended.get(label);
        if (earlier !== undefined) {
          throw new HeredityError(
            'bad-input',
            `chromosome ${table.chromosome[v]} ended in ${earlier}, and here it is again`,
            {
              file,
              expected: 'the variants of a chromosome together',
              fix: 'name the files in the order of the genome',
            },
          );
        }
        if (last !== '') ended.set(last, files[Math.max(0, v === 0 ? k - 1 : k)].variantFile);
        last = label;
      }
      if (ids.add(table.id[v]) >= 0) {
        repeated++;
        const place = `${table.chromosome[v]}:${table.position[v]}:${table.allele2[v]}:${table.allele1[v]}`;
        if (ids.add(`${table.id[v]}:${place}`) >= 0) {
          throw new HeredityError('bad-input', `variant ${table.id[v]} is in two of the files`, { file });
        }
      }
      chromosome.push(table.chromosome[v]);
      allele1.push(table.allele1[v]);
      allele2.push(table.allele2[v]);
    }
  }
  return { variants: { count, chromosome, id: ids.ids, centimorgan, position, allele1, allele2 }, repeated };
}
