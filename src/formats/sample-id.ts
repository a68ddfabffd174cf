import type { Line } from './text.js';

/** One string for a sample's family and individual ID; no ID holds a tab. */
export function sampleKey(familyId: string, individualId: string): string {
  return `${familyId}\t${individualId}`;
}

/** A sample in a message, from its {@link sampleKey}. */
export function describeSample(key: string): { what: string } {
  return { what: `sample ${key.replace('\t', ' ').trim()}` };
}

/**
 * How many ID columns a header line announces: 2 for `FID IID`, 1 for `IID`, 0 where the line is not a header.
 * @param at field where they would begin.
 */
export function headerIdColumns(line: Line, at = 0): 0 | 1 | 2 {
  if (at >= line.fields) return 0;
  const first = line.text(at).replace(/^#/, '').toUpperCase();
  if (first === 'IID') return 1;
  return first === 'FID' && line.fields > at + 1 && line.text(at + 1).toUpperCase() === 'IID' ? 2 : 0;
}

/** Whether a line before the first of a table or a list is a note: it begins with # and is no header. */
export function isNote(line: Line): boolean {
  return line.startsWith('#') && headerIdColumns(line) === 0;
}
