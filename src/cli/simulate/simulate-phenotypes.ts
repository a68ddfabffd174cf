import { HeredityError } from '../../errors.js';
import { writeOutput } from '../../formats/output.js';
import { maskIndices } from '../../genotypes/sample-mask.js';
import { type Column, textTable, tsv } from '../../report/table.js';
import { type Architecture, type SimulatedTrait, simulateTraits } from '../../simulation/traits.js';
import { countCohort, openCohort } from '../cohort.js';
import { defineCommand } from '../command.js';
import { genotypeFlags, runFlags } from '../common-flags.js';
import { boolean, defineFlags, type Flag, integer, list, number, required } from '../flags.js';

const TRAITS = { heading: 'Traits' } as const;

const flags = defineFlags({
  ...genotypeFlags,
  bfile: required(genotypeFlags.bfile),
  h2: fractions('heritabilities to simulate, separated by commas'),
  replicates: integer('traits of each heritability', { ...TRAITS, min: 1, max: 10_000, default: 1 }),
  causal: integer('causal variants, drawn at random', {
    ...TRAITS,
    min: 1,
    defaultText: 'every variant that varies',
  }),
  alpha: number(
    'how the effect of a standardised genotype depends on its frequency f: variance in proportion to [f (1 - f)]^(1 + alpha)',
    {
      ...TRAITS,
      min: -3,
      max: 3,
      default: -1,
    },
  ),
  exact: boolean('rescale genetic values and noise to sample variances of exactly h2 and 1 - h2', TRAITS),
  ...runFlags,
});

export const simulatePhenotypesCommand = defineCommand({
  description:
    'Simulates quantitative traits of known heritability from genotypes: y = X beta + e with normal effects of all or ' +
    'some variants, X standardised over the samples that are kept, missing genotypes at the mean.',
  flags,
  examples: [
    {
      line: 'heredity simulate phenotypes --bfile demo --h2 0.25,0.5 --out demo',
      what: 'two traits on which every variant acts a little',
    },
    {
      line: 'heredity simulate phenotypes --bfile demo --h2 0.25 --causal 200 --replicates 100 --out sparse',
      what: 'a hundred traits with 200 causal variants each',
    },
  ],
  outputs: [
    { file: '<out>.pheno', what: 'FID, IID and one column a trait' },
    {
      file: '<out>.truth.tsv',
      what: 'heritability of each trait as asked for and as realised in the sample',
    },
  ],

  async run(values, context) {
    const { log, progress } = context;
    const architectures = listArchitectures(values);
    const cohortFlags = {
      ...values,
      pheno: undefined,
      phenoName: undefined,
      covar: undefined,
      covarName: undefined,
      allowSmallOverlap: false,
    };
    const open = await openCohort(cohortFlags, context);
    try {
      if (values.plan) {
        log.result(
          `Simulate ${architectures.length} traits of ${open.people.count} samples from ${open.variants.length} variants: two passes over the genotypes`,
        );
        return;
      }
      const cohort = await countCohort(open, cohortFlags, context);
      const phase = progress.phase('simulating traits');
      const block = await cohort.store.open(cohort.variants, 0);
      const traits = await simulateTraits(
        cohort.pool,
        [{ block, statistics: cohort.statistics(cohort.variants) }],
        architectures,
        {
          seed: values.seed,
          scaling: values.exact ? 'exact' : 'expected',
        },
      );
      phase.end();
      const { familyId, individualId } = cohort.fileset.samples;
      const people = maskIndices(cohort.people);
      const idColumns: Column<number>[] = [
        { name: 'FID', value: (i) => familyId[people[i]!]! },
        { name: 'IID', value: (i) => individualId[people[i]!]! },
      ];
      const traitColumns = architectures.map(
        ({ name }, t): Column<number> => ({ name, value: (i) => traits[t]!.values[i]! }),
      );
      const truth = architectures.map(({ name }, t) => ({ name, ...traits[t]! }));
      await writeOutput(
        `${values.out}.pheno`,
        tsv([...idColumns, ...traitColumns], Array.from(people.keys())),
      );
      await writeOutput(`${values.out}.truth.tsv`, tsv(TRUTH, truth));
      log.result(textTable(TRUTH, truth.slice(0, MOST_ROWS)));
      if (truth.length > MOST_ROWS)
        log.result(`… and ${truth.length - MOST_ROWS} more in ${values.out}.truth.tsv`);
    } finally {
      await open.close();
    }
  },
});

/** Traits that are listed on the terminal. */
const MOST_ROWS = 20;

const TRUTH: readonly Column<SimulatedTrait & { readonly name: string }>[] = [
  { name: 'trait', value: ({ name }) => name },
  { name: 'h2', value: ({ expectedH2 }) => expectedH2 },
  { name: 'realised_h2', header: 'realised h2', value: ({ realisedH2 }) => realisedH2 },
  {
    name: 'causal',
    value: ({ effects }) => effects.variants.length,
  },
];

interface TraitFlags {
  readonly h2: readonly number[];
  readonly replicates: number;
  readonly causal: number | undefined;
  readonly alpha: number;
}

function listArchitectures({
  h2,
  replicates,
  causal,
  alpha,
}: TraitFlags): (Architecture & { readonly name: string })[] {
  const repeated = h2.find((value, k) => h2.indexOf(value) < k);
  if (repeated !== undefined) {
    throw new HeredityError('usage', '--h2 has a value twice', {
      value: repeated,
      fix: 'use --replicates for several traits of one heritability',
    });
  }
  return h2.flatMap((value) =>
    Array.from({ length: replicates }, (_, r) => ({
      name: replicates === 1 ? `h2_${value}` : `h2_${value}_${r + 1}`,
      h2: value,
      alpha,
      ...(causal !== undefined && { causal }),
    })),
  );
}

/** Numbers from 0 to 1, separated by commas. */
function fractions(help: string): Flag<readonly number[]> {
  const flag = list(help, { ...TRAITS, required: true, placeholder: 'fractions' });
  const parse = (text: string) => {
    const numbers = text.split(',').map((item) => (item.trim() === '' ? Number.NaN : Number(item)));
    return numbers.every((x) => x >= 0 && x <= 1) ? numbers : undefined;
  };
  return { ...flag, expected: 'numbers from 0 to 1 separated by commas', parse } as Flag<
    readonly unknown[]
  > as Flag<readonly number[]>;
}
