import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HeredityError } from '../../src/errors.js';
import { readLdFactorManifest } from '../../src/formats/ld-factor.js';
import { folderWith } from './folder.js';

const MANIFEST = {
  schema: 'heredity/ld-factor@1',
  samples: 100,
  covariates: 2,
  covariateNames: ['intercept', 'age'],
  rankTolerance: 1e-6,
  blocks: [{ id: 'chr1', variants: 35, rank: 35, sha256: 'a'.repeat(64) }],
  provenance: {},
};

const readText = (text: string) => readLdFactorManifest(folderWith({ 'manifest.json': text }));
const read = (manifest: unknown) => readText(JSON.stringify(manifest));

test('a manifest is read as it is', async () => {
  expect(await read(MANIFEST)).toEqual(MANIFEST);
});

test.each([
  [{ ...MANIFEST, blocks: undefined }, /manifest's blocks .*found "nothing", expected a list of one block/],
  [{ ...MANIFEST, blocks: 'constructor' }, /manifest's blocks/],
  [{ ...MANIFEST, samples: null }, /manifest's samples .*found "null"/],
  [{ ...MANIFEST, covariates: 100 }, /manifest's covariates/],
  [{ ...MANIFEST, blocks: [{ ...MANIFEST.blocks[0], rank: 36 }] }, /blocks\[0\]\.rank/],
  [{ ...MANIFEST, blocks: [{ ...MANIFEST.blocks[0], variants: 1e12 }] }, /blocks\[0\]\.variants/],
  [{ ...MANIFEST, blocks: [MANIFEST.blocks[0], null] }, /blocks\[1\]\.id/],
  [[], /another schema/],
  [null, /another schema/],
])('%j is refused', async (manifest, message) => {
  await expect(read(manifest)).rejects.toThrow(message);
});

test('whatever stands in place of a value ends in a manifest or in one clear error', async () => {
  const keys = ['samples', 'covariates', 'covariateNames', 'rankTolerance', 'blocks'] as const;
  const blockKeys = ['id', 'variants', 'rank', 'sha256'] as const;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...keys, ...blockKeys), fc.jsonValue(), async (key, value) => {
      const isBlock = (blockKeys as readonly string[]).includes(key);
      const changed = isBlock
        ? { ...MANIFEST, blocks: [{ ...MANIFEST.blocks[0], [key]: value }] }
        : { ...MANIFEST, [key]: value };
      const error = await read(changed).then(
        () => undefined,
        (reason) => reason,
      );
      if (error === undefined) return;
      expect(error).toBeInstanceOf(HeredityError);
      expect(error.message).toContain(`manifest's ${isBlock ? `blocks[0].${key}` : key}`);
    }),
    { numRuns: 200 },
  );
});

test('text that is no JSON is refused', async () => {
  for (const text of ['{', 'x', '[1,', '\u0000'])
    await expect(readText(text)).rejects.toThrow(/not the folder/);
});
