import { type CohortFlags, cohortFlags, countCohort, openCohort } from '../cohort/cohort.js';
import { HeredityError } from '../errors.js';
import { formatBytes, formatCount } from '../estimate/number.js';
import { packedStride } from '../kernels/kernels.js';
import { loadMethod, methodNames } from '../methods/catalogue.js';
import { estimateAll } from '../methods/estimate-all.js';
import { methodFacts, methodTitle } from '../methods/facts.js';
import { caseShareFlags } from '../options/common-flags.js';
import { defaultsOf, defineFlags, type FlagValues, list, string } from '../options/flags.js';
import { textTable } from '../report/table.js';
import { writeResult } from '../report/write-result.js';
import type { RecordedRun } from '../run.js';

const METHOD = { heading: 'Method' } as const;

/** Flags of commands that run several methods on the same people. @param defaults methods that run by default. */
export function severalMethodsFlags(command: string, defaults: readonly string[]) {
  return defineFlags({
    ...cohortFlags,
    methods: list(`methods, in the order of the table; "heredity ${command} --plan" lists them all`, {
      ...METHOD,
      default: defaults,
      defaultText: defaults.join(','),
    }),
    blocks: string(
      'blocks of GRE: chromosome, genome, count:K, or a file (chr start end [name], or ID block)',
      { ...METHOD, default: 'chromosome', placeholder: 'blocks' },
    ),
    ...caseShareFlags,
  });
}

type SeveralMethodsFlags = CohortFlags & FlagValues<ReturnType<typeof severalMethodsFlags>>;

/**
 * Runs the methods and writes what they found.
 * @param name of the command, in the names of files. @param pairs whether pairs of traits are wanted, which takes two traits.
 */
export async function runSeveralMethods(
  flags: SeveralMethodsFlags,
  run: RecordedRun,
  { name, pairs }: { readonly name: string; readonly pairs: boolean },
): Promise<void> {
  const names = await Promise.all(flags.methods.map(async (text) => (await loadMethod(text)).facts.name));
  const twice = names.find((own, k) => names.indexOf(own) < k);
  if (twice !== undefined)
    throw new HeredityError('usage', '--methods names a method twice', {
      value: twice,
      fix: 'name it once',
    });
  const open = await openCohort(flags, run, false);
  try {
    if (pairs && open.traits.length < 2)
      throw new HeredityError('usage', 'a genetic correlation needs at least two traits', {
        ...(flags.pheno !== undefined && { file: flags.pheno }),
        fix: 'take more columns of the phenotype table (--pheno-name)',
      });
    if (flags.plan) {
      const bytes = packedStride(open.people.count) * open.variants.length;
      run.log.result(
        `${formatCount(open.people.count)} people, ${formatCount(open.variants.length)} variants before filters on genotypes, ${open.traits.length} traits; genotypes ${formatBytes(bytes)}\n\n${methodTable(names)}`,
      );
      return;
    }
    const cohort = await countCohort(open, flags, run);
    const optionsOf = (own: string): Readonly<Record<string, unknown>> => options.get(own) ?? {};
    const options = new Map(
      await Promise.all(
        names.map(async (own) => [own, defaultsOf((await loadMethod(own)).method.options)] as const),
      ),
    );
    const findings = await estimateAll(cohort, { ...flags, methods: names, optionsOf, pairs }, run);
    await writeResult(run, findings, { out: flags.out, name, titleOf: methodTitle });
    run.log.result(`\n${methodTable(names)}`);
  } finally {
    await open.close();
  }
}

/** What each method takes for granted: of those that run, and with a plan of all. */
function methodTable(chosen: readonly string[]): string {
  return textTable(
    [
      { name: 'method', value: (name: string) => name },
      { name: 'runs', value: (name) => (chosen.includes(name) ? 'yes' : '-') },
      { name: 'assumes', value: (name) => methodFacts(name).assumption },
    ],
    methodNames(),
  );
}
