/** Of names of two letters, such as OR, ES and SE, each is an edit or two from every other: only case may differ. */
const SHORTEST = 3;

/** Up to three candidates that a mistyped name may have meant, nearest first; case does not count. */
export function nearNames(name: string, candidates: Iterable<string>): string[] {
  const mostOf = (candidate: string) =>
    Math.min(name.length, candidate.length) < SHORTEST ? 0 : Math.max(1, Math.floor(name.length / 4));
  return [...candidates]
    .filter((candidate) => candidate !== name)
    .map((candidate) => ({ candidate, edits: edits(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(
      ({ candidate, edits }) =>
        edits <= mostOf(candidate) || extends_(candidate, name) || extends_(name, candidate),
    )
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** `did you mean a or b?`, or undefined where nothing is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const near = nearNames(name, candidates);
  return near.length === 0 ? undefined : `did you mean ${near.join(' or ')}?`;
}

/** The longer name goes on after the whole shorter one, as in study.pheno and study.pheno.gz. */
function extends_(longer: string, shorter: string): boolean {
  return shorter.length >= 3 && longer.startsWith(`${shorter}.`);
}

/** Number of insertions, deletions, replacements and exchanges of neighbours (optimal string alignment distance). */
function edits(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const above = rows[i - 1];
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(replaced, above[j] + 1, row[j - 1] + 1, exchanged ? rows[i - 2][j - 2] + 1 : Infinity),
      );
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}
