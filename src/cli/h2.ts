import { cohortFlags, countCohort, openCohort } from '../cohort/cohort.js';
import { HeredityError } from '../errors.js';
import { formatBytes, formatCount } from '../estimate/number.js';
import { packedStride } from '../kernels/kernels.js';
import { DEFAULT_METHODS, loadMethod, methodNames } from '../methods/catalogue.js';
import { estimateAll } from '../methods/estimate-all.js';
import { methodFacts, methodTitle } from '../methods/facts.js';
import { caseShareFlags, resultFlags } from '../options/common-flags.js';
import { defaultsOf, defineFlags, list, string } from '../options/flags.js';
import { textTable } from '../report/table.js';
import { resultOutputs, writeResult } from '../report/write-result.js';
import { defineCommand } from './command.js';

const METHOD = { heading: 'Method' } as const;

export const h2 = defineCommand({
  description:
    'Estimates the SNP-heritability of every trait by several methods on the same people and variants, in one table and one ' +
    'picture, with what each method estimates and assumes. What methods share (counting, LD scores, weights, association) is ' +
    'computed once. A method that cannot be used on these data says why, and the others go on.',
  flags: defineFlags({
    ...cohortFlags,
    report: resultFlags.report,
    methods: list('methods, in the order of the table; "heredity h2 --plan" lists them all', {
      ...METHOD,
      default: DEFAULT_METHODS,
      defaultText: DEFAULT_METHODS.join(','),
    }),
    blocks: string(
      'blocks of GRE: chromosome, genome, count:K, or a file (chr start end [name], or ID block)',
      { ...METHOD, default: 'chromosome', placeholder: 'blocks' },
    ),
    ...caseShareFlags,
  }),
  examples: [
    {
      line: 'heredity h2 --bfile study --pheno traits.txt --covar age-sex-pcs.txt --out study',
      what: 'every trait by five methods',
    },
    {
      line: 'heredity h2 --bfile study --pheno traits.txt --methods gre,greml,ldms-mc,he,sldsc-maf,sumher-ldak --out study',
      what: 'by methods of your choice',
    },
  ],
  outputs: resultOutputs('h2'),
  async run(flags, run) {
    const names = await Promise.all(flags.methods.map(async (text) => (await loadMethod(text)).facts.name));
    const twice = names.find((name, k) => names.indexOf(name) < k);
    if (twice !== undefined)
      throw new HeredityError('usage', '--methods names a method twice', {
        value: twice,
        fix: 'name it once',
      });
    const open = await openCohort(flags, run, false);
    try {
      if (flags.plan) {
        const bytes = packedStride(open.people.count) * open.variants.length;
        run.log.result(
          `${formatCount(open.people.count)} people, ${formatCount(open.variants.length)} variants before filters on genotypes, ${open.traits.length} traits; genotypes ${formatBytes(bytes)}\n\n${methodTable(names)}`,
        );
        return;
      }
      const cohort = await countCohort(open, flags, run);
      const optionsOf = (name: string): Readonly<Record<string, unknown>> => options.get(name) ?? {};
      const options = new Map(
        await Promise.all(
          names.map(async (name) => [name, defaultsOf((await loadMethod(name)).method.options)] as const),
        ),
      );
      const findings = await estimateAll(cohort, { ...flags, methods: names, optionsOf }, run);
      await writeResult(run, findings, {
        out: flags.out,
        name: 'h2',
        report: flags.report,
        titleOf: methodTitle,
      });
      run.log.result(`\n${methodTable(names)}`);
    } finally {
      await open.close();
    }
  },
});

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
