/** What decides how long an estimator of components with random vectors takes. */
export interface RandomisedShape {
  readonly people: number;
  readonly variants: number;
  readonly traits: number;
  /** Groups of traits that are measured on the same people. */
  readonly groups: number;
  /** Covariate columns with the intercept. */
  readonly columns: number;
  /** Components; each variant is in one. */
  readonly components: number;
  readonly vectors: number;
}
