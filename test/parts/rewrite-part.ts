import { PartFileWriter, readPartFile } from '../../src/formats/part-file.js';

/** Writes a part with something else in its manifest, whole as a file. */
export async function rewritePart(
  path: string,
  change: (manifest: Record<string, unknown>) => object,
): Promise<void> {
  const { about, products } = await readPartFile(path);
  const kept: unknown[] = [];
  for await (const product of products()) kept.push(product);
  const writer = await PartFileWriter.create(path, {});
  for (const product of kept) await writer.append(product);
  const manifest = about.manifest as Record<string, unknown>;
  await writer.finish({ ...about, manifest: { ...manifest, ...change(manifest) } });
}

/** A part with another hash of its first input. */
export const withOtherInput = ({ inputs }: Record<string, unknown>): object => ({
  inputs: (inputs as object[]).map((input, k) => (k === 0 ? { ...input, sha256: 'f'.repeat(64) } : input)),
});
