import { HeredityError } from '../../errors.js';
import { resultFlags } from '../../options/common-flags.js';
import {
  boolean,
  choice,
  defineFlags,
  type FlagValues,
  integer,
  list,
  number,
  path,
  string,
} from '../../options/flags.js';

const PAIRS = { heading: 'From a table of pairs' } as const;
const CORRELATIONS = { heading: 'From correlations or counts' } as const;
const JOINT = { heading: 'Two traits, two sexes, a moderator' } as const;
const MODELS = { heading: 'Models' } as const;

export const twinFlags = defineFlags({
  pairs: path('table of pairs with named columns, separated by commas, semicolons, tabs or spaces', PAIRS),
  trait: list(
    'columns of the phenotypes: first and second member; offspring and one or both parents for --design parents',
    {
      ...PAIRS,
      placeholder: 'columns',
    },
  ),
  zygosity: string('column that says what kind of relatives a pair is', { ...PAIRS, placeholder: 'column' }),
  mz: list('values of that column that mean identical twins', { ...PAIRS, placeholder: 'values' }),
  dz: list('values that mean fraternal twins', { ...PAIRS, placeholder: 'values' }),
  group: list(
    'other relatives as value=relationship, such as HS=half-siblings, or with shares of A/D/C: cousins=0.125/0/0',
    { ...PAIRS, placeholder: 'groups' },
  ),
  where: list('use only pairs with column=value, or without column!=value', {
    ...PAIRS,
    placeholder: 'conditions',
  }),
  covar: list(
    'covariates of the mean: a column for both, or a column each as age1:age2; words make a categorical covariate',
    {
      ...PAIRS,
      placeholder: 'columns',
    },
  ),
  missingCode: list('numbers that stand for missing; none: every number is a value', {
    ...PAIRS,
    placeholder: 'numbers',
    default: ['-9'],
    defaultText: '-9',
  }),
  means: choice(
    'one mean (or threshold) for everyone, or one for each kind of relatives',
    ['equal', 'zygosity'],
    {
      ...PAIRS,
      default: 'equal',
    },
  ),
  binary: boolean('the trait is 0/1 or 1/2: fit the liability-threshold model', PAIRS),
  design: choice(
    'pairs of twins and other relatives; offspring on parents; or full siblings with realised sharing',
    ['twins', 'parents', 'sharing'],
    { ...PAIRS, default: 'twins' },
  ),
  sharing: string('column of realised sharing of alleles by descent, 0 to 1, for --design sharing', {
    ...PAIRS,
    placeholder: 'column',
  }),
  traits: list(
    'two or more traits together, the two columns of each: bmi1,bmi2 height1,height2; the correlations of their genes and environments',
    { ...JOINT, placeholder: 'columns' },
  ),
  sex: string(
    'columns of the sexes of first and second members, such as sex1:sex2 (F or M, female or male, 2 or 1): whether sexes differ in the sizes or in the causes of differences',
    { ...JOINT, placeholder: 'columns' },
  ),
  sexes: list(
    'the same where the zygosity column says the sexes: MZFF=FF,MZMM=MM,DZOS=FM (first, second member)',
    { ...JOINT, placeholder: 'sexes' },
  ),
  moderator: string(
    'column of a moderator such as age, or one each as age1:age2: whether components change along it',
    { ...JOINT, placeholder: 'column' },
  ),
  rmz: number('correlation of identical twins, -1 to 1', { ...CORRELATIONS, min: -1, max: 1 }),
  rdz: number('correlation of fraternal twins, -1 to 1', { ...CORRELATIONS, min: -1, max: 1 }),
  nmz: integer('pairs of identical twins', { ...CORRELATIONS, min: 1, goesWith: ['rmz'] }),
  ndz: integer('pairs of fraternal twins', { ...CORRELATIONS, min: 1, goesWith: ['rdz'] }),
  correlation: list(
    'other relatives as relationship=r or relationship=r:pairs, such as half-siblings=0.12:800',
    {
      ...CORRELATIONS,
      placeholder: 'correlations',
    },
  ),
  mzCounts: list('identical pairs with both, one and neither affected: three counts', {
    ...CORRELATIONS,
    placeholder: 'counts',
  }),
  dzCounts: list('fraternal pairs with both, one and neither affected', {
    ...CORRELATIONS,
    placeholder: 'counts',
  }),
  models: list('models to fit, of the letters A, C, D and E', {
    ...MODELS,
    defaultText:
      'those of ACE, ADE, AE, CE and E that the relatives identify; of two sexes or a moderator ACE and ADE',
  }),
  bounds: choice(
    'components of at least 0 with boundary tests, or free with exact ones',
    ['bounded', 'free'],
    {
      ...MODELS,
      default: 'bounded',
    },
  ),
  skipIntervals: boolean('leave out profile-likelihood intervals', MODELS),
  out: resultFlags.out,
  quiet: resultFlags.quiet,
  report: resultFlags.report,
});

export type TwinFlags = FlagValues<typeof twinFlags>;

/**
 * The numbers of --missing-code.
 * @throws HeredityError `usage` for what is neither numbers nor `none`
 */
export function missingCodes({ missingCode }: Pick<TwinFlags, 'missingCode'>): Set<number> {
  if (missingCode.length === 1 && missingCode[0] === 'none') return new Set();
  const codes = missingCode.map((text) => (text.trim() === '' ? Number.NaN : Number(text)));
  if (codes.every(Number.isFinite)) return new Set(codes);
  throw new HeredityError('usage', '--missing-code is not a list of numbers', {
    value: missingCode.join(','),
    expected: 'numbers such as -9, or none',
  });
}
