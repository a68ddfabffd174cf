/** Endings of files that belong to a prefix. */
const SET_ENDINGS = [
  /\.(bed|bim|fam)$/,
  /\.(pgen|pvar|pvar\.zst|psam)$/,
  /\.(l2\.ldscore(\.gz)?|l2\.M(_5_50)?)$/,
  /\.grm\.(bin|id|N\.bin|gz)$/,
] as const;

/** What files have in common, by which flags call them. */
export interface Prefix {
  readonly name: string;
  /** Whether each of its files is of one chromosome. */
  readonly isByChromosome: boolean;
}

/**
 * Prefixes of the sets of files that are there; sets by chromosome first, whose number is left out, or `@` where nothing is
 * before it.
 * @param ending that a set must have: `bed`. @default any
 */
export function prefixesOf(names: readonly string[], ending?: string): Prefix[] {
  const stems = new Set(
    names.flatMap((name) => {
      if (ending !== undefined && !name.replace(/\.gz$/, '').endsWith(`.${ending}`)) return [];
      const own = SET_ENDINGS.find((pattern) => pattern.test(name));
      return own ? [name.replace(own, '')] : [];
    }),
  );
  const numbered = [...stems].filter((stem) => /\d+$/.test(stem)).map((stem) => stem.replace(/\d+$/, ''));
  const byChromosome = [...new Set(numbered)]
    .filter((stem) => !stems.has(stem) && (stem === '' || numbered.filter((own) => own === stem).length > 1))
    .map((stem) => ({ name: stem === '' || stem.endsWith('/') ? `${stem}@` : stem, isByChromosome: true }));
  return [...byChromosome, ...[...stems].map((name) => ({ name, isByChromosome: false }))];
}
