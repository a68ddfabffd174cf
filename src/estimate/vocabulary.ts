/**
 * The names of all numbers about a trait, a part or a pair of traits beside its heritability. A quantity has one name in
 * every method's JSON and TSV; docs/outputs.md lists them from here.
 */
export interface Term {
  /** Heading in tables for people. */
  readonly header: string;
  /** What it is, with its unit. */
  readonly meaning: string;
  /** Whether tables for people show it; files always have it. */
  readonly inTables: boolean;
  /** The null hypothesis of its P value. */
  readonly null?: string;
}

const term = (header: string, meaning: string, more: Partial<Term> = {}): Term => ({
  header,
  meaning,
  inTables: false,
  ...more,
});
const shown = { inTables: true } as const;

const VOCABULARY = {
  // of a trait
  plain: term(
    'plain sum',
    'sum over blocks with the LD between them counted twice, where h2 has it taken out',
    shown,
  ),
  corrected: term(
    'corrected',
    'heritability with the LD between blocks taken out; its error is that of the random vectors',
    shown,
  ),
  intercept: term('intercept', 'of the regression: 1 without confounding', {
    ...shown,
    null: 'intercept = 1',
  }),
  ratio: term('ratio', '(intercept - 1) / (mean χ² - 1): the share of inflation that is not polygenic'),
  scaling: term('scaling', 'factor of confounding by which all test statistics are multiplied', shown),
  free: term('h², free intercept', 'heritability with the intercept estimated', shown),
  fixed: term('h², intercept 1', 'heritability with the intercept fixed at 1', shown),
  'free-intercept': term(
    'free intercept',
    'of the regression with the intercept estimated, where h² has it fixed',
  ),
  jackknife: term(
    'h² (jackknife SE)',
    'heritability with the error of a jackknife over blocks of variants',
    shown,
  ),
  analytic: term('with analytic SE', 'heritability with the standard error that theory gives', shown),
  'monte-carlo': term(
    'random error',
    'heritability with the standard error that random vectors alone leave; for REML it is part of the standard error',
    shown,
  ),
  'least-squares': term(
    'with OLS SE',
    'heritability with the error of least squares over pairs, which takes pairs as independent and is too small',
    { null: 'heritability = 0' },
  ),
  'whole-liability': term(
    'of all liability',
    'heritability of the liability with what covariates explain of it, where that of the estimate is of what they leave',
    shown,
  ),
  dominance: term(
    'dominance',
    'share of the variance that is dominance of the variants, which is no part of the heritability',
    { ...shown, null: 'dominance = 0' },
  ),
  'broad-sense': term('additive and dominant', 'heritability and dominance of the variants together', shown),
  pedigree: term(
    'pedigree h²',
    'heritability that relatives show: that of the variants, and what relatives share beyond it',
    shown,
  ),
  'beyond-variants': term(
    'beyond variants',
    'what relatives share beyond the heritability of the variants: the missing part in this cohort, with shared environment and dominance where they are not in the model',
    { ...shown, null: 'beyond variants = 0' },
  ),
  'frequency-trend': term(
    'by frequency',
    'by how much more than average a variant explains, a level of minor allele frequency up at the same level of LD',
    { ...shown, null: 'variants of all frequencies explain alike' },
  ),
  'ld-trend': term(
    'by LD',
    'by how much more than average a variant explains, a level of LD score up at the same level of frequency',
    { ...shown, null: 'variants in high and low LD explain alike' },
  ),
  residual: term('residual', 'variance that is not genetic, in units of the trait squared'),
  phenotypic: term('phenotypic', 'variance of the trait less covariates, in units of the trait squared'),
  genetic: term('genetic', 'variance of all components, in units of the trait squared'),
  'squared-difference': term('HE-SD', 'heritability from squared differences of pairs of people', {
    ...shown,
    null: 'heritability = 0',
  }),
  falconer: term(
    'Falconer',
    "a2 that the correlations alone solve to, by Falconer's formula for MZ and DZ twins",
  ),
  'moderated-low': term(
    'at low end',
    'heritability at the lower end of the moderator (5 % of people below)',
    shown,
  ),
  'moderated-high': term(
    'at high end',
    'heritability at the upper end of the moderator (5 % of people above)',
    shown,
  ),
  slope: term('slope', 'of offspring on one parent or on the mean of both'),
  'sharing-slope': term('by sharing', "a2 by regression of siblings' products on their realised sharing"),
  // of a part
  variance: term('variance', 'of the component, in units of the trait squared'),
  share: term('share of h²', 'of the part in the heritability', shown),
  'variant-share': term('share of variants', 'of the part in the variants whose heritability is estimated'),
  'expected-share': term('expected share', 'of the part in the heritability under the model'),
  unique: term(
    'beyond all others',
    'what a category explains beyond all other variants: less than its heritability by what it shares with them through LD, and no enrichment',
    { ...shown, null: 'unique = 0' },
  ),
  enrichment: term(
    'enrichment',
    'share of the heritability over the share of variants or of what the model expects',
    {
      ...shown,
      null: 'enrichment = 1',
    },
  ),
  coefficient: term('τ', 'heritability a variant that a unit of the annotation adds, others held', {
    ...shown,
    null: 'coefficient = 0; of a cell type one-sided: coefficient <= 0',
  }),
  contribution: term(
    'own contribution',
    "heritability that a category's own coefficient stands for, summed over its variants",
  ),
  'standardised-coefficient': term(
    'τ*',
    'coefficient a standard deviation of the annotation, in units of h² a variant',
    shown,
  ),
  category: term(
    'h² of its variants',
    'heritability of the variants of the part, whichever component it comes from',
    shown,
  ),
  // of a pair
  'phenotypic-correlation': term('r_P', 'correlation of the traits, covariates removed', shown),
  'common-environment-correlation': term(
    'r_C',
    'correlation of what a common environment does to the traits',
    shown,
  ),
  'dominance-correlation': term('r_D', 'correlation of what dominance does to the traits', shown),
  'unique-environment-correlation': term(
    'r_E',
    'correlation of what environments of one person alone do to the traits, errors of measurement included',
    shown,
  ),
  'genetic-contribution': term(
    'r_P by A',
    'part of r_P that additive genes make: their covariance over both standard deviations',
  ),
  'common-environment-contribution': term('r_P by C', 'part of r_P that a common environment makes'),
  'dominance-contribution': term('r_P by D', 'part of r_P that dominance makes'),
  'unique-environment-contribution': term(
    'r_P by E',
    'part of r_P that environments of one person alone make',
  ),
  'environmental-covariance': term(
    'environmental covariance',
    'of the part of the traits that is not genetic',
  ),
  'cross-intercept': term(
    'gcov intercept',
    'of the regression of products of z-scores: shared people and confounding',
    shown,
  ),
  'liability-covariance': term(
    'liability covariance',
    'genetic covariance with case-control traits on the liability scale',
  ),
  'first-h2': term('h² of trait 1', 'heritability of the first trait on the variants of the pair'),
  'second-h2': term('h² of trait 2', 'heritability of the second trait on the variants of the pair'),
  'first-intercept': term(
    'intercept of trait 1',
    'of the regression of the first trait on the variants of the pair',
  ),
  'second-intercept': term(
    'intercept of trait 2',
    'of the regression of the second trait on the variants of the pair',
  ),
} as const satisfies Readonly<Record<string, Term>>;

export type TermName = keyof typeof VOCABULARY;

/** @returns the term of a quantity; names that a method makes itself, such as `c2`, stand for themselves. */
export function termOf(name: string): Term {
  return Object.hasOwn(VOCABULARY, name)
    ? VOCABULARY[name as TermName]
    : { header: name, meaning: name, inTables: true };
}
