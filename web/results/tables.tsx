import type { ComponentChildren } from 'preact';
import type { Estimate, Quantity, TraitPair } from '../../src/estimate/estimate.js';
import { formatCount, formatEstimate, significant } from '../../src/estimate/number.js';
import { termOf } from '../../src/estimate/vocabulary.js';
import type { LossRecord } from '../../src/provenance.js';
import { Scroll } from '../scroll.js';
import { capital } from '../words.js';

type Titles = Readonly<Record<string, string>>;

function numberText(quantity: Quantity | undefined | null): string {
  if (quantity?.value == null) return '–';
  return formatEstimate(quantity.value, quantity.se).replaceAll('-', '−');
}

function intervalText({ ci95, se }: Quantity): string {
  if (ci95 === null) return '–';
  const decimals = se !== null && se > 0 ? Math.min(Math.max(1 - Math.floor(Math.log10(se)), 0), 10) : 4;
  return `${ci95.map((end) => end.toFixed(decimals).replace('-', '−')).join(' to ')}`;
}

function Table({
  caption,
  head,
  children,
}: {
  caption: string;
  head: readonly { readonly text: string; readonly isNumber?: boolean }[];
  children: ComponentChildren;
}) {
  return (
    <Scroll label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {head.map(({ text, isNumber }) => (
              <th key={text} scope="col" class={isNumber ? 'number' : undefined}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </Scroll>
  );
}

/** Names of the quantities that tables for people show (src/estimate/vocabulary.ts). */
function shownTerms(all: readonly Readonly<Record<string, Quantity>>[]): string[] {
  return [...new Set(all.flatMap((own) => Object.keys(own)))].filter((name) => termOf(name).inTables);
}

export function EstimateTable({ estimates, titles }: { estimates: readonly Estimate[]; titles: Titles }) {
  const hasLiability = estimates.some(({ liability }) => liability !== null);
  const methods = new Set(estimates.map(({ method }) => method));
  const terms = methods.size > 1 ? [] : shownTerms(estimates.map(({ quantities }) => quantities));
  return (
    <Table
      caption="Heritability"
      head={[
        { text: 'trait' },
        { text: 'method' },
        { text: 'n', isNumber: true },
        { text: 'h² (SE)', isNumber: true },
        { text: '95 % interval', isNumber: true },
        ...(hasLiability ? [{ text: 'liability h² (SE)', isNumber: true }] : []),
        ...terms.map((name) => ({ text: `${termOf(name).header} (SE)`, isNumber: true })),
      ]}
    >
      {estimates.map(({ trait, method, n, h2, liability, quantities }) => (
        <tr key={`${trait}/${method}`}>
          <th scope="row">{trait}</th>
          <td>{titles[method]}</td>
          <td class="number">{formatCount(n)}</td>
          <td class="number">
            <strong>{numberText(h2)}</strong>
          </td>
          <td class="number">{intervalText(h2)}</td>
          {hasLiability && <td class="number">{numberText(liability)}</td>}
          {terms.map((name) => (
            <td key={name} class="number">
              {numberText(quantities[name])}
            </td>
          ))}
        </tr>
      ))}
    </Table>
  );
}

/** Parts that are shown; files have them all. */
const MOST_PARTS = 200;

export function PartTable({ estimate, titles }: { estimate: Estimate; titles: Titles }) {
  const { trait, method, parts } = estimate;
  const terms = shownTerms(parts.map(({ quantities }) => quantities ?? {}));
  const isGenetic = estimate.estimand.ld !== 'none';
  return (
    <Table
      caption={`${trait}, ${titles[method]}: by ${parts[0].kind}`}
      head={[
        { text: parts[0].kind },
        { text: 'variants', isNumber: true },
        { text: isGenetic ? 'h² (SE)' : 'share of variance (SE)', isNumber: true },
        ...terms.map((name) => ({ text: `${termOf(name).header} (SE)`, isNumber: true })),
      ]}
    >
      {parts.slice(0, MOST_PARTS).map(({ id, variants, h2, quantities = {} }) => (
        <tr key={id}>
          <th scope="row">{id}</th>
          <td class="number">{variants === null ? '–' : formatCount(variants)}</td>
          <td class="number">{numberText(h2)}</td>
          {terms.map((name) => (
            <td key={name} class="number">
              {numberText(quantities[name])}
            </td>
          ))}
        </tr>
      ))}
    </Table>
  );
}

export function PairTable({ pairs, titles }: { pairs: readonly TraitPair[]; titles: Titles }) {
  return (
    <Table
      caption="Genetic correlation"
      head={[
        { text: 'trait 1' },
        { text: 'trait 2' },
        { text: 'method' },
        { text: 'r_g (SE)', isNumber: true },
        { text: 'P', isNumber: true },
        { text: 'covariance (SE)', isNumber: true },
      ]}
    >
      {pairs.map(({ trait1, trait2, method, rg, covariance }) => (
        <tr key={`${trait1}/${trait2}`}>
          <th scope="row">{trait1}</th>
          <th scope="row">{trait2}</th>
          <td>{titles[method]}</td>
          <td class="number">
            <strong>{numberText(rg)}</strong>
          </td>
          <td class="number">{rg.p == null ? '–' : rg.p === 0 ? '<1e-307' : significant(rg.p, 3)}</td>
          <td class="number">{numberText(covariance)}</td>
        </tr>
      ))}
    </Table>
  );
}

export function LossTable({ losses, what }: { losses: LossRecord; what: string }) {
  return (
    <Table
      caption={`${capital(losses.unit ?? what)}: ${formatCount(losses.start)} read, ${formatCount(losses.left)} used`}
      head={[
        { text: 'step' },
        { text: 'lost', isNumber: true },
        { text: 'left', isNumber: true },
        { text: 'why' },
      ]}
    >
      {losses.steps.map(({ step, lost, left, why }, k) => (
        <tr key={k}>
          <th scope="row">{step}</th>
          <td class="number">{formatCount(lost)}</td>
          <td class="number">{formatCount(left)}</td>
          <td>{why}</td>
        </tr>
      ))}
    </Table>
  );
}
