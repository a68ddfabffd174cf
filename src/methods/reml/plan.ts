import { openCohort } from '../../cohort/cohort.js';
import { chosenPartition } from '../../cohort/components.js';
import { partCount } from '../../cohort/partition.js';
import { openMatrixFiles } from '../../cohort/relationship-matrices.js';
import { formatBytes, formatCount } from '../../estimate/number.js';
import { manyGrmsBytes } from '../../estimators/reml/many-grms.js';
import { relationshipBytes } from '../../relatedness/grm.js';
import type { RecordedRun } from '../../run.js';
import type { RemlFlags } from './flags.js';

/** Seconds of one thread for so many operations, measured on a core with AVX-512. */
const MULTIPLY_ADDS_PER_SECOND = { relationships: 4e10, reduction: 1.6e10, iteration: 3e10 };
/** Iterations of a fit, and of the one without the tested components. */
const ITERATIONS = 30;

/** What a run would take, from the lists of samples and variants alone: no genotype and no matrix is read. */
export async function planExactReml(flags: RemlFlags, context: RecordedRun): Promise<string> {
  const partition = chosenPartition(flags);
  const { people, traits, matrices, listed, variants, passes } = await sizes(flags, partition, context);
  const isOne = matrices === 1;
  const bytes =
    matrices * relationshipBytes(Math.max(people, listed), false) +
    (isOne ? relationshipBytes(people, false) : manyGrmsBytes(people));
  const relationships = (listed ** 2 * variants) / 2 / MULTIPLY_ADDS_PER_SECOND.relationships;
  const fits = isOne
    ? ((2 / 3) * people ** 3) / MULTIPLY_ADDS_PER_SECOND.reduction
    : (traits * ITERATIONS * people ** 3) / MULTIPLY_ADDS_PER_SECOND.iteration;
  const seconds = (relationships + fits) / flags.threads;
  return [
    `${formatCount(people)} people, ${traits} traits, ${isOne ? 'one matrix' : `${matrices} matrices`}`,
    variants > 0
      ? `Genotypes: ${formatCount(variants)} variants before filters on genotypes, ${passes} passes.`
      : 'Genotypes: not needed.',
    `Memory: about ${formatBytes(bytes)}.`,
    `Time: very roughly ${formatDuration(seconds)} with ${flags.threads} threads, of which variance components ${formatDuration(fits / flags.threads)}.`,
  ].join('\n');
}

interface Sizes {
  readonly people: number;
  readonly traits: number;
  readonly matrices: number;
  /** Of the matrices that are made. */
  readonly listed: number;
  readonly variants: number;
  /** Over the genotypes. */
  readonly passes: number;
}

async function sizes(flags: RemlFlags, partition: string | undefined, context: RecordedRun): Promise<Sizes> {
  const { bfile } = flags;
  if (bfile === undefined) {
    const { files, mask, traits } = await openMatrixFiles(flags, context);
    return {
      people: mask.count,
      traits: traits.length,
      matrices: files.length,
      listed: 0,
      variants: 0,
      passes: 0,
    };
  }
  const open = await openCohort({ ...flags, bfile }, context, false);
  try {
    const computesScores = partition === 'maf-ld' && flags.ldScores === undefined;
    return {
      people: open.people.count,
      traits: open.traits.length,
      matrices: partition === undefined ? 1 : await partCount(partition, open, flags, context),
      listed: open.listed.count,
      variants: open.variants.length,
      passes: 2 + Number(computesScores) + Number(flags.mind !== undefined),
    };
  } finally {
    await open.close();
  }
}

function formatDuration(seconds: number): string {
  if (seconds < 100) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
