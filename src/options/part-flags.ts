import { defineFlags, integer, number } from './flags.js';

const PARTS = { heading: 'Many machines' } as const;
/** More parts than anybody has machines. */
export const MOST_PARTS = 10_000;

/** How a run is divided among machines. */
export const partFlags = defineFlags({
  parts: integer(
    'parts in which the work is done, each by --part; "heredity merge" joins them. With --plan: makes once what all parts need, and writes the manifest that they are checked against',
    { ...PARTS, min: 1, max: MOST_PARTS, placeholder: 'K' },
  ),
  part: integer('the part to compute, from 1 to --parts', {
    ...PARTS,
    min: 1,
    max: MOST_PARTS,
    placeholder: 'k',
    goesWith: ['parts'],
  }),
});

/** Of commands whose work is divided in rounds. */
export const roundFlags = defineFlags({
  ...partFlags,
  wait: number(
    'minutes that a part waits for the others at the end of each round, where all run at once; else it ends, and goes on when it is started again',
    { ...PARTS, min: 0, placeholder: 'minutes', default: 0, goesWith: ['part'] },
  ),
});
