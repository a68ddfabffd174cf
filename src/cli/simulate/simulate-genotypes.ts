import { type Cohort, countCohort, openCohort, WITHOUT_TABLES } from '../../cohort/cohort.js';
import { cohortPlan } from '../../cohort/cohort-plan.js';
import { columnOfPeople } from '../../cohort/column-of-people.js';
import { genotypeName, hasGenotypes } from '../../cohort/genotype-source.js';
import { HeredityError } from '../../errors.js';
import { formatBytes, formatCount, significant } from '../../estimate/number.js';
import { BedWriter, bytesPerVariant } from '../../formats/bed.js';
import { type VariantTable, writeBim } from '../../formats/bim.js';
import { writeFam } from '../../formats/fam.js';
import { filesetPaths } from '../../formats/fileset.js';
import { plural } from '../../formats/text.js';
import { VariantStatistics } from '../../genotypes/statistics.js';
import type { Kernels } from '../../kernels/kernels.js';
import { loadKernels } from '../../kernels/load.js';
import { KernelPool } from '../../kernels/pool.js';
import { runFlags } from '../../options/common-flags.js';
import { defineFlags, type FlagValues } from '../../options/flags.js';
import type { Plan } from '../../plan.js';
import { writeDocument } from '../../report/write-document.js';
import type { RecordedRun } from '../../run.js';
import type { AssortativeMating } from '../../simulation/assortative.js';
import { MOST_CHROMOSOMES, shareVariants } from '../../simulation/chromosomes.js';
import { type GenotypeSimulation, simulateGenotypes, simulationMemory } from '../../simulation/genotypes.js';
import { type FamilyOptions, type GroupOptions, layOutPeople } from '../../simulation/layout.js';
import { chromosomeStretches, mosaicOfPeople } from '../../simulation/people-mosaic.js';
import type { GenotypeSink } from '../../simulation/sample-chunks.js';
import { defineCommand } from '../command.js';
import {
  chosenVariants,
  describePeople,
  newVariantTable,
  writeGroups,
  writeRelatives,
} from './genotype-files.js';
import {
  checkSource,
  chosenSpectrum,
  familyOptions,
  founderFlags,
  groupOptions,
  peopleFlags,
} from './genotype-flags.js';

const flags = defineFlags({ ...founderFlags, ...peopleFlags, ...runFlags });

type GenotypeFlags = FlagValues<typeof flags>;

export const simulateGenotypesCommand = defineCommand({
  description:
    'Makes genotypes of any number of people. From nothing: founder haplotypes grow on a genealogy that changes along each ' +
    'chromosome, and every person is a mosaic of two times many founders (Li and Stephens 2003); LD decays over some ' +
    '100 kb as in Europeans. People may be in groups that have drifted apart, and in families. Or, with --bfile, from real ' +
    'people: each new person is a mosaic of their genotypes, with their LD. The same seed gives the same files on ' +
    'every machine.',
  flags,
  examples: [
    {
      line: 'heredity simulate genotypes --samples 5000 --variants 20000 --out demo',
      what: 'a small cohort on 22 chromosomes',
    },
    {
      line: 'heredity simulate genotypes --samples 337205 --variants 9654 --chromosomes 1 --out chr22-size',
      what: "chromosome 22 of the GRE paper's UK Biobank analysis, in size",
    },
    {
      line: 'heredity simulate genotypes --samples 4000 --groups 2 --fst 0.05 --families 500 --family sibs --out structure',
      what: 'two groups, with 500 pairs of siblings among 4,000 people',
    },
    {
      line: 'heredity simulate genotypes --bfile 1000genomes --chr 22 --maf 0.01 --samples 50000 --out european',
      what: 'many people with the LD of real ones',
    },
    {
      line: 'heredity simulate genotypes --bfile demo --assortative 0.2 --genetic-values demo.genetic.pheno --samples 5000 --out mated',
      what: 'the population of demo after generations in which mates are alike in a trait',
    },
  ],
  outputs: [
    { file: '<out>.bed', what: 'genotypes, PLINK 1' },
    {
      file: '<out>.bim',
      what: 'variants; made from nothing, allele 1 is the minor one among the founders, and positions in centimorgans are the simulated map',
    },
    { file: '<out>.fam', what: 'people; those of a family share their family ID' },
    { file: '<out>.groups', what: 'the group of each person, to be used as a covariate; with --groups' },
    { file: '<out>.relatives.tsv', what: 'expected kinship of every pair of relatives; with --families' },
    { file: '<out>.genotypes.json', what: 'what was made, and how' },
    { file: '<out>.genotypes.svg', what: 'minor allele frequencies of what was made; also .png' },
    { file: '<out>.simulate-genotypes.log', what: 'what was printed' },
  ],

  plan(values, run) {
    checkSource(values);
    return planGenotypes(values, run);
  },
  async run(values, context) {
    checkSource(values);
    if (hasGenotypes(values)) await simulateFromPeople(values, context);
    else await simulateFromNothing(values, context);
  },
});

/** What is simulated from nothing. @throws HeredityError `usage` for flags that do not fit together. */
async function simulationOf(values: GenotypeFlags) {
  const { samples, variants = 20_000, chromosomes = MOST_CHROMOSOMES } = values;
  if (variants < chromosomes) {
    throw new HeredityError('usage', '--variants is smaller than the number of chromosomes', {
      value: variants,
      expected: `at least ${chromosomes}`,
      fix: 'lower --chromosomes',
    });
  }
  const groups = groupOptions(values);
  const families = familyOptions(values);
  const spectrum = await chosenSpectrum(values);
  const simulation: GenotypeSimulation = {
    seed: values.seed,
    samples,
    variants: shareVariants(variants, chromosomes),
    founders: values.founders ?? 1000,
    minFrequency: values.maf ?? 0.01,
    maxFrequency: values.maxMaf ?? 0.5,
    missingRate: values.missing,
    spacing: 1000 * (values.spacing ?? 5),
    segmentLength: values.segment,
    ...(spectrum && { spectrum }),
    ...(groups && { groups }),
    ...(families && { families }),
  };
  const sections = layOutPeople(samples, groups, families);
  const size = `${formatCount(samples)} people, ${formatCount(variants)} variants on ${plural(chromosomes, 'chromosome')}`;
  return { simulation, sections, size, samples, variants, groups, families };
}

async function simulateFromNothing(values: GenotypeFlags, context: RecordedRun): Promise<void> {
  const { provenance, signal } = context;
  const { simulation, sections, size, samples, variants, groups, families } = await simulationOf(values);
  if (values.spectrumFile !== undefined) provenance.input(values.spectrumFile);
  const pool = new KernelPool(loadKernels(values.backend), values.threads, signal);
  provenance.usesBackend(pool.kernels);
  let fst: readonly number[] = [];
  try {
    const summary = await writeGenotypes(values, pool.kernels, variants, async (sink) => {
      const simulated = await simulateGenotypes(pool, simulation, sink, context);
      ({ fst } = simulated);
      return newVariantTable(simulated);
    });
    const people = describePeople(samples, sections, families);
    await writeFam(filesetPaths(values.out).fam, people);
    if (groups) await writeGroups(`${values.out}.groups`, people);
    if (families) await writeRelatives(`${values.out}.relatives.tsv`, families);
    await writeSummary(values, context, `Simulated ${size}${structureInWords(groups, fst, families)}`, {
      ...summary,
      source: 'founders',
      founders: simulation.founders!,
      groups: groups ? { ...groups, realisedFst: fst } : null,
      families: families ?? null,
    });
  } finally {
    await pool.close();
  }
}

/** `, 2 groups (F_ST 0.0507), 500 sibs`. */
function structureInWords(
  groups: GroupOptions | undefined,
  fst: readonly number[],
  families: FamilyOptions | undefined,
) {
  const mean = fst.reduce((sum, value) => sum + value, 0) / fst.length;
  return (
    (groups ? `, ${groups.sizes.length} groups (F_ST ${significant(mean, 3)})` : '') +
    (families ? `, ${formatCount(families.count)} families (${families.kind})` : '')
  );
}

async function simulateFromPeople(values: GenotypeFlags, context: RecordedRun): Promise<void> {
  const cohortFlags = { ...values, ...WITHOUT_TABLES };
  const { samples, seed, segment, missing } = values;
  const open = await openCohort(cohortFlags, context, { variantIds: false });
  try {
    const source = `${formatCount(open.people.count)} people of ${genotypeName(values)}`;
    const cohort = await countCohort(open, cohortFlags, context);
    const { variants, pool, fileset } = cohort;
    const stretches = chromosomeStretches(fileset.variants, variants);
    const assortative = await assortativeMating(values, cohort, context);
    const summary = await writeGenotypes(values, pool.kernels, variants.length, async (sink) => {
      const old = await cohort.genotypes({ memory: 0 });
      const mosaic = {
        seed,
        samples,
        segmentLength: segment,
        missingRate: missing,
        ...(assortative && { assortative }),
      };
      await mosaicOfPeople(old, stretches, mosaic, sink, context);
      return chosenVariants(fileset.variants, variants);
    });
    await writeFam(filesetPaths(values.out).fam, describePeople(samples, []));
    const alike = assortative ? `, whose mates are alike (${assortative.correlation})` : '';
    const said = `Simulated ${formatCount(samples)} mosaics of ${source}${alike}, ${formatCount(variants.length)} variants`;
    await writeSummary(values, context, said, {
      ...summary,
      source: 'people',
      founders: cohort.people.count,
      groups: null,
      families: null,
    });
  } finally {
    await open.close();
  }
}

/** How alike mates are, and in what; undefined where mating is random. */
async function assortativeMating(
  { assortative: correlation, geneticValues }: GenotypeFlags,
  cohort: Cohort,
  context: RecordedRun,
): Promise<AssortativeMating | undefined> {
  if (correlation === undefined || geneticValues === undefined) return undefined;
  const choice = { allowSmallOverlap: false, purpose: 'has genetic values' };
  return { correlation, values: await columnOfPeople(geneticValues, choice, cohort, context) };
}

/** Bytes that mosaics of people take beside what is written. */
const MOSAIC_MEMORY = 3 * 96e6;

async function planGenotypes(values: GenotypeFlags, run: RecordedRun): Promise<Plan> {
  const { out, samples } = values;
  const written = (variants: number) =>
    `${out}.bed of ${formatBytes(variants * bytesPerVariant(samples))} is written`;
  if (!hasGenotypes(values)) {
    const { simulation, size, variants } = await simulationOf(values);
    const memory = { tiles: simulationMemory(simulation) };
    const step = { name: 'genotypes', variants, memory, seconds: null };
    return { about: [`Simulates ${size}: ${written(variants)}`], steps: [step] };
  }
  const open = await openCohort({ ...values, ...WITHOUT_TABLES }, run, { variantIds: false });
  try {
    const variants = open.variants.length;
    const step = { name: 'mosaics', variants, memory: { tiles: MOSAIC_MEMORY }, work: undefined };
    const about = [`Simulates ${formatCount(samples)} mosaics of these people: ${written(variants)}`];
    return cohortPlan(open, { passes: 2, steps: [step], about });
  } finally {
    await open.close();
  }
}

/** What is counted while genotypes are written. */
interface GenotypeSummary {
  readonly samples: number;
  readonly variants: number;
  readonly missingRate: number;
  /** Variants that do not vary among the people made: by chance, or as allele frequencies drifted. */
  readonly monomorphic: number;
  /** Variants by minor allele frequency, in ten bins of equal width from 0 to 0.5. */
  readonly frequencies: readonly number[];
}

/** Streams genotypes to the .bed file and writes the .bim file; neither appears when anything fails. */
async function writeGenotypes(
  values: GenotypeFlags,
  kernels: Kernels,
  total: number,
  simulate: (sink: GenotypeSink) => Promise<VariantTable>,
): Promise<GenotypeSummary> {
  const { out, samples } = values;
  const paths = filesetPaths(out);
  const bed = await BedWriter.create(paths.bed, samples);
  const counted = {
    samples,
    variants: 0,
    missingRate: 0,
    monomorphic: 0,
    frequencies: new Array<number>(10).fill(0),
  };
  const sink: GenotypeSink = {
    async append(packed, stride, variants) {
      const writing = bed.append(packed, stride, variants);
      const counts = new Int32Array(4 * variants);
      kernels.countGenotypes(packed, stride, variants, samples, counts);
      const statistics = new VariantStatistics(counts);
      for (let v = 0; v < variants; v++) {
        counted.missingRate += statistics.missingRate(v) / total;
        if (statistics.isMonomorphic(v)) counted.monomorphic++;
        counted.frequencies[Math.min(9, Math.floor(20 * statistics.minorAlleleFrequency(v)))] += 1;
      }
      counted.variants += variants;
      await writing;
    },
  };
  try {
    const table = await simulate(sink);
    await writeBim(paths.bim, table);
    await bed.finish();
  } catch (error) {
    await bed.abort();
    throw error;
  }
  return counted;
}

async function writeSummary(
  { out }: GenotypeFlags,
  run: RecordedRun,
  said: string,
  summary: GenotypeSummary & Readonly<Record<'source' | 'founders' | 'groups' | 'families', unknown>>,
): Promise<void> {
  const { bed, bim, fam } = filesetPaths(out);
  await writeDocument(run, {
    out,
    name: 'genotypes',
    schema: 'heredity/genotypes@1',
    fields: ({ warnings }) => ({ method: 'simulate genotypes', ...summary, warnings }),
    said,
    charts: [{ name: 'genotypes', svg: await pictureOf(summary) }],
    written: [bed, bim, fam],
  });
}

/** Draws the minor allele frequencies of what was made. */
async function pictureOf({ frequencies, samples }: GenotypeSummary): Promise<string> {
  const { histogramChart } = await import('../../report/histogram-chart.js');
  return histogramChart({
    bins: frequencies.map((count, bin) => ({ low: bin / 20, high: (bin + 1) / 20, count })),
    title: `Allele frequencies among ${formatCount(samples)} simulated people`,
    xLabel: 'minor allele frequency',
    yLabel: 'variants',
    scale: 'linear',
  });
}
