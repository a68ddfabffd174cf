import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';
import { loadKernels } from '../kernels/load.js';
import { KernelPool } from '../kernels/pool.js';
import { checkSampleCount, openBgen } from './bgen.js';
import type { VariantTable } from './bim.js';
import type { SampleTable } from './fam.js';
import { type ListedFile, listFiles } from './file-list.js';
import { filesetPaths, openFileset } from './fileset.js';
import { type HardCallReport, joinReports } from './hard-calls.js';
import { joinGenotypes } from './join-genotypes.js';
import { readOxfordSample, sampleTable } from './oxford-sample.js';
import { openPgen } from './pgen.js';
import { NO_FAMILY, readPsam } from './psam.js';
import { readPvar } from './pvar.js';
import type { VariantFile, VariantRows } from './record-source.js';
import { readVcf } from './vcf-genotypes.js';

/** Where genotypes are: exactly one of the first four, each a name, names between commas, or a name with `@`. */
export interface GenotypeChoice {
  /** Prefix of a PLINK 1 file set. */
  readonly bfile?: string | undefined;
  /** Prefix of a PLINK 2 file set. */
  readonly pfile?: string | undefined;
  readonly bgen?: string | undefined;
  readonly vcf?: string | undefined;
  /** Oxford .sample file of the BGEN files: one for all, or as many as there are. */
  readonly sample?: string | undefined;
  /** How far a dosage may be from the whole number that becomes its hard call. @default HARD_CALL_THRESHOLD */
  readonly hardCallThreshold?: number | undefined;
  /** Whether dosages are wanted too. @default false */
  readonly dosage?: boolean | undefined;
}

/** Genotypes of any format, their tables read and their files open. */
export interface Genotypes {
  /** Every file that is read. */
  readonly paths: readonly string[];
  /** The file that names the samples, and the one that names the variants; of several the first. */
  readonly sampleFile: string;
  readonly variantFile: string;
  readonly samples: SampleTable;
  /** Those of two alleles. */
  readonly variants: VariantTable;
  /** All variants of the files; those with more than two alleles are not in the table. */
  readonly totalVariants: number;
  /** Packed hard calls; row v is variant v of the table. */
  readonly source: VariantRows;
  /** The same variants as dosages, DOSAGE_ROWS rows each (src/genotypes/dosages.ts), where they were asked for. */
  readonly dosages: VariantRows | undefined;
  /** What was assumed, in words. */
  readonly notes: readonly string[];
  /** What hard calls lost of the dosages of some variants, of those that were read; undefined where there are none. */
  hardCalls(variants: Iterable<number>): HardCallReport | undefined;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Threads that decode. @default one thread */
  readonly pool?: KernelPool;
  /** Those of PLINK's file sets, where their tables need not be read. */
  readonly samples?: SampleTable | undefined;
}

const KINDS = ['bfile', 'pfile', 'bgen', 'vcf'] as const;
type Kind = (typeof KINDS)[number];

/**
 * The one source of genotypes that is chosen, or undefined.
 * @throws HeredityError `usage` where there are several, or where a flag has no meaning beside the source.
 */
function chosenGenotypes(choice: GenotypeChoice): Kind | undefined {
  const given = KINDS.filter((kind) => choice[kind] !== undefined);
  if (given.length > 1) {
    throw new HeredityError(
      'usage',
      `give one of --bfile, --pfile, --bgen and --vcf, not ${given.length} of them`,
    );
  }
  const [kind] = given;
  if (choice.sample !== undefined && kind !== 'bgen') {
    throw new HeredityError('usage', '--sample needs --bgen', { fix: 'leave it out' });
  }
  if (choice.hardCallThreshold !== undefined && (kind === 'bfile' || kind === undefined)) {
    throw new HeredityError('usage', '--hard-call-threshold needs dosages', {
      expected: '--pfile, --bgen or --vcf',
      fix: 'leave it out',
    });
  }
  if (choice.dosage && (kind === 'bfile' || kind === undefined)) {
    throw new HeredityError('usage', '--dosage needs dosages', {
      expected: '--pfile, --bgen or --vcf',
      fix: 'leave it out',
    });
  }
  return kind;
}

/**
 * Opens genotypes of any format, in one file or several of the same people. Close them when done.
 * @throws HeredityError `usage` as {@link chosenGenotypes}, and where there is no source; `mismatch` where several files are
 *   not of the same people in the same order; what the readers throw.
 *
 * @example
 * const genotypes = await openGenotypes({ pfile: 'ukb_chr@' });
 * const store = new GenotypeStore(genotypes.source, everybody, pool);
 */
export async function openGenotypes(choice: GenotypeChoice, options: OpenOptions = {}): Promise<Genotypes> {
  const kind = chosenGenotypes(choice);
  if (kind === undefined) throw new HeredityError('usage', 'give one of --bfile, --pfile, --bgen and --vcf');
  const pool = options.pool ?? new KernelPool(loadKernels(), 1);
  const { files, notes } = await listFiles(choice[kind]!, (name) => isThere(kind, name));
  const samples = kind === 'bgen' ? await listSampleFiles(choice.sample, files) : [];
  const opened: Genotypes[] = [];
  try {
    for (const [k, file] of files.entries()) {
      opened.push(await openOne(kind, file, { sample: samples[k], known: options.samples }, choice, pool));
    }
    if (choice.dosage) requireDosages(opened);
    const joined = joinGenotypes(opened, notes);
    return choice.dosage ? joined : { ...joined, dosages: undefined };
  } catch (error) {
    for (const genotypes of opened) await genotypes.close();
    throw error;
  }
}

/** @throws HeredityError `mismatch` where a file has no dosages. */
function requireDosages(files: readonly Genotypes[]): void {
  const without = files.find(({ dosages }) => dosages === undefined);
  if (!without) return;
  throw new HeredityError('mismatch', 'the genotypes have no dosages', {
    file: without.paths[0],
    expected: 'dosages, as of imputed genotypes, for --dosage',
    fix: 'leave --dosage out: hard calls lose nothing here',
  });
}

function openOne(
  kind: Kind,
  file: ListedFile,
  { sample, known }: { readonly sample: string | undefined; readonly known: SampleTable | undefined },
  { hardCallThreshold: threshold, dosage }: GenotypeChoice,
  pool: KernelPool,
): Promise<Genotypes> {
  switch (kind) {
    case 'bfile':
      return openBfile(file.name, known);
    case 'pfile':
      return openPfile(file.name, known, threshold, pool);
    case 'bgen':
      return openBgenWithSamples(file, sample, threshold, pool);
    case 'vcf':
      return openVcf(file.name, threshold, dosage);
  }
}

/** A file set of the other PLINK is there by the prefix. */
async function refuseOtherFileset(prefix: string, flag: string, there: string, other: string): Promise<void> {
  if (!(await isFile(there))) return;
  throw new HeredityError('usage', `${flag} ${prefix}: there is ${there}`, {
    fix: `give the file set with ${other}`,
  });
}

async function openBfile(prefix: string, known: SampleTable | undefined): Promise<Genotypes> {
  const { bed: bedPath } = filesetPaths(prefix);
  if (!(await isFile(bedPath)))
    await refuseOtherFileset(prefix, '--bfile', `${pfileStem(prefix)}.pgen`, '--pfile');
  const { paths, samples, variants, bed } = await openFileset(prefix, known);
  return {
    paths: [paths.bed, paths.bim, paths.fam],
    sampleFile: paths.fam,
    variantFile: paths.bim,
    samples,
    variants,
    totalVariants: variants.count,
    source: bed,
    dosages: undefined,
    notes: [],
    hardCalls: () => undefined,
    close: () => bed.close(),
  };
}

async function openPfile(
  prefix: string,
  known: SampleTable | undefined,
  threshold: number | undefined,
  pool: KernelPool,
): Promise<Genotypes> {
  const stem = pfileStem(prefix);
  const pvarPath = (await firstThere([`${stem}.pvar`, `${stem}.pvar.zst`])) ?? `${stem}.pvar`;
  const psamPath = `${stem}.psam`;
  if (!(await isFile(`${stem}.pgen`))) await refuseOtherFileset(prefix, '--pfile', `${stem}.bed`, '--bfile');
  const samples = known ?? (await readPsam(psamPath));
  const { variants, places, total, notes } = await readPvar(pvarPath);
  const path = `${stem}.pgen`;
  const file = await openPgen(path, { samples: samples.count, total, places }, { pool, threshold });
  return {
    paths: [path, pvarPath, psamPath],
    sampleFile: psamPath,
    variantFile: pvarPath,
    samples,
    variants,
    totalVariants: total,
    notes,
    ...ofFile(file),
  };
}

async function openBgenWithSamples(
  { name, chromosome }: ListedFile,
  sample: string | undefined,
  threshold: number | undefined,
  pool: KernelPool,
): Promise<Genotypes> {
  const file = await openBgen(name, { pool, threshold, chromosome });
  try {
    const beside = `${name.replace(/\.bgen$/, '')}.sample`;
    const notes = [...file.notes];
    let path = sample;
    if (path === undefined && file.sampleIds === undefined) {
      if (!(await isFile(beside))) {
        throw new HeredityError('usage', 'the BGEN file does not name its samples', {
          file: name,
          fix: 'give its .sample file with --sample',
        });
      }
      path = beside;
      notes.push(`${name}: the samples are those of ${beside}`);
    }
    let samples: SampleTable;
    if (path === undefined) {
      samples = namedSamples(file.sampleIds!, name);
    } else {
      const listed = await readOxfordSample(path);
      checkSampleCount(path, file.samples, name, listed.count);
      const withoutFamilies = listed.familyId.every((family) => family === NO_FAMILY);
      samples = withoutFamilies ? { ...listed, withoutFamilies } : listed;
    }
    return {
      paths: path === undefined ? [name] : [name, path],
      sampleFile: path ?? name,
      variantFile: name,
      samples,
      variants: file.variants,
      totalVariants: file.total,
      notes,
      ...ofFile(file),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openVcf(
  path: string,
  threshold: number | undefined,
  dosage: boolean | undefined,
): Promise<Genotypes> {
  const file = await readVcf(path, { threshold, dosage: dosage ?? false });
  return {
    paths: [path],
    sampleFile: path,
    variantFile: path,
    samples: namedSamples(file.sampleIds, path),
    variants: file.variants,
    totalVariants: file.total,
    notes: file.notes,
    ...ofFile(file),
  };
}

function ofFile(file: VariantFile): Pick<Genotypes, 'source' | 'dosages' | 'hardCalls' | 'close'> {
  return {
    source: file,
    dosages: file.dosages,
    hardCalls: (variants) => file.losses && joinReports([file.losses.report(variants)]),
    close: () => file.close(),
  };
}

/** Samples of a file that has one ID for each. */
function namedSamples(ids: readonly string[], path: string): SampleTable {
  const repeated = new Set(ids).size < ids.length ? ids.find((id, k) => ids.indexOf(id) < k) : undefined;
  if (repeated !== undefined) {
    throw new HeredityError('bad-input', `sample ${repeated} is there twice`, { file: path });
  }
  const families = new Array<string>(ids.length).fill(NO_FAMILY);
  return { ...sampleTable(families, ids), withoutFamilies: true };
}

async function listSampleFiles(
  value: string | undefined,
  files: readonly ListedFile[],
): Promise<readonly (string | undefined)[]> {
  if (value === undefined) return [];
  const { files: listed } = await listFiles(value, isFile);
  if (listed.length === 1) return files.map(() => listed[0].name);
  if (listed.length === files.length) return listed.map(({ name }) => name);
  throw new HeredityError('usage', `--sample names ${listed.length} files, and --bgen ${files.length}`, {
    expected: 'one for all, or one for each',
  });
}

const pfileStem = (prefix: string) => prefix.replace(/\.(pgen|pvar|psam|pvar\.zst)$/, '');

function isThere(kind: Kind, name: string): Promise<boolean> {
  if (kind === 'bfile') return isFile(filesetPaths(name).bed);
  return isFile(kind === 'pfile' ? `${pfileStem(name)}.pgen` : name);
}

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await isFile(path)) return path;
  return undefined;
}

async function isFile(path: string): Promise<boolean> {
  const { files } = host();
  return files.exists(path) && (await files.facts(path)).kind !== 'folder';
}
