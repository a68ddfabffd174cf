import type { Design } from '../association/design.js';
import type { CommandContext } from './command.js';

export function warnOfDependentCovariates(design: Design, { log }: Pick<CommandContext, 'log'>): void {
  if (design.dependentCovariates.length > 0)
    log.warn(
      `covariates that add nothing to the others are left out: ${design.dependentCovariates.join(', ')}`,
    );
}
