import { breathe } from '../../breathe.js';
import { traitNames } from '../../cohort/trait-names.js';
import { HeredityError } from '../../errors.js';
import { writeOutput } from '../../formats/output.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import { readSumstats } from '../../formats/sumstats.js';
import {
  type CellTypeTrait,
  cellTypePicture,
  cellTypeRecords,
  cellTypeTable,
  cellTypeTsv,
  runCellTypes,
  writeCellTypeFiles,
} from '../../methods/ldsc/cell-types.js';
import {
  individualFlags,
  type LdscFlags,
  ldscFlags,
  readTraitSettings,
  scoreFlags,
} from '../../methods/ldsc/flags.js';
import { rulesInWords, runH2 } from '../../methods/ldsc/h2.js';
import type { TraitResult } from '../../methods/ldsc/h2-results.js';
import { runIndividual } from '../../methods/ldsc/in-sample.js';
import { h2Section, rgSummary } from '../../methods/ldsc/log.js';
import { mergeWithReference } from '../../methods/ldsc/merge.js';
import { readOverlap } from '../../methods/ldsc/overlap.js';
import { checkCondition, openReference, type Reference } from '../../methods/ldsc/reference.js';
import { runRg } from '../../methods/ldsc/rg.js';
import { INTERCEPT_CAVEAT } from '../../methods/ldsc/warnings.js';
import { type Flag, type FlagSet, flagName } from '../../options/flags.js';
import { lossReport } from '../../report/losses.js';
import { writeChart } from '../../report/write-chart.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import {
  categoryRecords,
  categoryTable,
  h2Picture,
  h2Table,
  h2Tsv,
  quantileRecords,
  quantileTable,
  traitRecord,
  writeLdscFiles,
} from './h2-output.js';
import { pairRecord, rgPicture, rgTable, rgTsv } from './rg-output.js';

export const ldsc = defineCommand({
  description:
    'LD score regression from summary statistics, with the flags, files and numbers of LDSC: heritability (--h2), its ' +
    'partition over annotations, genetic correlation (--rg) and cell-type analysis (--h2-cts). With --bfile and --pheno, LD ' +
    'scores and statistics are those of the very people. Estimates with the intercept free and fixed at 1 stand side by ' +
    'side, with the rules that applied and the SNPs lost at each.',
  flags: ldscFlags,
  examples: [
    {
      line: 'heredity ldsc --h2 bmi.sumstats.gz --ref-ld-chr eur_w_ld_chr/ --w-ld-chr eur_w_ld_chr/ --out bmi',
      what: 'heritability',
    },
    {
      line: 'heredity ldsc --rg bmi.sumstats.gz,t2d.sumstats.gz,ldl.sumstats.gz --ref-ld-chr eur_w_ld_chr/ --w-ld-chr eur_w_ld_chr/ --out rg',
      what: 'genetic correlations of all pairs',
    },
    {
      line: 'heredity ldsc --h2 bmi.sumstats.gz --ref-ld-chr baselineLD. --w-ld-chr weights. --overlap-annot --frqfile-chr 1000G. --out bmi',
      what: 'heritability by annotation',
    },
    {
      line: 'heredity ldsc --bfile study --pheno traits.txt --covar age-sex-pcs.txt --model sldsc-maf-lld --out study',
      what: 'from genotypes, by allele frequency and level of LD',
    },
  ],
  outputs: [
    {
      file: '<out>.ldsc.json',
      what: 'estimates, categories, pairs, warnings, provenance (schema in docs/outputs.md)',
    },
    { file: '<out>.ldsc.tsv', what: 'one row a trait, category or pair' },
    { file: '<out>.ldsc.svg', what: 'χ² by LD score, enrichment, or correlations; also .png' },
    { file: '<out>.results', what: "LDSC's table of categories (--overlap-annot)" },
    { file: '<out>.cell_type_results.txt', what: "LDSC's table of cell types (--h2-cts)" },
    { file: '<out>.delete', what: 'h² without each block (--print-delete-vals); .part_delete: coefficients' },
    { file: '<out>.log', what: 'what was printed; holds the lines that readers of LDSC logs look for' },
  ],
  async run(flags, context) {
    const modes = (['h2', 'rg', 'h2Cts', 'bfile'] as const).filter((key) => flags[key] !== undefined);
    const [mode] = modes;
    if (mode === undefined || modes.length > 1) {
      const names = '--h2, --rg, --h2-cts and --bfile';
      throw new HeredityError('usage', `${modes.length === 0 ? 'one' : 'only one'} of ${names} is needed`, {
        fix: 'see "heredity ldsc --help"',
      });
    }
    if (flags.bfile !== undefined) {
      refuseOthers(flags, scoreFlags, ALSO_WITH_GENOTYPES, 'is for summary statistics');
      if (flags.pheno === undefined)
        throw new HeredityError('usage', '--bfile needs --pheno', { fix: 'give the table of the traits' });
      const results = await runIndividual({ ...flags, bfile: flags.bfile }, context);
      if (results) await reportTraits(results, flags, context);
      return;
    }
    refuseOthers(flags, individualFlags, ['allowSmallOverlap'], 'needs genotypes (--bfile)');
    const files = (flags.h2 ?? flags.rg ?? flags.h2Cts)!;
    outputPrefixes(flags.out, traitNames(files)); // refuses names that clash, before anything is computed
    if (flags.rg && files.length < 2)
      throw new HeredityError('usage', '--rg needs at least two files', { fix: 'separate them by commas' });
    readTraitSettings(flags, files.length);
    if (flags.plan) {
      context.log.result(
        `${files.length} traits: LD scores are read once, summary statistics one after another`,
      );
      return;
    }
    if (flags.h2) return reportTraits(await runTraits(files, flags, context), flags, context);
    const reference = await openReference(flags, context);
    if (flags.rg) return runPairs(files, reference, flags, context);
    return reportCellTypes(await runCellTypes(files, reference, flags, context), flags, context);
  },
});

/** Of the flags for summary statistics, those that hold for genotypes as well. */
const ALSO_WITH_GENOTYPES: readonly (keyof LdscFlags)[] = [
  'allowSmallOverlap',
  'interceptH2',
  'fixedAtNull',
  'twoStep',
  'chisqMax',
  'nBlocks',
  'sampPrev',
  'popPrev',
  'printCov',
  'printDeleteVals',
];

/** @throws HeredityError `usage` for a flag of a group that was given, unless it is among those allowed. */
function refuseOthers(
  flags: LdscFlags,
  group: FlagSet,
  allowed: readonly (keyof LdscFlags)[],
  why: string,
): void {
  for (const [key, flag] of Object.entries(group) as [keyof LdscFlags, Flag<unknown>][]) {
    if (allowed.includes(key) || flags[key] === flag.defaultValue()) continue;
    throw new HeredityError('usage', `${flagName(key)} ${why}`, { fix: 'leave it out' });
  }
}

/** Heritability takes SNP, Z and N; only pairs of traits are compared by their alleles. */
const WITHOUT_ALLELES = { alleles: false } as const;

async function runTraits(
  files: readonly string[],
  flags: LdscFlags,
  context: RecordedRun,
): Promise<TraitResult[]> {
  const { log, provenance, progress, signal } = context;
  const settings = readTraitSettings(flags, files.length);
  const names = traitNames(files);
  // together: one is parsed while the other is decompressed
  const [reference, first] = await Promise.all([
    openReference(flags, context),
    readSumstats(files[0], WITHOUT_ALLELES),
  ]);
  if (flags.printCov && reference.scores.length === 1)
    throw new HeredityError('usage', '--print-cov needs LD scores of several annotations');
  if (flags.overlapAnnot && reference.scores.length === 1)
    throw new HeredityError('usage', '--overlap-annot needs LD scores of several annotations');
  const { overlap, quantiles } = flags.overlapAnnot
    ? await readOverlap(reference, flags, context)
    : { overlap: undefined, quantiles: [] };
  const phase = progress.phase('traits', { total: files.length, unit: 'traits' });
  const results: TraitResult[] = [];
  for (const [t, file] of files.entries()) {
    provenance.input(file);
    const sumstats = t === 0 ? first : await readSumstats(file, WITHOUT_ALLELES);
    log.info(`Read summary statistics for ${sumstats.count} SNPs from ${file}.`);
    const merged = mergeWithReference(file, sumstats, reference, flags.allowSmallOverlap);
    if (t === 0) {
      checkCondition(merged.ld.scores, flags, reference, context);
      provenance.losesVariants(merged.losses);
    }
    const { ld, z, n, losses, uncovered } = merged;
    const result = runH2(
      {
        name: names[t],
        ld,
        names: reference.names,
        trait: { chi2: z.map((value) => value * value), n },
        settings: settings[t],
        overlap,
        quantiles,
        losses,
        uncovered,
        kernels: reference.kernels,
      },
      flags,
    );
    results.push(result);
    const largestN = n.reduce((largest, value) => Math.max(largest, value), 0);
    const title = files.length > 1 ? `\nHeritability of ${result.name}\n` : '\n';
    log.info(`${title}${rulesInWords(result.estimate, flags, ld.scores.length, largestN).join('\n')}`);
    log.result(h2Section(result, { overlap: flags.overlapAnnot, coefficients: flags.printCoefficients }));
    phase.advance(1);
    await breathe();
    signal.throwIfAborted();
  }
  phase.end();
  return results;
}

async function reportTraits(
  results: readonly TraitResult[],
  flags: LdscFlags,
  context: RecordedRun,
): Promise<void> {
  const { log } = context;
  for (const { name, losses } of results) log.result(`\n${name}\n${lossReport('variants', losses)}`);
  log.result(`\n${h2Table(results)}\n`);
  for (const result of results) {
    if (!result.partition) continue;
    log.result(`${result.name}\n${categoryTable(result)}\n`);
    if (result.quantiles.length > 0) log.result(`${quantileTable(result)}\n`);
  }
  log.result(INTERCEPT_CAVEAT);
  const warnings = results.flatMap(({ name, warnings: own }) => own.map(({ text }) => `${name}: ${text}`));
  for (const warning of warnings) log.warn(warning);
  const more = await writeLdscFiles(results, flags);
  await writeAll(flags, context, h2Tsv(results), await h2Picture(results), more, {
    traits: results.map(traitRecord),
    categories: categoryRecords(results),
    quantiles: quantileRecords(results),
    warnings,
  });
}

async function reportCellTypes(
  traits: readonly CellTypeTrait[],
  flags: LdscFlags,
  context: RecordedRun,
): Promise<void> {
  context.log.result(cellTypeTable(traits));
  const more = await writeCellTypeFiles(traits, flags.out);
  await writeAll(flags, context, cellTypeTsv(traits), await cellTypePicture(traits), more, {
    cellTypes: cellTypeRecords(traits),
  });
}

async function runPairs(
  files: readonly string[],
  reference: Reference,
  flags: LdscFlags,
  context: RecordedRun,
): Promise<void> {
  const { log } = context;
  const pairs = await runRg(files, reference, flags, context);
  log.result(`\n${rgSummary(pairs)}\n`);
  log.result(rgTable(pairs));
  const warnings = pairs.flatMap(({ names, warnings: own }) =>
    own.map(({ text }) => `${names.join(' and ')}: ${text}`),
  );
  for (const warning of warnings) log.warn(warning);
  await writeAll(flags, context, rgTsv(pairs), await rgPicture(pairs), [], {
    pairs: pairs.map(pairRecord),
    warnings,
  });
}

async function writeAll(
  flags: LdscFlags,
  { log, provenance }: RecordedRun,
  table: string,
  svg: string,
  more: readonly string[],
  content: Readonly<Record<string, unknown>>,
): Promise<void> {
  const nothing = { traits: [], categories: [], quantiles: [], pairs: [], cellTypes: [], warnings: [] };
  const json = { schema: 'heredity/ldsc@1', ...nothing, ...content, provenance: await provenance.finish() };
  await writeOutput(`${flags.out}.ldsc.json`, `${JSON.stringify(json, null, 1)}\n`);
  await writeOutput(`${flags.out}.ldsc.tsv`, table);
  await writeChart(`${flags.out}.ldsc`, svg);
  const others = more.length > 0 ? `, ${more.join(', ')}` : '';
  log.result(`\nWritten: ${flags.out}.ldsc.json, .ldsc.tsv, .ldsc.svg, .ldsc.png, .log${others}`);
}
