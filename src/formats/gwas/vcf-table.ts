import { HeredityError } from '../../errors.js';
import { host } from '../../host/host.js';
import type { IdTable } from '../id-table.js';
import { type Line, plural, readLines } from '../text.js';
import { type GwasRow, type GwasSource, type GwasTable, headerAt } from './table.js';

/** The columns before the sample's that summary statistics need. */
const FIXED = ['CHROM', 'POS', 'ID', 'REF', 'ALT'] as const;
/** The FORMAT keys of GWAS-VCF (Lyon et al., Genome Biology 2021): one sample column is one study. */
const KEYS = ['ES', 'SE', 'LP', 'AF', 'SS', 'NS', 'NE', 'EZ', 'SI', 'NC'] as const;
const FORMAT = 8;
const SAMPLE = 9;
const NEWLINE = 10;

/**
 * Results as GWAS-VCF: effects are those of ALT, and stand in the first sample column under the keys that FORMAT names.
 * @throws HeredityError `bad-input` where the file has no sample column or no key that GWAS-VCF defines.
 */
export async function openVcfTable({ file, head, whole, bytes }: GwasSource): Promise<GwasTable> {
  const { default: VcfParser } = await import('@gmod/vcf');
  const start = headerAt(head);
  const end = head.indexOf(NEWLINE, start);
  const header = host()
    .textReader(head)(0, end < 0 ? head.length : end)
    .replaceAll('\r', '');
  const width = header.slice(header.lastIndexOf('\n') + 1).split('\t').length;
  if (!header.includes('\n#CHROM') || width <= SAMPLE) {
    throw new HeredityError('bad-input', 'the VCF file has no sample column', {
      file,
      expected:
        'GWAS-VCF: the statistics of one study in one sample column, under FORMAT keys such as ES:SE:LP',
    });
  }
  const study = header.slice(header.lastIndexOf('\n') + 1).split('\t')[SAMPLE];
  let people: { cases: number; controls: number } | undefined;
  try {
    people = peopleOf(new VcfParser({ header }).getMetadata('SAMPLE', study));
  } catch (cause) {
    const problem = 'the head of the VCF file cannot be read';
    throw new HeredityError('bad-input', problem, {
      file,
      expected: 'lines such as ##FORMAT=<ID=ES,…>',
      cause,
    });
  }
  const lastLine = whole ? head.length : head.lastIndexOf(NEWLINE) + 1;
  const firstRows = [head.subarray(0, lastLine)];
  const read = (
    keys: readonly string[],
    source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    onRow: (row: VcfRow) => void,
  ) => {
    const row = new VcfRow(keys);
    return readLines(
      file,
      (line) => {
        if (line.text(0).startsWith('#')) return;
        if (line.fields !== width) {
          throw line.error(undefined, `the line has ${plural(line.fields, 'field')}`, {
            expected: `${width}, as in the header`,
          });
        }
        row.moveTo(line);
        onRow(row);
      },
      { separator: '\t', bytes: source },
    );
  };
  // the head may declare keys that no row carries
  const carried = new Set<string>();
  let rows = 0;
  await read([], firstRows, (row) => {
    if (rows++ < SAMPLE_ROWS) for (const key of row.keys) carried.add(key);
  });
  const keys = KEYS.filter((key) => carried.has(key));
  if (rows > 0 && !keys.some((key) => key === 'ES' || key === 'EZ')) {
    throw new HeredityError('bad-input', 'the VCF file holds no association results', {
      file,
      expected: 'GWAS-VCF with the FORMAT keys ES (effect) or EZ (Z score)',
    });
  }
  const names = [...FIXED, ...keys];
  const sample: string[][] = [];
  await read(keys, firstRows, (row) => {
    if (sample.length < SAMPLE_ROWS) sample.push(names.map((_, column) => row.text(column)));
  });
  const others = width - SAMPLE - 1;
  return {
    file,
    kind: `GWAS-VCF, study ${study}`,
    names,
    sample,
    ...(people && { people }),
    ...(others > 0 && {
      notes: [
        `the file has ${plural(others, 'more study')}, which ${others === 1 ? 'is' : 'are'} not read`.replace(
          'studys',
          'studies',
        ),
      ],
    }),
    async read(_, onRow) {
      await read(keys, bytes, onRow);
      return [];
    },
  };
}

const SAMPLE_ROWS = 1000;

/** TotalCases and TotalControls of the line ##SAMPLE. */
function peopleOf(metadata: unknown): { cases: number; controls: number } | undefined {
  const { TotalCases, TotalControls } = (metadata ?? {}) as Record<string, unknown>;
  const [cases, controls] = [Number(TotalCases), Number(TotalControls)];
  return cases > 0 && controls > 0 ? { cases, controls } : undefined;
}

/** A line of VCF; the values of the sample are found by the FORMAT of the line, which may differ from line to line. */
class VcfRow implements GwasRow {
  readonly #keys: readonly string[];
  #line!: Line;
  #format = '';
  /** Field of the line for each column; {@link ABSENT} where FORMAT lacks the key. */
  #fieldOf: number[] = [];
  #parts = 0;

  constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  /** The keys of the line that it stands on. */
  get keys(): readonly string[] {
    return this.#line.symbol(FORMAT).split(':');
  }

  moveTo(line: Line): void {
    this.#line = line;
    const format = line.symbol(FORMAT);
    if (format !== this.#format) {
      const order = format.split(':');
      const fields = this.#keys.map((key) => order.indexOf(key));
      this.#fieldOf = [...FIXED.keys(), ...fields.map((part) => (part < 0 ? ABSENT : line.fields + part))];
      this.#format = format;
    }
    this.#parts = line.divide(SAMPLE, ':', line.fields);
  }

  /** The field of a column, or -1: VCF may leave out the last values of a sample. */
  #field(column: number): number {
    const field = this.#fieldOf[column];
    return field < this.#line.fields + this.#parts ? field : -1;
  }

  isNotAvailable(column: number): boolean {
    const field = this.#field(column);
    return field < 0 || this.#line.isNotAvailable(field);
  }

  numeric(column: number): number {
    const field = this.#field(column);
    return field < 0 ? Number.NaN : this.#line.numeric(field);
  }

  text(column: number): string {
    const field = this.#field(column);
    return field < 0 ? '.' : this.#line.text(field);
  }

  symbol(column: number): string {
    const field = this.#field(column);
    return field < 0 ? '.' : this.#line.symbol(field);
  }

  holdsAny(column: number, marked: Uint8Array): boolean {
    const field = this.#field(column);
    return field >= 0 && this.#line.holdsAny(field, marked);
  }

  addTo(table: IdTable, column: number): number {
    return this.#line.addTo(table, column);
  }

  indexIn(table: IdTable, column: number): number {
    return this.#line.indexIn(table, column);
  }

  error(column: number | undefined, problem: string, more?: { expected?: string; fix?: string }) {
    const field = column === undefined || column < FIXED.length ? column : SAMPLE;
    return this.#line.error(field, problem, more);
  }
}

const ABSENT = Number.MAX_SAFE_INTEGER;
