/** Genotype counts of a variant on X, allele A and allele B. */
export interface XCounts {
  /** Females of two copies of A, of one, of none. */
  readonly femaleAA: number;
  readonly femaleAB: number;
  readonly femaleBB: number;
  readonly maleA: number;
  readonly maleB: number;
}

/** Outcomes this close in log probability to the observed one count as equally likely. */
const TIE = 1e-8;
/** Terms smaller than this beside the sum so far no longer matter. */
const NEGLIGIBLE = 1e-17;

/**
 * Exact test of Hardy-Weinberg equilibrium on X, with males: the probability, given the alleles of each kind and the people of
 * each sex, of an outcome (copies of A among males, heterozygous females) at most as likely as the observed one (Graffelman and
 * Weir 2016). It also sees frequencies that differ between the sexes.
 * @returns natural logarithm of the P value; 0 where there are no genotypes.
 */
export function logHardyWeinbergX({ femaleAA, femaleAB, femaleBB, maleA, maleB }: XCounts): number {
  const females = femaleAA + femaleAB + femaleBB;
  const males = maleA + maleB;
  const a = 2 * femaleAA + femaleAB + maleA;
  const alleles = 2 * females + males;
  const b = alleles - a;
  if (a === 0 || b === 0) return 0;
  const margins =
    logFactorial(a) + logFactorial(b) + logFactorial(males) + logFactorial(females) - logFactorial(alleles);
  /** Log probability of m copies of A among males and h heterozygous females; a - m - h is even. */
  const logP = (m: number, h: number) => {
    const homA = (a - m - h) / 2;
    return (
      margins +
      h * Math.LN2 -
      logFactorial(m) -
      logFactorial(males - m) -
      logFactorial(homA) -
      logFactorial(h) -
      logFactorial(females - homA - h)
    );
  };
  const observed = logP(maleA, femaleAB);
  const limit = observed + TIE;
  /** The sum, relative to the observed outcome, of those outcomes of m that are not more likely; and whether all of m's are. */
  const column = (m: number): { sum: number; isWhole: boolean } => {
    const copies = a - m;
    const least = copies % 2;
    const most = Math.min(copies, 2 * females - copies);
    const mode = modeOf(copies, females, least, most);
    if (logP(m, mode) <= limit)
      return { sum: tail(m, mode, 2, most) + tail(m, mode - 2, -2, least), isWhole: true };
    return {
      sum: tail(m, boundary(m, mode, 2, most), 2, most) + tail(m, boundary(m, mode, -2, least), -2, least),
      isWhole: false,
    };
  };
  /** The first outcome from the mode on, in steps, that is not more likely than the observed one; beyond the end where none is. */
  const boundary = (m: number, mode: number, step: number, end: number): number => {
    let [inside, steps] = [0, Math.floor((end - mode) / step)];
    if (logP(m, mode + steps * step) > limit) return end + step;
    while (steps - inside > 1) {
      const middle = (inside + steps) >> 1;
      if (logP(m, mode + middle * step) > limit) inside = middle;
      else steps = middle;
    }
    return mode + steps * step;
  };
  const tail = (m: number, first: number, step: number, end: number): number => {
    let sum = 0;
    if (step > 0 ? first > end : first < end) return 0;
    let term = Math.exp(logP(m, first) - observed);
    for (let h = first; ; h += step) {
      sum += term;
      if (h === end || term < NEGLIGIBLE * sum) return sum;
      const homA = (a - m - h) / 2;
      const homB = females - homA - h;
      term *=
        step > 0 ? (4 * homA * homB) / ((h + 1) * (h + 2)) : (h * (h - 1)) / (4 * (homA + 1) * (homB + 1));
    }
  };
  let total = 0;
  const largest = Math.min(males, a);
  const smallest = Math.max(0, a - 2 * females);
  const walk = (first: number, step: number) => {
    for (let m = first; m >= smallest && m <= largest; m += step) {
      const { sum, isWhole } = column(m);
      total += sum;
      if (isWhole && sum < NEGLIGIBLE * total) return;
    }
  };
  walk(maleA, 1);
  walk(maleA - 1, -1);
  return Math.min(0, observed + Math.log(total));
}

/** The likeliest number of heterozygous females for so many copies of A among them. */
function modeOf(copies: number, females: number, least: number, most: number): number {
  const about = (copies * (2 * females - copies)) / Math.max(1, 2 * females - 1);
  const h = least + 2 * Math.round((about - least) / 2);
  return Math.min(Math.max(h, least), most);
}

/** log n!, kept; sums of logarithms from 1 on, so that ratios of neighbours are exact to the last digits. */
let factorials = new Float64Array(1);

function logFactorial(n: number): number {
  if (n >= factorials.length) {
    const more = new Float64Array(Math.max(n + 1, 2 * factorials.length));
    more.set(factorials);
    let lost = 0; // what rounding took from the sum (Kahan)
    for (let k = factorials.length; k < more.length; k++) {
      const term = Math.log(k) - lost;
      more[k] = more[k - 1] + term;
      lost = more[k] - more[k - 1] - term;
    }
    factorials = more;
  }
  return factorials[n];
}
