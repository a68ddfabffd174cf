import type { Cohort } from '../../cohort/cohort.js';
import { countLdCohort, ldCohortFlags, openLdCohort, planOfLd } from '../../cohort/ld-cohort.js';
import { HeredityError } from '../../errors.js';
import { formatCount } from '../../estimate/number.js';
import { readAnnotations } from '../../formats/annotation.js';
import { writeGctaScores } from '../../formats/gcta-score.js';
import { readVariantList } from '../../formats/id-list.js';
import { packedStride } from '../../kernels/kernels.js';
import {
  alignAnnotations,
  ldscMinorFrequencies,
  noAnnotation,
  weightedByFrequency,
} from '../../ld/annotations.js';
import { chooseWindows, type WindowRule } from '../../ld/choose-windows.js';
import { gctaLdScores } from '../../ld/gcta-scores.js';
import { ldScores, ldScoreWork } from '../../ld/windowed-r2.js';
import { dosageFlag } from '../../options/common-flags.js';
import { boolean, type FlagValues, flagName, integer, number, path } from '../../options/flags.js';
import { partFlags } from '../../options/part-flags.js';
import { windowFlags, windowReach } from '../../options/window-flags.js';
import { genotypesIn } from '../../plan.js';
import { defineCommand } from '../command.js';
import { type ScoreSet, writeScores } from './score-files.js';

const ANNOTATIONS = { heading: 'Annotations' } as const;
const OUTPUT = { heading: 'Output' } as const;
const METHOD = { heading: 'Method' } as const;

const flags = {
  ...ldCohortFlags,
  ...dosageFlag,
  ...windowFlags,
  annot: path('annotations (.annot, plain or gzip): one score for each of them', ANNOTATIONS),
  thinAnnot: boolean('the annotation file has no columns CHR BP SNP CM', ANNOTATIONS),
  pqExp: number('weight variants by (p (1 - p)) to this power, p their allele frequency', ANNOTATIONS),
  perAllele: boolean('short for --pq-exp 1', ANNOTATIONS),
  unadjusted: boolean("take the sample's r2 as it is, without LDSC's correction for its bias", METHOD),
  ldscCompatible: boolean("round windows up to chunks, and take --maf as 'above', as ldsc.py does", METHOD),
  gcta: boolean(
    "GCTA's scores: r2 not adjusted, in blocks of --ld-wind-kb that overlap by half; writes <out>.score.ld too",
    METHOD,
  ),
  chunkSize: integer('variants in a chunk of --ldsc-compatible', { ...METHOD, min: 1, default: 50 }),
  printSnps: path('write only the scores of the variants in this list', OUTPUT),
  perChromosome: boolean(
    'write files for each chromosome, <out>.<chromosome>.l2.ldscore.gz and so on',
    OUTPUT,
  ),
  ...partFlags,
  plot: boolean('draw mean scores by allele frequency as SVG and PNG', OUTPUT),
};

export type ScoreFlags = FlagValues<typeof flags>;

export const ldScoresCommand = defineCommand({
  description:
    'LD scores: for each variant the sum of its r2 with all variants in a window around it, itself included, for LD score ' +
    'regression. With --annot, one score for each annotation, all in the same pass. Files are those of LDSC.',
  flags,
  examples: [
    {
      line: 'heredity ld scores --bfile study --ld-wind-kb 1000 --out study',
      what: 'windows of 1 Mb to each side',
    },
    {
      line: 'heredity ld scores --bfile study --annot study.annot.gz --ld-wind-cm 1 --per-chromosome --out study',
      what: 'partitioned scores, a file for each chromosome',
    },
    {
      line: 'heredity ld scores --bfile study --ld-wind-kb 1000 --random-samples 2000 --out study',
      what: 'from 2,000 of the people',
    },
  ],
  outputs: [
    { file: '<out>.l2.ldscore.gz', what: 'CHR SNP BP and the scores, three decimals' },
    {
      file: '<out>.l2.M, <out>.l2.M_5_50',
      what: 'number of variants behind each score: all, and above MAF .05',
    },
    { file: '<out>.frq', what: "PLINK's allele frequencies of these variants, for ldsc --frqfile" },
    { file: '<out>.score.ld', what: "with --gcta: GCTA's columns, SNP to ldscore" },
    { file: '<out>.ld-scores.json', what: 'summary and provenance (format in docs/outputs.md)' },
    { file: '<out>.ld-scores.tsv', what: 'the summary as a table' },
    { file: '<out>.ld-scores.svg, .png', what: 'with --plot: mean scores by allele frequency' },
    { file: '<out>.ld-scores.log', what: 'what was printed' },
  ],
  async plan(values, run) {
    checkFlags(values);
    frequencyPower(values);
    return planOfLd(values, run, (open) => {
      const { variants, people, memory } = open;
      const windows = chooseWindows(values, open.fileset, variants, ruleOf(values));
      const pairs = windows.last.reduce((sum, right, j) => sum + right - j, 0);
      const packed = packedStride(people.count) * variants.length;
      const step = {
        name: 'LD scores',
        variants: variants.length,
        memory: genotypesIn(packed, memory),
        work: ldScoreWork(windows, people.count),
      };
      return { passes: 2, steps: [step], about: [`${formatCount(pairs)} pairs in windows`] };
    });
  },
  async run(values, context) {
    const { provenance } = context;
    checkFlags(values);
    const power = frequencyPower(values);
    const open = await openLdCohort(values, context);
    try {
      const { variants: bim } = open.fileset;
      const rule = ruleOf(values);
      for (const file of [values.annot, values.printSnps]) if (file !== undefined) provenance.input(file);
      const table =
        values.annot === undefined ? undefined : await readAnnotations(values.annot, values.thinAnnot);
      const printed = values.printSnps === undefined ? undefined : await readVariantList(values.printSnps);
      const cohort = await countLdCohort(
        open,
        { ...values, maf: values.ldscCompatible ? undefined : values.maf },
        context,
      );
      const variants = values.ldscCompatible ? aboveMaf(cohort, values.maf) : cohort.variants;
      const windows = chooseWindows(values, open.fileset, variants, rule);
      const genotypes = await cohort.genotypes({ memory: open.memory / 2 }, variants);
      const maf = ldscMinorFrequencies(genotypes.statistics);
      let annotations = table ? alignAnnotations(table, bim, variants) : noAnnotation(variants.length);
      if (power !== undefined) annotations = weightedByFrequency(annotations, maf, power);

      const gcta = values.gcta ? await gctaLdScores(genotypes, windows, context) : undefined;
      const options = { adjusted: !values.unadjusted };
      const scores = gcta?.score ?? (await ldScores(genotypes, windows, annotations, options, context));
      if (gcta) await writeGctaScores(`${values.out}.score.ld`, bim, variants, { maf, ...gcta });
      const set: ScoreSet = {
        bim,
        variants,
        people: cohort.people.count,
        names: scoreNames(table?.names, power),
        annotations,
        scores,
        maf,
        minorIsFirst: (k) => genotypes.statistics.centredSum(k) <= 0,
        observed: (k) => 2 * genotypes.statistics.present(k),
      };
      await writeScores(values, context, set, printed);
    } finally {
      await open.close();
    }
  },
});

function checkFlags(values: ScoreFlags): void {
  windowReach(values);
  if (values.thinAnnot && values.annot === undefined)
    throw new HeredityError('usage', '--thin-annot needs an annotation file', {
      fix: 'give one with --annot',
    });
  if (!values.gcta) return;
  const others = (
    ['annot', 'ldscCompatible', 'perAllele', 'pqExp', 'ldWindCm', 'ldWindSnps', 'parts'] as const
  ).filter((name) => values[name] !== undefined && values[name] !== false);
  if (others.length > 0) {
    throw new HeredityError('usage', `--gcta does not go with ${others.map(flagName).join(', ')}`, {
      fix: "leave one of them out: GCTA's scores have no annotations, windows in base pairs, and are computed in one run",
    });
  }
}

/** Windows as LDSC, GCTA or nobody else draws them. */
function ruleOf({ gcta, ldscCompatible, chunkSize }: ScoreFlags): WindowRule {
  return gcta ? 'gcta' : ldscCompatible ? { chunk: chunkSize } : 'exact';
}

/** LDSC keeps what is above the limit, not what equals it. */
function aboveMaf({ variants, statistics, variantLosses, fileset }: Cohort, limit = 0): Int32Array {
  const maf = ldscMinorFrequencies(statistics(variants));
  const kept = variants.filter((_, k) => maf[k] > limit);
  variantLosses.step('--maf', kept.length, `minor allele frequency not above ${limit}`);
  if (kept.length > 0) return kept;
  throw new HeredityError('degenerate-data', '--maf leaves no variant', {
    file: fileset.variantFile,
    value: limit,
    fix: 'use a lower limit',
  });
}

function frequencyPower({ pqExp, perAllele }: ScoreFlags): number | undefined {
  if (!perAllele || pqExp === undefined || pqExp === 1) return perAllele ? 1 : pqExp;
  throw new HeredityError('usage', '--per-allele and --pq-exp ask for different weights', {
    fix: 'give one of them',
  });
}

/** `L2`, or `<annotation>L2` each; weighted ones end in `_S` and the power. */
function scoreNames(annotations: readonly string[] | undefined, power: number | undefined): string[] {
  const suffix = power === undefined ? '' : `_S${power}`;
  return (annotations ?? ['']).map((name) => `${name}L2${suffix}`);
}
