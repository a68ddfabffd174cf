import type { Line } from './text.js';

/** One string for a sample's family and individual ID; no ID holds a tab. */
export function sampleKey(familyId: string, individualId: string): string {
  return `${familyId}\t${individualId}`;
}

/** A sample in a message, from its {@link sampleKey}. */
export function describeSample(key: string): { what: string } {
  return { what: `sample ${key.replace('\t', ' ').trim()}` };
}

/** How many ID columns a header line announces: 2 for `FID IID`, 1 for `IID`, 0 where the line is not a header. */
export function headerIdColumns(line: Line): 0 | 1 | 2 {
  const first = line.text(0).replace(/^#/, '').toUpperCase();
  if (first === 'IID') return 1;
  return first === 'FID' && line.fields > 1 && line.text(1).toUpperCase() === 'IID' ? 2 : 0;
}
