import {
  inSampleWeights,
  inSampleWeightsNeeds,
  thinnedVariants,
  thinningWork,
  WEIGHT_WINDOW_KB,
} from '../../cohort/in-sample-weights.js';
import { countLdCohort, ldCohortFlags, openLdCohort, planOfLd } from '../../cohort/ld-cohort.js';
import { HeredityError } from '../../errors.js';
import { formatCount, significant } from '../../estimate/number.js';
import type { VariantTable } from '../../formats/bim.js';
import { writeLdakWeights } from '../../formats/ldak-weights.js';
import { packedStride } from '../../kernels/kernels.js';
import { together } from '../../kernels/rates.js';
import { LDAK_WEIGHT_DEFAULTS } from '../../ld/ldak-weights.js';
import { THIN_DEFAULTS } from '../../ld/thin.js';
import { boolean, fraction, integer, number } from '../../options/flags.js';
import { partFlags } from '../../options/part-flags.js';
import { type WindowReach, windowFlagsWithDefault, windowReach } from '../../options/window-flags.js';
import { genotypesIn } from '../../plan.js';
import { writeDocument } from '../../report/write-document.js';
import { defineCommand } from '../command.js';

const METHOD = { heading: 'Method' } as const;

export const weights = defineCommand({
  description:
    'LDAK weights: non-negative numbers that even out linkage disequilibrium, so that a variant in LD with many others counts ' +
    'less. Solved exactly (non-negative least squares), in sections of each chromosome as LDAK does. Without --thin ' +
    "every variant takes part, as in the GRE paper; with it results are those of LDAK's defaults.",
  flags: {
    ...ldCohortFlags,
    ...windowFlagsWithDefault(WEIGHT_WINDOW_KB),
    thin: boolean('first leave out variants that another within 100 kb repeats; their weight is 0', METHOD),
    thinR2: fraction('r² at which one variant repeats another', { ...METHOD, default: THIN_DEFAULTS.r2 }),
    sectionLength: integer('variants solved at a time, beside their neighbours', {
      ...METHOD,
      min: 1,
      default: LDAK_WEIGHT_DEFAULTS.sectionLength,
    }),
    halfLife: number('let r² count half at this distance (in the unit of the window)', {
      ...METHOD,
      min: 1e-9,
    }),
    quick: boolean('take 1 / (sum of r²) in place of the solution', METHOD),
    ...partFlags,
  },
  examples: [
    {
      line: 'heredity ld weights --bfile study --out study',
      what: 'weights of every variant, as the GRE paper used them',
    },
    { line: 'heredity ld weights --bfile study --thin --out study', what: "LDAK's defaults" },
  ],
  outputs: [
    { file: '<out>.weights.all', what: "LDAK's table: weight, neighbours, sum of r², check" },
    { file: '<out>.weights.short', what: 'variants with a weight above 0, and their weights' },
    { file: '<out>.ld-weights.json', what: 'summary and provenance (schema in docs/schemas)' },
    { file: '<out>.ld-weights.log', what: 'what was printed' },
  ],
  async plan(values, run) {
    checkFlags(values);
    const { reach, unit } = windowReach(values, WEIGHT_WINDOW_KB);
    const about = [`8 bytes of memory for each pair of neighbours within ${reach} ${unit}`];
    return planOfLd(values, run, (open) => {
      const { variants, people, memory } = open;
      const size = { people: people.count, threads: values.threads };
      const { work, memory: beside } = inSampleWeightsNeeds(open, size, { reach, unit });
      const packed = packedStride(people.count) * variants.length;
      const step = {
        name: 'weights',
        variants: variants.length,
        memory: { ...genotypesIn(packed, memory - beside.pairs!), ...beside },
        work: values.thin ? together(thinningWork(open, people.count), work) : work,
      };
      return { passes: values.thin ? 3 : 2, steps: [step], about };
    });
  },
  async run(values, context) {
    const reach = windowReach(values, WEIGHT_WINDOW_KB);
    checkFlags(values);
    const open = await openLdCohort(values, context);
    try {
      const cohort = await countLdCohort(open, values, context);
      const kept = values.thin
        ? await thinnedVariants(cohort, open.memory, values.thinR2, context)
        : cohort.variants;
      const table = cohort.fileset.variants;
      const result = await inSampleWeights(cohort, kept, reach, open.memory, context, {
        sectionLength: values.sectionLength,
        quick: values.quick,
        ...(values.halfLife !== undefined && { decay: decayOf(table, kept, reach.unit, values.halfLife) }),
      });
      const state = Array.from<'weighted' | 'thinned' | 'filtered'>({ length: table.count }).fill('filtered');
      for (const variant of cohort.variants) state[variant] = 'thinned';
      for (const variant of kept) state[variant] = 'weighted';
      const spread = (own: Float64Array): Float64Array => {
        const all = new Float64Array(table.count);
        for (const [k, variant] of kept.entries()) all[variant] = own[k];
        return all;
      };
      await writeLdakWeights(values.out, {
        id: table.id,
        state,
        weight: spread(result.weight),
        neighbours: spread(result.neighbours),
        tagging: spread(result.tagging),
        check: spread(result.check),
        decayed: values.halfLife !== undefined,
      });
      const summary = {
        variants: cohort.variants.length,
        thinned: cohort.variants.length - kept.length,
        positive: result.weight.reduce((count, w) => count + Number(w > 0), 0),
        sum: result.weight.reduce((sum, w) => sum + w, 0),
        largest: result.weight.reduce((most, w) => Math.max(most, w), 0),
        meanNeighbours: result.neighbours.reduce((sum, n) => sum + n, 0) / kept.length,
        meanTagging: result.tagging.reduce((sum, t) => sum + t, 0) / kept.length,
        largestResidual: result.check.reduce((most, c) => Math.max(most, Math.abs(c - 1)), 0),
        sections: result.sections,
      };
      await writeDocument(context, {
        out: values.out,
        name: 'ld-weights',
        schema: 'heredity/ld-weights@1',
        fields: ({ warnings }) => ({
          method: values.quick ? 'quick weights' : 'LDAK weights',
          window: reach,
          ...summary,
          warnings,
        }),
        said:
          `${formatCount(summary.positive)} of ${formatCount(summary.variants)} variants have a weight above 0` +
          `${values.thin ? `; ${formatCount(summary.thinned)} were thinned away` : ''}; sum of weights ${significant(summary.sum, 6)}`,
        written: [`${values.out}.weights.all`, `${values.out}.weights.short`],
      });
    } finally {
      await open.close();
    }
  },
});

function checkFlags(values: { readonly halfLife: number | undefined; readonly quick: boolean }): void {
  if (values.halfLife !== undefined && values.quick) {
    throw new HeredityError('usage', '--half-life has no effect with --quick', {
      fix: 'leave one of them out',
    });
  }
}

/** Places of variants in the unit of the window, and the distance at which r² counts half. */
function decayOf(
  { position, centimorgan }: VariantTable,
  variants: Int32Array,
  unit: WindowReach['unit'],
  halfLife: number,
) {
  const placeOf = {
    kb: (variant: number) => position[variant] / 1000,
    cm: (variant: number) => centimorgan[variant],
    snps: (_: number, k: number) => k,
  }[unit];
  return { halfLife, at: Float64Array.from(variants, placeOf) };
}
