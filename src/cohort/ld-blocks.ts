import { HeredityError } from '../errors.js';
import { predictedError } from '../estimators/gre/predicted-error.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { sharedAcrossCuts } from '../ld/cut-sharing.js';
import { weakestCuts } from '../ld/weakest-cuts.js';

/** Where blocks start, as positions among the variants, and why there. */
export interface ChosenBlocks {
  /** Ascending, from 0; chromosomes start blocks. */
  readonly starts: readonly number[];
  /** In words. */
  readonly why: string;
}

/** Chromosomes of so small a share of the people in variants stay whole: cuts could lower the standard error by a tenth at most. */
const SMALL = 0.2;
/** The largest block tried, and a whole chromosome, as shares of the people. */
const LARGEST = 0.5;
const LARGEST_WHOLE = 0.9;
/** Smaller blocks are not tried for the least error. */
const SMALLEST = 64;

/** Whether every chromosome has so few variants for the people that `auto` leaves it whole without looking at LD. */
export function chromosomesSuffice(sizes: readonly number[], n: number): boolean {
  return sizes.every((size) => size <= SMALL * n);
}

/**
 * Blocks with the least predicted error: whole chromosomes, or these cut where LD is weakest.
 * @param breaks positions at which a chromosome starts, ascending, the first left out.
 * @param n people less columns projected out, in the smallest group of traits.
 * @param mayBeWhole whether chromosomes as they are may be the answer.
 */
export async function chooseBlocks(
  genotypes: GenotypeOperator,
  breaks: readonly number[],
  n: number,
  mayBeWhole: boolean,
): Promise<ChosenBlocks> {
  const whole = [0, ...breaks];
  const sizesOf = (starts: readonly number[]) =>
    starts.map((start, k) => (starts[k + 1] ?? genotypes.count) - start);
  const chromosomes = sizesOf(whole);
  if (mayBeWhole && chromosomesSuffice(chromosomes, n))
    return { starts: whole, why: 'chromosomes, which have few variants for so many people' };
  const candidates: { starts: readonly number[]; error: number }[] = [];
  if (mayBeWhole && Math.max(...chromosomes) <= LARGEST_WHOLE * n)
    candidates.push({ starts: whole, error: predictedError(chromosomes, 0, n) });
  const rises = () => {
    const errors = candidates.slice(-3).map(({ error }) => error);
    return errors.length === 3 && errors[0] < errors[1] && errors[1] < errors[2];
  };
  const largest = Math.min(LARGEST * n, Math.max(...chromosomes) / 2);
  for (let size = largest; size >= Math.min(SMALLEST, largest) && !rises(); size /= 2) {
    // cuts move by a quarter of a block, so that blocks come out up to half as large again
    const starts = await weakestCuts(genotypes, breaks, Math.max(1, Math.floor(size / 1.5)));
    const shared = await sharedAcrossCuts(genotypes, starts, breaks);
    const sizes = sizesOf(starts);
    if (starts.length === whole.length || Math.max(...sizes) >= LARGEST_WHOLE * n) continue;
    candidates.push({
      starts,
      error: predictedError(
        sizes,
        shared.reduce((a, b) => a + b, 0),
        n,
      ),
    });
  }
  const [first, ...others] = candidates;
  if (first === undefined) {
    throw new HeredityError('degenerate-data', 'there are too few people to cut the variants into blocks', {
      value: n,
      expected: 'more people than variants that cannot be told apart',
      fix: 'give the blocks (--blocks count:K or a file)',
    });
  }
  const best = others.reduce(
    (least, candidate) => (candidate.error < least.error ? candidate : least),
    first,
  );
  const isWhole = best.starts.length === whole.length;
  const compared = isWhole ? others[0] : candidates.find(({ starts }) => starts.length === whole.length);
  const beside = compared
    ? `, ${compared.error.toPrecision(2)} with ${isWhole ? `${compared.starts.length} smaller blocks` : 'whole chromosomes'}`
    : '';
  return {
    starts: best.starts,
    why: `${isWhole ? 'whole chromosomes' : 'chromosomes cut where LD is weakest'}, by the least predicted error (${best.error.toPrecision(2)}${beside})`,
  };
}

/** About so many blocks, cut where LD is weakest; at least one a chromosome. */
export async function cutIntoBlocks(
  genotypes: GenotypeOperator,
  breaks: readonly number[],
  count: number,
): Promise<ChosenBlocks> {
  const starts = await weakestCuts(genotypes, breaks, Math.max(1, Math.round(genotypes.count / count)));
  return { starts, why: 'cut where LD is weakest' };
}
