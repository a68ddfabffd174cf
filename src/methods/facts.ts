import { HeredityError } from '../errors.js';
import type { Estimand, Estimate } from '../estimate/estimate.js';
import type { MethodFacts } from './method-facts.js';

const HOU = 'Hou et al. 2019, Nature Genetics 51:1244';
const LDSC = 'Bulik-Sullivan et al. 2015, Nature Genetics 47:291';
const SLDSC = 'Finucane et al. 2015, Nature Genetics 47:1228';
const GREML = 'Yang et al. 2010, Nature Genetics 42:565';
const LDMS = 'Evans et al. 2018, Nature Genetics 50:737';
const BOLT = 'Loh et al. 2015, Nature Genetics 47:1385';
const LDAK = 'Speed et al. 2017, Nature Genetics 49:986';
const SUMHER = 'Speed and Balding 2019, Nature Genetics 51:277';
const RHE = 'Pazokitoroudi et al. 2020, Nature Communications 11:4020';

const IN_SAMPLE = "variance that the variants of the analysis explain among the sample's people";
const COMMON = 'variance that the variants behind the LD scores explain, by the LD of the reference people';

/** Of a jackknife over blocks of the genome, as measured (docs/reading-a-result.md). */
const BLOCKS_OF_LD =
  'up to a quarter too small where its blocks of variants are hardly longer than LD, too large where single variants explain much';
const SUMHER_ERRORS =
  'too small where few variants carry the heritability, where the jackknife is not; off by up to a third either way where people outnumber variants';

/**
 * The one list of methods by name, with what is said of each. It loads no estimator, so that help and docs cost nothing;
 * src/methods/catalogue.ts has what computes them.
 */
export const METHOD_FACTS = {
  gre: {
    title: 'GRE',
    summary: 'no assumption about effects; in-sample LD, block by block',
    what: IN_SAMPLE,
    assumption:
      'none on how effects depend on frequency or LD; blocks of variants are independent, or effects even within what they share',
    ld: 'in-sample',
    spread: 'realised',
    spreadFails: 'on the safe side, the more so the higher h² is; --se calibrated is nearer',
    citation: HOU,
  },
  'gre-cross-block': {
    title: 'GRE, overlap taken out',
    summary: 'GRE with the LD between blocks taken out of the sum',
    what: IN_SAMPLE,
    assumption: 'none on frequency or LD; effects are even within the parts of blocks that others explain',
    ld: 'in-sample',
    citation: HOU,
  },
  greml: {
    aliases: ['greml-sc'],
    title: 'GREML',
    summary: 'exact REML with one relationship matrix',
    what: IN_SAMPLE,
    assumption:
      'every variant explains the same on average, whatever its frequency and LD; effects are normal',
    evenOn: ['frequency', 'ld'],
    ld: 'in-sample',
    spread: 'expected',
    spreadFails: 'too small where few variants carry the heritability',
    citation: GREML,
  },
  ldms: {
    aliases: ['greml-ldms', 'greml-ldms-i'],
    title: 'GREML-LDMS-I',
    summary: 'exact REML with a matrix a stratum of frequency and LD',
    what: IN_SAMPLE,
    assumption: 'every variant of a stratum of frequency and LD explains the same on average',
    ld: 'in-sample',
    spread: 'expected',
    spreadFails: 'too small where few variants carry the heritability',
    citation: LDMS,
  },
  'reml-mc': {
    aliases: ['bolt-reml', 'monte-carlo-reml'],
    title: 'Monte Carlo REML',
    summary: 'REML by random vectors, without relationship matrices, for any number of people',
    what: IN_SAMPLE,
    assumption:
      'every variant explains the same on average, whatever its frequency and LD; effects are normal',
    evenOn: ['frequency', 'ld'],
    ld: 'in-sample',
    spread: 'expected',
    spreadFails: 'too small where few variants carry the heritability',
    citation: BOLT,
  },
  'ldms-mc': {
    title: 'Monte Carlo LDMS',
    summary: 'GREML-LDMS-I by random vectors, for any number of people',
    what: IN_SAMPLE,
    assumption: 'every variant of a stratum of frequency and LD explains the same on average',
    ld: 'in-sample',
    spread: 'expected',
    spreadFails: 'too small where few variants carry the heritability',
    citation: LDMS,
  },
  'ldak-reml': {
    aliases: ['ldak'],
    title: 'LDAK REML',
    summary: "exact REML with LDAK's kinships",
    what: IN_SAMPLE,
    assumption: 'a variant explains more where its frequency is high and its LD is low (the LDAK model)',
    ld: 'in-sample',
    spread: 'expected',
    spreadFails: 'too small where few variants carry the heritability',
    citation: LDAK,
  },
  he: {
    aliases: ['rhe', 'rhe-mc'],
    title: 'Haseman-Elston',
    summary: 'randomised Haseman-Elston regression, in seconds',
    what: IN_SAMPLE,
    assumption: 'every variant of a component explains the same on average',
    evenOn: ['frequency', 'ld'],
    ld: 'in-sample',
    spread: 'expected',
    spreadFails: 'on the safe side, by up to a quarter where h² is high',
    bySamples: true,
    citation: RHE,
  },
  'he-ldms': {
    aliases: ['rhe-ldms'],
    title: 'Haseman-Elston, LDMS',
    summary: 'randomised Haseman-Elston regression with a component a stratum of frequency and LD',
    what: IN_SAMPLE,
    assumption: 'every variant of a stratum of frequency and LD explains the same on average',
    ld: 'in-sample',
    spread: 'expected',
    bySamples: true,
    citation: RHE,
  },
  'he-pairs': {
    aliases: ['he-grm'],
    title: 'Haseman-Elston over pairs',
    summary: 'regression over pairs of people on a relationship matrix (HE-CP and HE-SD)',
    what: IN_SAMPLE,
    assumption: 'every variant behind a matrix explains the same on average',
    evenOn: ['frequency', 'ld'],
    ld: 'in-sample',
    spread: 'realised',
    citation: 'Haseman and Elston 1972, Behavior Genetics 2:3',
  },
  ldsc: {
    title: 'LDSC',
    summary: 'LD score regression from summary statistics or genotypes',
    what: COMMON,
    assumption: 'every variant explains the same on average; confounding is the same for all variants',
    evenOn: ['frequency', 'ld'],
    ld: 'reference',
    spread: 'expected',
    spreadFails: BLOCKS_OF_LD,
    bySamples: true,
    citation: LDSC,
  },
  sldsc: {
    aliases: ['s-ldsc'],
    title: 'S-LDSC',
    summary: 'LD score regression with annotations of your own',
    what: COMMON,
    assumption: 'what a variant explains on average is a sum over its annotations',
    ld: 'reference',
    spread: 'expected',
    spreadFails: BLOCKS_OF_LD,
    bySamples: true,
    citation: SLDSC,
  },
  'sldsc-maf': {
    title: 'S-LDSC (MAF)',
    summary: 'LD score regression with ten bins of frequency',
    what: COMMON,
    assumption: 'what a variant explains on average depends on its frequency only',
    evenOn: ['ld'],
    ld: 'in-sample',
    spread: 'expected',
    spreadFails: BLOCKS_OF_LD,
    bySamples: true,
    citation: SLDSC,
  },
  'sldsc-maf-lld': {
    title: 'S-LDSC (MAF+LLD)',
    summary: 'LD score regression with ten bins of frequency and the level of LD',
    what: COMMON,
    assumption:
      'what a variant explains on average depends on its frequency and, linearly, on its level of LD',
    ld: 'in-sample',
    spread: 'expected',
    spreadFails: BLOCKS_OF_LD,
    bySamples: true,
    citation: 'Gazal et al. 2017, Nature Genetics 49:1421',
  },
  'sumher-gcta': {
    title: 'SumHer (GCTA model)',
    summary: 'SumHer where every variant is expected to explain the same',
    what: IN_SAMPLE,
    assumption: 'every variant explains the same on average',
    evenOn: ['frequency', 'ld'],
    ld: 'in-sample',
    spread: 'expected',
    spreadFails: SUMHER_ERRORS,
    citation: SUMHER,
  },
  'sumher-ldak': {
    aliases: ['sumher'],
    title: 'SumHer (LDAK model)',
    summary: 'SumHer where variants in low LD are expected to explain more',
    what: IN_SAMPLE,
    assumption: 'a variant explains more where its frequency is high and its LD is low (the LDAK model)',
    ld: 'in-sample',
    spread: 'expected',
    spreadFails: SUMHER_ERRORS,
    citation: SUMHER,
  },
  'sumher-hd': {
    aliases: ['sumher-human-default'],
    title: 'SumHer (Human Default)',
    summary: 'SumHer under the Human Default model',
    what: IN_SAMPLE,
    assumption: 'a variant explains [f(1-f)]^0.75 on average, f its frequency',
    ld: 'in-sample',
    spread: 'expected',
    spreadFails: SUMHER_ERRORS,
    citation: SUMHER,
  },
  'sumher-ldak-thin': {
    title: 'SumHer (LDAK-Thin model)',
    summary: 'SumHer on variants thinned for LD, the LDAK-Thin model',
    what: IN_SAMPLE,
    assumption:
      'a variant that is left after thinning for LD explains [f(1-f)]^0.75 on average, f its frequency',
    ld: 'in-sample',
    spread: 'expected',
    spreadFails: SUMHER_ERRORS,
    citation: SUMHER,
  },
  'sumher-power': {
    title: 'SumHer (own model)',
    summary: 'SumHer with a power of frequency and weights of your own',
    what: IN_SAMPLE,
    assumption: 'a variant explains w [f(1-f)]^(1+alpha) on average, f its frequency, w its weight',
    ld: 'in-sample',
    spread: 'expected',
    spreadFails: SUMHER_ERRORS,
    citation: SUMHER,
  },
  'sumher-tagging': {
    title: 'SumHer (own taggings)',
    summary: 'SumHer with taggings from a file',
    what: 'variance that the variants behind the taggings explain',
    assumption: "what a variant explains on average is that of the taggings' heritability model",
    ld: 'reference',
    spread: 'expected',
    spreadFails: SUMHER_ERRORS,
    citation: SUMHER,
  },
  twin: {
    title: 'Twins',
    summary: 'heritability from twins and other relatives: Falconer, ACE and its submodels',
    what: 'variance that genetic differences explain, seen or not by an array: additive ones, and dominance where the model has it',
    assumption: 'identical and fraternal twins share their environments alike; mating is random',
    ld: 'none',
    spread: 'expected',
    citation: 'Neale and Cardon 1992, Methodology for Genetic Studies of Twins and Families',
  },
} as const satisfies Readonly<Record<string, Omit<MethodFacts, 'name'>>>;

export type MethodName = keyof typeof METHOD_FACTS;

/** Methods that were added to those of {@link METHOD_FACTS}. */
const added = new Map<string, MethodFacts>();

/** Every name, those that were added last. */
export function allMethodNames(): string[] {
  return [...Object.keys(METHOD_FACTS), ...added.keys()];
}

/** @throws HeredityError `internal` for a name that is in no catalogue. */
export function methodFacts(name: string): MethodFacts {
  const own = added.get(name);
  if (own) return own;
  if (Object.hasOwn(METHOD_FACTS, name)) return { name, ...METHOD_FACTS[name as MethodName] };
  throw new HeredityError('internal', `no method is called ${name}`);
}

/** @throws HeredityError `usage` where a method or an alias has the name. */
export function addFacts(facts: MethodFacts): void {
  if (!/^[a-z][a-z0-9-]*$/.test(facts.name) || methodNamed(facts.name) !== undefined)
    throw new HeredityError('usage', 'a method cannot have this name', {
      value: facts.name,
      expected: 'a name that no other has, of small letters, digits and hyphens',
    });
  added.set(facts.name, facts);
}

/** @returns the name in the catalogue of what is called by it or by an alias; undefined where nothing is. */
export function methodNamed(text: string): string | undefined {
  return allMethodNames().find((name) => name === text || methodFacts(name).aliases?.includes(text));
}

/** For pictures and tables; what is no method of the catalogue stands for itself. */
export function methodTitle(name: string): string {
  const base = baseName(name);
  return allMethodNames().includes(base) ? `${methodFacts(base).title}${name.slice(base.length)}` : name;
}

/** A method as {@link methodNamer} calls it, by its name in the catalogue. */
export function baseName(name: string): string {
  return name.split(' (')[0];
}

/**
 * What the methods of some estimates are called beside each other: by name, and with its LD where one has that of the sample and
 * that of a reference, which are two estimands.
 */
export function methodNamer(
  estimates: readonly Pick<Estimate, 'method' | 'estimand'>[],
): (estimate: Pick<Estimate, 'method' | 'estimand'>) => string {
  const kinds = new Map<string, Set<string>>();
  for (const { method, estimand } of estimates)
    kinds.set(method, (kinds.get(method) ?? new Set()).add(estimand.ld));
  return ({ method, estimand }) =>
    (kinds.get(method)?.size ?? 0) > 1 ? `${method} (${estimand.ld} LD)` : method;
}

/** The estimand of a method over so many variants. */
export function estimandOf(
  name: string,
  variants: Estimand['variants'],
  ld: Estimand['ld'] = methodFacts(name).ld,
): Estimand {
  const { what, assumption, spread = null } = methodFacts(name);
  return { what, assumption, ld, spread, variants };
}
