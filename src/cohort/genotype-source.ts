import type { GenotypeChoice } from '../formats/genotypes.js';

/** Whether a run has genotypes, of whatever format. */
export function hasGenotypes(flags: GenotypeChoice): boolean {
  return [flags.bfile, flags.pfile, flags.bgen, flags.vcf].some((file) => file !== undefined);
}

/** How the genotypes of a run were named. */
export function genotypeName({ bfile, pfile, bgen, vcf }: GenotypeChoice): string {
  return bfile ?? pfile ?? bgen ?? vcf ?? '';
}
