import { deflateSync } from 'node:zlib';

/**
 * A BGEN 1.2 file without sample IDs.
 * @param variants their alleles, and blocks such as those of {@link bgenBlock}.
 */
export function bgenFile(
  samples: number,
  variants: { alleles: string[]; block: number[]; chromosome?: string }[],
  compression: 0 | 1 = 1,
): Uint8Array {
  const number = (value: number, bytes: number) =>
    Array.from({ length: bytes }, (_, k) => (value / 2 ** (8 * k)) & 255);
  const text = (value: string, bytes: number) => [...number(value.length, bytes), ...Buffer.from(value)];
  const header = [
    ...number(20, 4),
    ...number(20, 4),
    ...number(variants.length, 4),
    ...number(samples, 4),
    ...Buffer.from('bgen'),
    ...number(8 + compression, 4),
  ];
  const body = variants.flatMap(({ alleles, block, chromosome = '01' }, v) => {
    const stored = compression ? [...number(block.length, 4), ...deflateSync(Uint8Array.from(block))] : block;
    return [
      ...text('', 2),
      ...text(`rs${v}`, 2),
      ...text(chromosome, 2),
      ...number(100 + v, 4),
      ...number(alleles.length, 2),
      ...alleles.flatMap((allele) => text(allele, 4)),
      ...number(stored.length, 4),
      ...stored,
    ];
  });
  return Uint8Array.from([...header, ...body]);
}

/** A block of diploid, unphased probabilities in bytes: of two and of one allele of the first kind, sample by sample. */
export function bgenBlock(samples: number, values: readonly number[]): number[] {
  const ploidy = new Array<number>(samples).fill(2);
  return [samples & 255, samples >> 8, 0, 0, 2, 0, 2, 2, ...ploidy, 0, 8, ...values];
}
