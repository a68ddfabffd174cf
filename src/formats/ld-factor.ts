import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';
import { createTiledLower, TILE, type TiledLower } from '../linalg/tiled-lower.js';
import { inputText, openInput } from './input.js';
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
  await writeOutput(
    host().files.join(folder, `block${index + 1}.variants.tsv`),
    `${HEADER}\n${lines.join('')}`,
  );
  const file = await OutputFile.create(host().files.join(folder, `block${index + 1}.factor.bin`));
  const hash = host().sha256();
  for (const { values } of factor.panels) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    hash.update(bytes);
    await file.write(bytes);
  }
  await file.finish();
  return { id, variants: variants.id.length, rank, sha256: hash.hex() };
}

/** Writes the manifest; last, so that a folder with one is whole. */
export async function writeLdFactorManifest(folder: string, manifest: LdFactorManifest): Promise<void> {
  await writeOutput(host().files.join(folder, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
}

/** @throws HeredityError `bad-input` where the folder holds no whole LD factor, or the manifest is not one. */
export async function readLdFactorManifest(folder: string): Promise<LdFactorManifest> {
  const file = host().files.join(folder, MANIFEST);
  let manifest: unknown;
  try {
    manifest = JSON.parse(await inputText(file));
  } catch (cause) {
    throw new HeredityError('bad-input', 'this is not the folder of a finished LD factor', {
      file,
      fix: 'make one with: heredity ld-factor --bfile PREFIX --out FOLDER',
      cause,
    });
  }
  const { schema } = isObject(manifest) ? manifest : {};
  if (schema !== SCHEMA)
    throw new HeredityError('bad-input', 'the manifest has another schema', {
      file,
      value: schema === undefined ? 'nothing' : JSON.stringify(schema).slice(0, 60),
      expected: SCHEMA,
    });
  if (isManifest(manifest)) return manifest;
  const wrong = firstFault(manifest);
  throw new HeredityError('bad-input', `the manifest's ${wrong?.place} is not what it has to be`, {
    file,
    value: (JSON.stringify(wrong?.value) ?? 'nothing').slice(0, 60),
    expected: wrong?.expected ?? 'a manifest of heredity ld-factor',
    fix: 'write the LD factor again',
  });
}

const SCHEMA = 'heredity/ld-factor@1';

interface Rule {
  readonly key: string;
  readonly expected: string;
  readonly holds: (value: unknown, all: Readonly<Record<string, unknown>>) => boolean;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** What a manifest has to have. */
const RULES: readonly Rule[] = [
  {
    key: 'samples',
    expected: 'a number of people, at least 2',
    holds: (value) => isCount(value) && value > 1,
  },
  {
    key: 'covariates',
    expected: 'a number of columns below that of the people',
    holds: (value, { samples }) => isCount(value) && value < Number(samples),
  },
  {
    key: 'covariateNames',
    expected: 'a list of names',
    holds: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
  },
  {
    key: 'rankTolerance',
    expected: 'a number from 0 to 1',
    holds: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  },
  {
    key: 'blocks',
    expected: 'a list of one block or more',
    holds: (value) => Array.isArray(value) && value.length > 0,
  },
];

const BLOCK_RULES: readonly Rule[] = [
  { key: 'id', expected: 'a name', holds: (value) => typeof value === 'string' },
  {
    key: 'variants',
    expected: 'a number of variants above 0',
    holds: (value) => isCount(value) && value > 0 && value <= MOST_VARIANTS,
  },
  {
    key: 'rank',
    expected: 'a number from 0 to that of the variants',
    holds: (value, { variants }) => isCount(value) && value <= Number(variants),
  },
  {
    key: 'sha256',
    expected: '64 hexadecimal digits',
    holds: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  },
];

/** A factor of more is beyond any file. */
const MOST_VARIANTS = 10_000_000;

function isManifest(value: unknown): value is LdFactorManifest {
  return firstFault(value) === undefined;
}

/** The first place of a document that breaks a rule. */
function firstFault(
  document: unknown,
): { readonly place: string; readonly value: unknown; readonly expected: string } | undefined {
  const faultIn = (value: unknown, rules: readonly Rule[], at: string) => {
    const entry = isObject(value) ? value : {};
    const own = (key: string) => (Object.hasOwn(entry, key) ? entry[key] : undefined);
    const rule = rules.find(({ key, holds }) => !holds(own(key), entry));
    return rule && { place: `${at}${rule.key}`, value: own(rule.key), expected: rule.expected };
  };
  const fault = faultIn(document, RULES, '');
  if (fault || !isObject(document) || !Array.isArray(document.blocks)) return fault;
  for (const [k, block] of document.blocks.entries()) {
    const inBlock = faultIn(block, BLOCK_RULES, `blocks[${k}].`);
    if (inBlock) return inBlock;
  }
  return undefined;
}

/** @throws HeredityError `bad-input` where the files do not fit the manifest. */
export async function readLdFactorBlock(
  folder: string,
  index: number,
  entry: LdFactorBlockEntry,
): Promise<{ variants: LdFactorVariants; factor: TiledLower }> {
  return {
    variants: await readVariants(host().files.join(folder, `block${index + 1}.variants.tsv`), entry.variants),
    factor: await readFactor(host().files.join(folder, `block${index + 1}.factor.bin`), entry),
  };
}

async function readVariants(path: string, expected: number): Promise<LdFactorVariants> {
  const text = await inputText(path);
  const [header, ...lines] = text.trimEnd().split('\n');
  if (header !== HEADER || lines.length !== expected)
    throw new HeredityError('bad-input', 'the variants do not fit the manifest', {
      file: path,
      expected: `${expected} variants`,
    });
  const rows = lines.map((line, row) => {
    const [id, chromosome, position, allele1, allele2, ...others] = line.split('\t');
    if (allele2 === undefined || others.length > 0 || !Number.isInteger(Number(position)))
      throw new HeredityError('bad-input', 'the line does not describe a variant', {
        file: path,
        line: row + 2,
        expected: HEADER.replaceAll('\t', ', '),
        fix: 'write the LD factor again',
      });
    return { id, chromosome, position: Number(position), allele1, allele2 };
  });
  return {
    id: rows.map(({ id }) => id),
    chromosome: rows.map(({ chromosome }) => chromosome),
    position: rows.map(({ position }) => position),
    allele1: rows.map(({ allele1 }) => allele1),
    allele2: rows.map(({ allele2 }) => allele2),
  };
}

/** Size of the file of a factor: rows of {@link TILE}, each as wide as its last column. */
function factorBytes(order: number): number {
  const full = Math.floor(order / TILE);
  const rest = order % TILE;
  return 8 * ((TILE ** 2 * full * (full + 1)) / 2 + rest * (TILE * full + rest));
}

async function readFactor(path: string, { variants, sha256 }: LdFactorBlockEntry): Promise<TiledLower> {
  const fix = 'write the LD factor again';
  const refuse = (problem: string, more: { value?: number; expected?: string; fix?: string } = { fix }) =>
    new HeredityError('bad-input', problem, { file: path, ...more });
  const file = await openInput(path);
  try {
    const bytes = factorBytes(variants);
    if (file.byteLength !== bytes)
      throw refuse(`the factor is ${file.byteLength < bytes ? 'shorter' : 'longer'} than its manifest says`, {
        value: file.byteLength,
        expected: `${bytes} bytes for ${variants} variants`,
        fix,
      });
    const factor = createTiledLower(variants);
    const hash = host().sha256();
    let at = 0;
    for (const { values } of factor.panels) {
      const piece = new Uint8Array(await file.slice(at, at + values.byteLength));
      if (piece.length < values.byteLength) throw refuse('the factor is shorter than its manifest says', {});
      hash.update(piece);
      values.set(new Float64Array(piece.buffer));
      at += piece.length;
    }
    if (hash.hex() !== sha256)
      throw refuse('the factor is not the one of the manifest (its SHA-256 differs)');
    if (factor.panels.some(({ values }) => !values.every(Number.isFinite)))
      throw refuse('the factor holds numbers that are not finite');
    return factor;
  } finally {
    await file.close();
  }
}
