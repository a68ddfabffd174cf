/** A trait's name as part of a file name. */
export function fileName(trait: string): string {
  return trait.replace(/[\\/:*?"<>|]/g, '_');
}
