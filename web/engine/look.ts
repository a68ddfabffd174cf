import { host } from '../../src/host/host.js';
import { useFiles } from './web-engine.js';

/** What a file seems to be, by its name and its beginning, before anything is run. */
export interface Look {
  /** In a word or two: `GWAS results`, `genotypes (PLINK 1)`. */
  readonly kind: string;
  /** Command that takes it, and the flag that it is for. */
  readonly suggestion: { readonly command: string; readonly key: string; readonly value: string } | undefined;
  /** The first lines, cut into fields; empty for a binary file. */
  readonly head: readonly (readonly string[])[];
  /** What is known of how such a file is read (inspect.ts); undefined for those that runs read as they are. */
  readonly subject: Subject | undefined;
}

export type Subject =
  | 'gwas'
  | 'sumstats'
  | 'scores'
  | 'genotypes'
  | 'people'
  | 'twins'
  | 'taggings'
  | 'summaries';

/** Bytes of the beginning that are looked at. */
const BEGINNING = 64 * 1024;
const HEAD_ROWS = 4;

/** Kinds by the ending of a name; the command and flag that such a file is for. */
const ENDINGS: readonly (readonly [
  ending: RegExp,
  kind: string,
  command?: string | undefined,
  key?: string | undefined,
  subject?: Subject,
])[] = [
  [/\.sumstats(\.gz)?$/, 'summary statistics for LD score regression', 'ldsc', 'h2', 'sumstats'],
  [/\.summaries$/, 'summary statistics of LDAK', 'sumher', 'summary', 'summaries'],
  [/\.tagging(\.gz)?$/, 'taggings', 'sumher', 'tagfile', 'taggings'],
  [/\.l2\.ldscore(\.gz)?$/, 'LD scores', 'ldsc', 'refLd', 'scores'],
  [/\.l2\.M(_5_50)?$/, 'numbers of SNPs behind LD scores'],
  [/\.bed$/, 'genotypes (PLINK 1)', 'h2', 'bfile', 'genotypes'],
  [/\.(bim|fam)$/, 'variants or people of genotypes (PLINK 1)', undefined, undefined, 'genotypes'],
  [/\.pgen$/, 'genotypes (PLINK 2)', 'h2', 'pfile', 'genotypes'],
  [/\.(pvar|psam)(\.zst)?$/, 'variants or people of genotypes (PLINK 2)', undefined, undefined, 'genotypes'],
  [/\.bgen$/, 'genotypes (BGEN)', 'h2', 'bgen', 'genotypes'],
  [/\.sample$/, 'people of genotypes (BGEN)'],
  [/\.vcf(\.b?gz)?$/, 'genotypes or variants (VCF)', 'h2', 'vcf', 'genotypes'],
  [/\.(pheno|phen)$/, 'traits', 'h2', 'pheno', 'people'],
  [/\.json$/, 'a result'],
  [/\.(svg|png)$/, 'a picture'],
  [/\.log$/, 'a log'],
  [/\.[a-z0-9-]+\.tsv$/, 'a table of results'],
  [/\.(frq|afreq)$/, 'allele frequencies'],
  [/\.annot(\.gz)?$/, 'annotations'],
];

/** Endings that a flag for a prefix leaves out. */
const PREFIX_OF = /\.(bed|pgen|l2\.ldscore(\.gz)?)$/;

/** Headings that only results of a GWAS have. */
const GWAS = /^(p|pval|p[-_.]?value|log10p|neg_log_10_p_value|beta|or|z|effect)$/i;
/** A column that says what kind of twins a pair is. */
const TWINS = /^(zyg|zygosity)$/i;

/** @returns what the file seems to be; it may be wrong, and the commands say so. */
export async function lookAt(name: string, file: Blob): Promise<Look> {
  const known = ENDINGS.find(([pattern]) => pattern.test(name));
  const [, kind = 'a file', command, key, subject] = known ?? [];
  const head = /\.(bed|pgen|bgen|bgi|zst|png|parquet|svg|json)$/.test(name)
    ? []
    : await beginning(name, file);
  const columns = head[0] ?? [];
  const suggest = (own: string, flag: string) => ({
    command: own,
    key: flag,
    value: name.replace(PREFIX_OF, ''),
  });
  if (known === undefined && columns.some((column) => TWINS.test(column)))
    return { kind: 'twins', suggestion: suggest('twin', 'pairs'), head, subject: 'twins' };
  if (known === undefined && columns.some((column) => GWAS.test(column)))
    return { kind: 'GWAS results', suggestion: suggest('munge', 'sumstats'), head, subject: 'gwas' };
  if (known === undefined && /^#?(FID|IID)$/i.test(columns[0] ?? ''))
    return { kind: 'a table of people', suggestion: suggest('h2', 'pheno'), head, subject: 'people' };
  return {
    kind,
    suggestion: command === undefined || key === undefined ? undefined : suggest(command, key),
    head,
    subject,
  };
}

async function beginning(name: string, file: Blob): Promise<string[][]> {
  const whole = /\.b?gz$/.test(name);
  // of compressed data a piece is enough for the first lines, and its end is no fault
  await useFiles([[name, file.slice(0, BEGINNING)]]);
  const pieces = whole ? host().gunzip(host().files.pieces(name)) : host().files.pieces(name);
  let text = '';
  try {
    for await (const piece of pieces) {
      text += new TextDecoder().decode(piece);
      if (text.length > BEGINNING) break;
    }
  } catch {
    if (text === '') return [];
  }
  if (text.includes('\0')) return [];
  const lines = text
    .split(/\r?\n/)
    .slice(0, -1)
    .filter((line) => !line.startsWith('##') && line !== '');
  const separator = lines[0]?.includes('\t') ? '\t' : lines[0]?.includes(',') ? ',' : /\s+/;
  return lines.slice(0, HEAD_ROWS).map((line) =>
    line
      .trim()
      .split(separator)
      .map((field) => field.replace(/^"(.*)"$/, '$1')),
  );
}
