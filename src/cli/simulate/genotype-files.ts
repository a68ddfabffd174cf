import { chromosomeLabel, type VariantTable } from '../../formats/bim.js';
import type { SampleTable } from '../../formats/fam.js';
import { writeOutput } from '../../formats/output.js';
import { type Column, tsv } from '../../report/table.js';
import { familyKinship, familySamples } from '../../simulation/families.js';
import type { SimulatedVariants } from '../../simulation/genotypes.js';
import type { FamilyOptions, Section } from '../../simulation/layout.js';

/** Who the simulated people are. */
export interface SimulatedPeople extends SampleTable {
  /** Number of the group of each, from 0. */
  readonly group: Int32Array;
}

/** IDs, families and groups of people as they are laid out. */
export function describePeople(
  count: number,
  sections: readonly Section[],
  families?: FamilyOptions,
): SimulatedPeople {
  const members = families ? familySamples(families.kind) : [];
  const individualId = Array.from({ length: count }, (_, i) => `id${i + 1}`);
  const people = {
    count,
    individualId,
    familyId: [...individualId],
    fatherId: new Array<string>(count).fill('0'),
    motherId: new Array<string>(count).fill('0'),
    sex: new Uint8Array(count),
    phenotype: new Array<string>(count).fill('-9'),
    group: new Int32Array(count),
  };
  for (const { group, firstSample, samples, firstFamily, families: count } of sections) {
    people.group.fill(group, firstSample, firstSample + samples);
    for (let k = 0; k < count * members.length; k++) {
      const i = firstSample + k;
      const family = `fam${firstFamily + Math.floor(k / members.length) + 1}`;
      const { name, sex, parents } = members[k % members.length];
      people.familyId[i] = family;
      people.individualId[i] = `${family}-${name}`;
      people.sex[i] = sex;
      if (parents.includes('father')) people.fatherId[i] = `${family}-father`;
      if (parents.includes('mother')) people.motherId[i] = `${family}-mother`;
    }
  }
  return people;
}

/** Writes `FID IID group`, a table that serves as covariates. */
export async function writeGroups(path: string, people: SimulatedPeople): Promise<void> {
  const columns: Column<number>[] = [
    { name: 'FID', value: (i) => people.familyId[i] },
    { name: 'IID', value: (i) => people.individualId[i] },
    { name: 'group', value: (i) => `group${people.group[i] + 1}` },
  ];
  await writeOutput(path, tsv(columns, Array.from(people.group.keys())));
}

interface Pair {
  readonly family: string;
  readonly a: string;
  readonly b: string;
  readonly kinship: number;
}

/** Writes the expected kinship coefficient of each pair of relatives. */
export async function writeRelatives(path: string, { count, kind }: FamilyOptions): Promise<void> {
  const kinship = familyKinship(kind);
  const members = familySamples(kind);
  const pairs: Pair[] = [];
  for (let f = 1; f <= count; f++) {
    for (let b = 1; b < members.length; b++) {
      for (let a = 0; a < b; a++) {
        if (kinship[a][b] === 0) continue;
        const family = `fam${f}`;
        const names = { a: `${family}-${members[a].name}`, b: `${family}-${members[b].name}` };
        pairs.push({ family, ...names, kinship: kinship[a][b] });
      }
    }
  }
  const columns: Column<Pair>[] = [
    { name: 'FID', value: ({ family }) => family },
    { name: 'IID1', value: ({ a }) => a },
    { name: 'IID2', value: ({ b }) => b },
    { name: 'kinship', value: ({ kinship }) => kinship },
  ];
  await writeOutput(path, tsv(columns, pairs));
}

/** The .bim table of variants that were made from nothing. */
export function newVariantTable({
  count,
  chromosome,
  position,
  centimorgan,
}: SimulatedVariants): VariantTable {
  const names = Array.from(chromosome, String);
  return {
    count,
    chromosome: names,
    id: names.map((name, v) => `${chromosomeLabel(name)}:${position[v]}`),
    centimorgan: centimorgan.map((x) => Math.round(x * 1e6) / 1e6),
    position,
    allele1: new Array<string>(count).fill('A'),
    allele2: new Array<string>(count).fill('G'),
  };
}

/** The .bim table of some variants of another. */
export function chosenVariants(table: VariantTable, variants: Int32Array): VariantTable {
  const pick = <T>(values: readonly T[]): T[] => Array.from(variants, (v) => values[v]!);
  return {
    count: variants.length,
    chromosome: pick(table.chromosome),
    id: pick(table.id),
    centimorgan: Float64Array.from(variants, (v) => table.centimorgan[v]),
    position: Int32Array.from(variants, (v) => table.position[v]),
    allele1: pick(table.allele1),
    allele2: pick(table.allele2),
  };
}
