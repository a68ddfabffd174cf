import type { VariantTable } from '../../formats/bim.js';
import { OutputFile } from '../../formats/output.js';
import { RowWriter } from '../../formats/row-writer.js';
import type { VariantStatistics } from '../../genotypes/statistics.js';
import type { TraitEffects } from '../../simulation/traits.js';

/** Writes the effects of causal variants, one row a trait and variant, traits as they come. */
export class EffectsWriter {
  readonly #file: OutputFile;
  readonly #rows: RowWriter;
  readonly #table: VariantTable;
  readonly #variants: Int32Array;
  readonly #frequency: readonly string[];

  private constructor(
    file: OutputFile,
    table: VariantTable,
    variants: Int32Array,
    statistics: VariantStatistics,
  ) {
    this.#file = file;
    this.#rows = new RowWriter(file).text('trait\tSNP\tA1\tA1_FREQ\teffect\teffect_standardised').endLine();
    this.#table = table;
    this.#variants = variants;
    this.#frequency = Array.from(variants, (_, v) => String(statistics.allele1Frequency(v)));
  }

  /** @param variants indices in the table of the variants that effects and statistics count. */
  static async create(
    path: string,
    table: VariantTable,
    variants: Int32Array,
    statistics: VariantStatistics,
  ): Promise<EffectsWriter> {
    return new EffectsWriter(await OutputFile.create(path), table, variants, statistics);
  }

  async append(trait: string, effects: TraitEffects): Promise<void> {
    const rows = this.#rows;
    for (const [k, v] of effects.variants.entries()) {
      const variant = this.#variants[v];
      rows.text(trait).text('\t').text(this.#table.id[variant]).text('\t');
      rows.text(this.#table.allele1[variant]).text('\t').text(this.#frequency[v]).text('\t');
      rows
        .text(String(effects.perAllele(k)))
        .text('\t')
        .text(String(effects.standardised(k)))
        .endLine();
      if (rows.full) await rows.flush();
    }
  }

  async finish(): Promise<void> {
    await this.#rows.flush();
    await this.#file.finish();
  }

  async abort(): Promise<void> {
    await this.#file.abort();
  }
}
