/** What is known of a reference set, told by the path that its name stands for. */
export interface ReferenceFacts {
  readonly name: string;
  readonly build: string | undefined;
  readonly ancestry: string | undefined;
}

/** A set as its store has it. */
export interface KnownSet {
  readonly name: string;
  readonly build: string;
  readonly ancestry: string;
}

/** Where sets are looked up: nowhere, until whoever has a store says so. A browser has none. */
let setOfPath: (path: string) => KnownSet | undefined = () => undefined;

/** Tells where sets are looked up by their paths; the parser does, which puts paths in the place of their names. */
export function lookUpSets(by: (path: string) => KnownSet | undefined): void {
  setOfPath = by;
}

/** @returns undefined for a path that is no set's. */
export function referenceFacts(path: string): ReferenceFacts | undefined {
  const set = setOfPath(path);
  const said = (text: string) => (/^(not said|none|any)$/.test(text) ? undefined : text);
  return set && { name: set.name, build: said(set.build), ancestry: said(set.ancestry) };
}
