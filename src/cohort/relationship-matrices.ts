import type { Covariate } from '../association/design.js';
import { HeredityError } from '../errors.js';
import { formatCount, significant } from '../estimate/number.js';
import { type GrmFile, openGrm } from '../formats/grm.js';
import { readGrmList } from '../formats/grm-list.js';
import { maskIndices } from '../genotypes/sample-mask.js';
import { loadKernels } from '../kernels/load.js';
import { KernelPool } from '../kernels/pool.js';
import { completeDiagonalTiles, meanDiagonal, symmetricSubmatrix } from '../linalg/symmetric-tiled.js';
import { TILE, type TiledLower } from '../linalg/tiled-lower.js';
import { type FlagValues, number, path } from '../options/flags.js';
import { relationshipBytes } from '../relatedness/grm.js';
import { loadGrm } from '../relatedness/load-grm.js';
import { relativesOnly } from '../relatedness/relatives-only.js';
import { samplesToDrop } from '../relatedness/unrelated.js';
import type { RecordedRun } from '../run.js';
import { heldByProgram, requireMemory } from './budget.js';
import type { CohortFlags } from './cohort.js';
import type { Recorder } from './counted-variants.js';
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

/** The flag that takes what relatives share beyond the variants from the relationships of relatives alone. */
export const relativesFlag = {
  bK: number(
    'a second matrix with relationships below this at 0, so that heritability of the variants and of the pedigree are told apart among relatives: 0.05 (Zaitlen 2013)',
    { heading: 'Method', min: 0, max: 1, placeholder: 'threshold', aliases: ['--make-bK'] },
  ),
};

export type MatrixFileFlags = CohortFlags & FlagValues<typeof matrixFileFlags>;

/** People with a trait and all covariates, and the relationships between them, from files. */
export interface RelatedPeople {
  readonly pool: KernelPool;
  readonly people: number;
  readonly traits: readonly RunTrait[];
  readonly covariates: readonly Covariate[];
  readonly matrices: readonly NamedMatrix[];
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
  readonly role?: 'dominance' | 'relatives' | undefined;
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

/**
 * Reads the matrix of --grm or those of --mgrm, and the people's traits.
 * @param bytesOf what is held at the largest, matrices included. @default the matrices
 * @throws HeredityError `resource` where that does not fit.
 */
export async function readRelatedPeople(
  flags: MatrixFileFlags,
  context: RecordedRun,
  bytesOf = (people: number, matrices: number) => matrices * relationshipBytes(people, false),
): Promise<RelatedPeople> {
  const { provenance, signal, progress } = context;
  const { files, names, mask, traits, covariates } = await openMatrixFiles(flags, context);
  const needed = bytesOf(mask.count, files.length);
  const what = `work with ${files.length === 1 ? 'a matrix' : `${files.length} matrices`} of ${formatCount(mask.count)} people`;
  requireMemory(what, needed, heldByProgram(flags.threads, traits.length > 0), flags.memory);
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
    matrices.push({ ...named(name, matrix, null, variants), role: roleOf(file.prefix) });
    phase.advance();
  }
  phase.end();
  const related = {
    ...{ pool, people: mask.count, traits, covariates, matrices },
    close: () => pool.close(),
  };
  return unrelatedOnly(withoutEmptyRows(related, context), flags.grmCutoff, context);
}

/** GCTA ends the prefix of a matrix of dominance in .d, and so do we. */
const roleOf = (prefix: string): NamedMatrix['role'] => (prefix.endsWith('.d') ? 'dominance' : undefined);

/**
 * With a second matrix of those who are related beside the first (GCTA's --make-bK).
 * @throws HeredityError `usage` where there are several; `degenerate-data` where nobody is related, or everybody alike.
 */
export function withRelatives(
  matrices: readonly NamedMatrix[],
  threshold: number | undefined,
  { log }: Pick<Recorder, 'log'>,
): readonly NamedMatrix[] {
  if (threshold === undefined) return matrices;
  const additive = matrices.filter(({ role }) => role === undefined);
  if (additive.length !== 1)
    throw new HeredityError('usage', '--bK goes with one matrix of all variants', {
      value: `${additive.length} matrices`,
      fix: 'leave out what divides the variants, or make the second matrix with "heredity grm --bK" for --mgrm',
    });
  const [{ matrix }] = additive;
  const { relatives, pairs, spread } = relativesOnly(matrix, threshold);
  const all = (matrix.order * (matrix.order - 1)) / 2;
  if (pairs === 0 || pairs === all)
    throw new HeredityError(
      'degenerate-data',
      pairs === 0
        ? 'no pair of people is as related as --bK asks for: nothing tells the pedigree from the variants'
        : 'every pair of people is as related as --bK asks for: both matrices are the same',
      {
        value: threshold,
        expected: 'relatives beside people who are not related',
        fix: 'keep relatives (leave out --grm-cutoff), or take another threshold',
      },
    );
  const chance =
    threshold < CHANCE * spread
      ? `; the others scatter by ${significant(spread, 2)} around 0, so that some pairs are as related by chance, and what is beyond the variants comes out too small: a threshold above ${significant(CHANCE * spread, 2)} leaves them out`
      : '';
  log.info(
    `--bK ${threshold}: ${formatCount(pairs)} of ${formatCount(all)} pairs of people are as related as that, and make the second matrix${chance}`,
  );
  return [...matrices, { ...named(RELATIVES, relatives, null, undefined), role: 'relatives' }];
}

/** Name of the matrix of relatives. */
export const RELATIVES = 'relatives';

/** Pairs of strangers that chance alone relates so many times their spread are few even among thousands of people. */
const CHANCE = 4.5;

/** A matrix with what is said of it. */
export function named(
  name: string,
  matrix: TiledLower,
  variants: number | null,
  size: number | undefined,
): NamedMatrix {
  completeDiagonalTiles(matrix);
  return { name, matrix, variants, size, scale: meanDiagonal(matrix) };
}

/**
 * Positions of the people that are left where one of each pair that is more related than the cutoff goes, so that many stay.
 * @param matrix of all people.
 */
export function unrelatedPeople(
  matrix: TiledLower,
  cutoff: number,
  { log }: Pick<Recorder, 'log'>,
): Int32Array {
  const pairs: number[] = [];
  for (let row = 0; row < matrix.order; row++) {
    const { values, width } = matrix.panels[Math.floor(row / TILE)];
    for (let k = 0; k < row; k++) if (values[(row % TILE) * width + k] > cutoff) pairs.push(row, k);
  }
  const dropped = samplesToDrop(Int32Array.from(pairs), matrix.order);
  log.info(`--grm-cutoff ${cutoff}: ${dropped.size} of ${matrix.order} people left out`);
  return Int32Array.from({ length: matrix.order }, (_, i) => i).filter((i) => !dropped.has(i));
}

/** The matrices of some of the people. */
export function matricesOf(matrices: readonly NamedMatrix[], kept: Int32Array): NamedMatrix[] {
  return matrices.map(({ name, matrix, variants, size, role }) => ({
    ...named(name, symmetricSubmatrix(matrix, kept), variants, size),
    role,
  }));
}

/** Leaves out related people where there is a cutoff. */
function unrelatedOnly(
  related: RelatedPeople,
  cutoff: number | undefined,
  context: RecordedRun,
): RelatedPeople {
  if (cutoff === undefined) return related;
  return some(related, [...unrelatedPeople(related.matrices[0].matrix, cutoff, context)], context);
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
    matrices: matricesOf(related.matrices, Int32Array.from(kept)),
  };
}
