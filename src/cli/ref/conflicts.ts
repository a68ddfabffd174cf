import { referenceFacts } from './reference-facts.js';

/**
 * Says where the reference sets of one command do not belong together.
 * @param values of its flags, names of sets replaced by their paths.
 * @returns one sentence for build and for ancestry where they differ.
 */
export function referenceConflicts(values: Readonly<Record<string, unknown>>): string[] {
  const texts = Object.values(values)
    .flat()
    .filter((value) => typeof value === 'string' && /[/\\]/.test(value)) as string[];
  const sets = [...new Set(texts)].map(referenceFacts).filter((set) => set !== undefined);
  return (['build', 'ancestry'] as const).flatMap((fact) => {
    const said = sets.filter((set) => set[fact] !== undefined);
    const values = new Set(said.map((set) => set[fact]));
    if (values.size < 2) return [];
    const list = said.map((set) => `${set.name} is ${set[fact]}`).join(', ');
    return [`the reference sets are not of one ${fact}: ${list}`];
  });
}
