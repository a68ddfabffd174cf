import { type Cohort, cohortFlags, countCohort, openCohort as open } from '../cohort/cohort.js';
import { HeredityError } from '../errors.js';
import type { Estimate, Findings } from '../estimate/estimate.js';
import { loadMethod } from '../methods/catalogue.js';
import { differencesFlag } from '../methods/differences-flag.js';
import { estimateAll } from '../methods/estimate-all.js';
import { blocksFlag } from '../methods/gre/options.js';
import { caseShareFlags } from '../options/common-flags.js';
import type { FlagValues } from '../options/flags.js';
import type { LossRecord } from '../provenance.js';
import { type ResultDocument, resultDocument } from '../report/result-json.js';
import type { RecordedRun } from '../run.js';
import { type OptionsOf, readOptions, withoutTerminal } from './options.js';
import { libraryRun, type Watching } from './run.js';

const flags = {
  ...withoutTerminal(cohortFlags),
  ...caseShareFlags,
  blocks: blocksFlag,
  ...differencesFlag,
};

/**
 * Where genotypes, traits and covariates are, and which people and variants count, by the names of the flags of
 * `heredity h2`: one of `bfile`, `pfile`, `bgen`, `vcf`, then `pheno`, and perhaps `covar`, `maf`, `keep`, `seed`, ….
 */
export type CohortOptions = OptionsOf<typeof flags> & Watching;

/** What every method of the library takes: traits with what they are estimated from. */
export interface Source {
  /** Names of the traits, in order. */
  readonly traits: readonly string[];
  /** What was noteworthy so far, in sentences. */
  readonly warnings: readonly string[];
  /**
   * Estimates every trait by some methods, in order.
   * @param options of each method by its name in the catalogue, such as `{ he: { vectors: 50 } }`.
   * @throws HeredityError where a method cannot be used; where there are several, only if none can.
   */
  estimate(
    methods: readonly string[],
    options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ): Promise<readonly Estimate[]>;
  /** The document of some estimates that commands write as JSON, with losses and provenance. */
  document(estimates: readonly Estimate[]): Promise<ResultDocument>;
  /** Gives back files, memory and threads. */
  close(): Promise<void>;
}

/** Genotypes of some people with their traits and covariates, matched by ID. */
export interface OpenCohort extends Source {
  /** Numbers of people with a trait, and of variants that passed the filters. */
  readonly people: number;
  readonly variants: number;
  readonly losses: { readonly samples: LossRecord; readonly variants: LossRecord };
}

/**
 * Opens genotypes and their tables, matches people by ID, counts genotypes and applies the filters.
 *
 * @example
 * const cohort = await openCohort({ bfile: 'study', pheno: 'traits.txt', covar: 'age-sex-pcs.txt' });
 * for (const { trait, h2 } of await gre(cohort)) console.log(trait, h2.value, h2.se);
 * await cohort.close();
 *
 * @throws HeredityError `usage` for options that are not as they should be; what the readers throw.
 */
export async function openCohort({ progress, signal, ...given }: CohortOptions): Promise<OpenCohort> {
  const values = readOptions(flags, given);
  if (values.pheno === undefined)
    throw new HeredityError('usage', 'option pheno is missing', { expected: 'the phenotype table' });
  const warnings: string[] = [];
  const watching = { ...(progress && { progress }), ...(signal && { signal }) };
  const run = libraryRun('library', values, watching, (text) => warnings.push(text));
  const all = { ...values, out: '', quiet: true, plan: false };
  const opened = await open(all, run, { variantIds: false });
  try {
    return new LibraryCohort(await countCohort(opened, all, run), values, run, warnings);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

class LibraryCohort implements OpenCohort {
  readonly traits: readonly string[];
  readonly warnings: readonly string[];
  readonly #cohort: Cohort;
  readonly #values: FlagValues<typeof flags>;
  readonly #run: RecordedRun;
  #runWarnings: Findings['warnings'] = [];

  constructor(
    cohort: Cohort,
    values: FlagValues<typeof flags>,
    run: RecordedRun,
    warnings: readonly string[],
  ) {
    this.#cohort = cohort;
    this.#values = values;
    this.#run = run;
    this.traits = cohort.traits.map(({ name }) => name);
    this.warnings = warnings;
  }

  get people(): number {
    return this.#cohort.people.count;
  }

  get variants(): number {
    return this.#cohort.variants.length;
  }

  get losses() {
    const { sampleLosses, variantLosses } = this.#cohort;
    return { samples: sampleLosses.toJSON(), variants: variantLosses.toJSON() };
  }

  async estimate(
    methods: readonly string[],
    options: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
  ): Promise<readonly Estimate[]> {
    const loaded = await Promise.all(methods.map(loadMethod));
    for (const name of Object.keys(options))
      if (!loaded.some(({ facts }) => facts.name === name))
        throw new HeredityError('usage', `options for ${name}, which is not among the methods`, {
          expected: loaded.map(({ facts }) => facts.name).join(', '),
        });
    const own = new Map(
      loaded.map(({ facts, method }) => [facts.name, readOptions(method.options, options[facts.name] ?? {})]),
    );
    const findings = await estimateAll(
      this.#cohort,
      {
        ...this.#values,
        methods: loaded.map(({ facts }) => facts.name),
        optionsOf: (name) => own.get(name) ?? {},
      },
      this.#run,
    );
    this.#runWarnings = findings.warnings;
    return findings.estimates;
  }

  async document(estimates: readonly Estimate[]): Promise<ResultDocument> {
    const record = await this.#run.provenance.finish();
    return resultDocument({ estimates, pairs: [], warnings: this.#runWarnings }, record);
  }

  close(): Promise<void> {
    return this.#cohort.close();
  }
}
