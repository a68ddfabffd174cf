import { HeredityError } from '../../errors.js';
import type { RelativeCorrelation } from '../../estimators/twin/correlations.js';
import type { AffectedCounts } from '../../estimators/twin/liability.js';
import { parseRelationship } from '../../estimators/twin/relatives.js';
import type { TwinFlags } from './flags.js';

/** Correlations on the command line; none where there are none. */
export function givenCorrelations(flags: TwinFlags): RelativeCorrelation[] {
  const given = (
    name: 'mz' | 'dz',
    r: number | undefined,
    pairs: number | undefined,
  ): RelativeCorrelation[] => {
    if (r === undefined) return [];
    const row = { label: name.toUpperCase(), relationship: parseRelationship(name), r };
    return [pairs === undefined ? row : { ...row, pairs }];
  };
  const others = (flags.correlation ?? []).map((text): RelativeCorrelation => {
    const parts = /^(.+)=([^:]+)(?::(.+))?$/.exec(text);
    const [r, pairs] = [Number(parts?.[2]), parts?.[3] === undefined ? undefined : Number(parts[3])];
    if (!parts || Number.isNaN(r) || (pairs !== undefined && !Number.isInteger(pairs))) {
      throw new HeredityError('usage', '--correlation is not relationship=r:pairs', {
        value: text,
        expected: 'such as half-siblings=0.12:800 or 0.125/0/0=0.05:2000',
      });
    }
    const row = { label: parts[1], relationship: parseRelationship(parts[1]), r };
    return pairs === undefined ? row : { ...row, pairs };
  });
  return [...given('mz', flags.rmz, flags.nmz), ...given('dz', flags.rdz, flags.ndz), ...others];
}

/** Counts of affected members on the command line. */
export function givenCounts(flags: TwinFlags): AffectedCounts[] {
  return (['mz', 'dz'] as const).flatMap((name): AffectedCounts[] => {
    const texts = flags[`${name}Counts`];
    if (!texts) return [];
    const [both, one, neither] = texts.map(Number);
    if (texts.length !== 3 || ![both, one, neither].every((count) => Number.isInteger(count) && count >= 0)) {
      throw new HeredityError('usage', `--${name}-counts are not three counts`, {
        value: texts.join(','),
        expected: 'pairs with both, one and neither affected, such as 53,81,400',
      });
    }
    return [{ label: name.toUpperCase(), relationship: parseRelationship(name), both, one, neither }];
  });
}
