import { cohortFlags, countCohort, openCohort } from '../cohort/cohort.js';
import { formatBytes, formatCount } from '../estimate/number.js';
import { packedStride } from '../kernels/kernels.js';
import { loadMethod } from '../methods/catalogue.js';
import { estimateAll } from '../methods/estimate-all.js';
import { methodFacts, methodTitle } from '../methods/facts.js';
import { caseShareFlags, resultFlags } from '../options/common-flags.js';
import type { FlagValues } from '../options/flags.js';
import { resultOutputs, writeResult } from '../report/write-result.js';
import type { Command } from './command.js';
import { defineCommand } from './command.js';

/** The command of a method of the catalogue: its flags are those of every cohort and the method's own options. */
export async function methodCommand(name: string): Promise<Command> {
  const { method } = await loadMethod(name);
  const facts = methodFacts(name);
  const flags = { ...cohortFlags, report: resultFlags.report, ...caseShareFlags, ...method.options };
  return defineCommand({
    description: `${facts.title}: ${facts.summary}. What it estimates: ${facts.what}. What it assumes: ${facts.assumption}. To be cited: ${facts.citation}.`,
    flags,
    examples: [
      {
        line: `heredity ${name} --bfile study --pheno traits.txt --covar age-sex-pcs.txt --out study`,
        what: 'all traits of the table',
      },
    ],
    outputs: resultOutputs(name),
    resultName: () => name,
    async run(values, run) {
      const given = values as FlagValues<typeof cohortFlags & typeof resultFlags & typeof caseShareFlags>;
      const open = await openCohort(given, run, false);
      try {
        if (given.plan) {
          const bytes = packedStride(open.people.count) * open.variants.length;
          run.log.result(
            `${formatCount(open.people.count)} people, ${formatCount(open.variants.length)} variants before filters on genotypes, ${open.traits.length} traits; genotypes ${formatBytes(bytes)}`,
          );
          return;
        }
        const cohort = await countCohort(open, given, run);
        const findings = await estimateAll(
          cohort,
          { ...given, methods: [name], optionsOf: () => values, blocks: 'chromosome' },
          run,
        );
        await writeResult(run, findings, {
          out: given.out,
          name,
          report: given.report,
          titleOf: methodTitle,
        });
      } finally {
        await open.close();
      }
    },
  });
}
