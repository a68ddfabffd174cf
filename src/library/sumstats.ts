import { traitNames } from '../cohort/trait-names.js';
import { HeredityError } from '../errors.js';
import type { Estimate } from '../estimate/estimate.js';
import { type LdscFlags, ldscFlags } from '../methods/ldsc/flags.js';
import { estimateFromSumstats } from '../methods/ldsc/from-sumstats.js';
import { methodOfScores } from '../methods/ldsc/reference.js';
import { type ResultDocument, resultDocument } from '../report/result-json.js';
import type { RecordedRun } from '../run.js';
import type { Source } from './cohort.js';
import { type OptionsOf, readOptions, withoutTerminal } from './options.js';
import { libraryRun, type Watching } from './run.js';

const flags = withoutTerminal(ldscFlags);

/**
 * Summary statistics (`sumstats`, files of LDSC's format) and the LD scores that they are regressed on (`refLdChr` or `refLd`,
 * `wLdChr` or `wLd`), with the other options of `heredity ldsc` by the names of its flags.
 */
export type SumstatsOptions = Omit<OptionsOf<typeof flags>, 'h2' | 'rg' | 'h2Cts'> & {
  readonly sumstats: readonly string[];
} & Watching;

/**
 * Takes summary statistics in the place of genotypes, for the methods that need none: LDSC, and S-LDSC where the LD scores
 * have several annotations.
 *
 * @example
 * const gwas = await openSumstats({ sumstats: ['bmi.sumstats.gz'], refLdChr: 'eur_w_ld_chr/', wLdChr: 'eur_w_ld_chr/' });
 * const [bmi] = await ldsc(gwas);
 *
 * @throws HeredityError `usage` for options that are not as they should be.
 */
export async function openSumstats(options: SumstatsOptions): Promise<Source> {
  const { sumstats, progress, signal, ...given } = options;
  if (!Array.isArray(sumstats) || sumstats.length === 0)
    throw new HeredityError('usage', 'option sumstats is missing', {
      expected: 'a list of files in the format of LDSC',
    });
  const values = { ...readOptions(flags, given), out: '', quiet: true, plan: false, report: false };
  const warnings: string[] = [];
  const watching = { ...(progress && { progress }), ...(signal && { signal }) };
  const run = libraryRun('library', { ...values, sumstats }, watching, (text) => warnings.push(text));
  return new LibrarySumstats(sumstats, values, run, warnings);
}

class LibrarySumstats implements Source {
  readonly traits: readonly string[];
  readonly warnings: readonly string[];
  readonly #files: readonly string[];
  readonly #values: LdscFlags;
  readonly #run: RecordedRun;

  constructor(files: readonly string[], values: LdscFlags, run: RecordedRun, warnings: readonly string[]) {
    this.#files = files;
    this.#values = values;
    this.#run = run;
    this.traits = traitNames(files);
    this.warnings = warnings;
  }

  async estimate(methods: readonly string[]): Promise<readonly Estimate[]> {
    const own = await methodOfScores(this.#values);
    const other = methods.find((name) => name !== own);
    if (other !== undefined)
      throw new HeredityError('usage', `${other} cannot be had from these summary statistics and LD scores`, {
        expected: own,
        fix: other.includes('ldsc')
          ? 'ldsc takes one LD score, sldsc those of several annotations'
          : 'open genotypes and traits with openCohort',
      });
    return estimateFromSumstats(this.#files, this.#values, this.#run);
  }

  async document(estimates: readonly Estimate[]): Promise<ResultDocument> {
    const record = await this.#run.provenance.finish();
    return resultDocument({ estimates, pairs: [], warnings: [] }, record);
  }

  async close(): Promise<void> {}
}
