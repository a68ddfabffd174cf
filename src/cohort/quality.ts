import { HeredityError } from '../errors.js';
import { formatCount } from '../estimate/number.js';
import { autosomesAmong, type Copies, chromosomeCode, copiesOf } from '../formats/chromosome.js';
import type { SampleTable } from '../formats/fam.js';
import { GenotypeOperator } from '../genotypes/operator.js';
import { maskIndices, type SampleMask } from '../genotypes/sample-mask.js';
import { COUNTED_TILE_BYTES, GenotypeStore } from '../genotypes/store.js';
import { HET } from '../kernels/kernels.js';
import type { FlagValues } from '../options/flags.js';
import { boolean } from '../options/flags.js';
import { type CountOptions, countGenotypes, type GenotypeCounts } from '../quality/counts.js';
import type { RecordedRun } from '../run.js';
import { countCohort, type OpenCohort, openCohort, reportHardCalls } from './cohort.js';
import { genotypesOnlyFlags, withoutTables } from './genotypes-only.js';
import { filtersGenotypes } from './variants.js';

const { seed: _seed, ...ownFlags } = genotypesOnlyFlags;

/** The flags of commands that count genotypes. */
export const qualityFlags = {
  ...ownFlags,
  nonfounders: boolean(
    'take everybody into frequencies, not only founders (people without a father and a mother in the file of samples)',
    { heading: 'Samples' },
  ),
};

export type QualityFlags = FlagValues<typeof ownFlags> & { readonly nonfounders: boolean };

/** The people and variants that are counted. */
export interface CountedCohort extends OpenCohort {
  /** Indices in the file of the people, ascending. */
  readonly personIndices: Int32Array;
  /** Copies of the chromosome of each variant. */
  readonly copies: readonly Copies[];
  /** The number of autosomes, which decides what 23 stands for. */
  readonly autosomes: number;
}

/** Opens genotypes with all their chromosomes; nothing is counted yet. @param onlyCounts whether nothing else is made of them. */
export async function openForCounts(
  flags: QualityFlags,
  context: RecordedRun,
  onlyCounts = false,
): Promise<OpenCohort> {
  return openCohort(withoutTables({ ...flags, seed: 1 }), context, { variantIds: false, onlyCounts }, true);
}

/**
 * Applies the filters on genotypes, where there are any (a pass of their own), and counts: one pass.
 * @param options bySex whether sex matters to what is made of the counts, so that what is assumed of it is said.
 */
export async function countForQuality(
  open: OpenCohort,
  flags: QualityFlags,
  { bySex, ...options }: CountOptions & { readonly bySex: boolean },
  context: RecordedRun,
): Promise<{ cohort: CountedCohort; counts: GenotypeCounts }> {
  const filtered = filtersGenotypes(flags)
    ? await countCohort(open, withoutTables({ ...flags, seed: 1 }), context, true)
    : open;
  const { fileset, people, variants, pool } = filtered;
  const autosomes = flags.autosomeNum ?? autosomesAmong(new Set(fileset.variants.chromosome));
  const copies = Array.from(variants, (v) =>
    copiesOf(chromosomeCode(fileset.variants.chromosome[v], autosomes)),
  );
  const personIndices = maskIndices(people);
  const isFounder = foundersOf(fileset.samples, people, flags, context.log);
  const store = new GenotypeStore(fileset.source, people, pool, COUNTED_TILE_BYTES);
  const operator = await GenotypeOperator.open(store, variants, { memory: 0 });
  const counted = {
    sex: Uint8Array.from(personIndices, (i) => fileset.samples.sex[i]),
    founder: (person: number) => isFounder(personIndices[person]),
  };
  const counts = await countGenotypes(operator, copies, counted, options, context);
  operator.close();
  if (!filtersGenotypes(flags)) reportHardCalls(fileset, variants, context);
  if (bySex) saySex(counts, context.log);
  return { cohort: { ...filtered, personIndices, copies, autosomes }, counts };
}

/**
 * Which people count for frequencies, said where not all do.
 * @param what is theirs, in words.
 * @throws HeredityError `degenerate-data` where nobody does.
 */
export function foundersOf(
  { fatherId, motherId }: SampleTable,
  people: SampleMask,
  { nonfounders }: Pick<QualityFlags, 'nonfounders'>,
  log: RecordedRun['log'],
  what = 'frequencies are those',
): (sample: number) => boolean {
  if (nonfounders) return () => true;
  const isFounder = (i: number) => fatherId[i] === '0' && motherId[i] === '0';
  const others = maskIndices(people).filter((i) => !isFounder(i)).length;
  if (others === people.count)
    throw new HeredityError('degenerate-data', 'nobody is a founder: everybody has a parent named', {
      fix: 'take everybody with --nonfounders',
    });
  if (others > 0)
    log.info(
      `${what} of the ${formatCount(people.count - others)} founders: ${formatCount(others)} people have a parent named, and do not count (take them in with --nonfounders)`,
    );
  return isFounder;
}

/** What is assumed where sex matters and is not known, and what men should not have. */
function saySex(
  { copies, people: { sex }, sexLinked, males }: GenotypeCounts,
  log: RecordedRun['log'],
): void {
  if (sexLinked.length === 0) return;
  const unknown = Array.from(sex).filter((code) => code === 0).length;
  if (unknown > 0)
    log.warn(
      `the sex of ${formatCount(unknown)} people is not known: as in PLINK, their genotypes on X count as those of two copies, and those on Y not at all`,
    );
  const hetero = sexLinked.reduce((sum, _, k) => sum + males.counts[4 * k + HET], 0);
  if (hetero > 0) {
    const xs = sexLinked.filter((v) => copies[v] === 'x').length;
    log.warn(
      `${formatCount(hetero)} genotypes of men are heterozygous on ${xs === sexLinked.length ? 'X' : xs === 0 ? 'Y' : 'X and Y'}, where men have one copy: wrong calls, wrong sex, or a pseudo-autosomal region that should be XY (plink2 --split-par)`,
    );
  }
}
