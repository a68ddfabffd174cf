import { HeredityError } from '../errors.js';
import { inputText } from '../formats/input.js';
import { writeOutput } from '../formats/output.js';
import { host } from '../host/host.js';
import { HASH_PIECE_BYTES } from '../host/inputs.js';
import type { HashedInput } from '../input-hashes.js';
import { flagName } from '../options/flags.js';
import { MOST_PARTS } from '../options/part-flags.js';
import { type BackendUsed, type Provenance, VERSION } from '../provenance.js';
import type { Log } from '../run.js';
import type { UnitWork } from './division.js';

/** Which of how many parts a run is. */
export interface PartPlace {
  /** From 1 to `parts`. */
  readonly part: number;
  readonly parts: number;
}

/** What all parts of a run have in common: parts whose manifests differ are of different runs. */
export interface Manifest {
  readonly schema: 'heredity/manifest@1';
  readonly version: string;
  /** Of the program as it was built. */
  readonly build: string;
  readonly command: string;
  /** Values of all flags that the result depends on, defaults filled in, by name. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly parts: number;
  /** Large ones with the hashes of their pieces, by which a part knows what it reads of them. */
  readonly inputs: readonly HashedInput[];
  /** Null before any was needed; native ones with the hash of their file. */
  readonly kernels: (BackendUsed & { readonly file?: string }) | null;
  /** What is divided in each round, and what data and machine had decided before, as far as that is known. */
  readonly work: readonly WorkRecord[];
}

/** What is divided, as a manifest says it. */
export interface WorkRecord {
  readonly name: string;
  readonly units: number;
  readonly choices: unknown;
}

/** A run as parts know it. */
export interface DividedRun {
  /** The command's name. */
  readonly command: string;
  /** Of all its flags, by name. */
  readonly values: Readonly<Record<string, unknown>>;
  /** As given with --out. */
  readonly out: string;
  /** The part of its files' names after the prefix, such as `gre`. */
  readonly name: string;
  readonly parts: number;
  /** Minutes that a part waits for the others' products of a round. */
  readonly wait: number;
  readonly signal: AbortSignal;
  readonly provenance: Provenance;
  readonly log: Log;
  readonly startedAt: Date;
}

/** Results depend neither on where they go nor on how much of the machine computes. */
const NOT_OF_RESULT = new Set([
  'out',
  'threads',
  'memory',
  'quiet',
  'plan',
  'planJson',
  'parts',
  'part',
  'wait',
]);

export const manifestPath = (out: string, name: string): string => `${out}.${name}.manifest.json`;
const MANIFEST = /^(.+)\.manifest\.json$/;

/** `study.gre.part-1-of-4`; of later rounds `study.pca.part-1-of-4.round-2`. */
export const partPath = (out: string, name: string, { part, parts }: PartPlace, round = 1): string =>
  `${out}.${name}.part-${part}-of-${parts}${round > 1 ? `.round-${round}` : ''}`;

/** `study.gre.common` */
export const commonPath = (out: string, name: string): string => `${out}.${name}.common`;

/**
 * The manifest of a run as far as it is known.
 * @param inputs by default those that the run has named so far, once they are hashed.
 * @throws HeredityError `usage` for a pipe, of which nobody can tell whether all parts read the same.
 */
export async function manifestOf(
  run: DividedRun,
  work: readonly WorkRecord[],
  inputs?: readonly HashedInput[],
): Promise<Manifest> {
  const { command, values, parts, provenance } = run;
  const settings = Object.entries(values).filter(
    ([key, value]) => !NOT_OF_RESULT.has(key) && value !== undefined,
  );
  const manifest: Manifest = {
    schema: 'heredity/manifest@1',
    version: VERSION,
    build: host().machine.build(),
    command,
    settings: Object.fromEntries(settings),
    parts,
    inputs: inputs ?? (await hashedInputs(provenance)),
    kernels: kernelsOf(provenance),
    work,
  };
  return JSON.parse(JSON.stringify(manifest));
}

async function hashedInputs({ hashes }: Provenance): Promise<HashedInput[]> {
  const inputs = await hashes.all();
  const pipe = inputs.find(({ sha256: hash }) => hash === null);
  if (pipe === undefined) return inputs;
  throw new HeredityError('usage', 'a run in parts reads files, not pipes', {
    file: pipe.path,
    fix: 'write it to a file that all machines see',
  });
}

/** The kernels that compute, as a manifest says them. */
export function kernelsOf({ backend }: Pick<Provenance, 'backend'>): Manifest['kernels'] {
  if (backend?.backend !== 'native') return backend;
  return { ...backend, file: host().machine.nativeKernelsHash() };
}

/** What is divided, as a manifest says it. */
export function workOf({ name, weights, choices }: UnitWork): WorkRecord {
  return JSON.parse(JSON.stringify({ name, units: weights.length, choices: choices ?? null }));
}

export const writeManifest = (path: string, manifest: Manifest): Promise<void> =>
  writeOutput(path, `${JSON.stringify(manifest, null, 1)}\n`);

/** @returns undefined where there is none. @throws HeredityError `bad-input` for another file. */
export async function readManifest(path: string): Promise<Manifest | undefined> {
  if (!host().files.exists(path)) return undefined;
  try {
    const manifest = JSON.parse(await inputText(path)) as Manifest;
    if (isManifest(manifest)) return manifest;
  } catch {
    // said below
  }
  throw new HeredityError('bad-input', 'this is no manifest of a divided run', {
    file: path,
    fix: 'remove it, and compute the parts again',
  });
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

function isManifest(read: unknown): boolean {
  if (!isObject(read)) return false;
  const { schema, command, parts, inputs, settings, kernels, work } = read as Partial<Manifest>;
  return (
    schema === 'heredity/manifest@1' &&
    typeof command === 'string' &&
    Number.isSafeInteger(parts) &&
    parts! >= 1 &&
    parts! <= MOST_PARTS &&
    isObject(settings) &&
    (kernels === null || isObject(kernels)) &&
    Array.isArray(work) &&
    work.every(isObject) &&
    Array.isArray(inputs) &&
    inputs.every(
      (input) =>
        isObject(input) &&
        typeof input.path === 'string' &&
        typeof input.sha256 === 'string' &&
        Number.isSafeInteger(input.bytes) &&
        (input.pieces === undefined ||
          (Array.isArray(input.pieces) && input.pieces.length === Math.ceil(input.bytes / HASH_PIECE_BYTES))),
    )
  );
}

/**
 * The manifest under a prefix.
 * @throws HeredityError `bad-input` where there is none, or several and `name` names none of them.
 */
export async function findManifest(
  prefix: string,
  name: string | undefined,
): Promise<{ manifest: Manifest; name: string; path: string }> {
  const { files } = host();
  const start = `${files.baseName(prefix)}.`;
  const names = ((await files.list(files.folderName(prefix))) ?? [])
    .filter((own) => own.startsWith(start))
    .flatMap((own) => MANIFEST.exec(own.slice(start.length))?.[1] ?? [])
    .filter((own) => name === undefined || own === name)
    .sort();
  if (names.length > 1)
    throw new HeredityError('usage', 'the parts of several runs are under this prefix', {
      file: prefix,
      value: names.join(', '),
      fix: 'name one with --run',
    });
  const [own] = names;
  const path = manifestPath(prefix, own ?? name ?? '<method>');
  const manifest = own === undefined ? undefined : await readManifest(path);
  if (manifest) return { manifest, name: own, path };
  throw new HeredityError('bad-input', 'there are no parts of a run under this prefix', {
    file: path,
    fix: 'give the prefix that the parts had with --out',
  });
}

/** @throws HeredityError `mismatch` where the manifest that is there is of another run. */
export function refuseOther(path: string, earlier: Manifest, own: Manifest): void {
  const reason = differenceOf(earlier, own);
  if (reason === undefined) return;
  throw new HeredityError('mismatch', `the manifest under this prefix is of another run: ${reason}`, {
    file: path,
    fix: 'give all parts the same flags, files and program; or choose another --out, or remove the manifest and the parts beside it',
  });
}

/** Why two manifests are not of one run; what one of them does not know yet is no reason. */
export function differenceOf(a: Manifest, b: Manifest): string | undefined {
  const differ = (what: string, x: unknown, y: unknown) => `${what} is ${shown(y)}, where it was ${shown(x)}`;
  if (a.command !== b.command) return differ('the command', a.command, b.command);
  if (a.parts !== b.parts) return differ('the number of parts', a.parts, b.parts);
  if (a.version !== b.version) return differ('the version of heredity', a.version, b.version);
  if (a.build !== b.build) return 'the program was built from other sources';
  for (const key of new Set([...Object.keys(a.settings), ...Object.keys(b.settings)])) {
    const [x, y] = [a.settings[key], b.settings[key]];
    if (JSON.stringify(x) !== JSON.stringify(y)) return differ(flagName(key), x, y);
  }
  const theirs = new Map(b.inputs.map(({ path, sha256: hash }) => [path, hash]));
  for (const { path, sha256: hash } of a.inputs) {
    if (!theirs.has(path)) return `${path} is not read`;
    if (theirs.get(path) !== hash) return `${path} has other contents`;
  }
  const known = new Set(a.inputs.map(({ path }) => path));
  const more = b.inputs.find(({ path }) => !known.has(path));
  if (more) return `${more.path} is read, too`;
  if (a.kernels && b.kernels && JSON.stringify(a.kernels) !== JSON.stringify(b.kernels)) {
    const [own, theirs] = [kernelsText(b.kernels), kernelsText(a.kernels)];
    const how = own === theirs ? `${own} of another compilation` : `${own}, where they were ${theirs}`;
    return `the kernels are ${how}: last digits may differ (--backend wasm is the same everywhere)`;
  }
  for (let round = 0; round < Math.min(a.work.length, b.work.length); round++)
    if (JSON.stringify(a.work[round]) !== JSON.stringify(b.work[round]))
      return otherWork(a.work[round], b.work[round]);
  return undefined;
}

/** How the work of two runs differs. */
export function otherWork(a: WorkRecord, b: WorkRecord): string {
  if (a.name !== b.name || a.units !== b.units)
    return `it has ${b.units} ${b.name}, where there were ${a.units} ${a.name}`;
  const [theirs, own] = [a.choices, b.choices].map((choices) => (Array.isArray(choices) ? choices : []));
  const at = own.findIndex((choice, k) => JSON.stringify(choice) !== JSON.stringify(theirs[k]));
  const how = at < 0 ? '' : `: ${shown(own[at])}, where it was ${shown(theirs[at])}`;
  return `its ${b.name} were chosen otherwise${how}`;
}

const kernelsText = ({ backend, level }: BackendUsed): string => `${backend} (${level})`;
const shown = (value: unknown): string => (value === undefined ? 'not given' : JSON.stringify(value));
