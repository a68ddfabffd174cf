import { twinTables } from '../../cli/twin/twin-output.js';
import { HeredityError } from '../../errors.js';
import { formatCount, formatEstimate } from '../../estimate/number.js';
import { analyseCounts, analysePairs, type TwinAnalysis } from '../../estimators/twin/analysis.js';
import { fitLine, heritabilityFromParents, siblingSharingRegression } from '../../estimators/twin/designs.js';
import { parseRelationship } from '../../estimators/twin/relatives.js';
import { type DelimitedTable, readDelimitedTable } from '../../formats/delimited-table.js';
import { LossTable } from '../../provenance.js';
import type { RecordedRun } from '../../run.js';
import { missingCodes, type TwinFlags } from './flags.js';
import { countAffected, covariateColumns, filterOf, relativeKinds, selectPairs } from './pairs.js';

/** What a run found, ready to be printed and written. */
export interface Answer {
  readonly method: string;
  /** For people. */
  readonly text: string;
  /** For JSON. */
  readonly content: Readonly<Record<string, unknown>> & { readonly warnings: readonly string[] };
  /** Where models were fitted. */
  readonly analysis?: TwinAnalysis;
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

/** @param pairs how many pairs were lost at which step, null without a table */
export function answerOfModels(
  method: string,
  analysis: TwinAnalysis,
  pairs: LossTable | null,
  notes: readonly string[] = [],
): Answer {
  const content = { ...analysis, warnings: [...notes, ...analysis.warnings], pairs };
  return { method, text: twinTables(analysis), content, analysis };
}

/** Pairs of twins and other relatives from a table. */
export async function answerFromPairs(flags: TwinFlags, context: RecordedRun): Promise<Answer> {
  const trait = traitColumns(flags, [2], 'the phenotypes of first and second members, such as bmi1,bmi2');
  const kinds = relativeKinds(flags.mz, flags.dz, flags.group);
  if (flags.zygosity === undefined || kinds.length === 0) {
    throw new HeredityError('usage', 'it is not said which pairs are of which kind', {
      expected: '--zygosity with --mz, --dz or --group, such as --zygosity zyg --mz MZ --dz DZ',
    });
  }
  const table = await openTable(flags, context);
  const { groups, covariateNames, losses } = selectPairs(table, {
    trait: [trait[0], trait[1]],
    zygosity: flags.zygosity,
    kinds,
    where: flags.where ?? [],
    covariates: flags.covar ?? [],
  });
  logLosses(context, losses);
  if (flags.binary && covariateNames.length > 0) {
    throw new HeredityError('usage', '--covar does not go with --binary', {
      fix: 'fit strata of the covariate one by one with --where',
    });
  }
  const notes = missingCodeNotes(table, flags);
  const options = modelOptions(flags);
  return flags.binary
    ? answerOfModels('twin liability', analyseCounts(countAffected(groups), options), losses, notes)
    : answerOfModels('twin pairs', analysePairs(groups, { ...options, covariateNames }), losses, notes);
}

/** Offspring on one parent or on the mean of both, with covariates as further predictors. */
export async function answerFromParents(flags: TwinFlags, context: RecordedRun): Promise<Answer> {
  const trait = traitColumns(flags, [2, 3], 'offspring and one parent, or offspring, father and mother');
  const table = await openTable(flags, context);
  const losses = new LossTable(table.rowCount);
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
  logLosses(context, losses, 'families');
  const { h2, se } = heritabilityFromParents(line.slope, line.slopeSE, parents.length === 2 ? 'both' : 'one');
  const on = parents.length === 2 ? "the parents' mean" : 'one parent';
  const beside = flags.covar ? ` beside ${flags.covar.join(', ')}` : '';
  const warnings = [
    ...missingCodeNotes(table, flags),
    'a common environment of parents and offspring adds to the slope, and so to h2',
  ];
  return {
    method: `offspring on ${on}`,
    text:
      `offspring on ${on}${beside}: slope ${formatEstimate(line.slope, line.slopeSE)} from ${formatCount(line.n)} families\n` +
      `h2 ${formatEstimate(h2, se)}`,
    content: { h2, se, regression: line, pairs: losses, warnings },
  };
}

/** Full siblings whose realised sharing is known: regression, and maximum likelihood with one relationship a pair. */
export async function answerFromSharing(flags: TwinFlags, context: RecordedRun): Promise<Answer> {
  const { sharing } = flags;
  const trait = traitColumns(flags, [2], 'the phenotypes of two siblings');
  if (sharing === undefined) throw new HeredityError('usage', '--design sharing needs --sharing');
  const table = await openTable(flags, context);
  const { groups, rows, covariateNames, losses } = selectPairs(table, {
    trait: [trait[0], trait[1]],
    zygosity: undefined,
    kinds: [{ label: 'siblings', relationship: parseRelationship('full-siblings'), values: [] }],
    where: [...(flags.where ?? []), `${sharing}!=`],
    covariates: flags.covar ?? [],
  });
  logLosses(context, losses);
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
  const answer = answerOfModels('sibling sharing', analysis, losses, missingCodeNotes(table, flags));
  const heading =
    `${formatCount(regression.pairs)} pairs share ${regression.meanSharing.toFixed(4)} (SD ${regression.sdSharing.toFixed(4)}) of the genome\n` +
    `by regression: a2 ${formatEstimate(regression.a2, regression.a2SE)}, c2 ${formatEstimate(regression.c2, regression.c2SE)}\n`;
  return { ...answer, text: `${heading}\n${answer.text}`, content: { ...answer.content, regression } };
}

/** @throws HeredityError `usage` unless --trait names as many different columns as the design has members */
function traitColumns({ trait }: TwinFlags, counts: readonly number[], expected: string): readonly string[] {
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

function openTable(flags: TwinFlags, { provenance }: RecordedRun): Promise<DelimitedTable> {
  if (flags.pairs === undefined)
    throw new HeredityError('usage', '--pairs is needed: a table of pairs of relatives');
  provenance.input(flags.pairs);
  return readDelimitedTable(flags.pairs, { missingCodes: missingCodes(flags) });
}

/** Numbers that were read as missing, in words: whoever has a trait that can be -9 must see it. */
function missingCodeNotes(table: DelimitedTable, { trait, covar, missingCode }: TwinFlags): string[] {
  const names = [...new Set([...(trait ?? []), ...(covar ?? []).flatMap((text) => text.split(':'))])];
  return names.flatMap((name) => {
    const count = table.countMissingCodes(name);
    if (count === 0) return [];
    const values = count === 1 ? '1 value' : `${formatCount(count)} values`;
    return [
      `${name}: ${values} of ${missingCode.join(' or ')} taken as missing; --missing-code none keeps them as numbers`,
    ];
  });
}

function logLosses({ log }: RecordedRun, losses: LossTable, unit = 'pairs'): void {
  const { start, steps, left } = losses.toJSON();
  const lost = steps
    .filter((step) => step.lost > 0)
    .map((step) => `${step.lost} lost at ${step.step} (${step.why})`);
  log.info(`${start} ${unit} read, ${left} used${lost.length > 0 ? `: ${lost.join(', ')}` : ''}`);
}
