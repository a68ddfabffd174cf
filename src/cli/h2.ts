import { cohortFlags } from '../cohort/cohort.js';
import { HeredityError } from '../errors.js';
import { loadMethod, methodNames } from '../methods/catalogue.js';
import type { MethodsRun } from '../methods/estimate-all.js';
import { methodFacts, methodTitle } from '../methods/facts.js';
import { blocksFlag } from '../methods/gre/options.js';
import { planMethods, runMethods } from '../methods/run-methods.js';
import { caseShareFlags } from '../options/common-flags.js';
import { defaultsOf, defineFlags, list } from '../options/flags.js';
import { textTable } from '../report/table.js';
import { resultOutputs, writeResult } from '../report/write-result.js';
import { defineCommand } from './command.js';

const METHOD = { heading: 'Method' } as const;

/** Quick methods that assume different things: what they disagree on says something about the trait. */
const DEFAULT_METHODS = ['gre', 'he', 'reml-mc', 'ldsc', 'sumher-hd'].filter((name) =>
  methodNames().includes(name),
);

export const h2 = defineCommand({
  description:
    'Estimates the SNP-heritability of every trait by several methods on the same people and variants, in one table and one ' +
    'picture, with what each method estimates and assumes. What methods share (counting, LD scores, weights, association) is ' +
    'computed once. A method that cannot be used on these data says why, and the others go on.',
  flags: defineFlags({
    ...cohortFlags,
    methods: list('methods, in the order of the table; "heredity h2 --plan" lists them all', {
      ...METHOD,
      default: DEFAULT_METHODS,
      defaultText: DEFAULT_METHODS.join(','),
    }),
    blocks: blocksFlag,
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
  async plan(flags, run) {
    const own = await methodsOf(flags);
    const plan = await planMethods({ ...flags, ...own }, run);
    return { ...plan, notes: [...(plan.notes ?? []), methodTable(own.methods)] };
  },
  async run(flags, run) {
    const own = await methodsOf(flags);
    const findings = await runMethods({ ...flags, ...own }, run);
    await writeResult(run, findings, { out: flags.out, name: 'h2', titleOf: methodTitle });
    run.log.result(`\n${methodTable(own.methods)}`);
  },
});

/** The methods by their names in the catalogue, each with its defaults. */
async function methodsOf({
  methods,
}: {
  readonly methods: readonly string[];
}): Promise<Pick<MethodsRun, 'methods' | 'optionsOf'>> {
  const loaded = await Promise.all(methods.map(loadMethod));
  const names = loaded.map(({ facts }) => facts.name);
  const twice = names.find((name, k) => names.indexOf(name) < k);
  if (twice !== undefined)
    throw new HeredityError('usage', '--methods names a method twice', { value: twice, fix: 'name it once' });
  const options = new Map(loaded.map(({ facts, method }) => [facts.name, defaultsOf(method.options)]));
  return { methods: names, optionsOf: (name) => options.get(name) ?? {} };
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
