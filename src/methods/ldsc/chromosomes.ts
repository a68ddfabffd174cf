import { formatCount } from '../../estimate/number.js';
import { type Warning, warning } from '../../estimate/warnings.js';
import type { LdScoreTable } from '../../formats/ld-score.js';
import type { ChromosomeFiles } from '../../formats/per-chromosome.js';

/** `1, 2 and 3`, or `4 to 22` for a run of three or more. */
function listChromosomes(chromosomes: readonly string[]): string {
  const runs: string[][] = [];
  for (const chromosome of chromosomes) {
    const last = runs.at(-1);
    const previous = last?.at(-1);
    if (last && previous !== undefined && Number(chromosome) === Number(previous) + 1) last.push(chromosome);
    else runs.push([chromosome]);
  }
  const words = runs.flatMap((run) => (run.length < 3 ? run : [`${run[0]} to ${run.at(-1)}`]));
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const AUTOSOMES = Array.from({ length: 22 }, (_, k) => String(k + 1));

const noun = (chromosomes: readonly string[]): string =>
  chromosomes.length === 1 ? 'chromosome' : 'chromosomes';

/** What is not read of LD scores by chromosome, and rows that are left out: each a sentence. */
export function scoresLeftOut(tables: readonly LdScoreTable[]): string[] {
  const found = tables.flatMap(({ byChromosome }) => byChromosome);
  const beyond = new Set(
    found.flatMap(({ beyond }) =>
      beyond.map(
        ({ chromosome, path }) =>
          `${path} is not read: files by chromosome are those of the autosomes 1 to 22. To count chromosome ${chromosome}, put the LD scores of all chromosomes in one file (and its number of SNPs in its .l2.M and .l2.M_5_50) and give it with --ref-ld and --w-ld`,
      ),
    ),
  );
  return [
    ...absentChromosomes(found),
    ...beyond,
    ...new Set(tables.flatMap(fewChromosomes)),
    ...tables.flatMap(rowsLeftOut),
  ];
}

/** LD scores in one file that are of some chromosomes only, as where that of one chromosome was given for all. */
function fewChromosomes({ byChromosome, chromosome, files }: LdScoreTable): string[] {
  if (byChromosome.length > 0) return [];
  const present = [...new Set(Array.from(chromosome.runs(), ({ text }) => text))].filter((label) =>
    AUTOSOMES.includes(label),
  );
  const absent = AUTOSOMES.filter((label) => !present.includes(label));
  if (present.length === 0 || absent.length === 0) return [];
  return [
    `${files[0]} has no LD scores of ${noun(absent)} ${listChromosomes(absent)}: h² is that of the SNPs of ${noun(present)} ${listChromosomes(present)} (--ref-ld-chr and --w-ld-chr take a file for each chromosome)`,
  ];
}

/** One sentence for all prefixes that lack the same chromosomes. */
function absentChromosomes(found: readonly ChromosomeFiles[]): string[] {
  const byAbsent = new Map<string, string[]>();
  for (const { files, absent } of found) {
    if (absent.length === 0) continue;
    const present = files.map(({ chromosome }) => chromosome);
    const sentence = `there are no LD scores of ${noun(absent)} ${listChromosomes(absent)}, so that only SNPs of ${noun(present)} ${listChromosomes(present)} count, beside `;
    byAbsent.set(sentence, [...(byAbsent.get(sentence) ?? []), files[0].path]);
  }
  return [...byAbsent].map(([sentence, paths]) => `${sentence}${[...new Set(paths)].join(', ')}`);
}

function rowsLeftOut({ duplicates, withoutId, files }: LdScoreTable): string[] {
  const where = `(${files[0]}${files.length > 1 ? ' and so on' : ''})`;
  return [
    ...(duplicates > 0
      ? [`${formatCount(duplicates)} rows of the LD scores name a SNP again and are left out ${where}`]
      : []),
    ...(withoutId > 0
      ? [`${formatCount(withoutId)} rows of the LD scores have no SNP ID and are left out ${where}`]
      : []),
  ];
}

/** A chromosome with fewer of its SNPs than this share of the best covered one is as good as absent. */
const HARDLY = 0.05;
/** A chromosome with fewer SNPs says nothing about coverage. */
const FEW = 20;

/**
 * Chromosomes of the LD scores of which the statistics have hardly a SNP where they have those of others: h² counts the SNPs of all.
 * @param rows of the LD scores that have a statistic, ascending.
 * @returns undefined where all are covered.
 */
export function uncoveredChromosomes(table: LdScoreTable, rows: Int32Array): Warning | undefined {
  const covered = new Map<string, { all: number; own: number }>();
  let next = 0;
  for (const { text, from, to } of table.chromosome.runs()) {
    const { all, own } = covered.get(text) ?? { all: 0, own: 0 };
    const first = next;
    while (next < rows.length && rows[next] < to) next++;
    covered.set(text, { all: all + to - from, own: own + next - first });
  }
  const shares = [...covered].filter(([, { all }]) => all >= FEW);
  const best = shares.reduce((most, [, { all, own }]) => Math.max(most, own / all), 0);
  const missing = shares.filter(([, { all, own }]) => own / all < HARDLY * best).map(([label]) => label);
  if (missing.length === 0) return undefined;
  const present = shares.map(([label]) => label).filter((label) => !missing.includes(label));
  const one = present.length === 1;
  return warning(
    'part-of-genome',
    `the statistics have hardly a SNP of ${noun(missing)} ${listChromosomes(missing)}, whose SNPs the LD scores count: ` +
      `h² is what ${noun(present)} ${listChromosomes(present)} would give the whole`,
    `for h² of ${one ? 'that chromosome' : 'these'} alone, give LD scores of ${one ? 'it' : 'them'} alone (--ref-ld)`,
  );
}
