import { formatCount, significant } from '../../src/estimate/number.js';
import { readDelimitedTable } from '../../src/formats/delimited-table.js';
import { readFam } from '../../src/formats/fam.js';
import { IdTable } from '../../src/formats/id-table.js';
import { readLdScores } from '../../src/formats/ld-score.js';
import { readTestStatistics } from '../../src/formats/ldak-summaries.js';
import { readOxfordSample } from '../../src/formats/oxford-sample.js';
import { readPhenotypes } from '../../src/formats/phenotype.js';
import { readPsam } from '../../src/formats/psam.js';
import { sampleKey } from '../../src/formats/sample-id.js';
import { readSumstats } from '../../src/formats/sumstats.js';
import { readTagging } from '../../src/formats/tagging.js';
import { silentProgress } from '../../src/progress.js';
import type { LossRecord } from '../../src/provenance.js';
import { type Html, html } from '../../src/report/html/markup.js';
import { reportContent } from '../../src/report/html/report.js';
import { flow } from '../../src/report/html/run-sections.js';
import { htmlTable } from '../../src/report/html/table.js';
import { readResult } from '../../src/report/read-results.js';
import { factTable, listed } from './fact-table.js';
import { prefixesOf } from './file-sets.js';
import { inspectGenotypes } from './inspect-genotypes.js';
import type { Subject } from './look.js';
import type { NamedFiles } from './results.js';
import { runHere } from './run-here.js';
import { useFiles } from './web-engine.js';

/**
 * How a file is read, with what of it counts and what will be lost, before anything is run: by the readers that runs have.
 * @param files all that a run would find beside it. @param size of the file itself.
 * @param cut names of those of which only the beginning is given: large ones of the machine.
 * @returns HTML. @throws HeredityError as the reader does, which is what a run would say.
 */
export async function inspect(
  name: string,
  subject: Subject,
  files: NamedFiles,
  size: number,
  cut: readonly string[],
): Promise<string> {
  await useFiles(files);
  const names = files.map(([own]) => own);
  switch (subject) {
    case 'gwas':
      return munged(name, files);
    case 'sumstats':
      return (await sumstats(name, names)).text;
    case 'scores':
      return (await scores(name)).text;
    case 'genotypes':
      return (await inspectGenotypes(name, size, names, cut)).text;
    case 'people':
      return (await people(name, names)).text;
    case 'taggings':
      return (await taggings(name)).text;
    case 'summaries':
      return (await summaries(name, names)).text;
    case 'twins':
      return (await table(name)).text;
  }
}

/** What munge would do, with no option but the file. */
async function munged(name: string, files: NamedFiles): Promise<string> {
  await runHere(
    { command: 'munge', texts: { sumstats: name, out: OUT }, files: new Map(files) },
    { onText: () => {}, phase: silentProgress.phase },
  );
  const result = await readResult(`${OUT}.munge.json`);
  const { sections } = await reportContent([{ ...result, label: name }]);
  const wanted = sections.filter(({ id }) => id === 'said' || id === 'flow');
  return html`<p>What <code>munge</code> would make of it:</p>${wanted.map(({ body }) => body)}`.text;
}

const OUT = 'inspected';

async function sumstats(name: string, names: readonly string[]): Promise<Html> {
  const { count, skipped, ids, z, n } = await readSumstats(name, { alleles: false });
  const meanChi2 = z.reduce((sum, own) => sum + own * own, 0) / count;
  const facts = factTable([
    ['variants with Z and N', formatCount(count)],
    ['N', rangeText(n)],
    ['mean χ²', significant(meanChi2, 4)],
  ]);
  const steps: LossRecord['steps'][number][] = [];
  let left = count;
  const lose = (step: string, lost: number, why: string) => {
    left -= lost;
    if (lost > 0) steps.push({ step, lost, left, why });
  };
  const [prefix] = prefixesOf(names, 'l2.ldscore');
  if (prefix !== undefined) {
    const reference = await readLdScores([prefix.name], prefix.isByChromosome);
    let shared = 0;
    for (let row = 0; row < reference.count; row++) if (ids.indexIn(reference.ids, row) >= 0) shared++;
    lose(`LD scores ${prefix.name}`, count - shared, 'no LD score among the files here');
  }
  const losses = { start: count + skipped, left, steps: [...skippedStep(skipped, count), ...steps] };
  return html`${facts}${flow('variants', losses)}${
    prefix === undefined
      ? html`<p class="quiet">LD scores beside it would tell how many of these variants count.</p>`
      : null
  }`;
}

const skippedStep = (lost: number, left: number) =>
  lost === 0 ? [] : [{ step: 'read', lost, left, why: 'no Z or no N' }];

async function scores(name: string): Promise<Html> {
  const { count, chromosome, columns, duplicates, withoutId, scores: values } = await readLdScores([name]);
  const mean = values.reduce((sum, own) => sum + own, 0) / values.length;
  const start = count + duplicates + withoutId;
  const steps = [
    { step: 'IDs', lost: withoutId, left: start - withoutId, why: 'no ID' },
    { step: 'repeated', lost: duplicates, left: count, why: 'an ID that is there already' },
  ];
  return html`${factTable([
    ['chromosomes', listed(Array.from(chromosome.runs(), ({ text }) => text))],
    ['scores', columns.length > 6 ? `${columns.length} annotations` : columns.join(', ')],
    ['mean score', significant(mean, 4)],
  ])}${flow('variants', { start, left: count, steps })}`;
}

async function people(name: string, names: readonly string[]): Promise<Html> {
  const { count, familyId, individualId, columns } = await readPhenotypes(name);
  const facts = htmlTable(
    [
      { name: 'column', value: ({ name: column }: (typeof columns)[number]) => column },
      { name: 'known', value: ({ missing }) => count - missing },
      { name: 'missing', value: ({ missing }) => missing },
    ],
    columns,
    `${formatCount(count)} people`,
  );
  const list = names.find((own) => /\.(fam|psam|sample)$/.test(own));
  if (list === undefined)
    return html`${facts}<p class="quiet">Genotypes beside it would tell how many of these people count.</p>`;
  const isThere = await peopleIn(list, familyId !== undefined);
  const keyOf = (family: string | undefined, own: string) =>
    family === undefined ? own : sampleKey(family, own);
  const left = individualId.filter((own, k) => isThere.has(keyOf(familyId?.[k], own))).length;
  const step = {
    step: `genotypes ${list.replace(/\.\w+$/, '')}`,
    lost: count - left,
    left,
    why: 'no genotypes',
  };
  return html`${facts}${flow('people', { start: count, left, steps: [step] })}`;
}

/** IDs of the people of genotypes, family IDs before them where they count. */
async function peopleIn(list: string, byFamily: boolean): Promise<ReadonlySet<string>> {
  const { familyId, individualId } = list.endsWith('.fam')
    ? await readFam(list)
    : list.endsWith('.psam')
      ? await readPsam(list)
      : await readOxfordSample(list);
  return new Set(individualId.map((own, k) => (byFamily ? sampleKey(familyId[k], own) : own)));
}

async function taggings(name: string): Promise<Html> {
  const { kind, names, variants, reference, neighbours } = await readTagging(name);
  const mean = neighbours.reduce((sum, own) => sum + own, 0) / variants;
  return factTable([
    ['variants with taggings', formatCount(variants)],
    ['computed from', `${formatCount(reference)} variants`],
    [`categories (${kind})`, names.length > 6 ? `${names.length}` : names.join(', ')],
    ['variants in a window, on average', significant(mean, 4)],
  ]);
}

async function summaries(name: string, names: readonly string[]): Promise<Html> {
  const { count, skipped, ids, statistics, n } = await readTestStatistics(name);
  const facts = factTable([
    ['variants with a statistic and n', formatCount(count)],
    ['n', rangeText(n)],
    ['mean χ²', significant(statistics.reduce((sum, own) => sum + own, 0) / count, 4)],
  ]);
  const tagfile = names.find((own) => /\.tagging(\.gz)?$/.test(own));
  const steps = [...skippedStep(skipped, count)];
  let left = count;
  if (tagfile !== undefined) {
    const tagged = new IdTable();
    for (const id of (await readTagging(tagfile)).id) tagged.add(id);
    left = Array.from({ length: count }, (_, row) => row).filter(
      (row) => tagged.indexIn(ids, row) >= 0,
    ).length;
    if (left < count)
      steps.push({
        step: `taggings ${tagfile}`,
        lost: count - left,
        left,
        why: 'no tagging among the files here',
      });
  }
  return html`${facts}${flow('variants', { start: count + skipped, left, steps })}${
    tagfile === undefined
      ? html`<p class="quiet">Taggings beside it would tell how many of these variants count.</p>`
      : null
  }`;
}

async function table(name: string): Promise<Html> {
  const own = await readDelimitedTable(name);
  const rows = own.names.map((column) => {
    const texts = own.texts(column);
    const distinct = [...new Set(texts.filter((text) => text !== ''))];
    const values =
      distinct.length <= 8 ? distinct.sort().join(', ') : `${formatCount(distinct.length)} values`;
    return { column, missing: texts.filter((text) => text === '').length, values };
  });
  return htmlTable(
    [
      { name: 'column', value: ({ column }: (typeof rows)[number]) => column },
      { name: 'missing', value: ({ missing }) => missing },
      { name: 'values', value: ({ values }) => values },
    ],
    rows,
    `${formatCount(own.rowCount)} pairs; a pair without the trait, or without its zygosity, is lost`,
  );
}

function rangeText(values: Float64Array): string {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return low === high
    ? formatCount(low)
    : `${formatCount(Math.round(low))} to ${formatCount(Math.round(high))}`;
}
