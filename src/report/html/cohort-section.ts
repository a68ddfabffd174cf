import { formatCount } from '../../estimate/number.js';
import type { LossStep } from '../../provenance.js';
import { peopleOnComponents, screeChart } from '../components-chart.js';
import { kinshipChart } from '../kinship-chart.js';
import type { CohortInput } from '../read-results.js';
import type { Column } from '../table.js';
import { figure } from './figure.js';
import { type Html, html } from './markup.js';
import { htmlTable } from './table.js';

/** Flags that decide who and what counts. */
const FILTERS = [
  '--keep',
  '--remove',
  '--extract',
  '--exclude',
  '--chr',
  '--exclude-region',
  '--maf',
  '--geno',
  '--hwe',
  '--mind',
  '--ancestry',
  '--outlier-sd',
  '--het-sd',
  '--king-cutoff',
  '--pruned',
  '--indep-pairwise',
  '--long-range-ld',
  '--pcs',
] as const;

/** Who left a cohort at which step and why, the filters, and the pictures of ancestry and kinship. */
export function cohortSection(inputs: readonly CohortInput[]): Html[] {
  return inputs.flatMap(({ label, record, cohort }) => {
    const losses = record.samples;
    const left = losses?.left ?? cohort.people;
    const filters = FILTERS.flatMap((flag) => {
      const value = record.flags[flag];
      return value === undefined || value === null || value === false ? [] : [{ flag, value: String(value) }];
    });
    const { ancestry, kinship } = cohort.pictures;
    const people = ancestry.groups.reduce((sum, { count }) => sum + count, 0);
    return [
      ...(losses
        ? [
            htmlTable(
              STEPS,
              [{ step: 'in the files', lost: null, left: losses.start, why: '' }, ...losses.steps],
              `${label}: who left at which step, and why`,
            ),
          ]
        : []),
      ...(cohort.examples.length > 0
        ? [htmlTable(EXAMPLES, cohort.examples, 'A reason of each step, as an example')]
        : []),
      figure(
        peopleOnComponents(
          ancestry,
          `${formatCount(people)} people before the step of ancestry`,
          'left for ancestry',
        ),
        html`Where people lie on the first two components of the unrelated among them; others are projected. Of people in one place one dot is drawn.`,
      ),
      kinship
        ? figure(
            kinshipChart(kinship),
            html`Pairs whose kinship is above the cutoff, among those left by missingness and sex. Parents and children lie at the left of the first degree, full siblings at its right.`,
          )
        : html`<p>No pair of people is related beyond the cutoff of kinship.</p>`,
      figure(
        screeChart({
          eigenvalues: cohort.components.map(({ eigenvalue }) => eigenvalue),
          determined: cohort.determined,
          title: `Eigenvalues among the ${formatCount(left)} people who stay`,
        }),
        html`Components of the people who stay, which are the covariates.`,
      ),
      htmlTable(
        FILTER_COLUMNS,
        filters,
        `Filters: ${formatCount(cohort.variants.kinship)} autosomal variants for kinship, ${formatCount(cohort.variants.pruned)} of them for components and heterozygosity`,
      ),
    ];
  });
}

type Step = Pick<LossStep, 'step' | 'left' | 'why'> & { readonly lost: number | null };

const STEPS: readonly Column<Step>[] = [
  { name: 'step', value: ({ step }) => step },
  { name: 'left', header: 'left the cohort', value: ({ lost }) => lost },
  { name: 'stay', value: ({ left }) => left, text: ({ left }) => formatCount(left) },
  { name: 'why', value: ({ why }) => why },
];

const EXAMPLES: readonly Column<{ readonly step: string; readonly reason: string }>[] = [
  { name: 'step', value: ({ step }) => step },
  { name: 'reason', value: ({ reason }) => reason },
];

const FILTER_COLUMNS: readonly Column<{ readonly flag: string; readonly value: string }>[] = [
  { name: 'flag', value: ({ flag }) => flag },
  { name: 'value', value: ({ value }) => value },
];
