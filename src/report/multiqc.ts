import type { Quantity } from '../estimate/estimate.js';
import { methodTitle } from '../methods/facts.js';
import type { ReportInput } from './read-results.js';
import { shortWarnings } from './result-tsv.js';

const HEADERS = {
  n: { title: 'N', description: 'People behind the estimate', format: '{:,.0f}', scale: false },
  h2: {
    title: 'h²',
    description: 'Heritability, share of variance',
    min: 0,
    max: 1,
    format: '{:,.4f}',
    scale: 'Blues',
  },
  se: { title: 'SE', description: 'Standard error of h²', format: '{:,.4f}', scale: false },
  ci_low: { title: 'low', description: 'Lower end of the 95 % interval', format: '{:,.4f}', scale: false },
  ci_high: { title: 'high', description: 'Upper end of the 95 % interval', format: '{:,.4f}', scale: false },
  scale: { title: 'scale', description: 'Observed or liability scale' },
  warnings: { title: 'Warnings', description: 'What to know before believing the number' },
} as const;

/**
 * The estimates of some results as custom content of MultiQC (https://docs.seqera.io/multiqc/custom_content): a table with a
 * row for each trait and method.
 * @returns JSON, for a file whose name ends in `_mqc.json`.
 */
export function multiqc(inputs: readonly ReportInput[]): string {
  const results = inputs.filter((input) => input.kind === 'result');
  const rows = results.flatMap(({ label, findings }) =>
    findings.estimates.flatMap(({ trait, method, n, h2, scale, liability, warnings }) => {
      const name = `${trait} | ${methodTitle(method)}${results.length > 1 ? ` | ${label}` : ''}`;
      const notes = shortWarnings(warnings) ?? '';
      const own: [string, object][] = [[name, { n, ...numbers(h2), scale, warnings: notes }]];
      if (liability)
        own.push([`${name} | liability`, { n, ...numbers(liability), scale: 'liability', warnings: notes }]);
      return own;
    }),
  );
  const document = {
    id: 'heredity',
    section_name: 'SNP-heritability',
    description: 'Heritability of each trait by each method, by heredity.',
    plot_type: 'table',
    pconfig: { id: 'heredity_h2', title: 'Heritability', col1_header: 'Trait and method' },
    headers: HEADERS,
    data: Object.fromEntries(rows),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** What is not there is left out: MultiQC has no null. */
function numbers({ value, se, ci95 }: Quantity): object {
  return {
    ...(value !== null && { h2: value }),
    ...(se !== null && { se }),
    ...(ci95 !== null && { ci_low: ci95[0], ci_high: ci95[1] }),
  };
}
