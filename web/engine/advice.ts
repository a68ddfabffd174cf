import { formatBytes, formatCount } from '../../src/estimate/number.js';
import { prefixesOf } from './file-sets.js';
import type { FileEntry } from './jobs.js';
import { lookAt, type Subject } from './look.js';
import type { NamedFiles } from './results.js';

/** What to do with the files that are there (docs/which-estimator.md). */
export interface Advice {
  readonly have: string;
  readonly use: string;
  readonly command: string;
  /** Fields of its form that these files fill in. */
  readonly texts: Readonly<Record<string, string>>;
  /** What to expect of it, and what it takes for granted. */
  readonly why: string;
}

/** Fewer people than these tell a single trait hardly from 0. */
const FEW_PEOPLE = 5000;
/** A relationship matrix of more people is beyond a page, and most machines. */
const MANY_PEOPLE = 20_000;
/** Genotypes of this size, with what is computed from them, fill the memory of a page. */
const MOST_GENOTYPES = 1.5e9;

/**
 * Which estimator to use, from the files: what they are, how many people, whether they fit.
 * @param contents of the files that may be looked into. @param isPage whether runs are in this page, which has little memory.
 */
export async function advise(
  files: readonly FileEntry[],
  contents: NamedFiles,
  isPage: boolean,
): Promise<Advice[]> {
  const blobs = new Map(contents);
  const found = new Map<Subject, string[]>();
  for (const { name } of files) {
    const { subject } = await lookAt(name, blobs.get(name) ?? new Blob());
    if (subject !== undefined) found.set(subject, [...(found.get(subject) ?? []), name]);
  }
  const names = files.map(({ name }) => name);
  const of = (subject: Subject) => found.get(subject) ?? [];
  return [
    ...of('gwas').map((name) => munge(name)),
    ...fromSumstats(of('sumstats'), names),
    ...fromTaggings(of('sumstats'), names),
    ...(await fromGenotypes(of('people'), files, blobs, isPage)),
    ...of('twins').map((name) => twins(name)),
  ];
}

const munge = (name: string): Advice => ({
  have: `${name}, results of a GWAS`,
  use: 'munge',
  command: 'munge',
  texts: { sumstats: name },
  why: 'makes of them what LD score regression reads, and says what each rule removes',
});

const twins = (name: string): Advice => ({
  have: `${name}, pairs of twins`,
  use: 'twin models',
  command: 'twin',
  texts: { pairs: name },
  why: 'takes for granted that both kinds of twins share their home alike, and that mates are not alike',
});

function fromSumstats(sumstats: readonly string[], names: readonly string[]): Advice[] {
  if (sumstats.length === 0) return [];
  const [prefix] = prefixesOf(names, 'l2.ldscore');
  const [first] = sumstats;
  if (prefix === undefined)
    return [
      {
        have: `${first}, without LD scores`,
        use: 'LD score regression',
        command: 'ldsc',
        texts: { h2: first },
        why: 'needs LD scores of people of the same ancestry: add the files .l2.ldscore.gz and .l2.M_5_50',
      },
    ];
  const scores = prefix.isByChromosome
    ? { refLdChr: prefix.name, wLdChr: prefix.name }
    : { refLd: prefix.name, wLd: prefix.name };
  const several = sumstats.length > 1;
  return [
    {
      have: `${first} and the LD scores ${prefix.name}`,
      use: 'LD score regression',
      command: 'ldsc',
      texts: { h2: first, ...scores },
      why: 'a free intercept takes out confounding; effects that follow LD or frequency mislead it either way',
    },
    ...(several
      ? [
          {
            have: `${sumstats.length} traits and the LD scores ${prefix.name}`,
            use: 'genetic correlation',
            command: 'ldsc',
            texts: { rg: sumstats.join(','), ...scores },
            why: 'people that studies share do no harm: they move the intercept',
          },
        ]
      : []),
  ];
}

function fromTaggings(sumstats: readonly string[], names: readonly string[]): Advice[] {
  const tagfile = names.find((name) => /\.tagging(\.gz)?$/.test(name));
  const summary = names.find((name) => name.endsWith('.summaries')) ?? sumstats[0];
  if (tagfile === undefined || summary === undefined) return [];
  return [
    {
      have: `${summary} and the taggings ${tagfile}`,
      use: 'SumHer',
      command: 'sumher',
      texts: { summary, tagfile },
      why: 'right where the heritability model of the taggings is: compare two',
    },
  ];
}

async function fromGenotypes(
  tables: readonly string[],
  files: readonly FileEntry[],
  blobs: ReadonlyMap<string, Blob>,
  isPage: boolean,
): Promise<Advice[]> {
  const prefix = prefixesOf(
    files.map(({ name }) => name),
    'bed',
  ).find(({ isByChromosome }) => !isByChromosome)?.name;
  if (prefix === undefined) return [];
  const people = await lineCount(blobs.get(`${prefix}.fam`));
  const size = files.find(({ name }) => name === `${prefix}.bed`)?.size ?? 0;
  const variants = people === 0 ? 0 : Math.floor((size - 3) / Math.ceil(people / 4));
  const have = `${prefix}: ${people === 0 ? 'people' : `${formatCount(people)} people`}${variants > 0 ? `, ${formatCount(variants)} variants` : ''}`;
  const fits =
    !isPage || size === 0
      ? ''
      : size > MOST_GENOTYPES
        ? `; ${formatBytes(size)} of genotypes are beyond a page: use heredity page or the command line`
        : `; ${formatBytes(size)} of genotypes fit in this page`;
  const [pheno] = tables;
  if (pheno === undefined)
    return [
      {
        have: `${have}, no traits`,
        use: 'LD scores',
        command: 'ld scores',
        texts: { bfile: prefix },
        why: `of these people, for LD score regression${fits}`,
      },
    ];
  const texts = { bfile: prefix, pheno };
  const few = people > 0 && people < FEW_PEOPLE ? `; so few people tell a single trait hardly from 0` : '';
  const own = { have: `${have}, traits ${pheno}` };
  return [
    {
      ...own,
      use: 'GRE',
      command: 'gre',
      texts,
      why: `assumes no architecture; its error is about twice that of REML${few}${fits}`,
    },
    ...(people <= MANY_PEOPLE
      ? [
          {
            ...own,
            use: 'several methods at once',
            command: 'h2',
            texts,
            why: 'where they agree, what they assume does not matter for the trait',
          },
        ]
      : []),
    {
      ...own,
      use: 'Haseman-Elston',
      command: 'he',
      texts,
      why: 'in seconds; takes every variant to explain the same on average',
    },
  ];
}

async function lineCount(file: Blob | undefined): Promise<number> {
  if (file === undefined) return 0;
  const bytes = new Uint8Array(await file.arrayBuffer());
  let lines = bytes.length > 0 && bytes.at(-1) !== 10 ? 1 : 0;
  for (const byte of bytes) if (byte === 10) lines++;
  return lines;
}
