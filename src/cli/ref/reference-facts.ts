/** What is known of a reference set, told by the path that its name stands for. */
export interface ReferenceFacts {
  readonly name: string;
  readonly build: string | undefined;
  readonly ancestry: string | undefined;
}

/** @returns undefined for a path that is no set's. */
export async function referenceFacts(path: string): Promise<ReferenceFacts | undefined> {
  const { setOfPath } = await import('./store.js');
  const set = setOfPath(path);
  const said = (text: string) => (/^(not said|none|any)$/.test(text) ? undefined : text);
  return set && { name: set.name, build: said(set.build), ancestry: said(set.ancestry) };
}
