import { HeredityError } from '../../errors.js';
import {
  type Estimate,
  NOTHING,
  type Part,
  quantity,
  quantityWithin,
  type TraitPair,
} from '../../estimate/estimate.js';
import { rangeWarnings, type Warning, warning } from '../../estimate/warnings.js';
import { modelNames } from '../../estimators/twin/analysis.js';
import { sumFamilies } from '../../estimators/twin/families.js';
import type { PairGroup } from '../../estimators/twin/pairs.js';
import type { Relationship } from '../../estimators/twin/relatives.js';
import {
  compareLimitations,
  fitSexLimitation,
  identifiedLimitations,
  SEXES,
  type Sex,
  type SexedKind,
  type SexLimitationFit,
} from '../../estimators/twin/sex-limitation.js';
import type { DelimitedTable } from '../../formats/delimited-table.js';
import type { RecordedRun } from '../../run.js';
import { estimandOf } from '../facts.js';
import { inUnits, missingCodeNotes, namedKinds, openTable, traitColumns } from './answers.js';
import { familiesOf } from './families.js';
import type { TwinFlags } from './flags.js';
import { type JointAnswer, lowestAic, type SexAnalysis } from './joint.js';
import { selectPairs } from './pairs.js';

/** Two components are all that twins of both sexes tell beside E, so these are the models by default. */
const BASES = ['ACE', 'ADE'];

/** One trait in women and men: whether they differ in sizes or in causes. */
export async function answerFromSexes(flags: TwinFlags, context: RecordedRun): Promise<JointAnswer> {
  const trait = traitColumns(flags, [2], 'the phenotypes of first and second members, such as bmi1,bmi2');
  const kinds = namedKinds(flags);
  const table = await openTable(flags, context);
  const sexesOf = sexReader(
    flags,
    table,
    kinds.flatMap(({ values }) => values),
  );
  const selected = selectPairs(table, {
    trait: [trait[0], trait[1]],
    zygosity: flags.zygosity,
    kinds,
    where: flags.where ?? [],
    covariates: flags.covar ?? [],
  });
  const { groups, notes, rows } = withSexes(selected, sexesOf);
  selected.losses.step(
    flags.sex === undefined ? '--sexes' : '--sex',
    rows.reduce((sum, own) => sum + own.length, 0),
    'pairs without the sexes of both members',
  );
  context.provenance.losesSamples(selected.losses);
  const measured = inUnits(groups.map(({ group }) => group));
  const design = {
    intercepts: 2,
    interceptOf: (g: number, member: 0 | 1) => groups[g].kind.sexes[member],
  };
  const sexed = groups.map(({ kind }) => kind);
  const families = familiesOf([measured.groups], selected.covariateNames, design, (g) => sexed[g]);
  const name = trait.join(',');
  const sums = sumFamilies(families, [name]);
  const bases = modelNames(
    sexed.map(({ relationship }) => relationship),
    flags.models ? { models: flags.models } : {},
    BASES,
  );
  const models = bases.flatMap((base) =>
    identifiedLimitations(base, sexed).map((limitation) =>
      fitSexLimitation(base, limitation, sums, !flags.skipIntervals),
    ),
  );
  const analysis: SexAnalysis = {
    models,
    comparisons: compareLimitations(models),
    preferred: lowestAic(models),
  };
  const model = models.find((own) => own.name === analysis.preferred)!;
  const people = ([0, 1] as const).map((sex) =>
    families.reduce(
      (sum, { kind, values }) =>
        sum + values.filter((own, m) => kind.sexes[m] === sex && !Number.isNaN(own[0])).length,
      0,
    ),
  );
  const warnings = [...missingCodeNotes(table, flags), ...measured.notes, ...notes];
  const estimates = ([0, 1] as const).map((sex) =>
    sexEstimate(
      `${name} (${SEXES[sex]})`,
      model,
      sex,
      people[sex],
      sex === 0 ? warnings : [],
      sex === 0 ? { sexes: analysis } : {},
    ),
  );
  return { estimates, pairs: acrossSexes(name, models, model), details: { sexes: analysis } };
}

/**
 * The sexes of the members of a row; undefined where they are not known.
 * @throws HeredityError `usage` or `bad-input` for what is no sex
 */
function sexReader(
  { sex, sexes, zygosity }: TwinFlags,
  table: DelimitedTable,
  values: readonly string[],
): (row: number) => readonly [Sex, Sex] | undefined {
  if (sex !== undefined) {
    const names = sex.split(':');
    if (names.length > 2)
      throw new HeredityError('usage', '--sex names more than two columns', {
        value: sex,
        expected: 'a column for both members, or one each such as sex1:sex2',
      });
    const columns = [names[0], names.at(-1)!].map((own) => ({ name: own, texts: table.texts(own) }));
    return (row) => {
      const own = columns.map(({ name, texts }) => sexOf(texts[row], name, table.file));
      return own[0] === undefined || own[1] === undefined ? undefined : [own[0], own[1]];
    };
  }
  const byValue = new Map(
    (sexes ?? []).map((text) => {
      const parts = /^(.+)=([FM])([FM])$/.exec(text);
      if (!parts)
        throw new HeredityError('usage', '--sexes is not value=sexes', {
          value: text,
          expected:
            'a value of the zygosity column and the sexes of first and second members, such as DZOS=FM',
        });
      const [first, second] = [parts[2], parts[3]].map((letter): Sex => (letter === 'F' ? 0 : 1));
      return [parts[1], [first, second]] as const;
    }),
  );
  const unknown = values.filter((value) => !byValue.has(value));
  if (unknown.length > 0)
    throw new HeredityError('usage', `--sexes does not say the sexes of ${unknown.join(', ')}`, {
      expected: 'the sexes of every value of --mz, --dz and --group, such as MZFF=FF,DZOS=FM',
    });
  const zygosities = table.texts(zygosity!);
  return (row) => byValue.get(zygosities[row]);
}

const WORDS: Readonly<Record<string, Sex>> = {
  f: 0,
  female: 0,
  woman: 0,
  '2': 0,
  m: 1,
  male: 1,
  man: 1,
  '1': 1,
};

function sexOf(text: string, column: string, file: string): Sex | undefined {
  if (text === '' || text === '0' || text === '-9') return undefined;
  const known = WORDS[text.toLowerCase()];
  if (known === undefined)
    throw new HeredityError('bad-input', `${column} is no sex`, {
      file,
      value: text,
      expected: 'F or M, female or male, or 2 and 1 (PLINK: 1 is male)',
    });
  return known;
}

interface SexedGroup {
  readonly group: PairGroup;
  readonly kind: SexedKind;
}

/** Groups of one relationship and one order of sexes each. */
function withSexes(
  { groups, rows }: ReturnType<typeof selectPairs>,
  sexesOf: (row: number) => readonly [Sex, Sex] | undefined,
): { readonly groups: SexedGroup[]; readonly rows: readonly number[][]; readonly notes: Warning[] } {
  const found: (SexedGroup & { readonly members: number[] })[] = [];
  const notes: Warning[] = [];
  groups.forEach((group, g) => {
    const relationship = group.relationship as Relationship;
    const own = new Map<string, number[]>();
    rows[g].forEach((row, i) => {
      const sexes = sexesOf(row);
      if (sexes === undefined) return;
      const key = sexes.join('');
      own.set(key, [...(own.get(key) ?? []), i]);
    });
    for (const [key, members] of own) {
      const sexes = [Number(key[0]) as Sex, Number(key[1]) as Sex] as const;
      if (sexes[0] !== sexes[1] && relationship.additive === 1)
        notes.push(
          warning(
            'twin-correlations',
            `${members.length} ${group.label} pairs are of opposite sexes, which identical twins are not: a wrong zygosity or sex`,
            'check the columns of zygosity and sex',
          ),
        );
      const width = (group.firstCovariates?.length ?? 0) / Math.max(1, group.first.length);
      const take = (column: Float64Array) => Float64Array.from(members, (i) => column[i]);
      const block = (values: Float64Array) =>
        Float64Array.from(members.flatMap((i) => Array.from(values.subarray(i * width, (i + 1) * width))));
      found.push({
        kind: { relationship, sexes },
        members,
        group: {
          label: `${group.label} ${sexes.map((sex) => SEXES[sex]).join(' and ')}`,
          relationship,
          first: take(group.first),
          second: take(group.second),
          ...(group.firstCovariates && { firstCovariates: block(group.firstCovariates) }),
          ...(group.secondCovariates && { secondCovariates: block(group.secondCovariates) }),
        },
      });
    }
  });
  if (found.length === 0) throw new HeredityError('mismatch', 'no pair has the sexes of both members');
  return { groups: found, rows: found.map(({ members }) => members), notes };
}

function sexEstimate(
  trait: string,
  model: SexLimitationFit,
  sex: Sex,
  n: number,
  warnings: readonly Warning[],
  details: object,
): Estimate {
  const { shares, genetic, name, minus2lnL, parameters, aic, bic } = model;
  const h2 = quantity(genetic[sex].value, genetic[sex].se, 'delta');
  const bound = shares[sex].filter(({ isAtBound }) => isAtBound).map(({ component }) => component);
  return {
    trait,
    method: 'twin',
    n,
    estimand: estimandOf('twin', { reference: null, regression: null, heritability: null }),
    scale: 'observed',
    liability: null,
    h2,
    parts: shares[sex].map(
      ({ component, share, shareSe, variance, varianceSe, isAtBound }): Part => ({
        kind: 'component',
        id: component,
        variants: null,
        h2: quantity(share, shareSe, 'delta'),
        quantities: { variance: quantity(variance, varianceSe, 'curvature') },
        diagnostics: { atBound: isAtBound },
      }),
    ),
    quantities: {},
    diagnostics: { design: 'sexes', model: name, minus2lnL, parameters, aic, bic },
    warnings: [
      ...warnings,
      ...rangeWarnings(h2, 'see the correlations of the kinds of relatives'),
      ...(bound.length > 0
        ? [warning('component-at-bound', `${name}: ${bound.join(' and ')} held at 0, the bound`)]
        : []),
    ],
    details,
  };
}

/** The genetic correlation between the sexes, from the model with the lowest AIC among those that leave it free. */
function acrossSexes(
  name: string,
  models: readonly SexLimitationFit[],
  preferred: SexLimitationFit,
): TraitPair[] {
  const free = models.filter((model) => model.free === 'A');
  if (free.length === 0) return [];
  const model = free.find((own) => own.base === preferred.base) ?? free[0];
  const { value, se, ci95, p } = model.correlation!;
  const rg =
    value === null
      ? NOTHING
      : ci95
        ? { ...quantityWithin(value, se, ci95, 'profile'), p }
        : quantity(value, se, 'delta');
  const { minus2lnL, parameters, aic, bic } = model;
  return [
    {
      trait1: `${name} (women)`,
      trait2: `${name} (men)`,
      method: 'twin',
      rg,
      covariance: NOTHING,
      quantities: {},
      diagnostics: { model: model.name, minus2lnL, parameters, aic, bic },
      warnings: [
        ...(value === null
          ? [
              warning(
                'heritability-not-positive',
                `no genetic correlation: ${model.free} is held at 0 in one sex`,
              ),
            ]
          : []),
        ...(model === preferred
          ? []
          : [
              warning(
                'note',
                `of model ${model.name}; ${preferred.name} has the lowest AIC, in which the correlation is 1`,
              ),
            ]),
      ],
    },
  ];
}
