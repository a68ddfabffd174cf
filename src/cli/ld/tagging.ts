import {
  checkModelFlags,
  inSampleTaggings,
  modelFlags,
  TAGGING_WINDOW_KB,
  taggingNeeds,
} from '../../cohort/heritability-model.js';
import { countLdCohort, ldCohortFlags, openLdCohort, planOfLd } from '../../cohort/ld-cohort.js';
import { writeTagging } from '../../formats/tagging.js';
import { packedStride } from '../../kernels/kernels.js';
import { partFlags } from '../../options/part-flags.js';
import { windowFlagsWithDefault, windowReach } from '../../options/window-flags.js';
import { genotypesIn } from '../../plan.js';
import { type Column, textTable } from '../../report/table.js';
import { writeDocument } from '../../report/write-document.js';
import { defineCommand } from '../command.js';

export const tagging = defineCommand({
  description:
    "Taggings of a heritability model in LDAK's file format: for each variant, the heritability that its neighbours are expected " +
    'to have, times their squared correlation with it. "heredity sumher" and LDAK\'s --sum-hers take them.',
  flags: { ...ldCohortFlags, ...modelFlags, ...windowFlagsWithDefault(TAGGING_WINDOW_KB), ...partFlags },
  examples: [
    {
      line: 'heredity ld tagging --bfile reference --model human-default --out human',
      what: 'the model that LDAK recommends where there are no annotations',
    },
    {
      line: 'heredity ld tagging --bfile reference --power -0.25 --weights reference.weights.short --ld-wind-cm 1 --out ldak',
      what: 'LDAK weights computed before',
    },
    {
      line: 'heredity ld tagging --bfile reference --power -0.25 --annotation-prefix bld/bld --annotation-number 65 --out bld',
      what: 'the BLD-LDAK model, from its annotation files',
    },
  ],
  outputs: [
    { file: '<out>.tagging', what: "LDAK's tagging file" },
    { file: '<out>.ld-tagging.json', what: 'categories and provenance (schema in docs/schemas)' },
    { file: '<out>.ld-tagging.log', what: 'what was printed' },
  ],
  async plan(values, run) {
    checkModelFlags(values);
    const reach = windowReach(values, TAGGING_WINDOW_KB);
    const passes = 2 + Number(values.model === 'ldak') + Number(values.thin || values.model === 'ldak-thin');
    return planOfLd(values, run, (open) => {
      const { variants, people, memory } = open;
      const packed = packedStride(people.count) * variants.length;
      const size = { people: people.count, threads: values.threads };
      const { work, memory: beside } = taggingNeeds(open, size, values, reach);
      const step = {
        name: 'taggings',
        variants: variants.length,
        memory: { ...genotypesIn(packed, memory), ...beside },
        work,
      };
      return { passes, steps: [step] };
    });
  },
  async run(values, context) {
    checkModelFlags(values);
    const reach = windowReach(values, TAGGING_WINDOW_KB);
    const open = await openLdCohort(values, context);
    try {
      const cohort = await countLdCohort(open, values, context);
      const table = await inSampleTaggings(cohort, values, reach, open.memory, context);
      await writeTagging(`${values.out}.tagging`, table);
      const count = table.names.length;
      const categories = table.names.map((name, c) => ({
        name,
        variants: table.sizes[c],
        expectedHeritability: table.contribution[c * count + c],
        meanTagging: mean(table.byCategory.subarray(c * table.variants, (c + 1) * table.variants)),
      }));
      const columns: readonly Column<(typeof categories)[number]>[] = [
        { name: 'category', value: ({ name }) => name },
        { name: 'variants', value: ({ variants }) => variants },
        {
          name: 'expected',
          header: 'sum expected',
          value: ({ expectedHeritability }) => expectedHeritability,
        },
        { name: 'tagging', header: 'mean tagging', value: ({ meanTagging }) => meanTagging },
      ];
      await writeDocument(context, {
        out: values.out,
        name: 'ld-tagging',
        schema: 'heredity/ld-tagging@1',
        fields: ({ warnings }) => ({
          method: 'LDAK taggings',
          window: reach,
          kind: table.kind,
          variants: table.variants,
          meanTagging: mean(table.tagging),
          meanNeighbours: mean(table.neighbours),
          categories,
          warnings,
        }),
        said: textTable(columns, categories),
        written: [`${values.out}.tagging`],
      });
    } finally {
      await open.close();
    }
  },
});

function mean(values: Float64Array | Int32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
