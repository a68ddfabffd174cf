/** What GCTA's .hsq file holds (METHODS 5.3). */
export interface HsqTable {
  readonly components: readonly HsqNumber[];
  readonly residual: HsqNumber;
  readonly phenotypic: HsqNumber;
  /** Shares of the phenotypic variance, one a component. */
  readonly shares: readonly HsqNumber[];
  readonly sumOfShares: HsqNumber;
  readonly liability:
    | {
        readonly ascertainment: number;
        readonly prevalence: number;
        readonly shares: readonly HsqNumber[];
        readonly sumOfShares: HsqNumber;
      }
    | undefined;
  readonly logL: number;
  /** Null, as are `lrt` and `p`, where there is no test. */
  readonly logL0: number | null;
  readonly lrt: number | null;
  readonly df: number;
  readonly p: number | null;
  readonly n: number;
}

export interface HsqNumber {
  readonly value: number;
  readonly se: number;
}

/** @returns the text of an .hsq file: six decimals for variances, three for likelihoods. */
export function hsqText(table: HsqTable): string {
  const several = table.components.length > 1;
  const nameOf = (k: number) => (several ? `V(G${k + 1})` : 'V(G)');
  const line = (name: string, { value, se }: HsqNumber) => `${name}\t${value.toFixed(6)}\t${se.toFixed(6)}`;
  const lines = [
    'Source\tVariance\tSE',
    ...table.components.map((number, k) => line(nameOf(k), number)),
    line('V(e)', table.residual),
    line('Vp', table.phenotypic),
    ...table.shares.map((number, k) => line(`${nameOf(k)}/Vp`, number)),
    ...(several ? ['', line('Sum of V(G)/Vp', table.sumOfShares)] : []),
  ];
  const { liability } = table;
  if (liability) {
    lines.push(
      'The estimate of variance explained on the observed scale is transformed to that on the underlying scale:',
      `(Proportion of cases in the sample = ${liability.ascertainment}; User-specified disease prevalence = ${liability.prevalence})`,
      ...liability.shares.map((number, k) => line(`${nameOf(k)}/Vp_L`, number)),
      ...(several ? ['', line('Sum of V(G)_L/Vp', liability.sumOfShares)] : []),
    );
  }
  lines.push(
    `logL\t${table.logL.toFixed(3)}`,
    `logL0\t${table.logL0?.toFixed(3) ?? 'NA'}`,
    `LRT\t${table.lrt?.toFixed(3) ?? 'NA'}`,
    `df\t${table.df}`,
    `Pval\t${table.p?.toExponential(4).replace(/e([+-])(\d)$/, 'e$10$2') ?? 'NA'}`,
    `n\t${table.n}`,
  );
  return `${lines.join('\n')}\n`;
}
