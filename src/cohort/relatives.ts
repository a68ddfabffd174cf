import { HeredityError } from '../errors.js';
import { formatCount } from '../estimate/number.js';
import type { SampleTable } from '../formats/fam.js';
import { growingInt32 } from '../formats/growing-array.js';
import { readPhenotypes } from '../formats/phenotype.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { phenotypeFlags } from '../options/common-flags.js';
import type { FlagValues } from '../options/flags.js';
import { boolean, fraction, number } from '../options/flags.js';
import { GCTA_MODEL, relationshipPanels } from '../relatedness/grm.js';
import { KINSHIP_DEGREES, type KinshipPair, kinshipPairs, pairAt } from '../relatedness/king.js';
import { samplesToDrop } from '../relatedness/unrelated.js';
import type { RecordedRun, RunContext } from '../run.js';
import { type Cohort, countCohort, type OpenCohort } from './cohort.js';
import { genotypesOnlyFlags, withoutTables } from './genotypes-only.js';
import { matchRows } from './match-rows.js';
import { missingCodes } from './samples.js';

const SAMPLES = { heading: 'Samples' } as const;

/** The flags with which relatives are left out. */
export const relativeFlags = {
  kingCutoff: fraction(
    'leave out one of each pair of people with a larger KING-robust kinship: 0.0442 are relatives of the third degree or closer, 0.0884 of the second, 0.177 of the first, 0.354 duplicates and twins',
    { ...SAMPLES, max: 0.5, default: 0.0442 },
  ),
  relCutoff: number(
    'also leave out one of each pair with a larger relationship (GRM), such as 0.05: GCTA --grm-cutoff',
    SAMPLES,
  ),
  kingTableFilter: number('write pairs of at least this kinship', {
    heading: 'Output',
    defaultText: 'that of --king-cutoff',
  }),
  allPairs: boolean('write every pair, whatever its kinship', { heading: 'Output' }),
  pheno: {
    ...phenotypeFlags.pheno,
    help: 'phenotype table: people with a trait are kept before others (all stay in the kinship)',
  },
  phenoName: { ...phenotypeFlags.phenoName, goesWith: ['pheno'] },
  missingCode: { ...phenotypeFlags.missingCode, goesWith: ['pheno'] },
};

const { seed: _seed, ...ownFlags } = genotypesOnlyFlags;
export const kingFlags = { ...ownFlags, ...relativeFlags };
export type KingFlags = FlagValues<typeof kingFlags>;

/** Degrees of relatedness, closest first. */
export const DEGREES = ['duplicate', 'first', 'second', 'third'] as const;
export type Degree = (typeof DEGREES)[number];

/** Pairs of a run that are related, and how many there are of each degree. */
export interface Relatives {
  /** Positions among the run's people of pairs above the cutoff, two a pair. */
  readonly related: Int32Array;
  readonly degrees: Readonly<Record<Degree, number>>;
  /** Duplicates and identical twins. */
  readonly duplicates: readonly KinshipPair[];
  /** Pairs whose kinship is not known, as neither is heterozygous anywhere, or they have no variant in common. */
  readonly unknown: number;
}

/** Counts and filters genotypes; variants that do not vary stay, as they count for PLINK's numbers of variants. */
export async function countForKinship(
  open: OpenCohort,
  flags: KingFlags,
  context: RecordedRun,
): Promise<Cohort> {
  const cohort = await countCohort(open, withoutTables({ ...flags, seed: 1 }), context, true);
  if (cohort.people.count >= 2) return cohort;
  throw new HeredityError('degenerate-data', 'kinship needs more people', {
    value: cohort.people.count,
    expected: 'at least 2',
  });
}

/**
 * Pairs of at least some kinship, given one after another in order (those whose kinship is not known among them, as in PLINK 2), and
 * those above the cutoff.
 * @param least smallest kinship that is given; -Infinity for every pair.
 */
export async function findRelatives(
  genotypes: GenotypeOperator,
  { cutoff, least, memory }: { readonly cutoff: number; readonly least: number; readonly memory: number },
  give: (pair: KinshipPair) => Promise<void> | undefined,
  run: RunContext,
): Promise<Relatives> {
  const related = growingInt32();
  const degrees = { duplicate: 0, first: 0, second: 0, third: 0 };
  const duplicates: KinshipPair[] = [];
  let unknown = 0;
  const smallest = Math.min(least, cutoff, KINSHIP_DEGREES.third);
  for await (const pairs of kinshipPairs(genotypes, { least: smallest, memory }, run)) {
    for (let p = 0; p < pairs.count; p++) {
      const pair = pairAt(pairs, p);
      const { kinship, later, earlier } = pair;
      if (Number.isNaN(kinship)) unknown++;
      if (kinship > cutoff) {
        related.push(later);
        related.push(earlier);
      }
      const degree = DEGREES.find((name) => kinship > KINSHIP_DEGREES[name]);
      if (degree) degrees[degree]++;
      if (degree === 'duplicate') duplicates.push(pair);
      if (!(kinship < least)) {
        const writing = give(pair);
        if (writing) await writing;
      }
    }
  }
  return { related: related.toArray(), degrees, duplicates, unknown };
}

/** Pairs with a relationship above the cutoff in GCTA's matrix, two positions a pair. */
export async function relatedByMatrix(
  genotypes: GenotypeOperator,
  cutoff: number,
  memory: number,
  run: RunContext,
): Promise<Int32Array> {
  const related = growingInt32();
  for await (const { firstRow, panel } of relationshipPanels(genotypes, GCTA_MODEL, memory, run)) {
    for (let r = 0; r < panel.height; r++) {
      for (let k = 0; k < firstRow + r; k++) {
        if (!(panel.values[r * panel.width + k] > cutoff)) continue;
        related.push(firstRow + r);
        related.push(k);
      }
    }
  }
  return related.toArray();
}

/** A large set without relatives. */
export interface UnrelatedSet {
  /** By position among the run's people, whether the person is left out. */
  readonly leftOut: Uint8Array;
  readonly kept: number;
}

/** Leaves out as few as can be found so that no pair is left, people with a trait before others. */
export function unrelatedSet(
  pairs: readonly Int32Array[],
  people: number,
  hasTrait?: (person: number) => boolean,
): UnrelatedSet {
  const all = Int32Array.from(pairs.flatMap((own) => Array.from(own)));
  const dropped = samplesToDrop(all, people, hasTrait);
  const leftOut = new Uint8Array(people);
  for (const person of dropped) leftOut[person] = 1;
  return { leftOut, kept: people - dropped.size };
}

/** Who has a value of a trait in a table, by index in the genotype file; undefined where there is no table. */
export async function traitHolders(
  samples: SampleTable,
  { pheno, phenoName, missingCode }: Pick<KingFlags, 'pheno' | 'phenoName' | 'missingCode'>,
  { provenance, log }: RecordedRun,
): Promise<Uint8Array | undefined> {
  if (pheno === undefined) return undefined;
  provenance.input(pheno);
  const table = await readPhenotypes(pheno, {
    ...(phenoName && { names: phenoName }),
    missing: missingCodes(missingCode),
  });
  const rows = matchRows(samples, table, pheno, false);
  const holders = Uint8Array.from(rows, (row) =>
    Number(row >= 0 && table.columns.some(({ values }) => !Number.isNaN(values[row]))),
  );
  const count = holders.reduce((sum, has) => sum + has, 0);
  log.info(`${formatCount(count)} people have a value of a trait: they are kept before others`);
  return holders;
}
