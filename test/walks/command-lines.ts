import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cohortFiles } from '../cli/cohort-files.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';

/** Inputs of {@link commandLines}: two chromosomes, two traits, a GWAS. */
export function writeInputs(folder: string, { samples = 1000, variants = 800, rows = 200_000 } = {}): void {
  const genotypes = randomGenotypes(variants, samples, { seed: 3 });
  const y = randomNormals(samples, 1).map((e, i) => e + genotypes[5][i]);
  const z = randomNormals(samples, 2).map((e, i) => e - genotypes[9][i]);
  const files = cohortFiles({
    genotypes,
    chromosome: (v) => 1 + Math.floor((2 * v) / variants),
    traits: { y, z },
  });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content!);
  const onX = cohortFiles({ genotypes: genotypes.slice(0, 100), chromosome: () => 'X', traits: { y } });
  mkdirSync(join(folder, 'x'));
  for (const [name, content] of Object.entries(onX)) writeFileSync(join(folder, 'x', name), content!);
  const statistics = Array.from(
    { length: rows },
    (_, i) => `rs${i}\tA\tG\t${((i * 7) % 11) / 5 - 1}\t0.4\t${((i * 37) % 100) / 100 + 0.001}\t5000\n`,
  );
  writeFileSync(join(folder, 'gwas.txt'), `SNP\tA1\tA2\tBETA\tSE\tP\tN\n${statistics.join('')}`);
}

/** A command line, without --out, for each thing that takes long on the files of {@link writeInputs}. */
export function commandLines(folder: string): readonly (readonly string[])[] {
  const genotypes = ['--bfile', join(folder, 'study')];
  const traits = [...genotypes, '--pheno', join(folder, 'study.pheno')];
  return [
    ['gre', ...traits],
    ['reml', ...traits],
    ['munge', '--sumstats', join(folder, 'gwas.txt')],
    ['gre', ...traits, '--cross-block'],
    ['h2', ...traits, '--methods', 'gre,he'],
    ['ld-factor', ...genotypes],
    ['reml', ...traits, '--method', 'monte-carlo'],
    ['he', ...traits],
    ['grm', ...genotypes],
    ['assoc', ...traits],
    ['sumher', ...traits, '--model', 'gcta'],
    ['ldsc', ...traits],
    ['ld', 'scores', ...genotypes, '--ld-wind-kb', '10'],
    ['ld', 'annotate', ...genotypes, '--maf-bins', '4'],
    ['ld', 'weights', ...genotypes],
    ['ld', 'tagging', ...genotypes, '--model', 'gcta'],
    ['convert', ...genotypes, '--make-bed'],
    ['rg', ...traits, '--methods', 'gre,he'],
    ['freq', ...genotypes],
    ['missing', ...genotypes],
    ['het', ...genotypes],
    ['hardy', ...genotypes],
    ['check-sex', '--bfile', join(folder, 'x', 'study')],
    ['prune', ...genotypes, '--indep-pairwise', '50,5,0.2'],
    ['king', ...genotypes],
    ['pca', ...genotypes, '--pcs', '2'],
    ['cohort', ...genotypes],
    ['study', 'expect', ...genotypes, '--methods', 'he', '--cells', '*_p1_maf0-0.5_*_none', '--h2', '0.5'],
    ['simulate', 'genotypes', '--samples', '3000', '--variants', '3000'],
    ['simulate', 'phenotypes', ...genotypes, '--h2', '0.5'],
    ['twin', '--rmz', '0.6', '--rdz', '0.4', '--nmz', '100', '--ndz', '100'],
    [
      'study',
      'run',
      ...genotypes,
      '--cells',
      '*_p1_maf0-0.5_*_none',
      '--h2',
      '0.5',
      '--replicates',
      '2',
      '--estimators',
      'gre',
    ],
  ];
}
