import type { Covariate } from '../association/design.js';
import { HeredityError } from '../errors.js';
import { formatCount } from '../estimate/number.js';
import { type GrmFile, openGrm } from '../formats/grm.js';
import { readGrmList } from '../formats/grm-list.js';
import { createMask, maskHas, maskIndices, type SampleMask } from '../genotypes/sample-mask.js';
import { loadKernels } from '../kernels/load.js';
import { KernelPool } from '../kernels/pool.js';
import { completeDiagonalTiles, meanDiagonal, symmetricSubmatrix } from '../linalg/symmetric-tiled.js';
import { TILE, type TiledLower } from '../linalg/tiled-lower.js';
import { type FlagValues, number, path } from '../options/flags.js';
import { weighing } from '../progress.js';
import { LossTable } from '../provenance.js';
import { relationshipMatrix } from '../relatedness/grm.js';
import { loadGrm } from '../relatedness/load-grm.js';
import { samplesToDrop } from '../relatedness/unrelated.js';
import type { RecordedRun } from '../run.js';
import { partOf } from '../run.js';
import { type CohortFlags, countCohort, openCohort } from './cohort.js';
import { hasGenotypes } from './genotype-source.js';
import { type PartitionFlags, partitionFlags, partitionVariants } from './partition.js';
import {
  modelOf,
  type RelationshipFlags,
  relationshipFlags,
  relationshipModel,
} from './relationship-model.js';
import { keepPeople, leaveOutFailing, type RunTrait, selectSamples } from './samples.js';

/** Flags that name relationship matrices on file. */
export const matrixFileFlags = {
  grm: path('prefix of a relationship matrix (<prefix>.grm.bin or .grm.gz), instead of genotypes', {
    heading: 'Input',
    placeholder: 'prefix',
  }),
  mgrm: path('file with one prefix of a relationship matrix a line: a component each', { heading: 'Input' }),
  grmCutoff: number('leave out one of each pair of people that are more related, so that many are kept', {
    heading: 'Samples',
  }),
};

/** Flags that say where relationship matrices come from. */
export const grmSourceFlags = { ...matrixFileFlags, ...relationshipFlags, ...partitionFlags };

export type MatrixFileFlags = CohortFlags & FlagValues<typeof matrixFileFlags>;

export type GrmSourceFlags = MatrixFileFlags & RelationshipFlags & PartitionFlags;

/** People with a trait and all covariates, and the relationships between them. */
export interface RelatedPeople {
  readonly pool: KernelPool;
  readonly people: number;
  readonly traits: readonly RunTrait[];
  readonly covariates: readonly Covariate[];
  readonly matrices: readonly NamedMatrix[];
  /** Behind all matrices together; null where that is not on file. */
  readonly variants: number | null;
  close(): Promise<void>;
}

export interface NamedMatrix {
  readonly name: string;
  readonly matrix: TiledLower;
  /** Null where that is not on file. */
  readonly variants: number | null;
  /** Variants behind it, or what they count for in its heritability model; undefined where that is not on file. */
  readonly size: number | undefined;
  /** Mean of the diagonal. */
  readonly scale: number;
}

/**
 * Reads relationship matrices, or makes them from genotypes.
 * @param partition as {@link partitionVariants}; undefined for one matrix of all variants.
 */
export async function openRelatedPeople(
  flags: GrmSourceFlags,
  partition: string | undefined,
  context: RecordedRun,
): Promise<RelatedPeople> {
  if (!hasGenotypes(flags)) return readRelatedPeople(flags, context);
  const related = await fromGenotypes(flags, partition, context);
  return unrelatedOnly(related, flags.grmCutoff, context);
}

/** The matrices of --grm or --mgrm, of which only the IDs are read, and the people's traits. */
export async function openMatrixFiles(flags: MatrixFileFlags, context: RecordedRun) {
  const { provenance } = context;
  if (flags.mgrm !== undefined) provenance.input(flags.mgrm);
  const names = flags.mgrm === undefined ? [flags.grm!] : await readGrmList(flags.mgrm);
  const files: GrmFile[] = [];
  for (const name of names) {
    const file = await openGrm(name);
    for (const input of file.paths) provenance.input(input);
    files.push(file);
  }
  const [{ count, familyId, individualId }] = files;
  const unknown = Array.from({ length: count }, () => '0');
  const samples = { count, familyId, individualId, fatherId: unknown, motherId: unknown };
  const table = { ...samples, sex: new Uint8Array(count), phenotype: unknown };
  return { files, names, ...(await selectSamples(table, flags, context)) };
}

/** Reads the matrix of --grm or those of --mgrm, and the people's traits. */
export async function readRelatedPeople(
  flags: MatrixFileFlags,
  context: RecordedRun,
): Promise<RelatedPeople> {
  const { provenance, signal, progress } = context;
  const { files, names, mask, traits, covariates } = await openMatrixFiles(flags, context);
  const [{ familyId, individualId }] = files;
  const indices = maskIndices(mask);
  const people = {
    familyId: Array.from(indices, (i) => familyId[i]),
    individualId: Array.from(indices, (i) => individualId[i]),
  };
  const pool = new KernelPool(loadKernels(flags.backend), flags.threads, signal);
  provenance.usesBackend(pool.kernels);
  const phase = progress.phase('reading matrices', { total: files.length });
  const matrices: NamedMatrix[] = [];
  for (const file of files) {
    const { matrix, variants } = await loadGrm(file, people);
    const name = names.length === 1 ? 'G' : file.prefix.split('/').at(-1)!;
    matrices.push(named(name, matrix, null, variants));
    phase.advance();
  }
  phase.end();
  const related = {
    ...{ pool, people: mask.count, traits, covariates, matrices },
    variants: null,
    close: () => pool.close(),
  };
  return unrelatedOnly(withoutEmptyRows(related, context), flags.grmCutoff, context);
}

/**
 * Frequencies and relationships are those of all samples left by --keep and --remove, as in GCTA's two steps: of people
 * without a trait, too.
 */
async function fromGenotypes(
  flags: GrmSourceFlags,
  partition: string | undefined,
  context: RecordedRun,
): Promise<RelatedPeople> {
  const open = await openCohort(flags, context, false);
  try {
    const own = { ...open, people: open.listed, traits: [], covariates: [] };
    const cohort = await countCohort(
      { ...own, sampleLosses: new LossTable(open.fileset.samples.count) },
      flags,
      context,
    );
    const people = both(open.people, cohort.people);
    for (const { step, why, people: left } of cohort.exclusions)
      open.sampleLosses.step(step, both(open.people, left).count, why);
    const model = await relationshipModel(flags, cohort.fileset.variants.id, context.provenance);
    const parts =
      partition === undefined
        ? [{ id: 'G', variants: cohort.variants }]
        : await partitionVariants(partition, cohort, flags, context);
    const positions = positionsOf(people, cohort.people);
    const phase = context.progress.phase('relationships', { total: parts.length });
    const matrices: NamedMatrix[] = [];
    for (const { id, variants } of parts) {
      const genotypes = await cohort.genotypes({ memory: 0 }, variants);
      const { matrix, total } = await relationshipMatrix(
        genotypes,
        modelOf(model, variants),
        partOf(context, weighing(phase, 1)),
      );
      genotypes.close();
      const isWhole = positions.length === matrix.order;
      const own = isWhole ? matrix : symmetricSubmatrix(matrix, positions);
      matrices.push(named(id, own, variants.length, total));
    }
    phase.end();
    const kept = positionsOf(people, open.people);
    const covariates = keepPeople(open.covariates, [...kept]);
    const traits = leaveOutFailing(keepPeople(open.traits, [...kept]), covariates, people.count, context);
    return {
      ...{ pool: open.pool, people: people.count, traits, covariates, matrices },
      variants: parts.reduce((sum, { variants }) => sum + variants.length, 0),
      close: open.close,
    };
  } catch (error) {
    await open.close();
    throw error;
  }
}

function named(
  name: string,
  matrix: TiledLower,
  variants: number | null,
  size: number | undefined,
): NamedMatrix {
  completeDiagonalTiles(matrix);
  return { name, matrix, variants, size, scale: meanDiagonal(matrix) };
}

const both = (a: SampleMask, b: SampleMask): SampleMask =>
  createMask(a.samples, (i) => maskHas(a, i) && maskHas(b, i));

/** Positions of the samples of one set among those of a larger one. */
function positionsOf(some: SampleMask, all: SampleMask): Int32Array {
  const positions: number[] = [];
  for (const [k, i] of maskIndices(all).entries()) if (maskHas(some, i)) positions.push(k);
  return Int32Array.from(positions);
}

/** Leaves out related people where there is a cutoff. */
function unrelatedOnly(
  related: RelatedPeople,
  cutoff: number | undefined,
  context: RecordedRun,
): RelatedPeople {
  const { log } = context;
  if (cutoff === undefined) return related;
  const pairs: number[] = [];
  const [{ matrix }] = related.matrices;
  for (let row = 0; row < matrix.order; row++) {
    const { values, width } = matrix.panels[Math.floor(row / TILE)];
    for (let k = 0; k < row; k++) if (values[(row % TILE) * width + k] > cutoff) pairs.push(row, k);
  }
  const dropped = samplesToDrop(Int32Array.from(pairs), matrix.order);
  const kept = Array.from({ length: matrix.order }, (_, i) => i).filter((i) => !dropped.has(i));
  log.info(`--grm-cutoff ${cutoff}: ${dropped.size} of ${matrix.order} people left out`);
  return some(related, kept, context);
}

/** Leaves out people of whom the matrices know nothing: those without genotypes have a relationship of 0 to themselves, too. */
function withoutEmptyRows(related: RelatedPeople, context: RecordedRun): RelatedPeople {
  const { people, matrices } = related;
  const ownOf = ({ panels }: TiledLower, row: number) => {
    const { values, width } = panels[Math.floor(row / TILE)];
    return values[(row % TILE) * width + row];
  };
  const all = Array.from({ length: people }, (_, i) => i);
  const kept = all.filter((i) => matrices.some(({ matrix }) => ownOf(matrix, i) !== 0));
  if (kept.length === people) return related;
  if (kept.length === 0)
    throw new HeredityError('degenerate-data', 'the relationship of everybody to himself is 0', {
      expected: 'about 1: nobody has genotypes',
    });
  context.log.warn(
    `${formatCount(people - kept.length)} of ${formatCount(people)} people have a relationship of 0 to themselves, as those without genotypes have, and are left out`,
  );
  return some(related, kept, context);
}

/** Some of the people. */
function some(related: RelatedPeople, kept: readonly number[], context: RecordedRun): RelatedPeople {
  const covariates = keepPeople(related.covariates, kept);
  return {
    ...related,
    people: kept.length,
    traits: leaveOutFailing(keepPeople(related.traits, kept), covariates, kept.length, context),
    covariates,
    matrices: related.matrices.map(({ name, matrix: all, variants, size }) =>
      named(name, symmetricSubmatrix(all, kept), variants, size),
    ),
  };
}
