import { HeredityError } from '../../errors.js';
import type { AnnotationOverlap } from '../../estimators/ldsc/partitioned.js';
import { writeOutput } from '../../formats/output.js';
import { readSumstats } from '../../formats/sumstats.js';
import { lossReport } from '../../report/losses.js';
import { type CommandContext, defineCommand } from '../command.js';
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
import type { TraitResult } from './h2-results.js';
import { rulesInWords, runH2 } from './h2-run.js';
import { readTraitSettings, type ScoreFlags, sumstatsFlags } from './ldsc-flags.js';
import { h2Section, rgSummary } from './ldsc-log.js';
import { INTERCEPT_CAVEAT } from './ldsc-warnings.js';
import { mergeWithReference, traitName } from './merge.js';
import { type QuantileSets, readOverlap } from './overlap.js';
import { checkCondition, openReference, type Reference } from './reference.js';
import { pairRecord, rgPicture, rgTable, rgTsv } from './rg-output.js';
import { runRg } from './rg-run.js';

export const ldsc = defineCommand({
  description:
    'LD score regression from summary statistics, with the flags, files and numbers of LDSC: heritability (--h2), its ' +
    'partition over annotations, genetic correlation (--rg) and cell-type analysis (--h2-cts). Estimates with the intercept ' +
    'free and fixed at 1 stand side by side, with the rules that applied and the SNPs lost at each.',
  flags: sumstatsFlags,
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
  ],
  outputs: [
    {
      file: '<out>.ldsc.json',
      what: 'estimates, categories, pairs, warnings, provenance (schema in docs/outputs.md)',
    },
    { file: '<out>.ldsc.tsv', what: 'one row a trait, category or pair' },
    { file: '<out>.ldsc.svg', what: 'χ² by LD score, enrichment, or correlations; also .png' },
    { file: '<out>.results', what: "LDSC's table of categories (--overlap-annot)" },
    { file: '<out>.delete', what: 'h² without each block (--print-delete-vals); .part_delete: coefficients' },
    { file: '<out>.log', what: 'what was printed; holds the lines that readers of LDSC logs look for' },
  ],
  async run(flags, context) {
    const chosen = [flags.h2, flags.rg].filter((files) => files !== undefined);
    if (chosen.length !== 1) {
      throw new HeredityError(
        'usage',
        `${chosen.length === 0 ? 'one' : 'only one'} of --h2 and --rg is needed`,
        {
          fix: 'see "heredity ldsc --help"',
        },
      );
    }
    checkNames(chosen[0]!);
    if (flags.rg && flags.rg.length < 2)
      throw new HeredityError('usage', '--rg needs at least two files', { fix: 'separate them by commas' });
    const settings = readTraitSettings(flags, chosen[0]!.length);
    if (flags.plan) {
      context.log.result(
        `${chosen[0]!.length} traits: LD scores and summary statistics are read once, one trait after another`,
      );
      return;
    }
    const reference = await openReference(flags, context);
    if (flags.rg) return runPairs(flags.rg, reference, flags, context);
    return runTraits(flags.h2!, settings, reference, flags, context);
  },
});

/** Output files and tables are named after the files of the traits. */
function checkNames(files: readonly string[]): void {
  const names = files.map(traitName);
  const twice = names.find((name, t) => names.indexOf(name) < t);
  if (twice === undefined) return;
  throw new HeredityError('usage', 'two files have the same name', {
    value: twice,
    fix: 'name each trait once, in files with names of their own',
  });
}

async function runTraits(
  files: readonly string[],
  settings: ReturnType<typeof readTraitSettings>,
  reference: Reference,
  flags: ScoreFlags,
  context: CommandContext,
): Promise<void> {
  const { log, provenance, progress, signal } = context;
  let overlap: AnnotationOverlap | undefined;
  let quantiles: readonly QuantileSets[] = [];
  if (flags.overlapAnnot) {
    if (reference.scores.length === 1)
      throw new HeredityError('usage', '--overlap-annot needs LD scores of several annotations');
    ({ overlap, quantiles } = await readOverlap(reference, flags, context));
  }
  const phase = progress.phase('traits', { total: files.length, unit: 'traits' });
  const results: TraitResult[] = [];
  for (const [t, file] of files.entries()) {
    provenance.input(file);
    const sumstats = await readSumstats(file);
    log.info(`Read summary statistics for ${sumstats.count} SNPs from ${file}.`);
    const merged = mergeWithReference(file, sumstats, reference, flags.allowSmallOverlap);
    if (t === 0) {
      checkCondition(merged.ld.scores, flags, reference, context);
      provenance.losesVariants(merged.losses);
    }
    const { ld, z, n, losses } = merged;
    const result = runH2(
      {
        name: traitName(file),
        ld,
        names: reference.names,
        trait: { chi2: z.map((value) => value * value), n },
        settings: settings[t]!,
        overlap,
        quantiles,
        losses,
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
    await new Promise(setImmediate); // lets Ctrl-C and the progress line through
    signal.throwIfAborted();
  }
  phase.end();
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
    pairs: [],
    cellTypes: [],
    warnings,
  });
}

async function runPairs(
  files: readonly string[],
  reference: Reference,
  flags: ScoreFlags,
  context: CommandContext,
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
    traits: [],
    categories: [],
    quantiles: [],
    pairs: pairs.map(pairRecord),
    cellTypes: [],
    warnings,
  });
}

async function writeAll(
  flags: ScoreFlags,
  { log, provenance }: CommandContext,
  table: string,
  svg: string,
  more: readonly string[],
  content: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { svgToPng } = await import('../../report/png.js');
  const json = { schema: 'heredity/ldsc@1', ...content, provenance: await provenance.finish() };
  await writeOutput(`${flags.out}.ldsc.json`, `${JSON.stringify(json, null, 1)}\n`);
  await writeOutput(`${flags.out}.ldsc.tsv`, table);
  await writeOutput(`${flags.out}.ldsc.svg`, svg);
  await writeOutput(`${flags.out}.ldsc.png`, svgToPng(svg));
  const others = more.length > 0 ? `, ${more.join(', ')}` : '';
  log.result(`\nWritten: ${flags.out}.ldsc.json, .ldsc.tsv, .ldsc.svg, .ldsc.png, .log${others}`);
}
