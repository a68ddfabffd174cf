/** A file in another program's format, whole as text: what computes it does not write it. */
export interface NativeFile {
  readonly path: string;
  readonly text: string;
}
