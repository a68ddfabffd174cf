import { countCohort, openCohort } from '../../cohort/cohort.js';
import { cohortPlan } from '../../cohort/cohort-plan.js';
import { requireTwoCopies, withoutTables } from '../../cohort/genotypes-only.js';
import { indepPairwise, prune, pruningRule } from '../../cohort/pruning.js';
import { qualityFlags } from '../../cohort/quality.js';
import { formatCount } from '../../estimate/number.js';
import { writeOutput } from '../../formats/output.js';
import { writeDocument } from '../../report/write-document.js';
import { defineCommand } from '../command.js';

export const pruneCommand = defineCommand({
  description:
    "Variants in approximate linkage equilibrium, by the rule of PLINK's --indep-pairwise: no two of a window keep an r² above " +
    'the limit, and of two the one with the smaller minor allele frequency goes. r² is that of hard calls of founders. For ' +
    'principal components leave out regions of long-range LD too (--exclude-region lrld37 or lrld38).',
  flags: { ...qualityFlags, indepPairwise },
  examples: [
    { line: 'heredity prune --bfile study --maf 0.01 --out study', what: 'windows of 500 kb, r² up to 0.2' },
    {
      line: 'heredity prune --bfile study --indep-pairwise 50,5,0.2 --exclude-region lrld37 --out study',
      what: 'windows of 50 variants, without regions of long-range LD',
    },
  ],
  outputs: [
    { file: '<out>.prune.in', what: 'IDs of the variants that are kept (for --extract)' },
    { file: '<out>.prune.out', what: 'IDs of those that are removed' },
    { file: '<out>.prune.json', what: 'rule, losses, provenance (schema in docs/schemas)' },
    { file: '<out>.prune.log', what: 'what was printed' },
  ],
  async plan(values, run) {
    const open = await openCohort(withoutTables({ ...values, seed: 1 }), run);
    try {
      requireTwoCopies('pruning', open, values.autosomeNum);
      return cohortPlan(open, { passes: 2, about: [ruleInWords(pruningRule(values.indepPairwise)!)] });
    } finally {
      await open.close();
    }
  },
  async run(values, context) {
    const flags = withoutTables({ ...values, seed: 1 });
    const rule = pruningRule(values.indepPairwise)!;
    const open = await openCohort(flags, context);
    try {
      requireTwoCopies('pruning', open, values.autosomeNum);
      const { id } = open.fileset.variants;
      const inWords = ruleInWords(rule);
      const cohort = await countCohort(open, flags, context, true);
      const { kept, removed } = await prune(cohort, rule, values, context);
      const files = [`${values.out}.prune.in`, `${values.out}.prune.out`];
      for (const [f, list] of [kept, removed].entries())
        await writeOutput(files[f], Array.from(list, (v) => `${id[v]}\n`).join(''));
      await writeDocument(context, {
        out: values.out,
        name: 'prune',
        schema: 'heredity/prune@1',
        fields: {
          files,
          people: cohort.people.count,
          rule,
          kept: kept.length,
          removed: removed.length,
        },
        said: `${inWords}: ${formatCount(kept.length)} of ${formatCount(cohort.variants.length)} variants kept, ${formatCount(removed.length)} removed`,
        written: files,
      });
    } finally {
      await open.close();
    }
  },
});

function ruleInWords(rule: NonNullable<ReturnType<typeof pruningRule>>): string {
  return rule.unit === 'kb'
    ? `windows of ${rule.window} kb, r² up to ${rule.r2}`
    : `windows of ${formatCount(rule.window)} variants moved by ${rule.step}, r² up to ${rule.r2}`;
}
