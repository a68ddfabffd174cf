import { conditioned } from '../../association/conditioning.js';
import { farValueWarnings } from '../../cohort/table-columns.js';
import { HeredityError } from '../../errors.js';
import { type Estimate, quantity } from '../../estimate/estimate.js';
import { formatCount, formatEstimate } from '../../estimate/number.js';
import { type Warning, warning, warningText } from '../../estimate/warnings.js';
import { analyseCounts, analysePairs, type TwinAnalysis } from '../../estimators/twin/analysis.js';
import { fitLine, heritabilityFromParents, siblingSharingRegression } from '../../estimators/twin/designs.js';
import type { PairGroup } from '../../estimators/twin/pairs.js';
import { parseRelationship } from '../../estimators/twin/relatives.js';
import { type DelimitedTable, readDelimitedTable } from '../../formats/delimited-table.js';
import { LossTable } from '../../provenance.js';
import type { RecordedRun } from '../../run.js';
import { parentsEstimate, type TwinDesign, twinEstimate } from './estimate.js';
import { missingCodes, type TwinFlags } from './flags.js';
import {
  countAffected,
  covariateColumns,
  filterOf,
  type RelativeKind,
  relativeKinds,
  selectPairs,
} from './pairs.js';

/** What a run found, in the terms of all methods and of its own. */
export interface Answer {
  readonly estimate: Estimate;
  /** Where correlations or models are to be shown. */
  readonly analysis?: TwinAnalysis;
  /** What the design has found beside them, in lines for people; empty for most. */
  readonly heading: string;
}

/** How models are to be fitted. */
export function modelOptions(flags: TwinFlags) {
  return {
    ...(flags.models && { models: flags.models }),
    bounds: flags.bounds,
    intervals: !flags.skipIntervals,
    means: flags.means === 'zygosity' ? ('by-group' as const) : ('equal' as const),
  };
}

/** What was fitted to correlations or counts that were typed, or to pairs of a table. */
export function answerOfModels(
  flags: TwinFlags,
  design: TwinDesign,
  analysis: TwinAnalysis,
  warnings: readonly Warning[] = [],
): Answer {
  const scale = flags.binary || design === 'counts' ? 'liability' : 'observed';
  const trait = { name: traitName(flags), scale, design, warnings } as const;
  return { estimate: twinEstimate(trait, analysis), analysis, heading: '' };
}

/** The columns of the trait; numbers on the command line have none. */
function traitName({ trait }: TwinFlags): string {
  return trait?.join(',') ?? 'trait';
}

/**
 * The kinds of relatives that were named.
 * @throws HeredityError `usage` where none was
 */
export function namedKinds(flags: TwinFlags): RelativeKind[] {
  const kinds = relativeKinds(flags.mz, flags.dz, flags.group);
  if (flags.zygosity !== undefined && kinds.length > 0) return kinds;
  throw new HeredityError('usage', 'it is not said which pairs are of which kind', {
    expected: '--zygosity with --mz, --dz or --group, such as --zygosity zyg --mz MZ --dz DZ',
  });
}

/** Pairs of twins and other relatives from a table. */
export async function answerFromPairs(flags: TwinFlags, context: RecordedRun): Promise<Answer> {
  const trait = traitColumns(flags, [2], 'the phenotypes of first and second members, such as bmi1,bmi2');
  const kinds = namedKinds(flags);
  const table = await openTable(flags, context);
  const { groups, covariateNames, losses } = selectPairs(table, {
    trait: [trait[0], trait[1]],
    zygosity: flags.zygosity,
    kinds,
    where: flags.where ?? [],
    covariates: flags.covar ?? [],
  });
  context.provenance.losesSamples(losses);
  const { groups: measured, notes: ofValues } = inUnits(groups);
  const notes = [...missingCodeNotes(table, flags), ...(flags.binary ? [] : ofValues)];
  const options = modelOptions(flags);
  try {
    const analysis = flags.binary
      ? analyseCounts(countAffected(groups), options)
      : analysePairs(measured, { ...options, covariateNames });
    return answerOfModels(flags, 'pairs', analysis, notes);
  } catch (error) {
    // what was seen in the values is the likely cause, and else stands in the result alone
    for (const note of notes) context.log.warn(warningText(note));
    throw error;
  }
}

/** Phenotypes in a unit whose squares are numbers, and what is to be looked at in them. */
export function inUnits(groups: readonly PairGroup[]): { groups: readonly PairGroup[]; notes: Warning[] } {
  const all = Float64Array.from(groups.flatMap(({ first, second }) => [...first, ...second]));
  const { unit } = conditioned(all, Number.POSITIVE_INFINITY);
  const notes: Warning[] = [];
  const found = new Set(all.filter((value) => !Number.isNaN(value)));
  if (found.size === 2)
    notes.push(
      warning(
        'trait-coding',
        `the trait has two values (${[...found].sort((a, b) => a - b).join(', ')}) and was taken as a quantity`,
        'for affected and unaffected pass --binary, and the model is that of liability',
      ),
    );
  if (found.size > 3)
    for (const text of farValueWarnings('the trait', all)) notes.push(warning('trait-coding', text));
  if (unit === 1) return { groups, notes };
  notes.push(
    warning(
      'trait-coding',
      `the trait has values of size ${unit}: it is analysed in units of that, and so are its means and variances`,
      'shares of variance do not depend on it',
    ),
  );
  const divided = (values: Float64Array) => values.map((value) => value / unit);
  return {
    groups: groups.map((group) => ({
      ...group,
      first: divided(group.first),
      second: divided(group.second),
    })),
    notes,
  };
}

/** Offspring on one parent or on the mean of both, with covariates as further predictors. */
export async function answerFromParents(flags: TwinFlags, context: RecordedRun): Promise<Answer> {
  const trait = traitColumns(flags, [2, 3], 'offspring and one parent, or offspring, father and mother');
  const table = await openTable(flags, context);
  const losses = new LossTable(table.rowCount, 'families');
  const all = Array.from({ length: table.rowCount }, (_, row) => row);
  const kept = all.filter(filterOf(table, flags.where ?? []));
  losses.step('--where', kept.length, 'families that another value was asked of');
  const take = (column: ArrayLike<number>) => Float64Array.from(kept, (row) => column[row]);
  const [offspring, ...parents] = trait.map((name) => take(table.numbers(name)));
  const predictor = parents[0].map((value, i) =>
    parents.length === 1 ? value : (value + parents[1][i]) / 2,
  );
  const covariates = (flags.covar ?? []).flatMap((text) =>
    covariateColumns(table, text, kept, trait.length).flatMap(({ members }) => members.map(take)),
  );
  const line = fitLine(predictor, offspring, covariates);
  losses.step('phenotypes', line.n, 'families without a phenotype or a covariate of somebody');
  context.provenance.losesSamples(losses);
  const parentCount = parents.length === 2 ? 2 : 1;
  const found = heritabilityFromParents(line.slope, line.slopeSE, parentCount === 2 ? 'both' : 'one');
  const on = parentCount === 2 ? "the parents' mean" : 'one parent';
  const beside = flags.covar ? ` beside ${flags.covar.join(', ')}` : '';
  const of = {
    name: traitName(flags),
    scale: 'observed',
    design: 'parents',
    warnings: missingCodeNotes(table, flags),
  } as const;
  return {
    estimate: parentsEstimate(of, line, found, parentCount),
    heading: `offspring on ${on}${beside}: slope ${formatEstimate(line.slope, line.slopeSE)} from ${formatCount(line.n)} families`,
  };
}

/** Full siblings whose realised sharing is known: regression, and maximum likelihood with one relationship a pair. */
export async function answerFromSharing(flags: TwinFlags, context: RecordedRun): Promise<Answer> {
  const sharing = flags.sharing!;
  const trait = traitColumns(flags, [2], 'the phenotypes of two siblings');
  const table = await openTable(flags, context);
  const { groups, rows, covariateNames, losses } = selectPairs(table, {
    trait: [trait[0], trait[1]],
    zygosity: undefined,
    kinds: [{ label: 'siblings', relationship: parseRelationship('full-siblings'), values: [] }],
    where: [...(flags.where ?? []), `${sharing}!=`],
    covariates: flags.covar ?? [],
  });
  context.provenance.losesSamples(losses);
  const [group] = groups;
  const column = table.numbers(sharing);
  const shares = Float64Array.from(rows[0], (row) => column[row]);
  const regression = siblingSharingRegression(group.first, group.second, shares);
  const relationship = Array.from(shares, (additive) => ({ additive, dominance: 0.25, shared: 1 }));
  const analysis = analysePairs([{ ...group, relationship }], {
    ...modelOptions(flags),
    models: flags.models ?? ['ACE', 'AE', 'CE', 'E'],
    covariateNames,
  });
  const of = {
    name: traitName(flags),
    scale: 'observed',
    design: 'sharing',
    warnings: missingCodeNotes(table, flags),
  } as const;
  const slope = quantity(regression.a2, regression.a2SE, 'least-squares');
  return {
    estimate: twinEstimate(of, analysis, {
      quantities: { 'sharing-slope': slope },
      details: { regression },
    }),
    analysis,
    heading:
      `${formatCount(regression.pairs)} pairs share ${regression.meanSharing.toFixed(4)} (SD ${regression.sdSharing.toFixed(4)}) of the genome\n` +
      `by regression: a2 ${formatEstimate(regression.a2, regression.a2SE)}, c2 ${formatEstimate(regression.c2, regression.c2SE)}`,
  };
}

/** @throws HeredityError `usage` unless --trait names as many different columns as the design has members */
export function traitColumns(
  { trait }: TwinFlags,
  counts: readonly number[],
  expected: string,
): readonly string[] {
  if (trait === undefined || !counts.includes(trait.length)) {
    throw new HeredityError('usage', `--trait needs ${counts.map((n) => WORDS[n]).join(' or ')} columns`, {
      ...(trait && { value: trait.join(',') }),
      expected,
    });
  }
  const twice = trait.find((name, i) => trait.indexOf(name) < i);
  if (twice !== undefined)
    throw new HeredityError('usage', '--trait names one column twice', { value: twice });
  return trait;
}

const WORDS: Readonly<Record<number, string>> = { 2: 'two', 3: 'three' };

export function openTable(flags: TwinFlags, { provenance }: RecordedRun): Promise<DelimitedTable> {
  const pairs = flags.pairs!;
  provenance.input(pairs);
  return readDelimitedTable(pairs, { missingCodes: missingCodes(flags) });
}

/** Numbers that were read as missing, in words: whoever has a trait that can be -9 must see it. */
export function missingCodeNotes(
  table: DelimitedTable,
  { trait, traits, covar, moderator, missingCode }: TwinFlags,
): Warning[] {
  const columns = [...(covar ?? []), ...(moderator === undefined ? [] : [moderator])].flatMap((text) =>
    text.split(':'),
  );
  const names = [...new Set([...(trait ?? []), ...(traits ?? []), ...columns])];
  return names.flatMap((name) => {
    const count = table.countMissingCodes(name);
    if (count === 0) return [];
    const values = count === 1 ? '1 value' : `${formatCount(count)} values`;
    return [
      warning(
        'trait-coding',
        `${name}: ${values} of ${missingCode.join(' or ')} taken as missing`,
        '--missing-code none keeps them as numbers',
      ),
    ];
  });
}
