import {
  type ComponentsOfPeople,
  componentsMemory,
  componentsOfPeople,
} from '../../ancestry/components-of-people.js';
import { countCohort, type OpenCohort, openCohort } from '../../cohort/cohort.js';
import { genotypesOnlyFlags, withoutTables } from '../../cohort/genotypes-only.js';
import { listedPeople } from '../../cohort/people-lists.js';
import { formatBytes, formatCount } from '../../estimate/number.js';
import type { SampleMask } from '../../genotypes/sample-mask.js';
import { componentsFlags } from '../../options/components-flags.js';
import type { FlagValues } from '../../options/flags.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { writePca } from './pca-output.js';

const flags = { ...genotypesOnlyFlags, ...componentsFlags };

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
      line: 'heredity assoc --bfile study --pheno traits.txt --covar study.eigenvec --out study',
      what: 'components as covariates',
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
  async run(values, context) {
    const open = await openCohort(withoutTables(values), context, false);
    try {
      if (values.plan) {
        await plan(values, context, open);
        return;
      }
      const cohort = await countCohort(open, withoutTables(values), context);
      const unrelated = await whoseComponents(values, context, open, cohort.people);
      const found = await componentsOfPeople(
        {
          source: cohort.fileset.source,
          pool: cohort.pool,
          table: cohort.fileset.variants,
          variants: cohort.variants,
          unrelated,
          people: cohort.people,
          memory: values.memory,
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

async function whoseComponents(
  { unrelated }: PcaFlags,
  context: RecordedRun,
  { fileset }: Pick<OpenCohort, 'fileset'>,
  people: SampleMask,
): Promise<SampleMask> {
  if (unrelated !== undefined)
    return listedPeople(unrelated, '--unrelated', fileset.samples, people, context);
  context.log.info(
    'components are of everybody: relatives among them can make components of their own (--unrelated names people of whom no two are related)',
  );
  return people;
}

async function plan(values: PcaFlags, context: RecordedRun, open: OpenCohort): Promise<void> {
  const unrelated = await whoseComponents(values, context, open, open.people);
  const { genotypes, vectors } = componentsMemory(unrelated.count, open.variants.length, values.pcs);
  const room = Math.max(0, values.memory - vectors);
  context.log.result(
    `${formatCount(unrelated.count)} people make ${values.pcs} components of ${formatCount(open.variants.length)} variants before filters on genotypes; ${formatCount(open.people.count - unrelated.count)} are projected\n` +
      `Memory: ${formatBytes(vectors)} of vectors, ${formatBytes(Math.min(genotypes, room))} of genotypes${genotypes > room ? `, of which ${formatBytes(genotypes)} are read at each pass` : ''}; ${formatBytes(values.memory)} are allowed (--memory).\n` +
      'Passes over the genotypes: 2 for frequencies, about 10 to 30 for components.',
  );
}

function warnOf(
  { people, isUnrelated, determined }: ComponentsOfPeople,
  { pcs }: PcaFlags,
  context: RecordedRun,
): void {
  const { log } = context;
  if (determined < pcs)
    log.info(
      `${determined === 0 ? 'no component is' : `components from PC${determined + 1} on are not`} clearly above what follows (eigenvalues within 5 %): ${determined === 0 ? 'the people look like one group' : 'these are directions of noise, or weak structure'}`,
    );
  const projected = people.length - isUnrelated.reduce((sum, own) => sum + own, 0);
  if (projected > 0 && determined < pcs)
    log.warn(
      `the shrinkage of projections is known for ${determined} of ${pcs} components: on the others the ${formatCount(projected)} people who are projected lie nearer to 0 than they should`,
    );
}
