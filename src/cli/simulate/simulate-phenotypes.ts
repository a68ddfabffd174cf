import { type Cohort, countCohort, type OpenCohort, openCohort } from '../../cohort/cohort.js';
import { cohortPlan } from '../../cohort/cohort-plan.js';
import { readWeights, weightFlags } from '../../cohort/effect-weights.js';
import { HeredityError } from '../../errors.js';
import { formatBytes } from '../../estimate/number.js';
import { writeOutput } from '../../formats/output.js';
import { writePhenotypes } from '../../formats/write-phenotypes.js';
import { maskIndices } from '../../genotypes/sample-mask.js';
import { sharedFloat64 } from '../../kernels/memory.js';
import { genotypeFlags, phenotypeFlags, runFlags } from '../../options/common-flags.js';
import { boolean, defineFlags, type FlagValues, requiredOrInstead } from '../../options/flags.js';
import { type Column, textTable, tsv } from '../../report/table.js';
import { writeDocument } from '../../report/write-document.js';
import type { RecordedRun } from '../../run.js';
import { caseControl, type LiabilityThreshold } from '../../simulation/binary.js';
import { type SimulatedTrait, simulateTraits } from '../../simulation/traits.js';
import { defineCommand } from '../command.js';
import { EffectsWriter } from './effects-file.js';
import {
  covariateShares,
  liabilityThreshold,
  listArchitectures,
  type NamedArchitecture,
  traitFlags,
} from './trait-flags.js';

const COVARIATES = { heading: 'Covariates and stratification' } as const;
const { covar, covarName, catcovar, qcovar, missingCode, allowSmallOverlap } = phenotypeFlags;

const flags = defineFlags({
  ...genotypeFlags,
  bfile: requiredOrInstead(genotypeFlags.bfile),
  ...traitFlags,
  ...weightFlags,
  covar: {
    ...covar,
    ...COVARIATES,
    help: 'table of covariates, groups or principal components on which the traits depend too',
  },
  covarName: { ...covarName, ...COVARIATES },
  catcovar: { ...catcovar, ...COVARIATES },
  qcovar: { ...qcovar, ...COVARIATES },
  missingCode: { ...missingCode, ...COVARIATES },
  allowSmallOverlap,
  skipEffects: boolean('write no file of effects', { heading: 'Output' }),
  writeGenetic: boolean('write the genetic values too, to <out>.genetic.pheno', { heading: 'Output' }),
  ...runFlags,
});

type PhenotypeFlags = FlagValues<typeof flags>;

export const simulatePhenotypesCommand = defineCommand({
  description:
    'Simulates traits of known heritability from genotypes: y = X beta + covariates + e with normal effects of all or ' +
    'some variants, X standardised over the samples that are kept, missing genotypes at the mean. The variance of an ' +
    'effect is in proportion to w^gamma [f (1 - f)]^(1 + alpha), with f the frequency and w a weight, such as one over ' +
    'the LD score. All traits take one pass over the genotypes.',
  flags,
  examples: [
    {
      line: 'heredity simulate phenotypes --bfile demo --h2 0.25,0.5 --out demo',
      what: 'two traits on which every variant acts a little',
    },
    {
      line: 'heredity simulate phenotypes --bfile demo --h2 0.25 --p-causal 0.01 --cv-maf 0.01,0.05 --alpha -0.25 --replicates 100 --scaling exact-sample --out rare',
      what: 'a hundred traits on which one variant in a hundred acts, all of low frequency',
    },
    {
      line: 'heredity simulate phenotypes --bfile demo --h2 0.5 --prevalence 0.1 --cases 400 --controls 400 --out disease',
      what: 'cases and controls of a disease that one in ten people has',
    },
    {
      line: 'heredity simulate phenotypes --bfile demo --h2 0.25 --covar demo.groups --covar-share 0.05 --out stratified',
      what: 'a trait that differs between two groups',
    },
  ],
  outputs: [
    { file: '<out>.pheno', what: 'FID, IID and one column a trait; 2 for cases and 1 for controls' },
    {
      file: '<out>.effects.tsv.gz',
      what: 'the truth: the effect of each causal variant on each trait, by allele A1 and by standard deviation',
    },
    {
      file: '<out>.truth.tsv',
      what: 'heritability of each trait as asked for and as realised in the sample',
    },
    { file: '<out>.phenotypes.json', what: 'the same with how it came about' },
    { file: '<out>.genetic.pheno', what: 'the genetic values X beta, with --write-genetic' },
    { file: '<out>.simulate-phenotypes.log', what: 'what was printed' },
  ],

  async plan(values, run) {
    const open = await openCohort({ ...values, pheno: undefined, phenoName: undefined }, run);
    try {
      const { architectures, columns, batch } = workOf(values, open);
      const step = {
        name: 'traits',
        variants: open.variants.length,
        memory: { vectors: columns, tiles: 8 * batch * open.variants.length },
        work: undefined,
      };
      return cohortPlan(open, {
        passes: 1 + Math.ceil(architectures.length / batch),
        steps: [step],
        about: [
          `${architectures.length} ${architectures.length === 1 ? 'trait is' : 'traits are'} simulated`,
        ],
      });
    } finally {
      await open.close();
    }
  },
  async run(values, context) {
    const open = await openCohort({ ...values, pheno: undefined, phenoName: undefined }, context);
    try {
      const { architectures, columns, batch, shares, threshold } = workOf(values, open);
      if (columns > open.memory) {
        throw new HeredityError(
          'resource',
          `${architectures.length} traits of ${open.people.count} people do not fit`,
          {
            value: formatBytes(columns),
            expected: `at most --memory, ${formatBytes(open.memory)}`,
            fix: 'simulate fewer replicates at a time, each time with another --seed',
          },
        );
      }
      const cohort = await countCohort(open, { ...values, pheno: undefined, phenoName: undefined }, context);
      const run = { values, context, cohort, architectures, shares, threshold, batch };
      await simulateAndWrite(run);
    } finally {
      await open.close();
    }
  },
});

/** What is to be simulated, and the bytes of its columns. @throws HeredityError `usage` for flags that do not fit together. */
function workOf(values: PhenotypeFlags, open: OpenCohort) {
  const threshold = liabilityThreshold(values);
  const weighted = values.weights !== undefined || values.ldScores !== undefined;
  const shares = covariateShares(
    values,
    open.covariates.map(({ name }) => name),
  );
  const architectures = listArchitectures(values, open.variants.length, weighted);
  const columns = 8 * architectures.length * open.people.count * (values.writeGenetic ? 2 : 1);
  return {
    threshold,
    shares,
    architectures,
    columns,
    batch: columnsAtOnce(open.variants.length, architectures.length),
  };
}

interface Run {
  readonly values: PhenotypeFlags;
  readonly context: RecordedRun;
  readonly cohort: Cohort;
  readonly architectures: readonly NamedArchitecture[];
  /** Part of the variance that each covariate explains. */
  readonly shares: readonly number[];
  readonly threshold: LiabilityThreshold | undefined;
  /** Traits of one pass over the genotypes. */
  readonly batch: number;
}

/** Bytes that the effects of the traits of one pass may take, two float32 a variant and trait. */
const EFFECT_BYTES = 512 << 20;

function columnsAtOnce(variants: number, traits: number): number {
  return Math.min(traits, Math.max(1, Math.floor(EFFECT_BYTES / (8 * variants))));
}

async function simulateAndWrite(run: Run): Promise<void> {
  const { values, context, cohort, architectures, shares, batch } = run;
  const { out, seed, scaling } = values;
  const { progress } = context;
  const { covariates, variants, fileset } = cohort;
  const genotypes = await cohort.genotypes({ memory: 0 });
  const weights = await readWeights(values, fileset.variants, variants, context);
  const stride = genotypes.columnStride;
  const room = sharedFloat64(architectures.length * stride);
  const geneticRoom = values.writeGenetic ? sharedFloat64(architectures.length * stride) : undefined;
  const effects = values.skipEffects
    ? undefined
    : await EffectsWriter.create(
        `${out}.effects.tsv.gz`,
        fileset.variants,
        variants,
        genotypes.statistics,
        values.dominance !== undefined,
      );
  try {
    const phase = progress.phase('simulating traits', { total: architectures.length, unit: 'traits' });
    const truths: Truth[] = [];
    for (let first = 0; first < architectures.length; first += batch) {
      const some = architectures.slice(first, first + batch);
      const traits = await simulateTraits(genotypes, some, {
        seed,
        first,
        scaling: scaling === 'exact-sample' ? 'exact' : 'expected',
        covariates: covariates.map(({ values }, c) => ({ values, share: shares[c] })),
        out: room.subarray(first * stride),
        ...(geneticRoom && { geneticOut: geneticRoom.subarray(first * stride) }),
        ...(weights && { weights }),
      });
      for (const [t, trait] of traits.entries()) {
        await effects?.append(some[t].name, trait.effects, trait.dominance);
        truths.push({ ...truthOf(some[t], trait), ...makeBinary(run, trait, first + t) });
      }
      phase.advance(some.length);
    }
    phase.end();
    const people = maskIndices(cohort.people);
    const columnsOf = (all: Float64Array) =>
      architectures.map(({ name }, t) => ({
        name,
        values: all.subarray(t * stride, t * stride + genotypes.samples),
      }));
    await writePhenotypes(`${out}.pheno`, fileset.samples, people, columnsOf(room));
    if (geneticRoom)
      await writePhenotypes(`${out}.genetic.pheno`, fileset.samples, people, columnsOf(geneticRoom));
    await effects?.finish();
    const columns = [
      ...TRUTH,
      ...(values.dominance === undefined ? [] : DOMINANCE_TRUTH),
      ...(run.threshold ? BINARY_TRUTH : []),
    ];
    await writeOutput(`${out}.truth.tsv`, tsv(columns, truths));
    const more =
      truths.length > MOST_ROWS ? `\n… and ${truths.length - MOST_ROWS} more in ${out}.truth.tsv` : '';
    await writeDocument(context, {
      out,
      name: 'phenotypes',
      schema: 'heredity/phenotypes@1',
      fields: ({ warnings }) => ({
        method: 'simulate phenotypes',
        scaling,
        traits: truths,
        covariates: covariates.map(({ name }, c) => ({ name, share: shares[c] })),
        warnings,
      }),
      said: textTable(columns, truths.slice(0, MOST_ROWS)) + more,
      written: [
        `${out}.pheno`,
        ...(geneticRoom ? [`${out}.genetic.pheno`] : []),
        ...(effects ? [`${out}.effects.tsv.gz`] : []),
        `${out}.truth.tsv`,
      ],
    });
  } catch (error) {
    await effects?.abort();
    throw error;
  }
}

/** Turns a liability in its room into a binary trait as PLINK codes it; returns what came of it. */
function makeBinary({ values, cohort, threshold }: Run, trait: SimulatedTrait, t: number): Partial<Truth> {
  if (!threshold) return {};
  const status = caseControl(cohort.pool.kernels, trait.values, threshold, values.seed, t);
  for (const [i, value] of status.entries()) trait.values[i] = 1 + value;
  return {
    prevalence: threshold.prevalence,
    cases: status.filter((value) => value === 1).length,
    controls: status.filter((value) => value === 0).length,
  };
}

/** Traits that are listed on the terminal. */
const MOST_ROWS = 20;

/** What is known of a simulated trait. */
interface Truth {
  readonly trait: string;
  readonly h2: number;
  readonly realisedH2: number;
  readonly geneticVariance: number;
  readonly noiseVariance: number;
  readonly dominance?: number;
  readonly dominanceVariance?: number;
  readonly causal: number;
  readonly alpha: number;
  readonly gamma: number;
  readonly causalFrequency: readonly [number, number];
  readonly prevalence?: number;
  readonly cases?: number;
  readonly controls?: number;
}

function truthOf(architecture: NamedArchitecture, trait: SimulatedTrait): Truth {
  const { name, h2, dominance, alpha = -1, gamma = 0, causalFrequency = [0, 0.5] } = architecture;
  const { realisedH2, geneticVariance, noiseVariance, effects } = trait;
  const causal = effects.variants.length;
  return {
    trait: name,
    h2,
    realisedH2,
    geneticVariance,
    noiseVariance,
    ...(dominance !== undefined && { dominance, dominanceVariance: trait.dominanceVariance }),
    causal,
    alpha,
    gamma,
    causalFrequency,
  };
}

const TRUTH: readonly Column<Truth>[] = [
  { name: 'trait', value: ({ trait }) => trait },
  { name: 'h2', value: ({ h2 }) => h2 },
  { name: 'realised_h2', header: 'realised h2', value: ({ realisedH2 }) => realisedH2 },
  { name: 'genetic_variance', header: 'genetic variance', value: ({ geneticVariance }) => geneticVariance },
  { name: 'noise_variance', header: 'noise variance', value: ({ noiseVariance }) => noiseVariance },
  { name: 'causal', value: ({ causal }) => causal },
];

const DOMINANCE_TRUTH: readonly Column<Truth>[] = [
  { name: 'dominance', value: ({ dominance }) => dominance ?? null },
  {
    name: 'dominance_variance',
    header: 'dominance variance',
    value: ({ dominanceVariance }) => dominanceVariance ?? null,
  },
];

const BINARY_TRUTH: readonly Column<Truth>[] = [
  { name: 'prevalence', value: ({ prevalence }) => prevalence ?? null },
  { name: 'cases', value: ({ cases }) => cases ?? null },
  { name: 'controls', value: ({ controls }) => controls ?? null },
];
