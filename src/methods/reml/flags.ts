import { cohortFlags } from '../../cohort/cohort.js';
import { componentFlags } from '../../cohort/components.js';
import { matrixFileFlags } from '../../cohort/relationship-matrices.js';
import { HeredityError } from '../../errors.js';
import { caseShareFlags, dosageFlag, genotypeFlags, resultFlags } from '../../options/common-flags.js';
import { boolean, choice, defineFlags, type FlagValues } from '../../options/flags.js';
import type { MethodName } from '../facts.js';
import { gremlOptions, remlMcOptions } from './options.js';

const METHOD = { heading: 'Method' } as const;

/** The flags of REML, exact or by random vectors. */
export const remlFlags = defineFlags({
  ...cohortFlags,
  report: resultFlags.report,
  bfile: genotypeFlags.bfile,
  ...dosageFlag,
  ...matrixFileFlags,
  ...gremlOptions,
  ...remlMcOptions,
  ...componentFlags,
  method: choice(
    'traces of matrices exactly, or by random vectors without forming any matrix',
    ['exact', 'monte-carlo'],
    { ...METHOD, default: 'exact' },
  ),
  ldak: boolean(
    "LDAK's conventions: shares scaled by the matrices' diagonals, no constraint, a .reml file",
    METHOD,
  ),
  ...caseShareFlags,
});

export type RemlFlags = FlagValues<typeof remlFlags>;

/** The methods of REML. */
export type RemlName = Extract<MethodName, 'greml' | 'ldms' | 'ldak-reml' | 'reml-mc' | 'ldms-mc'>;

/** Which method of the catalogue the flags choose. */
export function remlMethod({
  method,
  ldak,
  ldms,
  partition,
  dominance,
  bK,
}: Pick<RemlFlags, 'method' | 'ldak' | 'ldms' | 'partition' | 'dominance' | 'bK'>): RemlName {
  if (ldak && (dominance || bK !== undefined))
    throw new HeredityError('usage', `--ldak has no ${dominance ? '--dominance' : '--bK'}`, {
      fix: 'leave one of them out: LDAK scales shares by the diagonals of the matrices of heritability',
    });
  const isByStrata = ldms || partition === 'maf-ld';
  if (method === 'monte-carlo') return isByStrata ? 'ldms-mc' : 'reml-mc';
  if (ldak) return 'ldak-reml';
  return isByStrata ? 'ldms' : 'greml';
}

/** @throws HeredityError `usage` for what is no component of the model. */
export function testedComponents(texts: readonly string[] | undefined, components: number): number[] {
  if (!texts) return [0];
  return texts.map((text) => {
    const position = Number(text);
    if (Number.isInteger(position) && position >= 1 && position <= components) return position - 1;
    throw new HeredityError('usage', '--reml-lrt names no component', {
      value: text,
      expected: `whole numbers from 1 to ${components}`,
    });
  });
}

/** @throws HeredityError `usage` for another number of variances than the model has, or one that is not above 0. */
export function startingVariances(texts: readonly string[], components: number): number[] {
  const priors = texts.map(Number);
  if (priors.length === components + 1 && priors.every((value) => value > 0)) return priors;
  throw new HeredityError('usage', '--reml-priors are not the variances of this model', {
    value: texts.join(','),
    expected: `${components + 1} numbers above 0: one a component, the residual last`,
  });
}
