import type { Estimate } from '../estimate/estimate.js';
import { formatCount, significant } from '../estimate/number.js';
import { doubtsIn } from '../estimate/warnings.js';
import type { MethodDifference } from './compare-methods.js';
import { allMethodNames, baseName, methodFacts, methodTitle } from './facts.js';

/** What an average variant explains may depend on. */
type Dependence = 'frequency' | 'ld';

interface Evidence {
  readonly trait: string;
  readonly on: Dependence;
  readonly p: number;
  readonly text: string;
}

/** Evidence counts at 1 % over all that is tested, so that an assumption that holds is seldom blamed (claim why-methods-differ). */
const LEVEL = 0.01;

/**
 * Sentences on which methods differ, and which assumption of theirs the data speak against; then on assumptions that the data speak
 * against although no estimates differ by more than errors allow.
 * @param beyond differences that are larger than errors allow.
 */
export function whyTheyDiffer(
  known: readonly Estimate[],
  beyond: readonly MethodDifference[],
): readonly string[] {
  const pairs = [...new Set(beyond.map(({ first, second }) => `${first}\n${second}`))];
  const ofPairs = pairs.map((key) => {
    const own = beyond.filter(({ first, second }) => `${first}\n${second}` === key);
    const [{ first, second }] = own;
    const shown = listed(
      own.map(({ trait, difference }) => `${trait} (${significant(difference.value ?? 0, 2)})`),
    );
    return `${methodTitle(second)} less ${methodTitle(first)} is beyond what errors allow for ${shown}. ${againstWhat(
      [first, second],
      known.filter(({ trait }) => own.some((other) => other.trait === trait)),
    )}`;
  });
  const alike = known.filter(({ trait }) => beyond.every((other) => other.trait !== trait));
  return [
    ...(beyond.length === 0 ? ['No two methods differ by more than their errors allow.'] : ofPairs),
    ...allTheSame(alike),
  ];
}

/** Which assumption of two methods the heritability by frequency and LD of the same run speaks against. */
function againstWhat(methods: readonly string[], known: readonly Estimate[]): string {
  const assuming = methods.filter((name) => evenOn(name).length > 0);
  if (assuming.length === 0)
    return 'Neither takes variants to be even in frequency and LD; what else differs stands among the estimands.';
  const evidence = evidenceIn(known);
  if (evidence === undefined)
    return 'No method of this run tells heritability by frequency and LD apart, in a way that can be trusted, so that the data do not say which assumption fails; he-ldms does from genotypes, sldsc-maf-lld from statistics.';
  const failing = assuming.flatMap((name) => {
    const against = strongest(evidence.filter(({ on }) => evenOn(name).includes(on)));
    return against.length === 0
      ? []
      : [
          `${methodTitle(name)} takes it that ${methodFacts(baseName(name)).assumption}; the data speak against that: ${against.map(({ text }) => text).join('; ')}.`,
        ];
  });
  if (failing.length > 0) return failing.join(' ');
  return 'Heritability by frequency and LD speaks against neither assumption here: linkage between blocks, confounding and the variants behind each number are other reasons.';
}

/** A wrong assumption that moves no estimate beyond its errors is worth knowing, too. */
function allTheSame(known: readonly Estimate[]): string[] {
  const evidence = evidenceIn(known) ?? [];
  return (['frequency', 'ld'] as const).flatMap((on) => {
    const against = evidence.filter((own) => own.on === on);
    const traits = new Set(against.map(({ trait }) => trait));
    const assuming = new Set(
      known.flatMap(({ trait, method }) =>
        traits.has(trait) && evenOn(method).includes(on) ? [method] : [],
      ),
    );
    if (assuming.size === 0) return [];
    const titles = [...assuming].map(methodTitle);
    const word = on === 'ld' ? 'LD' : on;
    const rest = traits.size > 1 ? ` (the strongest of ${listed([...traits])})` : '';
    return [
      `Estimates do not show it, but the data speak against what ${listed(titles)} ${titles.length === 1 ? 'assumes' : 'assume'}, that ${word} does not matter: ${strongest(against)[0].text}${rest}.`,
    ];
  });
}

/** That with the least P on each dependence. */
function strongest(evidence: readonly Evidence[]): Evidence[] {
  return (['frequency', 'ld'] as const).flatMap((on) =>
    evidence
      .filter((own) => own.on === on)
      .sort((a, b) => a.p - b.p)
      .slice(0, 1),
  );
}

function listed(words: readonly string[]): string {
  return (
    words.slice(0, 4).join(', ') + (words.length > 4 ? ` and ${formatCount(words.length - 4)} more` : '')
  );
}

function evenOn(name: string): readonly Dependence[] {
  return allMethodNames().includes(baseName(name)) ? (methodFacts(baseName(name)).evenOn ?? []) : [];
}

/** @returns undefined where no estimate tells frequency and LD apart. */
function evidenceIn(known: readonly Estimate[]): Evidence[] | undefined {
  // an estimate that is not to be believed is no evidence either
  const believed = known.filter(({ warnings }) => doubtsIn(warnings).length === 0);
  // strata of the same people assume less than bins of LD scores
  const byStrata = believed.filter(hasTrends);
  if (byStrata.length > 0) return byStrata.flatMap((own) => evidenceOfTrends(own, byStrata.length));
  const byBins = believed.filter(hasBins);
  return byBins.length > 0 ? byBins.flatMap((own) => evidenceOfBins(own, byBins.length)) : undefined;
}

const TRENDS = { frequency: 'frequency-trend', ld: 'ld-trend' } as const;

function hasTrends({ quantities }: Estimate): boolean {
  return Object.values(TRENDS).some((name) => quantities[name]?.p != null);
}

/** Slopes of what a variant explains on its level of frequency, and of LD: over both and all estimates together. */
function evidenceOfTrends({ trait, method, quantities }: Estimate, estimates: number): Evidence[] {
  const tests = Object.keys(TRENDS).length * estimates;
  return (['frequency', 'ld'] as const).flatMap((on) => {
    const { value, p } = quantities[TRENDS[on]] ?? {};
    if (value == null || p == null || p * tests >= LEVEL) return [];
    const more = value < 0 ? 'less than' : 'more than';
    const by = `(P ${significant(p, 2)}; ${methodTitle(method)}, ${trait})`;
    const text =
      on === 'frequency'
        ? `common variants explain ${more} rare ones in as much LD ${by}`
        : `variants in high LD explain ${more} others of their frequency ${by}`;
    return [{ trait, on, p, text }];
  });
}

const isFrequencyBin = (id: string) => id.startsWith('mafBin');
const LEVEL_OF_LD = 'lld';

function hasBins({ parts }: Estimate): boolean {
  return parts.some(({ id, kind }) => kind === 'category' && isFrequencyBin(id));
}

/**
 * Bins of frequency that explain more or less than their share, and the level of LD beside them: over all bins and estimates together.
 */
function evidenceOfBins({ trait, method, parts }: Estimate, estimates: number): Evidence[] {
  const bins = parts.flatMap((part) => {
    const { value, p } = part.quantities?.enrichment ?? {};
    return isFrequencyBin(part.id) && value != null && p != null ? [{ id: part.id, value, p }] : [];
  });
  const by = `${methodTitle(method)}, ${trait}`;
  const tests = (bins.length + 1) * estimates;
  const [first] = bins.toSorted((a, b) => a.p - b.p);
  const found: Evidence[] = [];
  if (first && first.p * tests < LEVEL)
    found.push({
      trait,
      on: 'frequency',
      p: first.p,
      text: `variants of bin ${first.id.replace(/\D/g, '')} of ${bins.length} of frequency explain ${significant(first.value, 2)} times their share (P ${significant(first.p, 2)}; ${by})`,
    });
  const { value, p } = parts.find(({ id }) => id === LEVEL_OF_LD)?.quantities?.coefficient ?? {};
  if (value != null && p != null && p * tests < LEVEL)
    found.push({
      trait,
      on: 'ld',
      p,
      text: `variants in high LD explain ${value < 0 ? 'less' : 'more'} than others of their frequency (P ${significant(p, 2)}; ${by})`,
    });
  return found;
}
