import { HeredityError } from '../errors.js';
import { type PartFile, PartFileWriter, readPartFile } from '../formats/part-file.js';
import { host } from '../host/host.js';
import type { HashedInput } from '../input-hashes.js';
import {
  type InputRecord,
  type PartRecord,
  type Provenance,
  peakMemoryBytes,
  VERSION,
} from '../provenance.js';
import { CommonWork } from './common-work.js';
import { type Division, type UnitWork, unitsOfPart } from './division.js';
import {
  commonPath,
  type DividedRun,
  differenceOf,
  findManifest,
  kernelsOf,
  type Manifest,
  manifestOf,
  manifestPath,
  otherWork,
  partPath,
  readManifest,
  refuseOther,
  workOf,
  writeManifest,
} from './manifest.js';

/** The end of a part's file. */
interface PartAbout extends PartRecord {
  readonly manifest: Manifest;
  readonly first: number;
  readonly end: number;
  readonly warnings: readonly string[];
}

/**
 * The plan of a run that is to be divided: what all parts make in common is made and kept, and the manifest written, so that parts find all
 * choices made.
 * @returns `ahead` for what is told before: it makes what it is asked for and says what there is to say; `own` takes over what was made.
 * @throws HeredityError `mismatch` where the manifest under the prefix is of another run.
 */
export async function openPlan(
  run: DividedRun,
): Promise<{ readonly ahead: Division; readonly own: Division }> {
  const { path, earlier, common } = await openShared(run);
  const made = new Map<string, unknown>();
  const ahead: Division = {
    role: 'plan',
    async common(name, make) {
      const value = await make();
      made.set(name, value);
      return value;
    },
  };
  const own: Division = {
    role: 'plan',
    common: <T>(name: string, make: () => Promise<T>) =>
      common.next(name, async () => (made.has(name) ? (made.get(name) as T) : make())),
    async keep(work) {
      const manifest = await manifestOf(run, work);
      if (earlier) refuseOther(path, earlier, manifest);
      await common.write(commonPath(run.out, run.name), manifest);
      await writeManifest(path, manifest);
      run.log.info(
        `The manifest of the parts: ${path} (${work.weights.length} ${work.name}); run --part 1 to ${run.parts}`,
      );
    },
  };
  return { ahead, own };
}

/**
 * One part: computes its own units and writes them to {@link partPath}. Inputs are hashed while it computes; what does not agree with the
 * manifest that is there ends it.
 * @throws HeredityError `mismatch` where the manifest under the prefix is of another run.
 */
export async function openPart(run: DividedRun, part: number): Promise<Division> {
  const { out, name, parts, provenance, startedAt } = run;
  const { path, earlier, common } = await openShared(run);
  const own = partPath(out, name, { part, parts });
  return {
    role: 'part',
    common: (what, make) => common.next(what, make),
    async keep(work, units) {
      if (earlier) refuseOther(path, earlier, await manifestOf(run, work, earlier.inputs));
      let refusal: unknown;
      if (earlier)
        provenance.hashes
          .whole()
          .then((inputs) => refuseChanged(path, earlier, inputs))
          .catch((error) => {
            refusal = error;
          });
      const { first, end } = unitsOfPart(work.weights, part, parts);
      const file = await PartFileWriter.create(own, {
        schema: 'heredity/part@1',
        command: run.command,
        part,
        parts,
        work: work.name,
        units: [first, end],
      });
      const before = provenance.warnings.length;
      try {
        for await (const product of units(first, end)) {
          if (refusal !== undefined) throw refusal;
          await file.append(product);
        }
        const manifest = await manifestOf(run, work);
        if (earlier) refuseOther(path, earlier, manifest);
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
        await common.write(commonPath(out, name), manifest);
        if (!earlier) await writeManifest(path, manifest);
        run.log.result(
          `${own}: ${end - first} of ${work.weights.length} ${work.name}; "heredity merge ${out}" joins the parts`,
        );
      } catch (error) {
        await file.abort();
        throw error;
      }
    },
  };
}

/** What is under the prefix already: the manifest, and what parts have in common, both of this run. */
async function openShared(
  run: DividedRun,
): Promise<{ readonly path: string; readonly earlier: Manifest | undefined; readonly common: CommonWork }> {
  const path = manifestPath(run.out, run.name);
  const earlier = await readManifest(path);
  if (earlier) refuseOther(path, earlier, await manifestOf(run, null, earlier.inputs));
  const common = await openCommon(commonPath(run.out, run.name), earlier);
  const { manifest } = common;
  if (manifest)
    refuseOther(commonPath(run.out, run.name), manifest, await manifestOf(run, null, manifest.inputs));
  run.provenance.hashes.know((earlier ?? manifest)?.inputs ?? []);
  return { path, earlier: earlier ?? manifest, common };
}

/** @throws HeredityError `mismatch` where it is of another run than the manifest. */
async function openCommon(path: string, manifest: Manifest | undefined): Promise<CommonWork> {
  const common = await CommonWork.open(path);
  const reason = manifest && common.manifest && differenceOf(manifest, common.manifest);
  if (reason === undefined) return common;
  throw new HeredityError('mismatch', `what parts have in common is of another run: ${reason}`, {
    file: path,
    fix: 'remove it: a part makes it again',
  });
}

/** @throws HeredityError `mismatch` where a file that was hashed is not what the manifest says. */
function refuseChanged(path: string, earlier: Manifest, inputs: readonly HashedInput[]): void {
  const were = earlier.inputs.filter((own) => inputs.some((input) => input.path === own.path));
  const known = inputs.filter((input) => were.some((own) => own.path === input.path));
  refuseOther(path, { ...earlier, inputs: were }, { ...earlier, inputs: known });
}

/** A run whose parts are to be merged. */
export interface MergedRun {
  readonly manifest: Manifest;
  /** Of the files' names after the prefix. */
  readonly name: string;
  /** @param provenance of the run that merges. */
  division(provenance: Provenance): Division;
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
  const theirs = files[0].own.manifest;
  refuseOtherProgram(path, theirs, { version: VERSION, build: host().machine.build() });
  const common = await openCommon(commonPath(prefix, found.name), theirs);
  let isTaken = false;
  return {
    manifest: theirs,
    name: found.name,
    records: files.map(
      ({ own: { manifest: _, first: _first, end: _end, warnings: _warnings, ...record } }) => record,
    ),
    warnings: [...new Set(files.flatMap(({ own }) => own.warnings))],
    division: (provenance) => ({
      role: 'merge',
      common: (what, make) => common.next(what, make),
      async *recall(work) {
        if (isTaken) throw new HeredityError('internal', 'a run divides one piece of work');
        isTaken = true;
        refuseOtherProgram(path, theirs, { kernels: kernelsOf(provenance) });
        refuseOtherWork(path, theirs.work, work);
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
    }),
    checkInputs(inputs) {
      const reason = differenceOf(theirs, { ...theirs, inputs });
      if (reason === undefined) return;
      throw new HeredityError('mismatch', `the parts are of other files than there are now: ${reason}`, {
        file: path,
        fix: 'bring the files back, or compute all parts again under another --out',
      });
    },
  };
}

/** @throws HeredityError `mismatch` where the merge is of another program, or would go on with kernels whose last digits differ. */
function refuseOtherProgram(
  path: string,
  theirs: Manifest,
  own: Pick<Manifest, 'version' | 'build'> | Pick<Manifest, 'kernels'>,
): void {
  const reason = differenceOf(theirs, { ...theirs, ...own });
  if (reason === undefined) return;
  throw new HeredityError('mismatch', `the parts were computed by others than this merge: ${reason}`, {
    file: path,
    fix: 'merge on a machine like those of the parts, with the same installation',
  });
}

/** @throws HeredityError `mismatch` where the parts divided other work than the merge would go on from. */
function refuseOtherWork(path: string, theirs: Manifest['work'], work: UnitWork): void {
  const own = workOf(work);
  if (JSON.stringify(own) === JSON.stringify(theirs)) return;
  throw new HeredityError(
    'mismatch',
    `the parts did other work than this run would: ${otherWork(theirs, own)}`,
    { file: path, fix: 'merge where the parts were computed, with as much --memory as they had' },
  );
}
