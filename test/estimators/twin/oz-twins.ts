import { readFileSync } from 'node:fs';
import type { PairGroup } from '../../../src/estimators/twin/pairs.js';
import { RELATIONSHIPS } from '../../../src/estimators/twin/relatives.js';
import { sharedFile } from '../../shared.js';

export type OzRow = Readonly<Record<string, string>>;

/** Rows of shared/data/twins/oz-twins.csv by column name. */
export function readOzTwins(): OzRow[] {
  const [head, ...lines] = readFileSync(sharedFile('data/twins/oz-twins.csv'), 'utf8').trim().split('\n');
  const split = (line: string) => line.split(',').map((cell) => cell.replaceAll('"', ''));
  const names = split(head);
  return lines.map((line) => Object.fromEntries(split(line).map((cell, i) => [names[i], cell])));
}

/** The rows of one zygosity and cohort as a group of pairs, with age as a covariate where asked for. */
export function ozGroup(
  rows: readonly OzRow[],
  which: { kind: 'mz' | 'dz'; zygosity: string; cohort: string; trait: string; age?: boolean },
): PairGroup {
  const chosen = rows.filter((row) => row.zygosity === which.zygosity && row.cohort === which.cohort);
  const column = (name: string) =>
    Float64Array.from(chosen, (row) => (row[name] === '' ? Number.NaN : Number(row[name])));
  const [age1, age2] = [column('age1'), column('age2')];
  // A person without the covariate counts as missing.
  const phenotype = (member: 1 | 2, age: Float64Array) =>
    column(`${which.trait}${member}`).map((y, i) => (which.age && Number.isNaN(age[i]) ? Number.NaN : y));
  return {
    label: which.kind.toUpperCase(),
    relationship: RELATIONSHIPS[which.kind],
    first: phenotype(1, age1),
    second: phenotype(2, age2),
    ...(which.age ? { firstCovariates: age1, secondCovariates: age2 } : {}),
  };
}
