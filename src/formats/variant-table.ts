import { HeredityError } from '../errors.js';
import { chromosomeLabel, type VariantTable } from './bim.js';
import { growingFloat64, growingInt32 } from './growing-array.js';
import { IdIndex } from './id-index.js';

const LARGEST_POSITION = 2 ** 31 - 1;

/** A variant of two alleles; allele 1 is the one that genotypes count. */
export interface NewVariant {
  /** Line of the file, or number of the variant, from 1. */
  readonly at: number;
  readonly chromosome: string;
  /** A point or nothing where the file gives none. */
  readonly id: string;
  readonly position: number;
  readonly centimorgan?: number;
  readonly allele1: string;
  readonly allele2: string;
}

/**
 * Collects the variants of a .pvar, BGEN or VCF file. Sequencing and imputation leave many variants without an ID, or with
 * that of another; as IDs have to tell variants apart, those get one from their place and alleles, and are counted.
 */
export class VariantTableBuilder {
  readonly #path: string;
  readonly #unit: 'line' | 'variant';
  readonly #ids = new IdIndex();
  readonly #chromosome: string[] = [];
  readonly #allele1: string[] = [];
  readonly #allele2: string[] = [];
  readonly #centimorgan = growingFloat64();
  readonly #position = growingInt32();
  #name: string | undefined;
  #label = '';
  /** Where each chromosome that is behind us ended. */
  readonly #ended = new Map<string, number>();
  #last = 0;
  #unnamed = 0;
  #repeated = 0;

  /** @param unit what {@link NewVariant.at} counts. */
  constructor(path: string, unit: 'line' | 'variant') {
    this.#path = path;
    this.#unit = unit;
  }

  /** @throws HeredityError `bad-input` for an impossible position, a chromosome in pieces, or a variant that is there twice. */
  add({ at, chromosome, id, position, centimorgan = 0, allele1, allele2 }: NewVariant): void {
    if (!Number.isInteger(position) || position < 0 || position > LARGEST_POSITION) {
      throw this.#error(at, `the position is not a whole number from 0 to ${LARGEST_POSITION}`, {
        value: position,
      });
    }
    this.#checkOrder(at, chromosome);
    const place = `${chromosome}:${position}:${allele2}:${allele1}`;
    if (id === '.' || id === '') {
      this.#unnamed++;
      this.#addId(at, place);
    } else if (this.#ids.add(id) >= 0) {
      this.#repeated++;
      this.#addId(at, `${id}:${place}`);
    }
    this.#chromosome.push(chromosome);
    this.#allele1.push(allele1);
    this.#allele2.push(allele2);
    this.#centimorgan.push(centimorgan);
    this.#position.push(position);
    this.#last = at;
  }

  /** What was done about IDs, in words. */
  notes(): string[] {
    const notes: string[] = [];
    const say = (count: number, what: string, form: string) => {
      if (count > 0) notes.push(`${this.#path}: ${count} ${what}; in this run ${form}`);
    };
    say(this.#unnamed, 'variants have no ID', 'it is CHR:POS:REF:ALT');
    say(this.#repeated, 'variants have the ID of an earlier one', 'CHR:POS:REF:ALT is added to it');
    return notes;
  }

  /** @throws HeredityError `bad-input` where there are no variants. */
  finish(): VariantTable {
    if (this.#ids.count === 0) {
      throw new HeredityError('bad-input', 'there are no variants of two alleles', { file: this.#path });
    }
    return {
      count: this.#ids.count,
      chromosome: this.#chromosome,
      id: this.#ids.ids,
      centimorgan: this.#centimorgan.toArray(),
      position: this.#position.toArray(),
      allele1: this.#allele1,
      allele2: this.#allele2,
    };
  }

  #addId(at: number, id: string): void {
    if (this.#ids.add(id) < 0) return;
    throw this.#error(at, 'the variant is there twice, with the same place, alleles and ID', {
      value: id,
      fix: 'drop one of them, such as with plink2 --rm-dup force-first',
    });
  }

  #checkOrder(at: number, chromosome: string): void {
    if (chromosome === this.#name) return;
    this.#name = chromosome;
    const label = chromosomeLabel(chromosome);
    if (label === this.#label) return; // `1` and `chr1` in one file
    this.#ended.set(this.#label, this.#last);
    this.#label = label;
    const ended = this.#ended.get(label);
    if (ended === undefined) return;
    throw this.#error(at, `chromosome ${chromosome} ended at ${this.#unit} ${ended}, and here it is again`, {
      expected: 'the variants of a chromosome together',
      fix: 'sort the file, such as with plink2 --sort-vars',
    });
  }

  #error(at: number, problem: string, more: { value?: string | number; expected?: string; fix?: string }) {
    const where = this.#unit === 'line' ? { line: at } : {};
    const prefix = this.#unit === 'line' ? '' : `variant ${at}: `;
    return new HeredityError('bad-input', `${prefix}${problem}`, { file: this.#path, ...where, ...more });
  }
}
