import {
  type ComponentsOfPeople,
  componentsMemory,
  componentsOfPeople,
} from '../../ancestry/components-of-people.js';
import { type Cohort, countCohort, type OpenCohort, openCohort } from '../../cohort/cohort.js';
import { cohortPlan } from '../../cohort/cohort-plan.js';
import { genotypesOnlyFlags, requireTwoCopies, withoutTables } from '../../cohort/genotypes-only.js';
import { listedPeople } from '../../cohort/people-lists.js';
import { indepPairwise, pruningRule } from '../../cohort/pruning.js';
import { prunedAmong, relatedPairs, withoutRelatives } from '../../cohort/unrelated-people.js';
import { formatCount } from '../../estimate/number.js';
import type { SampleMask } from '../../genotypes/sample-mask.js';
import { analysisSetFlags } from '../../options/analysis-set-flags.js';
import { componentsFlags } from '../../options/components-flags.js';
import { type FlagValues, fraction, withoutDefault } from '../../options/flags.js';
import { roundFlags } from '../../options/part-flags.js';
import { inRounds } from '../../parts/division.js';
import type { Plan } from '../../plan.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { writePca } from './components-files.js';

const flags = {
  ...genotypesOnlyFlags,
  ...roundFlags,
  ...componentsFlags,
  kingCutoff: fraction(
    'instead of --unrelated: find people of whom no two have a larger KING-robust kinship (0.0442: none of the third degree or closer)',
    { heading: 'Samples', max: 0.5, insteadOf: ['unrelated'] },
  ),
  indepPairwise: withoutDefault(indepPairwise, 'no pruning'),
  longRangeLd: { ...analysisSetFlags.longRangeLd, goesWith: ['indepPairwise'] },
};

type PcaFlags = FlagValues<typeof flags>;

export const pca = defineCommand({
  description:
    'Principal components of the relationship matrix, of unrelated people and variants in approximate linkage equilibrium ' +
    '(--unrelated, --extract). Everybody else is projected on them, and stretched by what projection shrinks, so that they ' +
    'lie where they would if the components were of them too. A component that is one region of LD rather than ancestry is ' +
    'named, and so are people far from the main group.',
  flags,
  examples: [
    {
      line: 'heredity pca --bfile study --extract pruned.prune.in --unrelated unrelated.txt --out study',
      what: 'components of unrelated people, everybody on them',
    },
    {
      line: 'heredity pca --bfile study --king-cutoff 0.0442 --indep-pairwise 500kb,0.2 --out study',
      what: 'unrelated people are found, and variants pruned, in the run',
    },
  ],
  outputs: [
    { file: '<out>.eigenvec', what: 'components of everybody, as plink2 writes them' },
    { file: '<out>.eigenval', what: 'eigenvalues, one a line' },
    { file: '<out>.eigenvec.allele', what: 'loadings as allele weights, for plink2 --score' },
    {
      file: '<out>.pca.tsv',
      what: 'one row a person: projected or not, distance from the main group, outlier',
    },
    { file: '<out>.pca.outliers', what: 'FID IID of outliers, for --remove' },
    { file: '<out>.pca.json', what: 'components and how well they are known, losses, provenance' },
    { file: '<out>.pca.svg, <out>.scree.svg', what: 'people on two components; eigenvalues; also .png' },
    { file: '<out>.pca.log', what: 'what was printed' },
  ],
  async plan(values, run) {
    const open = await openCohort(withoutTables(values), run, { variantIds: false, draws: true });
    try {
      requireTwoCopies('principal components', open, values.autosomeNum);
      return planOf(values, open);
    } finally {
      await open.close();
    }
  },
  async run(values, given) {
    const context = inRounds(given);
    const open = await openCohort(withoutTables(values), context, { variantIds: false, draws: true });
    try {
      requireTwoCopies('principal components', open, values.autosomeNum);
      const cohort = await countCohort(open, withoutTables(values), context);
      const unrelated = await whoseComponents(values, context, cohort);
      const variants = await whichVariants(values, context, cohort, unrelated);
      const found = await componentsOfPeople(
        {
          source: cohort.fileset.source,
          pool: cohort.pool,
          table: cohort.fileset.variants,
          variants,
          unrelated,
          people: cohort.people,
          memory: open.memory,
        },
        { count: values.pcs, seed: values.seed },
        context,
      );
      warnOf(found, values, context);
      await writePca(values, context, cohort, found);
    } finally {
      await open.close();
    }
  },
});

/** The people whom the components are of. */
async function whoseComponents(
  { unrelated, kingCutoff }: PcaFlags,
  context: RecordedRun,
  cohort: Cohort,
): Promise<SampleMask> {
  const { fileset, people, variants, memory } = cohort;
  if (unrelated !== undefined)
    return listedPeople(unrelated, '--unrelated', fileset.samples, people, context);
  if (kingCutoff !== undefined) {
    const { pairs } = await relatedPairs(cohort, variants, people, { kingCutoff, memory }, context);
    const found = withoutRelatives(people, pairs);
    context.log.info(
      `${formatCount(pairs.length)} pairs have kinship above ${kingCutoff}: components are of ${formatCount(found.count)} people without relatives, and ${formatCount(people.count - found.count)} are projected`,
    );
    return found;
  }
  context.log.info(
    'components are of everybody: relatives among them can make components of their own (name people of whom no two are related with --unrelated, or find them with --king-cutoff 0.0442)',
  );
  return people;
}

/** The variants that count. */
async function whichVariants(
  { indepPairwise: rule, longRangeLd }: PcaFlags,
  context: RecordedRun,
  cohort: Cohort,
  unrelated: SampleMask,
): Promise<Int32Array> {
  if (rule === undefined) return cohort.variants;
  const options = { indepPairwise: pruningRule(rule)!, longRangeLd, memory: cohort.memory };
  const kept = await prunedAmong(cohort, cohort.variants, unrelated, options, context);
  context.log.info(
    `--indep-pairwise: ${formatCount(kept.length)} of ${formatCount(cohort.variants.length)} variants count`,
  );
  return kept;
}

function planOf({ pcs, unrelated }: PcaFlags, open: OpenCohort): Plan {
  const { people, variants, memory } = open;
  const { genotypes, vectors } = componentsMemory(people.count, variants.length, pcs);
  const room = Math.max(0, memory - vectors);
  const step = {
    name: 'components',
    variants: variants.length,
    how: genotypes > room ? 'streamed' : 'in memory',
    memory: { genotypes: Math.min(genotypes, room), vectors },
    work: undefined,
  };
  const whose = unrelated === undefined ? '' : ` of the people in ${unrelated}`;
  return {
    ...cohortPlan(open, { passes: 2, steps: [step], about: [`${pcs} components${whose}`] }),
    notes: [
      'Beside the passes that count: about 10 to 30 for components, as many again where people are projected.',
    ],
  };
}

function warnOf(
  { people, isUnrelated, determined, components }: ComponentsOfPeople,
  { pcs }: PcaFlags,
  context: RecordedRun,
): void {
  const { log } = context;
  if (determined < pcs)
    log.info(
      `${determined === 0 ? 'no component is' : `components from PC${determined + 1} on are not`} clearly above what follows (eigenvalues within 5 %): ${determined === 0 ? 'the people look like one group' : 'these are directions of noise, or weak structure'}`,
    );
  const projected = people.length - isUnrelated.reduce((sum, own) => sum + own, 0);
  const plain = components.flatMap(({ stretch }, k) => (stretch === null ? [`PC${k + 1}`] : []));
  if (projected > 0 && plain.length > 0)
    log.warn(
      `the shrinkage of projections is not known for ${plain.join(', ')}: there the ${formatCount(projected)} people who are projected lie nearer to 0 than they should`,
    );
}
