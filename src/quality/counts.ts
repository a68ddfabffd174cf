import type { Copies } from '../formats/chromosome.js';
import type { GenotypePart } from '../genotypes/genotype-part.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { createMask, type SampleMask } from '../genotypes/sample-mask.js';
import { VariantStatistics } from '../genotypes/statistics.js';
import { HET, HOM_ALLELE1, HOM_ALLELE2 } from '../kernels/kernels.js';
import { type RunContext, silentRun } from '../run.js';
import { PersonCounter, type PersonCounts } from './person-counts.js';

/** What decides how a person's genotypes count, in the order of the operator's people. */
export interface CountedPeople {
  /** 1 male, 2 female, 0 not known. */
  readonly sex: ArrayLike<number>;
  /** Whether the person counts for frequencies; PLINK takes founders alone. */
  readonly founder: (person: number) => boolean;
}

/** Counts of all genotypes of a run, from one pass: what frequencies, missingness, heterozygosity and equilibrium come from. */
export interface GenotypeCounts {
  /** Copies of the chromosome of each variant. */
  readonly copies: readonly Copies[];
  readonly people: CountedPeople;
  readonly everybody: VariantStatistics;
  readonly founders: VariantStatistics;
  readonly founderCount: number;
  /** Positions of the variants on X and Y, ascending; the counts below are of these. */
  readonly sexLinked: Int32Array;
  readonly males: VariantStatistics;
  readonly maleCount: number;
  readonly founderMales: VariantStatistics;
  readonly founderFemales: VariantStatistics;
  /** Undefined where people were not asked for. */
  readonly persons: PersonCounts | undefined;
}

export interface CountOptions {
  /** Whether each person's missing and heterozygous genotypes are counted too. */
  readonly persons: boolean;
}

interface Groups {
  readonly everybody: SampleMask;
  readonly founders: SampleMask;
  readonly males: SampleMask;
  readonly founderMales: SampleMask;
  readonly founderFemales: SampleMask;
}
type Group = keyof Groups;
const SEX_GROUPS = ['males', 'founderMales', 'founderFemales'] as const satisfies readonly Group[];

/**
 * Counts genotypes by variant, among everybody and among founders, on X and Y by sex too; and by person. One pass.
 * @param copies of the chromosome of each of the operator's variants.
 */
export async function countGenotypes(
  genotypes: GenotypeOperator,
  copies: readonly Copies[],
  people: CountedPeople,
  { persons }: CountOptions,
  run: RunContext = silentRun,
): Promise<GenotypeCounts> {
  const groups = groupsOf(genotypes.samples, people);
  const sexLinked = Int32Array.from(copies.keys()).filter((v) => copies[v] === 'x' || copies[v] === 'y');
  const everybody = new Int32Array(4 * genotypes.count);
  const founders =
    groups.founders.count === genotypes.samples ? everybody : new Int32Array(4 * genotypes.count);
  const bySex = new Map<Group, Int32Array>(
    SEX_GROUPS.map((group) => [group, new Int32Array(4 * sexLinked.length)]),
  );
  const counter = persons ? new PersonCounter(genotypes, people.sex) : undefined;
  const phase = run.progress.phase('counting genotypes', { total: genotypes.count, unit: 'variants' });
  let linked = 0;
  for await (const part of genotypes.parts()) {
    everybody.set(await part.countAmong(groups.everybody), 4 * part.first);
    if (founders !== everybody) founders.set(await part.countAmong(groups.founders), 4 * part.first);
    const firstLinked = linked;
    for (const stretch of stretchesWithin(part, sexLinked, linked)) {
      for (const [group, counts] of bySex)
        counts.set(
          await part.countAmong(groups[group], stretch.first - part.first, stretch.variants),
          4 * linked,
        );
      linked += stretch.variants;
    }
    if (counter) {
      let at = firstLinked;
      const frequency = Float64Array.from({ length: part.count }, (_, k) => {
        const v = part.first + k;
        const index = v === sexLinked[at] ? at++ : -1;
        return copies[v] === 'x'
          ? founderFrequency(founders, v, bySex.get('founderMales'), index)
          : founderFrequency(founders, v);
      });
      await counter.add(genotypes, part, copies, frequency);
    }
    phase.advance(part.count);
  }
  phase.end();
  const sexCounts = (group: Group) => new VariantStatistics(bySex.get(group)!);
  return {
    copies,
    people,
    everybody: new VariantStatistics(everybody),
    founders: new VariantStatistics(founders),
    founderCount: groups.founders.count,
    sexLinked,
    males: sexCounts('males'),
    maleCount: groups.males.count,
    founderMales: sexCounts('founderMales'),
    founderFemales: sexCounts('founderFemales'),
    persons: counter?.finish(),
  };
}

function groupsOf(samples: number, { sex, founder }: CountedPeople): Groups {
  const mask = (includes: (person: number) => boolean) => createMask(samples, includes);
  return {
    everybody: mask(() => true),
    founders: mask(founder),
    males: mask((i) => sex[i] === 1),
    founderMales: mask((i) => founder(i) && sex[i] === 1),
    founderFemales: mask((i) => founder(i) && sex[i] === 2),
  };
}

/** Stretches of consecutive sex-linked variants of a part, from the `linked`-th on. */
function* stretchesWithin(
  { first, count }: GenotypePart,
  sexLinked: Int32Array,
  linked: number,
): Generator<{ first: number; variants: number }> {
  const end = first + count;
  for (let at = linked; at < sexLinked.length && sexLinked[at] < end; ) {
    let next = at + 1;
    while (next < sexLinked.length && sexLinked[next] < end && sexLinked[next] === sexLinked[next - 1] + 1)
      next++;
    yield { first: sexLinked[at], variants: next - at };
    at = next;
  }
}

/**
 * Frequency of allele 1 among the founders as heterozygosity takes it, NaN where nobody has a genotype. On X a male has one
 * copy, and his heterozygous genotypes count as missing (PLINK's --check-sex).
 * @param males counts of the founders who are male; undefined but on X.
 */
function founderFrequency(founders: Int32Array, v: number, males?: Int32Array, linked = 0): number {
  const count = (code: number) => founders[4 * v + code] - (males ? males[4 * linked + code] : 0);
  const [hom1, het, hom2] = [count(HOM_ALLELE1), count(HET), count(HOM_ALLELE2)];
  const [one1, one2] = males ? [males[4 * linked + HOM_ALLELE1], males[4 * linked + HOM_ALLELE2]] : [0, 0];
  return (2 * hom1 + het + one1) / (2 * (hom1 + het + hom2) + one1 + one2);
}
