import type { Covariate } from '../association/design.js';
import { HeredityError } from '../errors.js';
import { formatBytes } from '../estimate/number.js';
import type { Genotypes } from '../formats/genotypes.js';
import { storeBytes } from '../genotypes/store.js';
import { BESIDE_MEMORY, type MemoryTerms, type Plan, stepMemory, termBytes } from '../plan.js';

/**
 * Node.js with the program's code and what its heap keeps in reserve; what a picture of results takes in the end; each thread, and
 * one that only counts genotypes. Measured (docs/memory.md).
 */
const PROGRAM = 70e6;
const PICTURE = 20e6;
const THREAD = 20e6;
const THREAD_THAT_COUNTS = 10e6;
/** Bytes of a person of the file: IDs, parents and phenotype as strings, and the index that finds them. */
const PERSON = 200;
/** Bytes of a variant of the file, for the same reasons, with its counts. */
const VARIANT = 250;
/** Bytes of a person while tables of traits and covariates are read and matched; of many people, they are given back at once. */
const TABLE_ROW = 300;
/** From so many people on, what tables leave behind is worth a collection. */
export const LARGE_TABLES = 50_000;
/** Copies of each trait and covariate: as read, as residuals of each group, and in the file's order while it is read. */
const COPIES = 4;

/** What decides how much a cohort holds throughout. */
export interface HeldShape {
  readonly fileset: Pick<Genotypes, 'samples' | 'variants'>;
  readonly people: number;
  readonly traits: readonly unknown[];
  readonly covariates: readonly Covariate[];
  readonly threads: number;
  readonly draws: boolean;
  /** Whether genotypes are counted, and nothing else is made of them. */
  readonly onlyCounts?: boolean;
}

/** Bytes that every step of a run on a cohort holds. */
export function heldThroughout({
  fileset,
  people,
  traits,
  covariates,
  threads,
  draws,
  onlyCounts,
}: HeldShape): MemoryTerms {
  const columns = traits.length + covariates.length;
  const { samples, variants } = fileset;
  return {
    ...heldByProgram(threads, draws, onlyCounts),
    table:
      PERSON * samples.count +
      VARIANT * variants.count +
      (samples.count > LARGE_TABLES ? 0 : tablesBytes(samples.count, columns)),
    vectors: 8 * COPIES * people * columns,
    tiles: storeBytes(samples.count, people, variants.count),
  };
}

/** Bytes of tables of traits and covariates while they are read. */
const tablesBytes = (samples: number, columns: number): number => (columns > 0 ? TABLE_ROW * samples : 0);

/** Bytes beside {@link heldThroughout} while the tables of many people are read: the tiles come when they are gone. */
export function readingTablesBytes(
  { fileset, traits, covariates }: Pick<HeldShape, 'fileset' | 'traits' | 'covariates'>,
  { tiles = 0 }: MemoryTerms,
): number {
  const { count } = fileset.samples;
  if (count <= LARGE_TABLES) return 0;
  return Math.max(0, tablesBytes(count, traits.length + covariates.length) - tiles);
}

/** What a process holds that has no genotypes. @param draws pictures. @param onlyCounts as {@link HeldShape}. */
export const heldByProgram = (threads: number, draws: boolean, onlyCounts = false): MemoryTerms => ({
  process: PROGRAM + (draws ? PICTURE : 0) + (onlyCounts ? THREAD_THAT_COUNTS : THREAD) * threads,
});

/** {@link requireMemory} of a run: refuses what needs so many bytes beside what every step holds, where there are not so many. */
export type RequireMemory = (what: string, needed: number) => void;

/**
 * Bytes of --memory that are left for the work.
 * @throws HeredityError `resource` where nothing is, with the --memory that would do.
 */
export function memoryForWork(memory: number, held: MemoryTerms): number {
  const left = memory - Math.max(0, termBytes(held) - BESIDE_MEMORY);
  if (left >= 0) return left;
  throw tooLittle('this cohort, with its tables and the program,', termBytes(held), memory, memory - left);
}

/**
 * @param needed bytes beside what every step holds. @param memory of the flag.
 * @throws HeredityError `resource` where the whole run would take more than --memory and what it may take beside it, with the --memory
 * that would do.
 */
export function requireMemory(what: string, needed: number, held: MemoryTerms, memory: number): void {
  const enough = termBytes(held) + needed - BESIDE_MEMORY;
  if (enough > memory) throw tooLittle(what, needed, memory, enough);
}

/** {@link requireMemory} of a plan: what a run would be refused for, its plan is refused for. @param memory of the flag, where the command has it. */
export function requirePlan({ held, steps }: Plan, memory: number | undefined): void {
  if (held === undefined || memory === undefined) return;
  for (const step of steps) requireMemory(step.name, stepMemory(step), held, memory);
}

function tooLittle(what: string, needed: number, memory: number, enough: number): HeredityError {
  const least = `${Math.ceil(enough / 1e6)}M`;
  return new HeredityError('resource', `${what} needs ${formatBytes(needed)} of memory`, {
    value: `--memory ${formatBytes(memory)}`,
    expected: `at least --memory ${least}, beside which a run may take ${formatBytes(BESIDE_MEMORY)}`,
    fix: `allow --memory ${least}`,
  });
}
