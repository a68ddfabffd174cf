/** What the page is asked to run. */
export interface Job {
  readonly command: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Names of the input files on the server. */
  readonly files: readonly string[];
  /** The script of the threads. */
  readonly worker: string;
}

export type Outcome =
  | {
      /** Texts by path. */
      readonly written: Readonly<Record<string, string>>;
      readonly threads: number;
      readonly isShared: boolean;
    }
  | { readonly error: string };
