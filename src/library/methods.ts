import type { Estimate } from '../estimate/estimate.js';
import { DEFAULT_METHODS } from '../methods/catalogue.js';
import { htmlReport } from '../report/html/report.js';
import type { ResultDocument } from '../report/result-json.js';
import type { Source } from './cohort.js';

/** Options of a method by the names of its flags. */
export type MethodOptions = Readonly<Record<string, unknown>>;
/** Estimates every trait of a source, in order. @throws HeredityError where the method cannot be used on it. */
export type MethodVerb = (source: Source, options?: MethodOptions) => Promise<readonly Estimate[]>;

function verb(method: string): MethodVerb {
  return (source, options) => source.estimate([method], options && { [method]: options });
}

/** One verb a method of the catalogue, which {@link methodFacts} describes: all take a source and give {@link Estimate}s. */
export const gre = verb('gre');
export const greCrossBlock = verb('gre-cross-block');
export const greml = verb('greml');
export const ldms = verb('ldms');
export const remlMc = verb('reml-mc');
export const ldmsMc = verb('ldms-mc');
export const ldakReml = verb('ldak-reml');
export const he = verb('he');
export const heLdms = verb('he-ldms');
export const ldsc = verb('ldsc');
export const sldsc = verb('sldsc');
export const sldscMaf = verb('sldsc-maf');
export const sldscMafLld = verb('sldsc-maf-lld');
export const sumherGcta = verb('sumher-gcta');
export const sumherLdak = verb('sumher-ldak');
export const sumherHd = verb('sumher-hd');
export const sumherLdakThin = verb('sumher-ldak-thin');
export const sumherPower = verb('sumher-power');

/**
 * Estimates every trait by several methods on the same people and variants; what they share is made once. A method that
 * cannot be used gives estimates without a number that say why, unless none can.
 * @param options.methods names in the catalogue. @default those of `heredity h2`
 * @param options.options of the methods, by name.
 */
export function h2(
  source: Source,
  {
    methods = DEFAULT_METHODS,
    options,
  }: {
    readonly methods?: readonly string[];
    readonly options?: Readonly<Record<string, MethodOptions>>;
  } = {},
): Promise<readonly Estimate[]> {
  return source.estimate(methods, options);
}

/**
 * A page about some results, as `heredity report` writes it: one HTML file that fetches nothing.
 * @param documents by what they are to be called.
 */
export function report(documents: Readonly<Record<string, ResultDocument>>): Promise<string> {
  return htmlReport(
    Object.entries(documents).map(([label, document]) => ({
      kind: 'result',
      label,
      findings: document,
      record: document.provenance,
      json: `${JSON.stringify(document, null, 1)}\n`,
    })),
  );
}
