import type { TraitEstimate } from '../../estimators/gre/gre.js';
import { formatEstimate, significant } from '../../report/number.js';
import type { RunTrait } from '../samples.js';

/** An overlap that moves the estimate by this share of its standard error is worth a warning: 95 % intervals then hold 92 %. */
const OVERLAP_MATTERS = 0.5;
/** ... and it has to stand out from the noise of the probes. */
const OVERLAP_Z = 2;

export interface GreWarning {
  /** A few words, for the table. */
  readonly short: string;
  /** What is the matter and what to do. */
  readonly text: string;
}

/** What a user should know before believing an estimate. */
export function greWarnings(
  estimate: TraitEstimate,
  trait: Pick<RunTrait, 'kind' | 'distinct'>,
  hasPrevalence: boolean,
): GreWarning[] {
  const warnings: GreWarning[] = [];
  const warn = (short: string, text: string) => warnings.push({ short, text });
  const { h2, se, overlap, corrected, n, covariates, blocks } = estimate;
  if (
    overlap &&
    Math.abs(overlap.excess) > OVERLAP_MATTERS * se &&
    Math.abs(overlap.excess) > OVERLAP_Z * overlap.excessSe
  ) {
    const share = overlap.averageShare.toFixed(3);
    const expected = overlap.averageRankShare.toFixed(3);
    const cause =
      `the blocks are not independent in this sample: on average a block explains ${share} of the genetic variance of the others, where ${expected} ` +
      `(rank / n) is due to chance. Signal of one block is counted again in others, which changes the sum by about ${formatEstimate(overlap.excess, overlap.excessSe)} beside its standard error of ${significant(se, 2)}. ` +
      'Related people or population structure do this';
    warn(
      corrected ? 'blocks overlap: take the corrected value' : 'blocks overlap: do not use the plain sum',
      corrected
        ? `${cause}. Use the corrected estimate, ${formatEstimate(corrected.h2, corrected.probeSe)} (the standard error here is that of the random probes only)`
        : `${cause}; do not use the plain sum. Estimate with --cross-block, leave out related people (--remove), add principal components as covariates, or use fewer blocks (--blocks genome)`,
    );
  }
  const isMisleading = warnings.length > 0;
  if (h2 < 0)
    warn(
      'below 0',
      `the estimate is below 0: with a standard error of ${significant(se, 2)} that is what a small heritability or a small sample looks like; it is not set to 0, so that averages stay unbiased`,
    );
  else if (h2 > 1)
    warn(
      'above 1',
      `the estimate is above 1${isMisleading ? '' : ': look for related people, structure, or a block whose rank is close to the number of people'}`,
    );
  if (h2 >= 0 && h2 < 1.96 * se)
    warn('not told from 0', 'the estimate cannot be told from 0: its 95 % interval includes it');
  const tightest = blocks.reduce((worst, block) => Math.max(worst, block.rank / (n - covariates)), 0);
  if (tightest > 0.9)
    warn(
      'rank close to n',
      `a block's rank is ${(100 * tightest).toFixed(0)} % of the degrees of freedom: its estimate is hardly determined; use smaller blocks (--blocks count:K)`,
    );
  if (trait.kind === 'quantitative' && trait.distinct === 3)
    warn(
      'three values',
      'the trait has three values: if 0 stands for missing in a case-control trait, write NA; it was taken as a quantity',
    );
  if (trait.kind === 'case-control' && !hasPrevalence)
    warn(
      'observed scale',
      'a case-control trait on the observed scale: --prevalence K adds the liability scale',
    );
  return warnings;
}
