import { conditioned } from '../association/conditioning.js';
import { type Covariate, type Trait, traitProblems } from '../association/design.js';
import { HeredityError } from '../errors.js';
import { formatCount } from '../estimate/number.js';
import { type CovariateColumn, readCovariates } from '../formats/covariate.js';
import { type SampleTable, unnamedSamples } from '../formats/fam.js';
import { readSampleList } from '../formats/id-list.js';
import {
  asTrait,
  type NumericColumn,
  type Trait as ReadTrait,
  readPhenotypes,
} from '../formats/phenotype.js';
import type { SampleValues } from '../formats/sample-table.js';
import { createMask, maskHas, maskIndices, type SampleMask } from '../genotypes/sample-mask.js';
import { commonToParts } from '../parts/division.js';
import { type ColumnRecord, type LossRecord, LossTable } from '../provenance.js';
import type { RecordedRun, RunContext } from '../run.js';
import { FEW_PEOPLE, matchRows, SUSPICIOUS_OVERLAP, sayLoss } from './match-rows.js';
import {
  covariatesForRecord,
  covariatesInWords,
  covariateWarnings,
  traitsForRecord,
  traitsInWords,
  traitWarnings,
} from './table-columns.js';

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
  readonly present: number;
  readonly cases: number;
  readonly controls: number;
  /** What was taken off the values as they stand in the table, once they were divided by `unit`. */
  readonly offset: number;
  readonly unit: number;
  /** Position among the traits that were asked for, counted from 0; some of them may have been left out. */
  readonly position: number;
  /** How many traits were asked for. */
  readonly requested: number;
}

export interface SampleFlags {
  readonly keep: string | undefined;
  readonly remove: string | undefined;
  readonly pheno: string | undefined;
  readonly phenoName: readonly string[] | undefined;
  readonly covar: string | undefined;
  readonly covarName: readonly string[] | undefined;
  readonly catcovar?: readonly string[] | undefined;
  readonly qcovar?: readonly string[] | undefined;
  readonly missingCode?: readonly string[] | undefined;
  readonly allowSmallOverlap: boolean;
}

/** Says which columns of a .fam were taken, as they have no names there. */
function sayFam(
  { isFam, columns }: SampleValues<{ readonly name: string }>,
  file: string,
  log: RecordedRun['log'],
): void {
  if (!isFam) return;
  const read = columns.map(({ name }) => name).join(', ');
  log.info(`${file}: a PLINK .fam, of which ${read} is read (its columns: FID, IID, father, mother, sex, y)`);
}

/**
 * Chooses the people of a run and aligns traits and covariates to them by ID: those left by --keep and --remove who have
 * a value of some trait and of every covariate. Says how each column was read. Traits that cannot be analysed are left out
 * with a warning, unless no other is there.
 * @throws HeredityError `mismatch` where a table and the people before it hardly share anybody; `degenerate-data` where a
 *   step or a trait leaves nobody; what the readers throw.
 */
export async function selectSamples(
  fam: SampleTable,
  flags: SampleFlags,
  context: Pick<RecordedRun, 'provenance' | 'log'>,
): Promise<RunSamples> {
  const { provenance, log } = context;
  const losses = new LossTable(fam.count);
  provenance.losesSamples(losses);
  let chosen = createMask(fam.count, () => true);
  const narrow = (step: string, why: string, keeps: (sample: number) => boolean) => {
    const before = chosen;
    chosen = createMask(fam.count, (i) => maskHas(before, i) && keeps(i));
    losses.step(step, chosen.count, why);
  };
  for (const [flag, path] of [
    ['--keep', flags.keep],
    ['--remove', flags.remove],
  ] as const) {
    if (path === undefined) continue;
    provenance.input(path);
    const list = await readSampleList(path);
    const isListed = list.among(fam);
    const before = chosen.count;
    narrow(
      flag,
      flag === '--keep' ? 'not in the list' : 'in the list',
      (i) => (isListed[i] === 1) === (flag === '--keep'),
    );
    if (chosen.count === 0) {
      throw new HeredityError('mismatch', `${flag} leaves no sample of the genotype file`, {
        file: path,
        fix: 'give FID and IID as they stand in the file of samples (of BGEN the one of --sample), or IID alone',
      });
    }
    const found = flag === '--keep' ? chosen.count : before - chosen.count;
    if (found < SUSPICIOUS_OVERLAP * Math.min(list.count, before))
      log.warn(
        `${flag}: of the ${formatCount(list.count)} samples that ${path} lists, ${formatCount(found)} are among the ${formatCount(before)} of the genotypes`,
      );
  }
  const listed = chosen;

  const missing = missingCodes(flags.missingCode);
  let phenotypeRow: Int32Array = new Int32Array(fam.count);
  let phenotypes: readonly NumericColumn[] = [];
  if (flags.pheno !== undefined) {
    provenance.input(flags.pheno);
    const table = await readPhenotypes(flags.pheno, {
      ...(flags.phenoName && { names: flags.phenoName }),
      missing,
      rows: fam.count,
    });
    sayFam(table, flags.pheno, log);
    phenotypeRow = matchRows(fam, table, flags.pheno, flags.allowSmallOverlap, chosen);
    phenotypes = table.columns;
    const before = chosen.count;
    narrow('--pheno', 'no value of any trait', (i) => {
      const row = phenotypeRow[i];
      return row >= 0 && phenotypes.some(({ values }) => !Number.isNaN(values[row]));
    });
    sayLoss(
      { flag: '--pheno', what: 'a value of a trait', file: flags.pheno, rows: table.count },
      before,
      chosen.count,
      flags,
      log,
    );
  }
  let covariateRow: Int32Array = new Int32Array(fam.count);
  let columns: readonly CovariateColumn[] = [];
  const kindFlag = flags.catcovar ? '--catcovar' : flags.qcovar && '--qcovar';
  if (flags.covar === undefined && kindFlag)
    throw new HeredityError('usage', `${kindFlag} means nothing without --covar`);
  if (flags.covar !== undefined) {
    provenance.input(flags.covar);
    const table = await readCovariates(flags.covar, {
      ...(flags.covarName && { names: flags.covarName }),
      missing,
      rows: fam.count,
      categorical: flags.catcovar,
      quantitative: flags.qcovar,
    });
    sayFam(table, flags.covar, log);
    covariateRow = matchRows(fam, table, flags.covar, flags.allowSmallOverlap, chosen);
    columns = withoutEmpty(table.columns, table.count, flags.covar, log);
    const before = chosen.count;
    narrow('--covar', 'a covariate is missing', (i) => {
      const row = covariateRow[i];
      return row >= 0 && columns.every((column) => !isMissing(column, row));
    });
    sayLoss(
      { flag: '--covar', what: 'all covariates', file: flags.covar, rows: table.count },
      before,
      chosen.count,
      flags,
      log,
    );
  }
  const people = maskIndices(chosen);
  const covariateRows = people.map((i) => covariateRow[i]);
  const covariates = columns.flatMap((column) => expand(column, covariateRows, flags.covar!));
  if (columns.length > 0) log.info(covariatesInWords(columns));
  provenance.readsColumns(covariatesForRecord(columns));
  for (const column of columns)
    for (const warning of covariateWarnings(
      column,
      covariateRows,
      flags.qcovar?.includes(column.name) ?? false,
    ))
      log.warn(warning);

  const asRead: Float64Array[] = [];
  const traitRows = people.map((i) => phenotypeRow[i]);
  const traits = phenotypes.map(({ name, values }, position): RunTrait => {
    const read = valuesAt(values, traitRows);
    const trait = asTrait({ name, values: read });
    asRead.push(read);
    const own =
      trait.kind === 'quantitative'
        ? conditioned(trait.values)
        : { values: trait.values, offset: 0, unit: 1 };
    return { ...trait, ...own, position, requested: phenotypes.length };
  });
  const least = flags.allowSmallOverlap ? 0 : Math.min(FEW_PEOPLE, SUSPICIOUS_OVERLAP * people.length);
  const kept = leaveOutFailing(traits, covariates, people.length, context, flags.pheno, least);
  if (kept.length > 0) log.info(traitsInWords(kept));
  provenance.readsColumns(traitsForRecord(kept));
  for (const trait of kept) {
    const { position } = trait;
    for (const warning of traitWarnings({ ...trait, values: asRead[position] }, phenotypes[position]))
      log.warn(warning);
    if (trait.unit !== 1)
      log.warn(
        `trait ${trait.name} has values of size ${trait.unit}: it is analysed in units of that, and so are its effects and variances; shares of variance do not depend on it`,
      );
  }
  return { mask: chosen, listed, losses, traits: kept, covariates };
}

/** {@link RunSamples} as the parts of a run have them in common, with all that was said of the tables. */
interface CommonSamples extends Omit<RunSamples, 'losses'> {
  readonly losses: LossRecord;
  readonly said: readonly { readonly how: 'info' | 'warn'; readonly text: string }[];
  readonly columns: readonly ColumnRecord[];
  readonly moreColumns: boolean;
}

const COMMON_SAMPLES = 'people and traits';

/**
 * The samples of the genotypes, where {@link samplesForAllParts} will find who takes part and nobody needs their IDs: then their table
 * need not be read.
 */
export function samplesOfParts(
  flags: SampleFlags,
  { division }: Pick<RunContext, 'division'>,
): SampleTable | undefined {
  if (flags.pheno === undefined) return undefined;
  const common = division?.known?.<CommonSamples>(COMMON_SAMPLES);
  return common && unnamedSamples(common.mask.samples, common.moreColumns);
}

/**
 * {@link selectSamples}, which the parts of a run have in common: they and the merge read nothing of the tables. Their contents are verified
 * by the merge, by parts where they are small. What is said of them stands in the plan and in the merge.
 */
export async function samplesForAllParts(
  fam: SampleTable,
  flags: SampleFlags,
  context: Pick<RecordedRun, 'provenance' | 'log'> & Pick<RunContext, 'division'>,
): Promise<RunSamples> {
  const { provenance, log, division } = context;
  if (flags.pheno === undefined) return selectSamples(fam, flags, context);
  let own: RunSamples | undefined;
  const common = await commonToParts(context, COMMON_SAMPLES, async (): Promise<CommonSamples> => {
    const said: CommonSamples['said'][number][] = [];
    const saying = (how: 'info' | 'warn') => (text: string) => {
      said.push({ how, text });
      log[how](text);
    };
    const earlier = provenance.columns.length;
    const heard = { provenance, log: { ...log, info: saying('info'), warn: saying('warn') } };
    own = await selectSamples(fam, flags, heard);
    const columns = provenance.columns.slice(earlier);
    return { ...own, losses: own.losses.toJSON(), said, columns, moreColumns: fam.moreColumns ?? false };
  });
  if (own) return own;
  const { mask, listed, traits, covariates, said, columns } = common;
  for (const path of [flags.keep, flags.remove, flags.pheno, flags.covar])
    if (path !== undefined) provenance.hashes[division?.role === 'merge' ? 'addWhole' : 'add'](path);
  const losses = LossTable.of(common.losses);
  provenance.losesSamples(losses);
  if (division?.role === 'merge') {
    provenance.readsColumns(columns);
    for (const { how, text } of said) log[how](text);
  }
  return { mask, listed, traits, covariates, losses };
}

/**
 * The traits that can be analysed; others are left out with a warning that says why.
 * @param least people that a trait needs, so that a column of a few values does not stop the others.
 * @throws HeredityError of the first trait where none can be: `degenerate-data`, `mismatch` for few people.
 */
export function leaveOutFailing(
  traits: readonly RunTrait[],
  covariates: readonly Covariate[],
  people: number,
  { log }: Pick<RecordedRun, 'log'>,
  file?: string,
  least = 0,
): readonly RunTrait[] {
  const problems = traitProblems(traits, covariates, people).map((problem, t) => {
    const { name, values, present } = traits[t];
    if (values.every(Number.isNaN)) return noValue(name, file);
    return problem ?? (present < least ? fewValues(name, present, people, file) : undefined);
  });
  const kept = traits.filter((_, t) => problems[t] === undefined);
  const first = problems.find((problem) => problem !== undefined);
  if (first && kept.length === 0) throw first;
  for (const problem of problems) if (problem) log.warn(`left out of this run: ${problem.message}`);
  return kept;
}

function noValue(name: string, file: string | undefined): HeredityError {
  return new HeredityError('degenerate-data', `trait ${name} has no value for anybody in the run`, {
    ...(file !== undefined && { file }),
    fix: 'leave it out with --pheno-name',
  });
}

function fewValues(name: string, present: number, people: number, file: string | undefined): HeredityError {
  return new HeredityError(
    'mismatch',
    `trait ${name} has values for ${present} of ${formatCount(people)} people`,
    {
      ...(file !== undefined && { file }),
      fix: 'if this is meant, pass --allow-small-overlap',
    },
  );
}

/**
 * The numbers of --missing-code; undefined where the flag is not given, and readers go by the values.
 * @throws HeredityError `usage` for what is not a number.
 */
export function missingCodes(texts: readonly string[] | undefined): readonly number[] | undefined {
  if (texts === undefined) return undefined;
  if (texts.length === 1 && texts[0] === 'none') return [];
  const bad = texts.find((text) => text.trim() === '' || !Number.isFinite(Number(text)));
  if (bad !== undefined)
    throw new HeredityError('usage', '--missing-code is not a number', {
      value: bad,
      expected: 'numbers separated by commas, or none',
    });
  return texts.map(Number);
}

/** Leaves out covariates that nobody has a value of, as if the table had no such column. */
function withoutEmpty(
  columns: readonly CovariateColumn[],
  rows: number,
  file: string,
  log: RecordedRun['log'],
): readonly CovariateColumn[] {
  const empty = columns.filter(({ missing }) => missing === rows).map(({ name }) => name);
  if (empty.length === 0) return columns;
  log.warn(`${file}: covariates without any value are left out: ${empty.join(', ')}`);
  return columns.filter(({ missing }) => missing < rows);
}

/** Values of some rows; NaN where the row is -1. */
function valuesAt(values: Float64Array, rows: ArrayLike<number>): Float64Array {
  const some = new Float64Array(rows.length);
  for (let k = 0; k < rows.length; k++) some[k] = rows[k] < 0 ? Number.NaN : values[rows[k]];
  return some;
}

/** Narrows traits and covariates to some of the people of a run. */
export function keepPeople<T extends { readonly values: Float64Array }>(
  columns: readonly T[],
  kept: ArrayLike<number>,
): T[] {
  return columns.map((column) => ({ ...column, values: valuesAt(column.values, kept) }));
}

function isMissing(column: CovariateColumn, row: number): boolean {
  return column.kind === 'numeric' ? Number.isNaN(column.values[row]) : column.codes[row] < 0;
}

/** A covariate whose mean is so many standard deviations from 0 would be taken for a constant. */
const FAR_COVARIATE = 1e6;
/** Levels of a categorical covariate that are looked at twice. */
const MOST_LEVELS = 100;

/** A covariate as columns of numbers: a categorical one becomes an indicator for every level but the first. */
function expand(column: CovariateColumn, rows: Int32Array, file: string): Covariate[] {
  if (column.kind === 'numeric') {
    const { values } = conditioned(valuesAt(column.values, rows), FAR_COVARIATE);
    return [{ name: column.name, values }];
  }
  if (column.levels.length > MOST_LEVELS && 2 * column.levels.length > rows.length)
    throw new HeredityError(
      'degenerate-data',
      `covariate ${column.name} has another level for almost everybody`,
      {
        file,
        value: `${column.levels.length} levels for ${rows.length} people`,
        expected: 'categories that people share, or numbers',
        fix: 'leave it out with --covar-name',
      },
    );
  return column.levels.slice(1).map((level, k) => ({
    name: `${column.name}=${level}`,
    values: Float64Array.from(rows, (row) => (column.codes[row] === k + 1 ? 1 : 0)),
  }));
}
