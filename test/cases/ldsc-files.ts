import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { heredity, resultUnder } from '../cli/run.js';
import { ParkMiller } from '../fixture.js';

/** One SNP of a small made-up genome of three chromosomes. */
export interface Snp {
  readonly chromosome: number;
  readonly position: number;
  readonly id: string;
  readonly alleles: readonly [string, string];
  readonly frequency: number;
  readonly inA: 0 | 1;
  readonly inB: 0 | 1;
  readonly scores: readonly [base: number, a: number, b: number];
  readonly z: number;
}

const SNPS = 300;
const ALLELES = [
  ['A', 'G'],
  ['C', 'A'],
  ['G', 'T'],
] as const;

/** SNPs whose heritability lies in category A; all of them common but for one in ten. */
export function makeSnps(seed: number): Snp[] {
  const random = new ParkMiller(seed);
  return Array.from({ length: 3 * SNPS }, (_, j) => {
    const inA = random.uniform() < 0.3 ? 1 : 0;
    const inB = random.uniform() < 0.3 ? 1 : 0;
    const base = Number((1 + 20 * random.uniform()).toFixed(3));
    const a = Number((base * (0.1 + 0.6 * inA * random.uniform())).toFixed(3));
    const b = Number((base * (0.1 + 0.6 * inB * random.uniform())).toFixed(3));
    return {
      chromosome: 1 + Math.floor(j / SNPS),
      position: 1000 * (1 + (j % SNPS)),
      id: `rs${j + 1}`,
      alleles: ALLELES[j % 3],
      frequency: random.uniform() < 0.1 ? 0.01 : Number((0.06 + 0.4 * random.uniform()).toFixed(4)),
      inA,
      inB,
      scores: [base, a, b],
      z: Number((Math.sqrt(1 + 2 * a + 0.1 * base) * random.normal()).toFixed(4)),
    };
  });
}

export type Cell = (snp: Snp) => string | number;
export type Columns = Readonly<Record<string, Cell>>;

export const PLACE: Columns = { CHR: (s) => s.chromosome, SNP: (s) => s.id, BP: (s) => s.position };
export const ANNOT: Columns = {
  CHR: (s) => s.chromosome,
  BP: (s) => s.position,
  SNP: (s) => s.id,
  CM: () => 0,
};
export const FRQ: Columns = {
  CHR: (s) => s.chromosome,
  SNP: (s) => s.id,
  A1: (s) => s.alleles[0],
  A2: (s) => s.alleles[1],
  MAF: (s) => s.frequency,
  NCHROBS: () => 1000,
};
export const SUMSTATS: Columns = {
  SNP: (s) => s.id,
  A1: (s) => s.alleles[0],
  A2: (s) => s.alleles[1],
  Z: (s) => s.z,
  N: () => 50_000,
};
export const base: Cell = () => 1;
export const a: Cell = (s) => s.inA;
export const b: Cell = (s) => s.inB;
export const baseL2: Cell = (s) => s.scores[0];
export const aL2: Cell = (s) => s.scores[1];
export const bL2: Cell = (s) => s.scores[2];

export function table(snps: readonly Snp[], columns: Columns, separator = '\t', before = ''): string {
  const rows = snps.map((snp) =>
    Object.values(columns)
      .map((cell) => cell(snp))
      .join(separator),
  );
  return `${before}${[Object.keys(columns).join(separator), ...rows].join('\n')}\n`;
}

/** A folder of files of one case, and runs of `heredity ldsc` in it. */
export class LdscCase {
  readonly folder = mkdtempSync(join(tmpdir(), 'heredity-case-'));
  readonly #snps: readonly Snp[];
  #runs = 0;

  constructor(snps: readonly Snp[]) {
    this.#snps = snps;
    this.write('t.sumstats', table(snps, SUMSTATS));
    this.scores('w', { ...PLACE, L2: baseL2 }, [base]);
    this.perChromosome('f', '.frq', (own) => table(own, FRQ));
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), text);
  }

  /** A file a chromosome. */
  perChromosome(prefix: string, ending: string, text: (own: readonly Snp[]) => string): void {
    for (const chromosome of [1, 2, 3])
      this.write(
        `${prefix}.${chromosome}${ending}`,
        text(this.#snps.filter((snp) => snp.chromosome === chromosome)),
      );
  }

  /** LD scores, and the number of (common) SNPs of each annotation. */
  scores(
    prefix: string,
    columns: Columns,
    annotations: readonly Cell[],
    before = '',
    separator = '\t',
  ): void {
    this.perChromosome(prefix, '.l2.ldscore', (own) => table(own, columns, separator, before));
    const sums = (own: readonly Snp[]) =>
      annotations.map((cell) => own.reduce((sum, snp) => sum + Number(cell(snp)), 0)).join('\t');
    this.perChromosome(prefix, '.l2.M', (own) => `${before}${sums(own)}\n`);
    this.perChromosome(
      prefix,
      '.l2.M_5_50',
      (own) => `${sums(own.filter(({ frequency }) => frequency > 0.05))}\n`,
    );
  }

  /** Runs ldsc on the statistics `t`; @param words beyond these. */
  async run(...words: string[]) {
    const out = this.at(`run${this.#runs++}`);
    const result = await heredity(['ldsc', '--n-blocks', '20', ...words, '--out', out, '--quiet']);
    return { ...result, json: resultUnder(out, ['ldsc', 'sldsc']) };
  }

  async partition(prefixes: string, ...words: string[]) {
    const { json, stderr } = await this.run(
      ...['--h2', this.at('t.sumstats'), '--w-ld-chr', this.at('w.'), '--overlap-annot'],
      ...[
        '--ref-ld-chr',
        prefixes
          .split(',')
          .map((prefix) => this.at(prefix))
          .join(),
      ],
      ...(words.length > 0 ? words : ['--frqfile-chr', this.at('f.')]),
    );
    if (json === undefined) throw new Error(stderr);
    return json.traits[0].categories.map(
      ({ name, share, enrichment, coefficient }: Record<string, unknown>) => ({
        name,
        share,
        enrichment,
        coefficient,
      }),
    );
  }
}
