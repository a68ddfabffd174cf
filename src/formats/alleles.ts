const COMPLEMENT: Readonly<Record<string, string>> = { A: 'T', C: 'G', G: 'C', T: 'A' };
const BASES = 'ACGT';

/**
 * How an effect on one pair of alleles compares with an effect on another pair of the same variant: 1 where the effect
 * alleles agree, -1 where they are swapped, 0 where the pairs differ. The other strand is tried; case does not count.
 */
export function effectSign(effect: string, other: string, allele1: string, allele2: string): -1 | 0 | 1 {
  const index = tableIndex(effect, other, allele1, allele2);
  return index >= 0 ? (SIGNS[index] as -1 | 0 | 1) : compare(effect, other, allele1, allele2);
}

/** Whether both strands show the same two alleles (A/T, C/G): a swap cannot be told from the other strand. */
export function isStrandAmbiguous(allele1: string, allele2: string): boolean {
  return COMPLEMENT[allele1.toUpperCase()] === allele2.toUpperCase();
}

/** Whether the alleles are two different bases. */
export function isSingleNucleotide(allele1: string, allele2: string): boolean {
  const [a, b] = [allele1.toUpperCase(), allele2.toUpperCase()];
  return a !== b && COMPLEMENT[a] !== undefined && COMPLEMENT[b] !== undefined;
}

/** Code of a pair that cannot be compared across strands: ambiguous, or not of two different bases. */
export const NO_PAIR = 255;

/** Codes of bases in either case: the complement of code c is 3 - c. */
const CODES = Uint8Array.from({ length: 128 }, (_, byte) => {
  const base = BASES.indexOf(String.fromCharCode(byte).toUpperCase());
  return base < 0 ? NO_PAIR : base;
});

/** One byte for an ordered pair of alleles, to keep millions of them; {@link NO_PAIR} for what has no clear strand. */
export function pairCode(effect: string, other: string): number {
  if (effect.length !== 1 || other.length !== 1) return NO_PAIR;
  return pairOfCodes(effect.charCodeAt(0), other.charCodeAt(0));
}

/** {@link pairCode} of the alleles of a row, whose bytes lie from `spans[2 * row]` to before `spans[2 * row + 1]`. */
export function pairOfSpans(bytes: Uint8Array, effects: Int32Array, others: Int32Array, row: number): number {
  const [effect, other] = [effects[2 * row], others[2 * row]];
  const areSingle = effects[2 * row + 1] - effect === 1 && others[2 * row + 1] - other === 1;
  return areSingle ? pairOfCodes(bytes[effect], bytes[other]) : NO_PAIR;
}

/** {@link pairCode} of alleles of one character each, by its code. */
function pairOfCodes(effect: number, other: number): number {
  const [a, b] = [CODES[effect] ?? NO_PAIR, CODES[other] ?? NO_PAIR];
  return a > 3 || b > 3 || a === b || a + b === 3 ? NO_PAIR : (a << 2) | b;
}

/** The two bases of a pair that has a code. */
export function pairLetters(pair: number): readonly [string, string] {
  return [BASES[pair >> 2], BASES[pair & 3]];
}

/** {@link effectSign} of two pairs by their codes; 0 where one has none. */
export function pairSign(first: number, second: number): -1 | 0 | 1 {
  return first === NO_PAIR || second === NO_PAIR ? 0 : (SIGNS[(first << 4) | second] as -1 | 0 | 1);
}

function compare(effect: string, other: string, allele1: string, allele2: string): -1 | 0 | 1 {
  const [a, b] = [effect.toUpperCase(), other.toUpperCase()];
  const [c, d] = [allele1.toUpperCase(), allele2.toUpperCase()];
  if (a === c && b === d) return 1;
  if (a === d && b === c) return -1;
  const [e, f] = [COMPLEMENT[a], COMPLEMENT[b]];
  if (e === c && f === d) return 1;
  if (e === d && f === c) return -1;
  return 0;
}

/** Answers for every four capital bases: files hold millions of those. */
const SIGNS = Int8Array.from({ length: 256 }, (_, index) => {
  const base = (shift: number) => BASES[(index >> shift) & 3];
  return compare(base(6), base(4), base(2), base(0));
});

/** Position in {@link SIGNS}, negative for what is not four capital bases. */
function tableIndex(a: string, b: string, c: string, d: string): number {
  if (a.length !== 1 || b.length !== 1 || c.length !== 1 || d.length !== 1) return -1;
  return (code(a) << 6) | (code(b) << 4) | (code(c) << 2) | code(d);
}

/** 0 to 3 for A, C, G and T, else -1. */
function code(base: string): number {
  switch (base.charCodeAt(0)) {
    case 65:
      return 0;
    case 67:
      return 1;
    case 71:
      return 2;
    case 84:
      return 3;
    default:
      return -1;
  }
}
