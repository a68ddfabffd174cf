// Simulated cohorts, made once by `heredity simulate` and kept in bench/data (which git ignores).
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { heredity, ROOT } from './measure.mjs';

/** Heritability of every simulated trait. */
export const H2 = 0.25;

/**
 * A cohort of so many people and variants.
 * @param {{ samples: number, variants: number, chromosomes: number, traits: number, covariates?: number }} size
 * @returns prefix of the file set; tables of traits, and of covariates (noise) where some are asked for; and the heritability
 * of each trait as it came out in this sample.
 */
export async function cohort({ samples, variants, chromosomes, traits, covariates = 0 }) {
  const folder = join(ROOT, 'bench/data');
  mkdirSync(folder, { recursive: true });
  const prefix = join(folder, `${samples}x${variants}x${chromosomes}`);
  const made = async (file, ...words) => {
    if (!existsSync(file)) await heredity('simulate', ...words);
    return file;
  };
  await made(
    `${prefix}.bed`,
    'genotypes',
    '--samples',
    samples,
    '--variants',
    variants,
    '--chromosomes',
    chromosomes,
    '--out',
    prefix,
  );
  const table = async (kind, h2, columns, seed) => {
    const out = `${prefix}.${columns}-${kind}`;
    await made(
      `${out}.pheno`,
      'phenotypes',
      '--bfile',
      prefix,
      '--h2',
      h2,
      '--replicates',
      columns,
      '--seed',
      seed,
      '--skip-effects',
      '--out',
      out,
    );
    return out;
  };
  const traitTable = await table('traits', H2, traits, 1);
  return {
    prefix,
    traits: `${traitTable}.pheno`,
    covariates: covariates > 0 ? `${await table('covariates', 0, covariates, 2)}.pheno` : undefined,
    realised: readRealised(`${traitTable}.truth.tsv`),
  };
}

function readRealised(path) {
  const [header, ...rows] = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  const [name, h2] = ['trait', 'realised_h2'].map((column) => header.indexOf(column));
  return Object.fromEntries(rows.map((row) => [row[name], Number(row[h2])]));
}
