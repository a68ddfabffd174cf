import {
  countCohort,
  type OpenCohort,
  openCohort,
  reportHardCalls,
  WITHOUT_TABLES,
} from '../../cohort/cohort.js';
import { cohortPlan } from '../../cohort/cohort-plan.js';
import { filtersGenotypes } from '../../cohort/variants.js';
import { HeredityError } from '../../errors.js';
import { formatBytes, formatCount } from '../../estimate/number.js';
import { BedWriter } from '../../formats/bed.js';
import { type VariantTable, writeBim } from '../../formats/bim.js';
import { type SampleTable, writeFam } from '../../formats/fam.js';
import { PgenWriter } from '../../formats/pgen-writer.js';
import { writePsam } from '../../formats/psam.js';
import { writePvar } from '../../formats/pvar.js';
import { maskIndices, type SampleMask } from '../../genotypes/sample-mask.js';
import { GenotypeStore } from '../../genotypes/store.js';
import { genotypeFlags, runFlags } from '../../options/common-flags.js';
import { boolean, type FlagValues, requiredOrInstead } from '../../options/flags.js';
import { writeDocument } from '../../report/write-document.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { chosenVariants } from '../simulate/genotype-files.js';

const { seed: _seed, ...ownRunFlags } = runFlags;

const convertFlags = {
  ...genotypeFlags,
  bfile: requiredOrInstead(genotypeFlags.bfile),
  makeBed: boolean('write a PLINK 1 file set: <out>.bed, .bim, .fam', { heading: 'Output' }),
  makePgen: boolean('write a PLINK 2 file set of hard calls: <out>.pgen, .pvar, .psam', {
    heading: 'Output',
  }),
  ...ownRunFlags,
};

type ConvertFlags = FlagValues<typeof convertFlags>;

export const convert = defineCommand({
  description:
    'Writes the genotypes of any format, in one file or one a chromosome, as one file set, with the filters of every other ' +
    'command. Without a filter everything is kept: all chromosomes, and variants that do not vary. Dosages become hard calls ' +
    '(--hard-call-threshold); variants with more than two alleles are left out. What is lost at each step is said.',
  flags: convertFlags,
  examples: [
    {
      line: 'heredity convert --pfile ukb_chr@ --maf 0.01 --make-bed --out common',
      what: 'one PLINK 1 file set of common variants',
    },
    {
      line: 'heredity convert --bgen chr22.bgen --sample ukb.sample --keep unrelated.txt --make-pgen --out chr22',
      what: 'hard calls of imputed dosages, of some people',
    },
  ],
  outputs: [
    { file: '<out>.bed, .bim, .fam', what: 'PLINK 1 file set (--make-bed)' },
    { file: '<out>.pgen, .pvar, .psam', what: 'PLINK 2 file set (--make-pgen)' },
    { file: '<out>.convert.json', what: 'what was written, losses, provenance (schema in docs/schemas)' },
    { file: '<out>.convert.log', what: 'what was printed' },
  ],
  async plan(values, run) {
    checkFlags(values);
    const open = await openCohort(
      { ...values, ...WITHOUT_TABLES, seed: 1 },
      run,
      { variantIds: false },
      KEEP_ALL,
    );
    try {
      const bytes = open.variants.length * Math.ceil(open.people.count / 4);
      const about = [`At most ${formatBytes(bytes)} of genotypes are written`];
      return cohortPlan(open, { passes: filtersGenotypes(values) ? 2 : 1, about });
    } finally {
      await open.close();
    }
  },
  async run(values, context) {
    checkFlags(values);
    const endings = values.makeBed ? ['bed', 'bim', 'fam'] : ['pgen', 'pvar', 'psam'];
    const files = endings.map((ending) => `${values.out}.${ending}`);
    const flags = { ...values, ...WITHOUT_TABLES, seed: 1 };
    const open = await openCohort(flags, context, { variantIds: false }, KEEP_ALL);
    try {
      const { people, variants } = filtersGenotypes(values)
        ? await countCohort(open, flags, context, KEEP_ALL)
        : open;
      await write(values, context, open, people, variants, files);
      if (!filtersGenotypes(values)) reportHardCalls(open.fileset, variants, context);
      await writeDocument(context, {
        out: values.out,
        name: 'convert',
        schema: 'heredity/convert@1',
        fields: { files, people: people.count, variants: variants.length },
        said: `${formatCount(people.count)} people, ${formatCount(variants.length)} variants`,
        written: files,
      });
    } finally {
      await open.close();
    }
  },
});

function checkFlags(values: Pick<ConvertFlags, 'makeBed' | 'makePgen'>): void {
  if (values.makeBed === values.makePgen) {
    throw new HeredityError(
      'usage',
      `give ${values.makeBed ? 'only one' : 'one'} of --make-bed and --make-pgen`,
    );
  }
}

/** Nothing is left out that no filter names. */
const KEEP_ALL = true;

async function write(
  { makeBed, bfile }: ConvertFlags,
  { progress }: RecordedRun,
  { fileset, pool }: OpenCohort,
  people: SampleMask,
  variants: Int32Array,
  [genotypes, variantFile, sampleFile]: readonly string[],
): Promise<void> {
  const samples = chosenSamples(fileset.samples, people);
  const table: VariantTable = chosenVariants(fileset.variants, variants);
  const shape = { samples: people.count, variants: variants.length, knownReference: bfile === undefined };
  const writer = makeBed
    ? await BedWriter.create(genotypes, people.count)
    : await PgenWriter.create(genotypes, shape);
  try {
    const block = await new GenotypeStore(fileset.source, people, pool).open(variants, 0);
    const phase = progress.phase('converting', { total: variants.length, unit: 'variants' });
    for await (const tile of block.tiles()) {
      await writer.append(tile.packed, block.stride, tile.variants);
      phase.advance(tile.variants);
    }
    phase.end();
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  await (makeBed ? writeBim : writePvar)(variantFile, table);
  await (makeBed ? writeFam : writePsam)(sampleFile, samples);
}

function chosenSamples(table: SampleTable, people: SampleMask): SampleTable {
  const indices = maskIndices(people);
  const pick = <T>(values: readonly T[]): T[] => Array.from(indices, (i) => values[i]!);
  const { ids: _, ...rest } = table;
  return {
    ...rest,
    count: people.count,
    familyId: pick(table.familyId),
    individualId: pick(table.individualId),
    fatherId: pick(table.fatherId),
    motherId: pick(table.motherId),
    sex: Uint8Array.from(indices, (i) => table.sex[i]),
    phenotype: pick(table.phenotype),
  };
}
