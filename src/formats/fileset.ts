import { host } from '../host/host.js';
import { type BedFile, openBed } from './bed.js';
import { readBim, type VariantTable } from './bim.js';
import { readFam, type SampleTable } from './fam.js';

/** A PLINK 1 file set, its text files read and its .bed open. */
export interface Fileset {
  readonly paths: FilesetPaths;
  readonly samples: SampleTable;
  readonly variants: VariantTable;
  readonly bed: BedFile;
}

export interface FilesetPaths {
  readonly bed: string;
  readonly bim: string;
  readonly fam: string;
}

/** The three files of a prefix, whatever it ends with where they exist; the name of one of them serves as well. */
export function filesetPaths(prefix: string): FilesetPaths {
  const stem = host().files.exists(`${prefix}.bed`) ? prefix : prefix.replace(/\.(bed|bim|fam)$/, '');
  return { bed: `${stem}.bed`, bim: `${stem}.bim`, fam: `${stem}.fam` };
}

/**
 * Reads .fam and .bim, and opens .bed; close the latter when done.
 * @param known the samples, where their table need not be read.
 * @throws HeredityError `bad-input` as {@link readFam}, {@link readBim} and {@link openBed}.
 */
export async function openFileset(prefix: string, known?: SampleTable): Promise<Fileset> {
  const paths = filesetPaths(prefix);
  const samples = known ?? (await readFam(paths.fam));
  const variants = await readBim(paths.bim);
  const bed = await openBed(paths.bed, { samples: samples.count, variants: variants.count });
  return { paths, samples, variants, bed };
}
