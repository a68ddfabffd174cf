import { HeredityError } from '../errors.js';
import { nearNames } from '../formats/near-names.js';
import { addFacts, allMethodNames, methodFacts, methodNamed } from './facts.js';
import type { Method } from './method.js';
import type { MethodFacts } from './method-facts.js';

/** A method is loaded when it is chosen. */
type Loader = () => Promise<Method>;

/** What computes each method that works on genotypes; src/methods/facts.ts says what they are. */
const LOADERS = new Map<string, Loader>([
  ['gre', async () => (await import('./gre/method.js')).gre],
  ['gre-cross-block', async () => (await import('./gre/method.js')).greCrossBlock],
  ['greml', async () => (await import('./reml/exact-method.js')).greml],
  ['ldms', async () => (await import('./reml/exact-method.js')).ldms],
  ['reml-mc', async () => (await import('./reml/monte-carlo-method.js')).remlMc],
  ['ldms-mc', async () => (await import('./reml/monte-carlo-method.js')).ldmsMc],
  ['ldak-reml', async () => (await import('./reml/exact-method.js')).ldakReml],
  ['he', async () => (await import('./he/method.js')).he],
  ['he-ldms', async () => (await import('./he/method.js')).heLdms],
  ['ldsc', async () => (await import('./ldsc/method.js')).ldsc],
  ['sldsc-maf', async () => (await import('./ldsc/method.js')).sldscMaf],
  ['sldsc-maf-lld', async () => (await import('./ldsc/method.js')).sldscMafLld],
  ['sumher-gcta', async () => (await import('./sumher/method.js')).sumherGcta],
  ['sumher-ldak', async () => (await import('./sumher/method.js')).sumherLdak],
  ['sumher-hd', async () => (await import('./sumher/method.js')).sumherHd],
  ['sumher-ldak-thin', async () => (await import('./sumher/method.js')).sumherLdakThin],
  ['sumher-power', async () => (await import('./sumher/method.js')).sumherPower],
]);

/** Quick methods that assume different things: what they disagree on says something about the trait. */
export const DEFAULT_METHODS: readonly string[] = ['gre', 'he', 'reml-mc', 'ldsc', 'sumher-hd'];

/** Why the others do not run unless they are named. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'gre-cross-block': 'gre corrects for LD between blocks; this one is for related people, and slower',
  greml: 'the exact form of reml-mc: holds relationships of people by people',
  ldms: 'exact, and a component each stratum: people by people many times over',
  'ldms-mc': 'several components need more people than one',
  'ldak-reml': 'holds relationships of people by people',
  'he-ldms':
    'eight components need some ten thousand people; name it to be told which assumption the data speak against',
  'sldsc-maf': 'ten components need tens of thousands of people',
  'sldsc-maf-lld': 'eleven components need tens of thousands of people',
  'sumher-gcta': 'assumes what ldsc does',
  'sumher-ldak': 'weights of LDAK take long; sumher-hd is the model now advised',
  'sumher-ldak-thin': 'between sumher-gcta and sumher-ldak',
  'sumher-power': 'its power is for the user to choose',
};

/** @returns why a method is not among the {@link DEFAULT_METHODS}; undefined for those that are. */
export function whyLeftOut(name: string): string | undefined {
  return DEFAULT_METHODS.includes(name) ? undefined : (LEFT_OUT[name] ?? 'runs where it is named');
}

/** Names of the methods that estimate from genotypes and traits, in the order of the catalogue. */
export function methodNames(): string[] {
  return allMethodNames().filter((name) => LOADERS.has(name));
}

/**
 * @param text the name of a method or one of its aliases.
 * @throws HeredityError `usage` for a name that no method from genotypes has.
 */
export async function loadMethod(text: string): Promise<{ facts: MethodFacts; method: Method }> {
  const name = methodNamed(text);
  const load = name === undefined ? undefined : LOADERS.get(name);
  if (name === undefined || load === undefined) {
    throw new HeredityError('usage', 'there is no such method', {
      value: text,
      expected: `one of ${methodNames().join(', ')}`,
      ...hint(text),
    });
  }
  return { facts: methodFacts(name), method: await load() };
}

/**
 * Puts one more method into the catalogue: it then is a command of its own, an estimator of studies, a page of the docs and
 * a name for the library, as all others.
 * @throws HeredityError `usage` where the name is taken.
 */
export function addMethod(facts: MethodFacts, method: Method): void {
  addFacts(facts);
  LOADERS.set(facts.name, async () => method);
}

function hint(text: string): { fix?: string } {
  const [near] = nearNames(text, methodNames());
  return near === undefined ? {} : { fix: `did you mean ${near}?` };
}
