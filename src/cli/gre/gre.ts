import { Checkpoint } from '../../checkpoint.js';
import { componentFlags } from '../../cohort/components.js';
import { methodTitle } from '../../methods/facts.js';
import { blockChoice } from '../../methods/gre/block-choice.js';
import { greFlags } from '../../methods/gre/flags.js';
import { estimateFromSumstats, planFromSumstats } from '../../methods/gre/from-sumstats.js';
import type { GreName } from '../../methods/gre/method.js';
import { resultFlags } from '../../options/common-flags.js';
import { defineFlags, type FlagValues } from '../../options/flags.js';
import { roundFlags } from '../../options/part-flags.js';
import { partPath } from '../../parts/manifest.js';
import { resultOutputs, writeResult } from '../../report/write-result.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { estimateByMethod, planOfMethod } from '../method-command.js';
import { GIVEN, keys, without } from '../modes.js';

const flags = defineFlags({ ...greFlags, ...roundFlags });
type GreFlags = FlagValues<typeof flags>;

const FROM_SUMSTATS = [
  ...keys(resultFlags),
  ...(['sumstats', 'ldFactor', 'se', 'prevalence', 'ascertainment'] as const),
];
const FROM_GENOTYPES = keys(flags).filter((key) => key !== 'sumstats' && key !== 'ldFactor');
/** The published implementation solves dense LD, block by block, draws no probes and knows no pairs. */
const NOT_IN_REFERENCE: readonly string[] = [
  ...(['crossBlock', 'solver', 'probes', 'rg', 'unique', 'dominance'] as const),
  ...keys(componentFlags),
  ...keys(roundFlags),
];

export const gre = defineCommand({
  description:
    'Estimates SNP-heritability without a model of how effects depend on frequency or LD (Hou et al. 2019): the share of ' +
    "each trait's variance that the variants of a block explain in sample, made unbiased for the rank of their LD, and " +
    'summed over blocks. All traits of the phenotype table are estimated in one run. Covariates are projected out of ' +
    'traits and genotypes exactly. Missing genotypes take the mean over the people of the run.',
  flags,
  examples: [
    {
      line: 'heredity gre --bfile study --pheno traits.txt --covar age-sex-pcs.txt --out study',
      what: 'all traits, in blocks that are chosen for the least error',
    },
    {
      line: 'heredity gre --bfile study --pheno traits.txt --rg --out study',
      what: 'the same with genetic correlations of all pairs of traits',
    },
    {
      line: 'heredity gre --bfile study --pheno traits.txt --partition maf-ld --out study',
      what: 'heritability by strata of frequency and LD',
    },
    {
      line: 'heredity gre --bfile study --pheno traits.txt --maf 0.01 --plan',
      what: 'what it would read, and how long it would take',
    },
    {
      line: 'heredity gre --bfile study --pheno traits.txt --parts 4 --part 1 --out parts',
      what: 'a quarter of the work; "heredity merge parts --out study" joins all four',
    },
    {
      line: 'heredity gre --bfile mice --pheno traits.txt --cross-block',
      what: 'related samples: overlap between blocks taken out',
    },
    {
      line: 'heredity gre --bfile study --pheno traits.txt --blocks ld-blocks.bed --out local',
      what: 'local heritability of the regions of a file',
    },
    {
      line: 'heredity gre --sumstats bmi.sumstats.gz --ld-factor ld --out bmi',
      what: 'from summary statistics and the in-sample LD',
    },
  ],
  outputs: resultOutputs('<method>'),
  modes: [
    { when: { sumstats: GIVEN }, flags: FROM_SUMSTATS, needs: ['ldFactor'] },
    { when: { ldFactor: GIVEN }, flags: FROM_SUMSTATS, needs: ['sumstats'] },
    {
      when: { referenceCompatible: true },
      flags: FROM_GENOTYPES.filter((key) => !NOT_IN_REFERENCE.includes(key)),
      needs: ['bfile', 'pheno'],
    },
    // blocks are solved several times over, each a round for parts
    { when: { dominance: true }, flags: FROM_GENOTYPES, needs: ['bfile', 'pheno'] },
    { when: { unique: true }, flags: FROM_GENOTYPES, needs: ['bfile', 'pheno'] },
    { when: {}, flags: without(FROM_GENOTYPES, ['wait']), needs: ['bfile', 'pheno'] },
  ],
  resultName: greMethod,
  plan(flags, run) {
    const { sumstats, ldFactor } = flags;
    if (sumstats && ldFactor) return planFromSumstats(sumstats, ldFactor, flags);
    return planOfMethod(greMethod(flags), { ...flags, blocks: blockChoice(flags) }, run);
  },
  async run(flags, run) {
    const { sumstats, ldFactor, out, report } = flags;
    if (!sumstats || !ldFactor) return fromGenotypes(flags, run);
    const findings = await estimateFromSumstats(sumstats, ldFactor, flags, run);
    return writeResult(run, findings, { out, name: 'gre', report, titleOf: methodTitle });
  },
});

function greMethod({ crossBlock }: Pick<GreFlags, 'crossBlock'>): GreName {
  return crossBlock ? 'gre-cross-block' : 'gre';
}

/** Blocks that an earlier try of the same command finished are not computed again. */
async function fromGenotypes(flags: GreFlags, run: RecordedRun): Promise<void> {
  const name = greMethod(flags);
  const finished = async () => {
    const checkpoint = await openCheckpoint(name, flags, run);
    checkpoint.finish();
    if (checkpoint.finished > 0)
      run.log.info(`going on from ${checkpoint.finished} finished parts of an interrupted run`);
    return checkpoint;
  };
  const goesOn = run.division === undefined || run.division.role === 'part';
  const own = goesOn ? { ...run, finished } : run;
  await estimateByMethod(name, { ...flags, blocks: blockChoice(flags) }, own);
}

/** Results depend neither on where they go nor on how many threads compute, so those flags may change between tries. */
function openCheckpoint(
  name: GreName,
  flags: GreFlags,
  { provenance }: RecordedRun,
): Promise<Checkpoint<{ readonly id: string }>> {
  const { out, threads, memory, quiet, plan, parts, part, wait, ...settings } = flags;
  const prefix = parts && part ? partPath(out, name, { part, parts }) : `${out}.${name}`;
  return Checkpoint.open(`${prefix}.resume.json`, settings, provenance);
}
