import type { BlockEstimate, TraitEstimate } from '../../estimators/gre/gre.js';
import { liabilityFactor } from '../../estimators/liability.js';
import { writeOutput } from '../../formats/output.js';
import { lossReport } from '../../report/losses.js';
import { formatCount, formatEstimate } from '../../report/number.js';
import { textTable, tsv } from '../../report/table.js';
import { type CaseShares, shareOfCases } from '../case-shares.js';
import type { CommandContext } from '../command.js';
import type { RunTrait } from '../samples.js';
import { writeChart } from '../write-chart.js';
import type { GreFlags } from './gre.js';
import { type GreWarning, greWarnings } from './gre-warnings.js';

/** A trait as the JSON has it. */
export interface GreTraitRecord {
  readonly name: string;
  readonly kind: RunTrait['kind'];
  readonly n: number;
  readonly covariates: number;
  readonly h2: number;
  readonly se: number;
  readonly liability: {
    readonly prevalence: number;
    readonly ascertainment: number;
    readonly h2: number;
    readonly se: number;
  } | null;
  readonly overlap: NonNullable<TraitEstimate['overlap']> | null;
  readonly crossBlock: NonNullable<TraitEstimate['corrected']> | null;
  readonly warnings: readonly string[];
  readonly blocks: readonly BlockEstimate[];
}

/** What the outputs need to know of a trait; its values where there are some, for the share of cases. */
export type NamedTrait = Pick<RunTrait, 'name' | 'kind' | 'distinct'> & { readonly values?: Float64Array };

/** Writes JSON, TSV and pictures, and prints the tables. */
export async function writeGreOutputs(
  flags: GreFlags,
  { log, provenance }: CommandContext,
  method: string,
  traits: readonly NamedTrait[],
  estimates: readonly TraitEstimate[],
  blocks: readonly { readonly variants: { readonly length: number } }[],
  shares: CaseShares,
): Promise<void> {
  const notices: (readonly GreWarning[])[] = [];
  const records = traits.map((trait, t): GreTraitRecord => {
    const { blocks: own, overlap, corrected, ...estimate } = estimates[t]!;
    const isBinary =
      trait.kind === 'case-control' || (trait.values === undefined && shares.ascertainment !== undefined);
    const liability =
      shares.prevalence && isBinary
        ? onLiabilityScale(
            estimate,
            shares.prevalence[t]!,
            shares.ascertainment?.[t] ?? shareOfCases(trait.values ?? new Float64Array()),
          )
        : null;
    const notice = greWarnings(estimates[t]!, trait, liability !== null);
    notices.push(notice);
    const warnings = notice.map(({ text }) => text);
    return {
      name: trait.name,
      kind: trait.kind,
      ...estimate,
      liability,
      overlap: overlap ?? null,
      crossBlock: corrected ?? null,
      warnings,
      blocks: own,
    };
  });
  for (const { name, warnings } of records) for (const warning of warnings) log.warn(`${name}: ${warning}`);
  const record = await provenance.finish();
  const { samples, variants } = record;
  for (const [unit, losses] of [
    ['samples', samples],
    ['variants', variants],
  ] as const)
    if (losses) log.result(`${lossReport(unit, losses)}\n`);
  log.result(summaryTable(records, notices));
  if (records.length === 1 && records[0]!.blocks.length > 1)
    log.result(`\n${blockTable(records[0]!.blocks)}`);
  const json = {
    schema: 'heredity/gre@1',
    method,
    traits: records,
    warnings: records.flatMap(({ name, warnings }) => warnings.map((warning) => `${name}: ${warning}`)),
    samples,
    variants,
    provenance: record,
  };
  await writeOutput(`${flags.out}.gre.json`, `${JSON.stringify(json, null, 1)}\n`);
  await writeOutput(`${flags.out}.gre.tsv`, greTsv(records));
  await writePictures(flags.out, records, blocks);
  log.result(`\nWritten: ${flags.out}.gre.json, .gre.tsv, .gre.svg, .gre.png, .log`);
}

function onLiabilityScale({ h2, se }: { h2: number; se: number }, prevalence: number, ascertainment: number) {
  const factor = liabilityFactor(prevalence, ascertainment);
  return { prevalence, ascertainment, h2: h2 * factor, se: se * factor };
}

function summaryTable(
  records: readonly GreTraitRecord[],
  notices: readonly (readonly GreWarning[])[],
): string {
  const has = (key: 'liability' | 'crossBlock') => records.some((record) => record[key] !== null);
  return textTable(
    [
      { name: 'trait', value: (r: GreTraitRecord) => r.name },
      { name: 'n', value: (r) => r.n, text: (r) => formatCount(r.n) },
      { name: 'covariates', value: (r) => r.covariates },
      { name: 'rank', value: (r) => rankOf(r), text: (r) => formatCount(rankOf(r)) },
      { name: 'h2', header: 'h² (SE)', value: (r) => formatEstimate(r.h2, r.se) },
      ...(has('crossBlock')
        ? [
            {
              name: 'crossBlock',
              header: 'corrected (probe SE)',
              value: (r: GreTraitRecord) =>
                r.crossBlock === null ? null : formatEstimate(r.crossBlock.h2, r.crossBlock.probeSe),
            },
          ]
        : []),
      ...(has('liability')
        ? [
            {
              name: 'liability',
              header: 'liability h² (SE)',
              value: (r: GreTraitRecord) =>
                r.liability === null ? null : formatEstimate(r.liability.h2, r.liability.se),
            },
          ]
        : []),
      {
        name: 'warnings',
        value: (r) => notices[records.indexOf(r)]!.map(({ short }) => short).join('; ') || null,
      },
    ],
    records,
  );
}

function blockTable(blocks: readonly BlockEstimate[]): string {
  return textTable(
    [
      { name: 'block', value: (b: BlockEstimate) => b.id },
      { name: 'variants', value: (b) => b.variants, text: (b) => formatCount(b.variants) },
      { name: 'rank', value: (b) => b.rank, text: (b) => formatCount(b.rank) },
      { name: 'r2', header: 'R²', value: (b) => b.r2.toFixed(5) },
      { name: 'h2', header: 'h² (SE)', value: (b) => formatEstimate(b.h2, b.se) },
      { name: 'iterations', value: (b) => b.iterations },
    ],
    blocks,
  );
}

interface TsvRow {
  readonly record: GreTraitRecord;
  /** Undefined in the row of the total. */
  readonly block?: BlockEstimate;
}

function greTsv(records: readonly GreTraitRecord[]): string {
  const rows = records.flatMap((record): TsvRow[] => [
    { record },
    ...record.blocks.map((block) => ({ record, block })),
  ]);
  return tsv(
    [
      { name: 'trait', value: ({ record }: TsvRow) => record.name },
      { name: 'block', value: ({ block }) => block?.id ?? 'total' },
      { name: 'n', value: ({ record }) => record.n },
      { name: 'covariates', value: ({ record }) => record.covariates },
      {
        name: 'variants',
        value: ({ record, block }) =>
          block?.variants ?? record.blocks.reduce((sum, b) => sum + b.variants, 0),
      },
      { name: 'rank', value: ({ record, block }) => block?.rank ?? rankOf(record) },
      { name: 'r2', value: ({ block }) => block?.r2 ?? null },
      { name: 'h2', value: ({ record, block }) => (block ?? record).h2 },
      { name: 'se', value: ({ record, block }) => (block ?? record).se },
      {
        name: 'solver_error',
        value: ({ record, block }) =>
          block?.solverError ?? record.blocks.reduce((sum, b) => sum + b.solverError, 0),
      },
      { name: 'iterations', value: ({ block }) => block?.iterations ?? null },
      {
        name: 'h2_cross_block',
        value: ({ record, block }) =>
          record.crossBlock
            ? block
              ? record.crossBlock.blocks[record.blocks.indexOf(block)]!
              : record.crossBlock.h2
            : null,
      },
      { name: 'h2_liability', value: ({ record, block }) => (block ? null : (record.liability?.h2 ?? null)) },
      { name: 'se_liability', value: ({ record, block }) => (block ? null : (record.liability?.se ?? null)) },
      { name: 'warnings', value: ({ record, block }) => (block ? null : record.warnings.join('; ') || null) },
    ],
    rows,
  );
}

/** One picture: all traits where there are several, else the blocks of the one. */
async function writePictures(
  out: string,
  records: readonly GreTraitRecord[],
  blocks: readonly { readonly variants: { readonly length: number } }[],
): Promise<void> {
  const { blockChart, forestPlot } = await import('../../report/chart.js');
  const total = blocks.reduce((sum, { variants }) => sum + variants.length, 0);
  const [only] = records;
  const svg =
    records.length === 1 && only!.blocks.length > 1
      ? blockChart({
          rows: only!.blocks.map((block, k) => ({
            id: block.id,
            h2: block.h2,
            se: block.se,
            share: blocks[k]!.variants.length / total,
          })),
          title: `${only!.name}: SNP-heritability by block (GRE), total ${formatEstimate(only!.h2, only!.se)}`,
          shareOf: 'variants',
        })
      : forestPlot({
          rows: records.map(({ name, h2, se }) => ({ label: name, estimate: h2, se })),
          title: 'SNP-heritability (GRE)',
          xLabel: 'h², share of variance',
        });
  await writeChart(`${out}.gre`, svg);
}

function rankOf(record: GreTraitRecord): number {
  return record.blocks.reduce((sum, { rank }) => sum + rank, 0);
}
