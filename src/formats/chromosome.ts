/** Autosomes of a person. */
export const HUMAN_AUTOSOMES = 22;

/** What follows the autosomes in PLINK's numbering, in order. */
const OTHERS = ['x', 'y', 'xy', 'mt'] as const;
const ALIASES: Readonly<Record<string, (typeof OTHERS)[number]>> = {
  m: 'mt',
  par: 'xy',
  par1: 'xy',
  par2: 'xy',
};

/**
 * One code for every spelling of a chromosome: `7` for 7, 07 and chr7; `x` for X, chrX and, with 22 autosomes, 23 (y 24, xy
 * 25, mt 26); anything else in lower case.
 */
export function chromosomeCode(name: string, autosomes = HUMAN_AUTOSOMES): string {
  const code = name.replace(/^chr/i, '').toLowerCase();
  if (!/^\d+$/.test(code)) return Object.hasOwn(ALIASES, code) ? ALIASES[code] : code;
  const number = Number(code);
  return OTHERS[number - autosomes - 1] ?? String(number);
}

/** Whether a {@link chromosomeCode} is neither a sex chromosome, nor the mitochondrion, nor 0 (not known). */
export function isAutosomal(code: string): boolean {
  return code !== '0' && !(OTHERS as readonly string[]).includes(code);
}

/**
 * The number of autosomes that chromosome names speak of: a person's, but every numbered chromosome where there are more than a
 * person has.
 */
export function autosomesAmong(names: Iterable<string>): number {
  const largest = largestChromosome(names);
  return largest <= HUMAN_AUTOSOMES + OTHERS.length ? HUMAN_AUTOSOMES : largest;
}

/** The largest number among chromosome names, 0 where there is none. */
export function largestChromosome(names: Iterable<string>): number {
  let largest = 0;
  for (const name of names) {
    const code = name.replace(/^chr/i, '');
    if (/^\d+$/.test(code)) largest = Math.max(largest, Number(code));
  }
  return largest;
}

/** How many copies of a chromosome people have: two; two or, if male, one (X); none or one (Y); one (MT). */
export type Copies = 'two' | 'x' | 'y' | 'one';

/** The copies of a {@link chromosomeCode}: pseudo-autosomal regions (XY) have two, and so has what is not known. */
export function copiesOf(code: string): Copies {
  if (code === 'x' || code === 'y') return code;
  return code === 'mt' ? 'one' : 'two';
}

/** A chromosome as PLINK 2 writes it: numbers without `chr`, and X, Y, XY, PAR1, PAR2 and MT by name. */
export function plinkChromosome(name: string, autosomes = HUMAN_AUTOSOMES): string {
  const bare = name.replace(/^chr/i, '');
  if (/^par[12]$/i.test(bare)) return bare.toUpperCase();
  const code = chromosomeCode(name, autosomes);
  if ((OTHERS as readonly string[]).includes(code)) return code.toUpperCase();
  return /^\d+$/.test(code) ? code : name;
}
