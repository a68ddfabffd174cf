import type { Standing } from '../../src/cli/phases.js';
import type { FlagTexts } from '../../src/cli/values.js';

/** What a worker is asked to run. */
export interface JobRequest {
  readonly command: string;
  /** Texts of the form; `out` is added. */
  readonly texts: FlagTexts;
  /** Files by name, chosen by the user or written by earlier runs. */
  readonly files: ReadonlyMap<string, Blob>;
}

export type JobMessage =
  | { readonly kind: 'text'; readonly text: string; readonly isResult: boolean }
  | { readonly kind: 'standing'; readonly standing: Standing | undefined }
  | { readonly kind: 'done'; readonly files: ReadonlyMap<string, Blob>; readonly threads: number }
  | { readonly kind: 'failed'; readonly message: string; readonly isBug: boolean };
