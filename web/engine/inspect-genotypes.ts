import { listVariants } from '../../src/cohort/variants.js';
import { formatBytes, formatCount } from '../../src/estimate/number.js';
import { readBgenHeader } from '../../src/formats/bgen-index.js';
import { chromosomeLabel, readBim, type VariantTable } from '../../src/formats/bim.js';
import { readFam, type SampleTable } from '../../src/formats/fam.js';
import { type GenotypeChoice, openGenotypes } from '../../src/formats/genotypes.js';
import { inputBytes, openInput } from '../../src/formats/input.js';
import { readPsam } from '../../src/formats/psam.js';
import { readPvar } from '../../src/formats/pvar.js';
import { libraryRun } from '../../src/library/run.js';
import { LossTable } from '../../src/provenance.js';
import { type Html, html } from '../../src/report/html/markup.js';
import { flow } from '../../src/report/html/run-sections.js';
import { factTable, listed } from './fact-table.js';

/** A BGEN file has no list of its variants: of more than these the header alone is looked into. */
const MOST_SCANNED = 20_000;
/** A VCF file has no list either, and is text. */
const MOST_VCF_BYTES = 64 * 2 ** 20;
/** In which the header of a VCF file with the names of its samples ends. */
const MOST_HEADER = 16 * 2 ** 20;

/**
 * How genotypes of any format are read, and which variants no run will count: from headers and lists of variants and people.
 * @param cut names of files of which the beginning alone is there.
 * @throws HeredityError as the readers do, which is what a run would say.
 */
export async function inspectGenotypes(
  name: string,
  size: number,
  names: readonly string[],
  cut: readonly string[],
): Promise<Html> {
  const stem = name.replace(/\.(bed|bim|fam|pgen|pvar|pvar\.zst|psam)$/, '');
  if (/\.(bed|bim|fam)$/.test(name))
    return cut.includes(`${stem}.bed`)
      ? table(await readFam(`${stem}.fam`), await readBim(`${stem}.bim`), [])
      : opened({ bfile: stem });
  if (/\.(pgen|pvar|pvar\.zst|psam)$/.test(name)) {
    if (!cut.includes(`${stem}.pgen`)) return opened({ pfile: stem });
    const { variants, total, notes } = await readPvar(
      names.find((own) => own === `${stem}.pvar.zst`) ?? `${stem}.pvar`,
    );
    return table(await readPsam(`${stem}.psam`), variants, notes, total);
  }
  if (name.endsWith('.bgen')) return bgen(name, cut.includes(name));
  return cut.includes(name) || size > MOST_VCF_BYTES ? vcfHeader(name, size) : opened({ vcf: name });
}

async function opened(choice: GenotypeChoice): Promise<Html> {
  const genotypes = await openGenotypes(choice);
  try {
    const { samples, variants, notes, totalVariants } = genotypes;
    const hasDosages = genotypes.dosages !== undefined || genotypes.hardCalls([]) !== undefined;
    return await table(samples, variants, notes, totalVariants, hasDosages);
  } finally {
    await genotypes.close();
  }
}

async function table(
  samples: SampleTable,
  variants: VariantTable,
  notes: readonly string[],
  total = variants.count,
  hasDosages = false,
): Promise<Html> {
  const said = [...notes];
  const losses = new LossTable(total);
  losses.step('alleles', variants.count, 'more than two alleles');
  const run = libraryRun('inspect', {}, {}, (text) => said.push(text));
  const all = { chr: undefined, extract: undefined, exclude: undefined };
  await listVariants({ variants, variantFile: 'the genotypes' }, all, losses, run);
  const ofSex = (sex: number) => formatCount(samples.sex.filter((own) => own === sex).length);
  const facts = factTable([
    ['people', formatCount(samples.count)],
    ['male, female, not known', [1, 2, 0].map(ofSex).join(', ')],
    ['variants', formatCount(total)],
    ['chromosomes', listed(variants.chromosome.map((own) => chromosomeLabel(own).slice(3)))],
    ['variants whose ID another has', formatCount(variants.repeated?.count ?? 0)],
    ...(hasDosages ? [['dosages', DOSAGES] as const] : []),
  ]);
  return html`${facts}${flow('variants', losses.toJSON())}${said.map((text) => html`<p>${text}</p>`)}${html`<p class="quiet">${LATER}</p>`}`;
}

const DOSAGES =
  'yes: without --dosage, one farther than .1 from a whole number (--hard-call-threshold) has no hard call and is missing';
const LATER =
  'Variants that do not vary, and what --maf, --geno and --hwe take out, are known when a run has counted the genotypes.';

async function bgen(name: string, isCut: boolean): Promise<Html> {
  const file = await openInput(name);
  let header: Awaited<ReturnType<typeof readBgenHeader>>;
  try {
    header = await readBgenHeader(name, file);
  } finally {
    await file.close();
  }
  if (!isCut && header.variants <= MOST_SCANNED) return opened({ bgen: name });
  const facts = factTable([
    ['people', formatCount(header.samples)],
    ['their IDs', header.sampleIds ? 'in the file' : 'in the .sample file that came with it'],
    ['variants', formatCount(header.variants)],
    ['compressed by', ['nothing', 'zlib', 'zstd'][header.compression]],
    ['dosages', DOSAGES],
  ]);
  return html`${facts}<p class="quiet">From the header alone: a BGEN file has no list of its variants, and this one is long. Those with more than two alleles, and on other chromosomes than autosomes, are lost; a run counts them. ${LATER}</p>`;
}

async function vcfHeader(name: string, size: number): Promise<Html> {
  let text = '';
  let header: string | undefined;
  try {
    for await (const piece of inputBytes(name)) {
      text += new TextDecoder().decode(piece);
      header = /^#CHROM.*$(?=\n)/m.exec(text)?.[0];
      if (header !== undefined || text.length > MOST_HEADER) break;
    }
  } catch (error) {
    if (text === '') throw error; // else what is cut off ends within its data
  }
  const formats = [...text.matchAll(/^##FORMAT=<ID=(\w+)/gm)].map(([, id]) => id);
  const samples = header === undefined ? undefined : Math.max(0, header.trimEnd().split('\t').length - 9);
  const facts = factTable([
    ['people', samples === undefined ? 'not in the beginning of the file' : formatCount(samples)],
    ['genotypes are given as', formats.filter((id) => id === 'GT' || id === 'DS').join(', ') || 'not said'],
    ['size', formatBytes(size)],
  ]);
  return html`${facts}<p class="quiet">From the header alone: a run reads all of it into memory, and leaves out variants with more than two alleles and on other chromosomes than autosomes. A large cohort is better converted: plink2 --vcf FILE dosage=DS --make-pgen.</p>`;
}
