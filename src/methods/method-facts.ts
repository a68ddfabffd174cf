import type { Spread } from '../estimate/estimate.js';

/** What is said of a method wherever it is named: help, docs, reports, forms. */
export interface MethodFacts {
  /** Short name, the same on the command line, in files, in studies and in JSON. */
  readonly name: string;
  /** Names that other programs or earlier versions have for it. */
  readonly aliases?: readonly string[];
  /** For people, such as `GREML-LDMS-I`. */
  readonly title: string;
  /** One line for lists; starts in lower case, ends without a full stop. */
  readonly summary: string;
  /** In a sentence: what the heritability is the share of. */
  readonly what: string;
  /** In a sentence: what the method takes for granted about effects. */
  readonly assumption: string;
  /** What the method takes an average variant's share not to depend on, where it assumes so. */
  readonly evenOn?: readonly ('frequency' | 'ld')[];
  /** Where LD comes from. */
  readonly ld: 'in-sample' | 'reference' | 'none';
  /** What its standard error is the spread around, by default. @default null */
  readonly spread?: Spread;
  /** In a clause: where that error does not hold, or is on the safe side. */
  readonly spreadFails?: string;
  /** Whether that error takes in by samples, such as of blocks of variants, what formulas leave out. @default false */
  readonly bySamples?: boolean;
  /** The paper to cite. */
  readonly citation: string;
}
