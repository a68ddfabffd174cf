import type { Covariate, Trait } from '../association/design.js';
import { HeredityError } from '../errors.js';
import { type CovariateColumn, readCovariates } from '../formats/covariate.js';
import type { SampleTable } from '../formats/fam.js';
import { readSampleList } from '../formats/id-list.js';
import {
  asTrait,
  type NumericColumn,
  type Trait as ReadTrait,
  readPhenotypes,
} from '../formats/phenotype.js';
import { sampleKey } from '../formats/sample-id.js';
import type { SampleValues } from '../formats/sample-table.js';
import { createMask, type SampleMask } from '../genotypes/sample-mask.js';
import { LossTable, type Provenance } from '../provenance.js';

/** The people of a run, and their traits and covariates. */
export interface RunSamples {
  /** Which samples of the genotype file take part. */
  readonly mask: SampleMask;
  /** Samples left by --keep and --remove, with or without a trait. */
  readonly listed: SampleMask;
  readonly losses: LossTable;
  /** Over the people of the run, in file order. */
  readonly traits: readonly RunTrait[];
  readonly covariates: readonly Covariate[];
}

export interface RunTrait extends Trait {
  readonly kind: ReadTrait['kind'];
  readonly distinct: number;
}

export interface SampleFlags {
  readonly keep: string | undefined;
  readonly remove: string | undefined;
  readonly pheno: string | undefined;
  readonly phenoName: readonly string[] | undefined;
  readonly covar: string | undefined;
  readonly covarName: readonly string[] | undefined;
  readonly allowSmallOverlap: boolean;
}

/** Fewer matches than this share of the smaller side mean that something is wrong with the IDs. */
const SUSPICIOUS_OVERLAP = 0.1;

/**
 * Chooses the people of a run and aligns traits and covariates to them by ID: those left by --keep and --remove who have
 * a value of some trait and of every covariate.
 * @throws HeredityError `mismatch` where the tables and the genotypes hardly share anybody; what the readers throw.
 */
export async function selectSamples(
  fam: SampleTable,
  flags: SampleFlags,
  provenance: Provenance,
): Promise<RunSamples> {
  const losses = new LossTable(fam.count);
  provenance.losesSamples(losses);
  let chosen = createMask(fam.count, () => true);
  const narrow = (step: string, why: string, keeps: (sample: number) => boolean) => {
    const before = chosen;
    chosen = createMask(fam.count, (i) => ((before.bits[i >> 3]! >> (i & 7)) & 1) === 1 && keeps(i));
    losses.step(step, chosen.count, why);
  };
  for (const [flag, path] of [
    ['--keep', flags.keep],
    ['--remove', flags.remove],
  ] as const) {
    if (path === undefined) continue;
    provenance.input(path);
    const list = await readSampleList(path);
    const isListed = (i: number) => list.has(fam.familyId[i]!, fam.individualId[i]!);
    narrow(
      flag,
      flag === '--keep' ? 'not in the list' : 'in the list',
      (i) => isListed(i) === (flag === '--keep'),
    );
    if (chosen.count === 0) {
      throw new HeredityError('mismatch', `${flag} leaves no sample of the genotype file`, {
        file: path,
        fix: 'give FID and IID as they stand in the .fam file, or IID alone',
      });
    }
  }
  const listed = chosen;

  let phenotypeRow: Int32Array = new Int32Array(fam.count);
  let phenotypes: readonly NumericColumn[] = [];
  if (flags.pheno !== undefined) {
    provenance.input(flags.pheno);
    const table = await readPhenotypes(flags.pheno, flags.phenoName ? { names: flags.phenoName } : {});
    phenotypeRow = matchRows(fam, table, flags.pheno, flags.allowSmallOverlap);
    phenotypes = table.columns;
    narrow('--pheno', 'no value of any trait', (i) => {
      const row = phenotypeRow[i]!;
      return row >= 0 && phenotypes.some(({ values }) => !Number.isNaN(values[row]!));
    });
  }
  let covariateRow: Int32Array = new Int32Array(fam.count);
  let columns: readonly CovariateColumn[] = [];
  if (flags.covar !== undefined) {
    provenance.input(flags.covar);
    const table = await readCovariates(flags.covar, flags.covarName ? { names: flags.covarName } : {});
    covariateRow = matchRows(fam, table, flags.covar, flags.allowSmallOverlap);
    columns = table.columns;
    narrow('--covar', 'a covariate is missing', (i) => {
      const row = covariateRow[i]!;
      return row >= 0 && columns.every((column) => !isMissing(column, row));
    });
  }
  if (chosen.count === 0) {
    throw new HeredityError('degenerate-data', 'no sample has genotypes, a trait and all covariates', {
      ...(flags.pheno && { file: flags.pheno }),
      fix: 'look for missing values in the tables',
    });
  }
  const people = Array.from({ length: fam.count }, (_, i) => i).filter(
    (i) => ((chosen.bits[i >> 3]! >> (i & 7)) & 1) === 1,
  );
  return {
    mask: chosen,
    listed,
    losses,
    traits: phenotypes.map(({ name, values }): RunTrait => {
      const trait = asTrait({
        name,
        values: Float64Array.from(people, (i) =>
          phenotypeRow[i]! < 0 ? Number.NaN : values[phenotypeRow[i]!]!,
        ),
      });
      if (trait.present === 0) {
        throw new HeredityError('degenerate-data', `trait ${name} has no value for anybody in the run`, {
          file: flags.pheno!,
          fix: 'leave it out with --pheno-name',
        });
      }
      return trait;
    }),
    covariates: columns.flatMap((column) =>
      expand(
        column,
        people.map((i) => covariateRow[i]!),
      ),
    ),
  };
}

/** Narrows traits and covariates to some of the people of a run. */
export function keepPeople<T extends { readonly values: Float64Array }>(
  columns: readonly T[],
  kept: readonly number[],
): T[] {
  return columns.map((column) => ({ ...column, values: Float64Array.from(kept, (i) => column.values[i]!) }));
}

/**
 * Row of a table for each sample of the .fam file, -1 where it has none.
 * @throws HeredityError `mismatch` where the two hardly share anybody.
 */
export function matchRows(
  fam: SampleTable,
  table: SampleValues<unknown>,
  file: string,
  allowSmallOverlap: boolean,
): Int32Array {
  const { familyId, individualId } = table;
  const keyOf = (family: string, individual: string) =>
    familyId ? sampleKey(family, individual) : individual;
  const rows = new Map<string, number>();
  for (let row = 0; row < table.count; row++) rows.set(keyOf(familyId?.[row] ?? '', individualId[row]!), row);
  const matched = new Int32Array(fam.count);
  const takenBy = new Map<number, number>();
  for (let i = 0; i < fam.count; i++) {
    const row = rows.get(keyOf(fam.familyId[i]!, fam.individualId[i]!)) ?? -1;
    matched[i] = row;
    if (row < 0) continue;
    const other = takenBy.get(row);
    if (other !== undefined) {
      throw new HeredityError(
        'mismatch',
        `two samples of the .fam file have the individual ID ${fam.individualId[i]}`,
        {
          file,
          expected: 'individual IDs that tell samples apart, as the table has no family IDs',
          fix: 'add an FID column to the table',
        },
      );
    }
    takenBy.set(row, i);
  }
  const overlap = takenBy.size;
  const smaller = Math.min(fam.count, table.count);
  if (overlap >= SUSPICIOUS_OVERLAP * smaller && overlap > 0) return matched;
  if (overlap > 0 && allowSmallOverlap) return matched;
  throw new HeredityError(
    'mismatch',
    `${overlap} of the table's ${table.count} samples are among the ${fam.count} of the .fam file${likelyCause(fam, table)}`,
    {
      file,
      expected: 'the family and individual IDs of the .fam file',
      ...(overlap > 0 && { fix: 'if this is meant, pass --allow-small-overlap' }),
    },
  );
}

function likelyCause(fam: SampleTable, { familyId, individualId }: SampleValues<unknown>): string {
  const individuals = new Set(fam.individualId);
  const families = new Set(fam.familyId);
  const share = (ids: readonly string[] | undefined, set: Set<string>) =>
    (ids ?? []).filter((id) => set.has(id)).length / Math.max(1, ids?.length ?? 1);
  if (familyId && share(individualId, individuals) > 0.5)
    return '; the individual IDs agree and the family IDs do not: leave the FID column out to match by IID alone';
  if (familyId && share(familyId, individuals) > 0.5)
    return '; its first column holds individual IDs: swap the ID columns';
  if (!familyId && share(individualId, families) > 0.5) return '; its IDs are family IDs of the .fam file';
  return '';
}

function isMissing(column: CovariateColumn, row: number): boolean {
  return column.kind === 'numeric' ? Number.isNaN(column.values[row]!) : column.codes[row]! < 0;
}

/** A covariate as columns of numbers: a categorical one becomes an indicator for every level but the first. */
function expand(column: CovariateColumn, rows: readonly number[]): Covariate[] {
  if (column.kind === 'numeric')
    return [{ name: column.name, values: Float64Array.from(rows, (row) => column.values[row]!) }];
  return column.levels.slice(1).map((level, k) => ({
    name: `${column.name}=${level}`,
    values: Float64Array.from(rows, (row) => (column.codes[row] === k + 1 ? 1 : 0)),
  }));
}
