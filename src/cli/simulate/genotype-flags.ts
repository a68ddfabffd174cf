import { hasGenotypes } from '../../cohort/genotype-source.js';
import { HeredityError } from '../../errors.js';
import { readFrequencies } from '../../formats/frequency.js';
import type { GenotypeChoice } from '../../formats/genotypes.js';
import { genotypeFlags } from '../../options/common-flags.js';
import {
  choice,
  defineFlags,
  type FlagValues,
  fraction,
  integer,
  list,
  number,
  path,
} from '../../options/flags.js';
import { MOST_CHROMOSOMES } from '../../simulation/chromosomes.js';
import { FAMILIES, type FamilyKind } from '../../simulation/families.js';
import type { FamilyOptions, GroupOptions } from '../../simulation/layout.js';
import { empiricalSpectrum, type FrequencySpectrum, neutralSpectrum } from '../../simulation/spectrum.js';

const SIZE = { heading: 'Size' } as const;
const POPULATION = { heading: 'Population' } as const;
const STRUCTURE = { heading: 'Groups and families' } as const;
const PEOPLE = { heading: 'Mosaics of real people' } as const;

/** Family kinds as the command line lists them. */
const KINDS = Object.keys(FAMILIES) as FamilyKind[];

/** Genotypes made from nothing. */
export const founderFlags = defineFlags({
  samples: integer('people', { ...SIZE, min: 1, max: 1e7, default: 5000 }),
  variants: integer('variants, shared among the chromosomes by length', {
    ...SIZE,
    min: 1,
    max: 1e7,
    defaultText: '20000',
  }),
  chromosomes: integer('autosomes, from chromosome 1', {
    ...SIZE,
    min: 1,
    max: MOST_CHROMOSOMES,
    defaultText: String(MOST_CHROMOSOMES),
  }),
  founders: integer('founder haplotypes that everybody is a mosaic of', {
    ...POPULATION,
    min: 4,
    max: 20_000,
    defaultText: '1000',
  }),
  maf: fraction('smallest minor allele frequency, among the founders or the people of --bfile', {
    ...POPULATION,
    max: 0.5,
    defaultText: '0.01; none with --bfile',
  }),
  maxMaf: fraction('largest minor allele frequency among the founders', {
    ...POPULATION,
    max: 0.5,
    defaultText: '0.5',
  }),
  spectrum: choice(
    'how common minor allele frequencies f are: all alike, as on a genotyping array, or in proportion to 1 / f + 1 / (1 - f)',
    ['uniform', 'neutral'],
    { ...POPULATION, defaultText: 'uniform' },
  ),
  spectrumFile: path('take the spectrum of the frequencies in this file (PLINK .frq)', {
    ...POPULATION,
  }),
  spacing: number('mean distance of neighbouring variants, in kilobases', {
    ...POPULATION,
    min: 0.01,
    max: 1000,
    defaultText: '5',
  }),
  segment: number('mean length, in centimorgans, over which one founder or person is copied', {
    ...POPULATION,
    min: 0.001,
    max: 1e4,
    default: 1,
  }),
  missing: fraction('fraction of genotypes that are made missing', { ...POPULATION, max: 0.99, default: 0 }),
  groups: integer('groups of people that have drifted apart', {
    ...STRUCTURE,
    min: 2,
    max: 100,
    defaultText: '1',
  }),
  fst: fraction('F_ST between any two groups', { ...STRUCTURE, defaultText: '0.05 with --groups' }),
  groupSizes: list('people of each group', { ...STRUCTURE, placeholder: 'integers', defaultText: 'alike' }),
  families: integer('families among the people; the others are unrelated', {
    ...STRUCTURE,
    min: 0,
    default: 0,
  }),
  family: choice('who is in a family', KINDS, { ...STRUCTURE, default: 'trio' }),
});

const { maf: _maf, bfile, pfile, bgen, vcf, ...filters } = genotypeFlags;

/** Mosaics of the people of a file set. */
export const peopleFlags = defineFlags({
  bfile: { ...bfile, ...PEOPLE, help: 'make mosaics of the people of this file set instead of founders' },
  pfile: { ...pfile, ...PEOPLE },
  bgen: { ...bgen, ...PEOPLE },
  vcf: { ...vcf, ...PEOPLE },
  assortative: number(
    'mates are alike in a trait: correlation of their genetic values at equilibrium (that of their traits times the heritability), up to 0.5',
    { ...PEOPLE, min: 0, max: 0.5, defaultText: 'mating is random' },
  ),
  geneticValues: path(
    'genetic values of the people of the file in that trait, the first column of a table (--write-genetic of simulate phenotypes writes one)',
    PEOPLE,
  ),
  ...filters,
});

export type FounderFlags = FlagValues<typeof founderFlags>;

/** Flags that say how founders are made, which mosaics of people cannot follow. */
const ONLY_FOUNDERS = [
  'variants',
  'chromosomes',
  'founders',
  'maxMaf',
  'spectrum',
  'spectrumFile',
  'spacing',
  'groups',
] as const;
const ONLY_PEOPLE = [...(Object.keys(filters) as (keyof typeof filters)[]), 'assortative', 'geneticValues'];

type Given = Readonly<Record<string, unknown>>;

/** @throws HeredityError `usage` for flags of founders beside --bfile, or of --bfile without it, and for half of what assortative mating takes. */
export function checkSource(values: FounderFlags & Given & GenotypeChoice): void {
  const misplaced = (names: readonly string[]) => names.find((name) => values[name] !== undefined);
  const isMosaic = hasGenotypes(values);
  const name = isMosaic
    ? values.families > 0
      ? 'families'
      : misplaced(ONLY_FOUNDERS)
    : misplaced(ONLY_PEOPLE);
  if ((values.assortative === undefined) !== (values.geneticValues === undefined))
    throw new HeredityError('usage', '--assortative and --genetic-values go together', {
      fix: 'give both, or neither',
    });
  if (name === undefined) return;
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new HeredityError(
    'usage',
    isMosaic ? `${flag} has no meaning beside --bfile` : `${flag} needs --bfile`,
    {
      fix: isMosaic ? 'leave one of them out' : 'name the people to make mosaics of',
    },
  );
}

/** Sizes of the groups and how far they are apart; undefined for one group. */
export function groupOptions({ samples, groups, fst, groupSizes }: FounderFlags): GroupOptions | undefined {
  if (groups === undefined) {
    if (fst === undefined && groupSizes === undefined) return undefined;
    throw new HeredityError('usage', '--fst and --group-sizes are about groups', { fix: 'give --groups' });
  }
  const even = (g: number) => Math.floor((samples * (g + 1)) / groups) - Math.floor((samples * g) / groups);
  const sizes = groupSizes?.map(Number) ?? Array.from({ length: groups }, (_, g) => even(g));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (
    sizes.length !== groups ||
    !sizes.every((size) => Number.isInteger(size) && size > 0) ||
    total !== samples
  ) {
    throw new HeredityError('usage', '--group-sizes does not share out the people', {
      value: (groupSizes ?? sizes).join(','),
      expected: `${groups} whole numbers that add up to ${samples}`,
    });
  }
  return { sizes, fst: fst ?? 0.05 };
}

export function familyOptions({ families, family }: FounderFlags): FamilyOptions | undefined {
  return families === 0 ? undefined : { count: families, kind: family };
}

/** The spectrum that is asked for; undefined for the uniform one. */
export async function chosenSpectrum({
  spectrum,
  spectrumFile,
}: FounderFlags): Promise<FrequencySpectrum | undefined> {
  if (spectrumFile === undefined) return spectrum === 'neutral' ? neutralSpectrum : undefined;
  if (spectrum !== undefined) {
    throw new HeredityError('usage', '--spectrum and --spectrum-file both give a spectrum', {
      fix: 'give one of them',
    });
  }
  const { frequency } = await readFrequencies([spectrumFile]);
  return empiricalSpectrum(frequency);
}
