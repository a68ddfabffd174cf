import { type Division, type UnitWork, unitsOfPart } from './division.js';
import { HeredityError } from './errors.js';
import { inputText } from './formats/input.js';
import { writeOutput } from './formats/output.js';
import { type PartFile, PartFileWriter, readPartFile } from './formats/part-file.js';
import { host } from './host/host.js';
import { sha256 } from './host/sha256.js';
import { flagName } from './options/flags.js';
import {
  type BackendUsed,
  type InputRecord,
  type PartRecord,
  type Provenance,
  peakMemoryBytes,
  VERSION,
} from './provenance.js';
import type { Log } from './run.js';

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
  readonly inputs: readonly InputRecord[];
  /** Null where a plan wrote the manifest before any was needed. */
  readonly kernels: BackendUsed | null;
  /** What was divided, and the hash of what had been decided before; null in the manifest of a plan. */
  readonly work: { readonly name: string; readonly units: number; readonly choices: string } | null;
}

/** The end of a part's file. */
interface PartAbout extends PartRecord {
  readonly manifest: Manifest;
  readonly first: number;
  readonly end: number;
  readonly warnings: readonly string[];
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
  readonly provenance: Provenance;
  readonly log: Log;
  readonly startedAt: Date;
}

/** Results depend neither on where they go nor on how much of the machine computes. */
const NOT_OF_RESULT = new Set(['out', 'threads', 'memory', 'quiet', 'plan', 'planJson', 'parts', 'part']);

const manifestPath = (out: string, name: string): string => `${out}.${name}.manifest.json`;
const MANIFEST = /^(.+)\.manifest\.json$/;

/** `study.gre.part-1-of-4` */
export const partPath = (out: string, name: string, { part, parts }: PartPlace): string =>
  `${out}.${name}.part-${part}-of-${parts}`;

/** Writes the manifest of a run that is to be divided, once all its inputs are known to the provenance. */
export async function writeManifest(run: DividedRun): Promise<string> {
  const path = manifestPath(run.out, run.name);
  const manifest = await manifestOf(run, null);
  const earlier = await readManifest(path);
  if (earlier) refuseOther(path, earlier, manifest);
  await writeOutput(path, textOf(manifest));
  return path;
}

/**
 * One part: computes its own units and writes them to {@link partPath}. Inputs are hashed while it computes; what does not agree with the
 * manifest that is there ends it.
 * @throws HeredityError `mismatch` where the manifest under the prefix is of another run.
 */
export async function openPart(run: DividedRun, part: number): Promise<Division> {
  const { out, name, parts, provenance, startedAt } = run;
  const path = manifestPath(out, name);
  const earlier = await readManifest(path);
  if (earlier) refuseOther(path, earlier, { ...(await manifestOf(run, null, [])), inputs: earlier.inputs });
  return {
    async keep(work, own) {
      let refusal: unknown;
      const whole = manifestOf(run, work).then((manifest) => {
        if (earlier) refuseOther(path, earlier, manifest);
        return manifest;
      });
      whole.catch((error) => {
        refusal = error;
      });
      const { first, end } = unitsOfPart(work.weights, part, parts);
      const file = await PartFileWriter.create(partPath(out, name, { part, parts }), {
        schema: 'heredity/part@1',
        command: run.command,
        part,
        parts,
        work: work.name,
        units: [first, end],
      });
      const before = provenance.warnings.length;
      try {
        for await (const product of own(first, end)) {
          if (refusal !== undefined) throw refusal;
          await file.append(product);
        }
        const manifest = await whole;
        const about: PartAbout = {
          manifest,
          part,
          first,
          end,
          warnings: provenance.warnings.slice(before),
          system: host().machine.system(),
          startedAt: startedAt.toISOString(),
          wallSeconds: (Date.now() - startedAt.getTime()) / 1000,
          peakMemoryBytes: peakMemoryBytes(),
        };
        await file.finish({ ...about });
        if (!earlier) await writeOutput(path, textOf(manifest));
        run.log.result(
          `${partPath(out, name, { part, parts })}: ${end - first} of ${work.weights.length} ${work.name}; "heredity merge ${out}" joins the parts`,
        );
      } catch (error) {
        await file.abort();
        throw error;
      }
    },
  };
}

/** A run whose parts are to be merged. */
export interface MergedRun {
  readonly manifest: Manifest;
  /** Of the files' names after the prefix. */
  readonly name: string;
  readonly division: Division;
  readonly records: readonly PartRecord[];
  /** What the parts warned of. */
  readonly warnings: readonly string[];
  /** @throws HeredityError `mismatch` where the inputs are not those of the parts any more. */
  checkInputs(inputs: readonly InputRecord[]): void;
}

/**
 * The parts under a prefix.
 * @param prefix that they were given with --out. @param name which run, where there are several.
 * @throws HeredityError `bad-input` where parts are missing or damaged; `mismatch` where one is of another run.
 */
export async function openMerge(prefix: string, name: string | undefined): Promise<MergedRun> {
  const found = await findManifest(prefix, name);
  const { manifest, path } = found;
  const { parts } = manifest;
  const places = Array.from({ length: parts }, (_, k) => ({ part: k + 1, parts }));
  const paths = places.map((place) => partPath(prefix, found.name, place));
  const missing = places.filter((_, k) => !host().files.exists(paths[k]));
  if (missing.length > 0)
    throw new HeredityError('bad-input', `${missing.length} of ${parts} parts are not there`, {
      file: paths[missing[0].part - 1],
      fix: `run the same command with ${missing.length === 1 ? '' : 'each of '}--part ${missing.map(({ part }) => part).join(', ')}`,
    });
  const files: (PartFile & { readonly path: string; readonly own: PartAbout })[] = [];
  for (const own of paths) {
    const file = await readPartFile(own);
    files.push({ ...file, path: own, own: file.about as unknown as PartAbout });
  }
  for (const { path: own, own: about } of files) {
    const reason =
      differenceOf(manifest, about.manifest) ?? differenceOf(files[0].own.manifest, about.manifest);
    if (reason !== undefined)
      throw new HeredityError('mismatch', `this part does not go with ${path}: ${reason}`, {
        file: own,
        fix: 'compute it again with the same command, program and files as the others',
      });
  }
  let isTaken = false;
  return {
    manifest: files[0].own.manifest,
    name: found.name,
    records: files.map(
      ({ own: { manifest: _, first: _first, end: _end, warnings: _warnings, ...record } }) => record,
    ),
    warnings: [...new Set(files.flatMap(({ own }) => own.warnings))],
    division: {
      async *recall(work) {
        if (isTaken) throw new HeredityError('internal', 'a run divides one piece of work');
        isTaken = true;
        const own = await workOf(work);
        const theirs = files[0].own.manifest.work;
        if (JSON.stringify(own) !== JSON.stringify(theirs))
          throw new HeredityError(
            'mismatch',
            `the parts did other work than this run would: ${otherWork(theirs, own)}`,
            {
              file: path,
              fix: 'merge where the parts were computed, with as much --memory as they had',
            },
          );
        let next = 0;
        for (const { own: about, path: file, products } of files) {
          if (about.first !== next)
            throw new HeredityError('internal', 'parts do not follow each other', { file });
          next = about.end;
          yield* products();
        }
        if (next !== work.weights.length)
          throw new HeredityError('internal', 'units are missing', { file: path });
      },
    },
    checkInputs(inputs) {
      const { manifest: theirs } = files[0].own;
      const reason = differenceOf(theirs, { ...theirs, inputs });
      if (reason === undefined) return;
      throw new HeredityError('mismatch', `the parts are of other files than there are now: ${reason}`, {
        file: path,
        fix: 'bring the files back, or compute all parts again under another --out',
      });
    },
  };
}

async function manifestOf(
  run: DividedRun,
  work: UnitWork | null,
  inputs?: readonly InputRecord[],
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
    kernels: provenance.backend,
    work: work && (await workOf(work)),
  };
  return JSON.parse(JSON.stringify(manifest));
}

/** @throws HeredityError `usage` for a pipe, of which nobody can tell whether all parts read the same. */
async function hashedInputs(provenance: Provenance): Promise<InputRecord[]> {
  const inputs = await provenance.inputs();
  const pipe = inputs.find(({ sha256: hash }) => hash === null);
  if (pipe === undefined) return inputs;
  throw new HeredityError('usage', 'a run in parts reads files, not pipes', {
    file: pipe.path,
    fix: 'write it to a file that all machines see',
  });
}

async function workOf({ name, weights, choices }: UnitWork): Promise<NonNullable<Manifest['work']>> {
  return { name, units: weights.length, choices: await sha256(JSON.stringify(choices ?? null)) };
}

const textOf = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 1)}\n`;

async function readManifest(path: string): Promise<Manifest | undefined> {
  if (!host().files.exists(path)) return undefined;
  try {
    const manifest = JSON.parse(await inputText(path)) as Manifest;
    const isOurs =
      manifest.schema === 'heredity/manifest@1' &&
      typeof manifest.command === 'string' &&
      Number.isSafeInteger(manifest.parts) &&
      Array.isArray(manifest.inputs) &&
      typeof manifest.settings === 'object' &&
      manifest.settings !== null;
    if (isOurs) return manifest;
  } catch {
    // said below
  }
  throw new HeredityError('bad-input', 'this is no manifest of a divided run', {
    file: path,
    fix: 'remove it, and compute the parts again',
  });
}

async function findManifest(
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

function refuseOther(path: string, earlier: Manifest, own: Manifest): void {
  const reason = differenceOf(earlier, own);
  if (reason === undefined) return;
  throw new HeredityError('mismatch', `the manifest under this prefix is of another run: ${reason}`, {
    file: path,
    fix: 'give all parts the same flags, files and program; or choose another --out, or remove the manifest and the parts beside it',
  });
}

/** Why two manifests are not of one run; what one of them does not know yet is no reason. */
function differenceOf(a: Manifest, b: Manifest): string | undefined {
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
  if (more && a.work) return `${more.path} is read, too`; // a plan does not read all tables
  if (a.kernels && b.kernels && JSON.stringify(a.kernels) !== JSON.stringify(b.kernels))
    return `the kernels are ${kernelsText(b.kernels)}, where they were ${kernelsText(a.kernels)}, whose last digits differ (--backend wasm is the same everywhere)`;
  if (a.work && b.work && JSON.stringify(a.work) !== JSON.stringify(b.work)) return otherWork(a.work, b.work);
  return undefined;
}

function otherWork(a: Manifest['work'], b: Manifest['work']): string {
  if (a?.name !== b?.name || a?.units !== b?.units)
    return `it has ${b?.units} ${b?.name}, where there were ${a?.units} ${a?.name}`;
  return `its ${b?.name} were chosen otherwise`;
}

const kernelsText = ({ backend, level }: BackendUsed): string => `${backend} (${level})`;
const shown = (value: unknown): string => (value === undefined ? 'not given' : JSON.stringify(value));
