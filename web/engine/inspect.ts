import { formatCount, significant } from '../../src/estimate/number.js';
import { chromosomeLabel } from '../../src/formats/bim.js';
import { readDelimitedTable } from '../../src/formats/delimited-table.js';
import { readFam } from '../../src/formats/fam.js';
import { openFileset } from '../../src/formats/fileset.js';
import { readLdScores } from '../../src/formats/ld-score.js';
import { readPhenotypes } from '../../src/formats/phenotype.js';
import { sampleKey } from '../../src/formats/sample-id.js';
import { readSumstats } from '../../src/formats/sumstats.js';
import { silentProgress } from '../../src/progress.js';
import type { LossRecord } from '../../src/provenance.js';
import { type Html, html } from '../../src/report/html/markup.js';
import { reportContent } from '../../src/report/html/report.js';
import { flow } from '../../src/report/html/run-sections.js';
import { htmlTable } from '../../src/report/html/table.js';
import { readResult } from '../../src/report/read-results.js';
import { prefixesOf } from './file-sets.js';
import type { Subject } from './look.js';
import type { NamedFiles } from './results.js';
import { runHere } from './run-here.js';
import { useFiles } from './web-engine.js';

/**
 * How a file is read, with what of it counts and what will be lost, before anything is run: by the readers that runs have.
 * @param files all that a run would find beside it.
 * @returns HTML. @throws HeredityError as the reader does, which is what a run would say.
 */
export async function inspect(name: string, subject: Subject, files: NamedFiles): Promise<string> {
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
      return (await genotypes(name)).text;
    case 'people':
      return (await people(name, names)).text;
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
    ['chromosomes', listed(chromosome)],
    ['scores', columns.length > 6 ? `${columns.length} annotations` : columns.join(', ')],
    ['mean score', significant(mean, 4)],
  ])}${flow('variants', { start, left: count, steps })}`;
}

async function genotypes(name: string): Promise<Html> {
  const { samples, variants, bed } = await openFileset(name);
  await bed.close();
  const ofSex = (sex: number) => formatCount(samples.sex.filter((own) => own === sex).length);
  return factTable([
    ['people', formatCount(samples.count)],
    ['male, female, not known', [1, 2, 0].map(ofSex).join(', ')],
    ['variants', formatCount(variants.count)],
    ['chromosomes', listed(variants.chromosome.map((own) => chromosomeLabel(own).slice(3)))],
    ['variants whose ID another has', formatCount(variants.repeated?.count ?? 0)],
  ]);
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
  const prefix = prefixesOf(names, 'fam').find(({ isByChromosome }) => !isByChromosome);
  if (prefix === undefined)
    return html`${facts}<p class="quiet">Genotypes beside it would tell how many of these people count.</p>`;
  const samples = await readFam(`${prefix.name}.fam`);
  const keyOf = (family: string | undefined, own: string) =>
    family === undefined ? own : sampleKey(family, own);
  const isThere = new Set(samples.individualId.map((own, k) => keyOf(familyId && samples.familyId[k], own)));
  const left = individualId.filter((own, k) => isThere.has(keyOf(familyId?.[k], own))).length;
  const step = { step: `genotypes ${prefix.name}`, lost: count - left, left, why: 'no genotypes' };
  return html`${facts}${flow('people', { start: count, left, steps: [step] })}`;
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

function factTable(rows: readonly (readonly [string, string])[]): Html {
  return htmlTable(
    [
      { name: 'what', value: ([what]: (typeof rows)[number]) => what },
      { name: 'read', value: ([, value]) => value },
    ],
    rows,
    'As read',
  );
}

function rangeText(values: Float64Array): string {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return low === high
    ? formatCount(low)
    : `${formatCount(Math.round(low))} to ${formatCount(Math.round(high))}`;
}

function listed(values: readonly string[]): string {
  const distinct = [...new Set(values)];
  return distinct.length > 24 ? `${distinct.length}` : distinct.join(', ');
}
