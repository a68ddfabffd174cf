import { HeredityError } from '../../errors.js';
import { formatCount } from '../../estimate/number.js';
import { FREQUENCY_ENDINGS, readFrequencies } from '../../formats/frequency.js';
import type { GwasRow, GwasTable } from '../../formats/gwas/table.js';
import { IdTable } from '../../formats/id-table.js';
import { filesOfName } from '../../formats/per-chromosome.js';
import { readVariantPlaces } from '../../formats/variant-places.js';
import type { RecordedRun } from '../../run.js';
import { FrequencyCheck, type FrequencyComparison } from '../../sumstats/frequency-check.js';
import type { MungePlan } from '../../sumstats/plan.js';
import { placeColumns, RenamedRows, type RenamingCounts } from '../../sumstats/renamed-rows.js';
import { referenceFacts } from '../ref/reference-facts.js';
import type { MungeFlags } from './munge-flags.js';

/** How variants got their IDs, for the result. */
export interface NamingReport {
  readonly record: {
    readonly ids: 'reference' | 'position';
    readonly reference: string;
    /** Of the reference; null where nobody has said it. */
    readonly build: string | null;
    readonly counts: RenamingCounts;
  };
  readonly warnings: readonly string[];
}

/**
 * Reads the reference of --positions, and says how variants will be named.
 * @returns undefined without --positions.
 * @throws HeredityError `mismatch` where the builds that were said differ.
 */
export async function openNames(
  { positions, ids, build, sumstats }: MungeFlags,
  table: GwasTable,
  plan: MungePlan,
  { log, progress, provenance }: RecordedRun,
): Promise<{ readonly rows: RenamedRows; finish(): NamingReport } | undefined> {
  if (positions === undefined) return undefined;
  const set = referenceFacts(positions);
  const own = set?.build;
  if (build !== undefined && own !== undefined && plainBuild(build) !== plainBuild(own))
    throw new HeredityError(
      'mismatch',
      `the positions of ${sumstats} are of ${build}, those of ${set!.name} of ${own}`,
      {
        file: positions,
        fix: 'give a reference of the same build',
      },
    );
  const reading = progress.phase('positions of the reference');
  const reference = await readVariantPlaces(positions);
  reading.end();
  for (const file of reference.files) provenance.input(file);
  const called = set
    ? `${set.name} (${own ?? 'build not said'})`
    : `${positions} (build ${build ?? 'not said'})`;
  const rows = new RenamedRows(table, plan, reference, ids);
  const places = placeColumns(table);
  const from = places ? `${table.names[places.chromosome]} and ${table.names[places.position]}` : 'the IDs';
  const alleles =
    reference.pair === undefined ? 'which has no alleles: by position alone' : 'and alleles on either strand';
  log.info(
    `IDs ${ids === 'reference' ? 'by' : 'are'} positions, read from ${from}, among ${formatCount(reference.ids.count)} variants of ${called}, ${alleles}`,
  );
  if (reference.repeated > 0)
    log.warn(`${formatCount(reference.repeated)} variants of ${called} are left out: their IDs came before`);
  if (own === undefined && build === undefined)
    log.warn(
      `nobody has said of which genome build the positions of ${called} are: "heredity ref add" keeps it, --build names it`,
    );
  return {
    rows,
    finish() {
      const warnings = rows.warnings(table.file, called);
      const { byPlace, byId, unknown, alleles, several } = rows.counts;
      log.info(
        `Variants named: ${formatCount(byPlace)} by position, ${formatCount(byId)} by their ID; not named: ${formatCount(unknown)} not there, ${formatCount(alleles)} with other alleles, ${formatCount(several)} that several fit`,
      );
      const record = { ids, reference: positions, build: own ?? build ?? null, counts: rows.counts };
      return { record, warnings };
    },
  };
}

/** How allele frequencies compare with those of a reference. */
export interface AncestryReport {
  readonly record: FrequencyComparison & { readonly reference: string; readonly ancestry: string | null };
  readonly warnings: readonly string[];
}

/**
 * Reads the frequencies of --ref-frq.
 * @returns undefined without it. @throws HeredityError `usage` where the file has no frequencies to compare.
 */
export async function openFrequencyCheck(
  { refFrq, sumstats }: MungeFlags,
  { snp, frequency }: MungePlan,
  { provenance }: RecordedRun,
): Promise<{ add(row: GwasRow): void; finish(): AncestryReport } | undefined> {
  if (refFrq === undefined) return undefined;
  if (frequency === undefined)
    throw new HeredityError('usage', 'there are no allele frequencies to compare with --ref-frq', {
      file: sumstats,
      fix: 'name their column with --frq, or leave out --ref-frq',
    });
  const set = referenceFacts(refFrq);
  const files = await filesOfName(refFrq, FREQUENCY_ENDINGS, 'allele frequencies');
  for (const file of files) provenance.input(file);
  const reference = await readFrequencies(files);
  const ids = new IdTable();
  const known: number[] = []; // the first of each ID
  for (let row = 0; row < reference.count; row++)
    if (ids.add(reference.ids.text(row)) < 0) known.push(reference.frequency[row]);
  const check = new FrequencyCheck();
  return {
    add(row) {
      const place = row.indexIn(ids, snp);
      if (place >= 0) check.add(row.numeric(frequency), known[place]);
    },
    finish() {
      const called = set ? `${set.name} (${set.ancestry ?? 'ancestry not said'})` : refFrq;
      const record = { ...check.comparison, reference: refFrq, ancestry: set?.ancestry ?? null };
      return { record, warnings: check.warnings(called) };
    },
  };
}

/** `37` for GRCh37, hg19 and b37. */
function plainBuild(text: string): string {
  const number = /\d+/.exec(text)?.[0] ?? text.toLowerCase();
  return ({ 18: '36', 19: '37' } as Record<string, string>)[number] ?? number;
}
