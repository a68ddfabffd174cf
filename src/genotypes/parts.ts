/** Cuts a list of variants into so many parts of equal numbers (to within one), in order; needs no more parts than variants. */
export function equalParts(variants: Int32Array, parts: number): Int32Array[] {
  const edge = (k: number) => Math.floor((k * variants.length) / parts);
  return Array.from({ length: parts }, (_, k) => variants.subarray(edge(k), edge(k + 1)));
}
