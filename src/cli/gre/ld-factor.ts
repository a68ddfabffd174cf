import { createDesign, everyone } from '../../association/design.js';
import { defineBlocks } from '../../cohort/blocks.js';
import { cohortFlags, countCohort, type OpenCohort, openCohort } from '../../cohort/cohort.js';
import { cohortPlan, rowsOf } from '../../cohort/cohort-plan.js';
import { formatBytes, formatCount } from '../../estimate/number.js';
import { factorLd, rankTooHigh } from '../../estimators/gre/direct.js';
import { GRE_DEFAULTS } from '../../estimators/gre/gre.js';
import { degreesOfFreedom } from '../../estimators/gre/projection.js';
import type { BlockDefinition } from '../../estimators/gre/result.js';
import {
  type LdFactorBlockEntry,
  writeLdFactorBlock,
  writeLdFactorManifest,
} from '../../formats/ld-factor.js';
import { packedStride } from '../../kernels/kernels.js';
import { TiledWorkspace, tiledLowerBytes } from '../../linalg/tiled-lower.js';
import { number, string } from '../../options/flags.js';
import { partOf } from '../../run.js';
import { defineCommand } from '../command.js';

const { pheno: _, phenoName: __, ...withoutTraits } = cohortFlags;

export const ldFactor = defineCommand({
  description:
    'Factors the in-sample LD of a set of blocks once, so that "heredity gre --sumstats" can estimate any number of traits ' +
    'from their summary statistics without genotypes. The people and covariates have to be those of the association.',
  flags: {
    ...withoutTraits,
    out: string('folder to write', { heading: 'Output', placeholder: 'folder', default: 'ld-factor' }),
    blocks: string('blocks of variants: chromosome, genome, count:K, or a file', {
      heading: 'Method',
      default: 'chromosome',
      placeholder: 'blocks',
      words: ['chromosome', 'genome', 'count:'],
      mayBeFile: true,
    }),
    rankTolerance: number(
      "share of a variant's variance that others must leave unexplained for it to count in the rank",
      {
        heading: 'Method',
        min: 1e-14,
        max: 0.1,
        default: GRE_DEFAULTS.rankTolerance,
      },
    ),
  },
  examples: [
    {
      line: 'heredity ld-factor --bfile study --keep white-british.txt --covar age-sex-pcs.txt --out ld',
      what: 'one factor a chromosome',
    },
    {
      line: 'heredity ld-factor --bfile study --chr 22 --blocks count:2 --plan',
      what: 'how much it would write',
    },
  ],
  outputs: [
    {
      file: '<out>/manifest.json',
      what: 'blocks, people, covariates, provenance (format in docs/outputs.md)',
    },
    { file: '<out>/block<k>.variants.tsv', what: 'the variants of block k and their alleles' },
    { file: '<out>/block<k>.factor.bin', what: "Cholesky factor of the block's LD, 4 p² bytes" },
    { file: '<out>.ld-factor.log', what: 'what was printed' },
  ],
  async plan(values, run) {
    const open = await openCohort({ ...values, pheno: undefined, phenoName: undefined }, run);
    try {
      const { fileset, variants, variantLosses } = open;
      const losses = variantLosses;
      const blocks = await defineBlocks(values.blocks, fileset.variants, variants, losses, run.provenance);
      requireBlocks(blocks, open);
      const steps = blocks.map((block) => {
        const count = block.variants.length;
        const memory = heldOf(block, open);
        const work = { pairs: (count ** 2 / 2) * open.people.count, dense: count ** 3 / 3 };
        return { name: block.id, variants: count, memory, work };
      });
      const written = steps.reduce((sum, { memory }) => sum + memory.factor, 0);
      return cohortPlan(open, { passes: 2, steps, about: [`${formatBytes(written)} on disk`] });
    } finally {
      await open.close();
    }
  },
  async run(values, context) {
    const { log, provenance } = context;
    const flags = { ...values, pheno: undefined, phenoName: undefined };
    const open = await openCohort(flags, context);
    try {
      const cohort = await countCohort(open, flags, context);
      const { fileset } = cohort;
      const blocks = await defineBlocks(
        values.blocks,
        fileset.variants,
        cohort.variants,
        cohort.variantLosses,
        provenance,
      );
      const covariatesOnly = createDesign([], cohort.covariates, cohort.people.count);
      const design = { ...covariatesOnly, groups: [everyone(covariatesOnly)] };
      requireBlocks(blocks, open);
      const phase = context.progress.phase('blocks', { total: blocks.length });
      const workspace = new TiledWorkspace();
      const entries: LdFactorBlockEntry[] = [];
      for (const [index, { id, variants, breaks }] of blocks.entries()) {
        const genotypes = await cohort.genotypes({ memory: open.memory }, variants);
        const data = {
          id,
          genotypes,
          design,
          breaks,
          rankTolerance: values.rankTolerance,
          workspace,
        };
        const { factor, rank } = await factorLd(data, 0, partOf(context, phase));
        if (rank >= degreesOfFreedom(design, 0)) throw rankTooHigh(data, degreesOfFreedom(design, 0));
        const pick = <T>(column: ArrayLike<T>) => Array.from(variants, (v) => column[v]!);
        const { id: ids, chromosome, position, allele1, allele2 } = fileset.variants;
        const listed = {
          id: pick(ids),
          chromosome: pick(chromosome),
          position: pick(position),
          allele1: pick(allele1),
          allele2: pick(allele2),
        };
        entries.push(await writeLdFactorBlock(values.out, index, id, rank, listed, factor));
        genotypes.close();
        phase.advance();
        log.info(`${id}: ${formatCount(variants.length)} variants, rank ${formatCount(rank)}`);
      }
      phase.end();
      await writeLdFactorManifest(values.out, {
        schema: 'heredity/ld-factor@1',
        samples: cohort.people.count,
        covariates: design.columns,
        covariateNames: cohort.covariates.map(({ name }) => name),
        rankTolerance: values.rankTolerance,
        blocks: entries,
        provenance: await provenance.finish(),
      });
      log.result(
        `${values.out}: LD factor of ${blocks.length} blocks, ${formatCount(cohort.people.count)} people`,
      );
    } finally {
      await open.close();
    }
  },
});

/** Bytes that a block holds: its genotypes, and its LD, in whose place the factor comes. */
const heldOf = ({ variants }: BlockDefinition, { people, fileset }: OpenCohort) => ({
  genotypes: rowsOf(fileset) * packedStride(people.count) * variants.length,
  factor: tiledLowerBytes(variants.length),
});

/** @throws HeredityError `resource` where the largest block does not fit into --memory. */
function requireBlocks(blocks: readonly BlockDefinition[], open: OpenCohort): void {
  const largest = blocks.reduce((most, block) =>
    block.variants.length > most.variants.length ? block : most,
  );
  const { genotypes, factor } = heldOf(largest, open);
  const what = `block ${largest.id} with ${formatCount(largest.variants.length)} variants (smaller ones: --blocks count:K)`;
  open.requireMemory(what, genotypes + factor);
}
