import type { SampleTable } from './fam.js';
import { OutputFile } from './output.js';
import { RowWriter } from './row-writer.js';

/** A pair of people in the .kin0 table. */
export interface KinshipRow {
  readonly later: number;
  readonly earlier: number;
  readonly variants: number;
  readonly hetHet: number;
  readonly opposed: number;
  readonly kinship: number;
}

/**
 * Writes kinship in the columns and digits of PLINK 2's .kin0 table: both IDs, the variants that both have, the share of them at
 * which both are heterozygous and at which they are different homozygotes, and the kinship (`nan` where it is not known).
 */
export class KinshipTableWriter {
  readonly #file: OutputFile;
  readonly #rows: RowWriter;
  readonly #ids: readonly string[];

  private constructor(file: OutputFile, ids: readonly string[], hasFamilies: boolean) {
    this.#file = file;
    this.#ids = ids;
    const names = hasFamilies ? 'FID1\tIID1\tFID2\tIID2' : 'IID1\tIID2';
    this.#rows = new RowWriter(file).text(`#${names}\tNSNP\tHETHET\tIBS0\tKINSHIP`).endLine();
  }

  /** @param people indices in the table of samples of those who are numbered in the rows. */
  static async create(
    path: string,
    samples: Pick<SampleTable, 'familyId' | 'individualId' | 'withoutFamilies'>,
    people: Int32Array,
  ): Promise<KinshipTableWriter> {
    const hasFamilies = !samples.withoutFamilies;
    const ids = Array.from(people, (i) =>
      hasFamilies ? `${samples.familyId[i]}\t${samples.individualId[i]}` : samples.individualId[i],
    );
    return new KinshipTableWriter(await OutputFile.create(path), ids, hasFamilies);
  }

  /** @returns a promise where rows have to be written before there is room for more. */
  add({ later, earlier, variants, hetHet, opposed, kinship }: KinshipRow): Promise<void> | undefined {
    const rows = this.#rows.text(this.#ids[later]).text('\t').text(this.#ids[earlier]).text('\t');
    rows.integer(variants);
    for (const x of [hetHet / variants, opposed / variants, kinship]) {
      rows.text('\t');
      if (Number.isNaN(x)) rows.text('nan');
      else rows.sixDigits(x);
    }
    rows.endLine();
    return rows.full ? rows.flush() : undefined;
  }

  async finish(): Promise<void> {
    await this.#rows.flush();
    await this.#file.finish();
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }
}
