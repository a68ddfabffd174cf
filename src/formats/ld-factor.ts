import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeredityError } from '../errors.js';
import { createTiledLower, type TiledLower } from '../linalg/tiled-lower.js';
import { makeOutputFolder, OutputFile, writeOutput } from './output.js';

/**
 * A folder with the in-sample LD of a set of blocks, factored: what GRE from summary statistics needs instead of genotypes.
 * `manifest.json` describes it; block k has `block<k>.variants.tsv` (id, chromosome, position, allele1, allele2; effects
 * are per copy of allele1) and `block<k>.factor.bin`: the lower Cholesky factor L of V = X'M X / n, little-endian float64,
 * in rows of 256 (the last fewer) of which row i of block row b holds columns [0, 256 b + height).
 */
export interface LdFactorManifest {
  readonly schema: 'heredity/ld-factor@1';
  readonly samples: number;
  /** Columns projected out of the genotypes, intercept included. */
  readonly covariates: number;
  readonly covariateNames: readonly string[];
  readonly rankTolerance: number;
  readonly blocks: readonly LdFactorBlockEntry[];
  readonly provenance: unknown;
}

export interface LdFactorBlockEntry {
  readonly id: string;
  readonly variants: number;
  readonly rank: number;
  /** Of the factor file, in hexadecimal. */
  readonly sha256: string;
}

export interface LdFactorVariants {
  readonly id: readonly string[];
  readonly chromosome: readonly string[];
  readonly position: readonly number[];
  readonly allele1: readonly string[];
  readonly allele2: readonly string[];
}

const MANIFEST = 'manifest.json';
const HEADER = 'id\tchromosome\tposition\tallele1\tallele2';

/** Writes one block's files and returns its manifest entry. */
export async function writeLdFactorBlock(
  folder: string,
  index: number,
  id: string,
  rank: number,
  variants: LdFactorVariants,
  factor: TiledLower,
): Promise<LdFactorBlockEntry> {
  await makeOutputFolder(folder);
  const lines = variants.id.map(
    (name, v) =>
      `${name}\t${variants.chromosome[v]}\t${variants.position[v]}\t${variants.allele1[v]}\t${variants.allele2[v]}\n`,
  );
  await writeOutput(join(folder, `block${index + 1}.variants.tsv`), `${HEADER}\n${lines.join('')}`);
  const file = await OutputFile.create(join(folder, `block${index + 1}.factor.bin`));
  const hash = createHash('sha256');
  for (const { values } of factor.panels) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    hash.update(bytes);
    await file.write(bytes);
  }
  await file.finish();
  return { id, variants: variants.id.length, rank, sha256: hash.digest('hex') };
}

/** Writes the manifest; last, so that a folder with one is whole. */
export async function writeLdFactorManifest(folder: string, manifest: LdFactorManifest): Promise<void> {
  await writeOutput(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
}

/** @throws HeredityError `bad-input` where the folder holds no whole LD factor. */
export async function readLdFactorManifest(folder: string): Promise<LdFactorManifest> {
  const file = join(folder, MANIFEST);
  let manifest: LdFactorManifest;
  try {
    manifest = JSON.parse(await readFile(file, 'utf8')) as LdFactorManifest;
  } catch (cause) {
    throw new HeredityError('bad-input', 'this is not the folder of a finished LD factor', {
      file,
      fix: 'make one with: heredity ld-factor --bfile PREFIX --out FOLDER',
      cause,
    });
  }
  if (manifest.schema !== 'heredity/ld-factor@1')
    throw new HeredityError('bad-input', 'the manifest has another schema', {
      file,
      value: String(manifest.schema),
      expected: 'heredity/ld-factor@1',
    });
  return manifest;
}

/** @throws HeredityError `bad-input` where the files do not fit the manifest. */
export async function readLdFactorBlock(
  folder: string,
  index: number,
  entry: LdFactorBlockEntry,
): Promise<{ variants: LdFactorVariants; factor: TiledLower }> {
  return {
    variants: await readVariants(join(folder, `block${index + 1}.variants.tsv`), entry.variants),
    factor: await readFactor(join(folder, `block${index + 1}.factor.bin`), entry),
  };
}

async function readVariants(path: string, expected: number): Promise<LdFactorVariants> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new HeredityError('bad-input', 'a file of the LD factor cannot be read', { file: path, cause });
  });
  const [header, ...lines] = text.trimEnd().split('\n');
  if (header !== HEADER || lines.length !== expected)
    throw new HeredityError('bad-input', 'the variants do not fit the manifest', {
      file: path,
      expected: `${expected} variants`,
    });
  const fields = lines.map((line) => line.split('\t'));
  return {
    id: fields.map((f) => f[0]!),
    chromosome: fields.map((f) => f[1]!),
    position: fields.map((f) => Number(f[2])),
    allele1: fields.map((f) => f[3]!),
    allele2: fields.map((f) => f[4]!),
  };
}

async function readFactor(path: string, { variants, sha256 }: LdFactorBlockEntry): Promise<TiledLower> {
  const factor = createTiledLower(variants);
  const hash = createHash('sha256');
  const file = await open(path).catch((cause) => {
    throw new HeredityError('bad-input', 'a file of the LD factor cannot be read', { file: path, cause });
  });
  try {
    for (const { values } of factor.panels) {
      // a private copy: file reads do not take shared memory
      const bytes = new Uint8Array(values.byteLength);
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, null);
        if (bytesRead === 0)
          throw new HeredityError('bad-input', 'the factor is shorter than its manifest says', {
            file: path,
          });
        at += bytesRead;
      }
      hash.update(bytes);
      values.set(new Float64Array(bytes.buffer));
    }
  } finally {
    await file.close();
  }
  if (hash.digest('hex') !== sha256)
    throw new HeredityError('bad-input', 'the factor is not the one of the manifest (its SHA-256 differs)', {
      file: path,
      fix: 'write the LD factor again',
    });
  return factor;
}
