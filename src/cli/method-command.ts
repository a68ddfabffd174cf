import { cohortFlags } from '../cohort/cohort.js';
import { loadMethod } from '../methods/catalogue.js';
import { methodFacts, methodTitle } from '../methods/facts.js';
import { blocksFlag } from '../methods/gre/options.js';
import { type MethodsFlags, planMethods, runMethods } from '../methods/run-methods.js';
import { caseShareFlags, resultFlags } from '../options/common-flags.js';
import type { Plan } from '../plan.js';
import { resultOutputs, writeResult } from '../report/write-result.js';
import type { RecordedRun } from '../run.js';
import type { Command } from './command.js';
import { defineCommand } from './command.js';

/** The command of a method of the catalogue: its flags are those of every cohort and the method's own options. */
export async function methodCommand(name: string): Promise<Command> {
  const { method } = await loadMethod(name);
  const facts = methodFacts(name);
  const flags = {
    ...cohortFlags,
    report: resultFlags.report,
    ...(method.byBlocks && { blocks: blocksFlag }),
    ...method.options,
    ...caseShareFlags,
  };
  return defineCommand({
    description: `${facts.title}: ${facts.summary}. What it estimates: ${facts.what}. What it assumes: ${facts.assumption}. To be cited: ${facts.citation}.`,
    flags,
    examples: [
      {
        line: `heredity ${name} --bfile study --pheno traits.txt --covar age-sex-pcs.txt --out study`,
        what: 'all traits of the table',
      },
    ],
    outputs: resultOutputs(name, method.natives?.outputs),
    resultName: () => name,
    plan: (values, run) => planOfMethod(name, values as unknown as MethodValues, run),
    run: (values, run) => estimateByMethod(name, values as unknown as MethodValues, run),
  });
}

/** Values of the flags of every cohort, beside which stand those of the method's options. */
export type MethodValues = Omit<
  MethodsFlags,
  'methods' | 'optionsOf' | 'blocks' | 'prevalence' | 'ascertainment'
> &
  Partial<Pick<MethodsFlags, 'optionsOf' | 'blocks' | 'prevalence' | 'ascertainment'>> & {
    readonly report?: boolean;
  };

/** From genotypes to files by one method of the catalogue: what its command does, and what commands with other inputs do too. */
export async function estimateByMethod(name: string, values: MethodValues, run: RecordedRun): Promise<void> {
  const { method } = await loadMethod(name);
  const findings = await runMethods(ofMethod(name, values), run);
  const { out, report } = values;
  await writeResult(run, findings, {
    out,
    name,
    report,
    nativePrefixes: method.natives?.prefixes,
    titleOf: methodTitle,
  });
}

/** What {@link estimateByMethod} would take. */
export function planOfMethod(name: string, values: MethodValues, run: RecordedRun): Promise<Plan> {
  return planMethods(ofMethod(name, values), run);
}

function ofMethod(name: string, values: MethodValues): MethodsFlags {
  return {
    prevalence: undefined,
    ascertainment: undefined,
    blocks: 'chromosome',
    optionsOf: () => values,
    ...values,
    methods: [name],
  };
}
