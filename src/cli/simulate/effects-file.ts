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
  readonly #hasDominance: boolean;

  private constructor(
    file: OutputFile,
    table: VariantTable,
    variants: Int32Array,
    statistics: VariantStatistics,
    hasDominance: boolean,
  ) {
    this.#file = file;
    this.#rows = new RowWriter(file).text('trait\tSNP\tA1\tA1_FREQ\teffect\teffect_standardised');
    if (hasDominance) this.#rows.text('\tdominance\tdominance_standardised');
    this.#rows.endLine();
    this.#hasDominance = hasDominance;
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
    hasDominance = false,
  ): Promise<EffectsWriter> {
    return new EffectsWriter(await OutputFile.create(path), table, variants, statistics, hasDominance);
  }

  /** @param dominance effects of heterozygotes, 0 of variants that have none. */
  async append(trait: string, effects: TraitEffects, dominance?: TraitEffects): Promise<void> {
    const rows = this.#rows;
    const places = new Map(Array.from(dominance?.variants ?? [], (v, k) => [v, k] as const));
    for (const [k, v] of effects.variants.entries()) {
      const variant = this.#variants[v];
      rows.text(trait).text('\t').text(this.#table.id[variant]).text('\t');
      rows.text(this.#table.allele1[variant]).text('\t').text(this.#frequency[v]).text('\t');
      rows
        .text(String(effects.perAllele(k)))
        .text('\t')
        .text(String(effects.standardised(k)));
      if (this.#hasDominance) {
        const place = places.get(v);
        const [own, standardised] =
          dominance && place !== undefined
            ? [dominance.perAllele(place), dominance.standardised(place)]
            : [0, 0];
        rows.text('\t').text(String(own)).text('\t').text(String(standardised));
      }
      rows.endLine();
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
