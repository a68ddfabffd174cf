import { HeredityError, isHeredityError } from '../errors.js';
import { PartFileWriter } from '../formats/part-file.js';
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
import { type Division, PartDone, type UnitWork, unitsOfPart } from './division.js';
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
  type WorkRecord,
  workOf,
  writeManifest,
} from './manifest.js';
import { missingParts, openPartFile, type PartAbout, pathsOfRound, Round } from './round.js';

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
    known: <T>(name: string) => common.known<T>(name) ?? (made.get(name) as T | undefined),
    async keep(work) {
      const manifest = await manifestOf(run, [workOf(work)]);
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
 * One part: computes its own units and writes them to {@link partPath}, of each round in turn. Inputs are hashed while it computes; what does not
 * agree with the manifest that is there ends it.
 * @throws HeredityError `mismatch` where the manifest under the prefix is of another run.
 */
export async function openPart(run: DividedRun, part: number): Promise<Division> {
  const { out, name, parts, provenance, startedAt } = run;
  const { path, earlier, common } = await openShared(run);
  const rounds = new RoundsSoFar();
  const placeOf = (round: number) => ({ prefix: out, name, parts, round });
  let isShared = false;
  return {
    role: 'part',
    common: (what, make) => common.next(what, make),
    known: (what) => common.known(what),
    async recall(work) {
      const place = placeOf(rounds.at(work));
      const manifest = await manifestOf(run, rounds.work, earlier?.inputs);
      if (!(await isOwn(partPath(out, name, { part, parts }, place.round), manifest))) return undefined;
      await waitForOthers(run, place);
      return (await Round.open(place, manifest, path)).products();
    },
    async keep(work, units, isRound) {
      const round = rounds.at(work);
      const began = round > 1 ? new Date() : startedAt;
      if (earlier) refuseOther(path, earlier, await manifestOf(run, rounds.work, earlier.inputs));
      let refusal: unknown;
      if (earlier)
        provenance.hashes
          .whole()
          .then((inputs) => refuseChanged(path, earlier, inputs))
          .catch((error) => {
            refusal = error;
          });
      const { first, end } = unitsOfPart(work.weights, part, parts);
      const own = partPath(out, name, { part, parts }, round);
      const header = {
        schema: 'heredity/part@1',
        command: run.command,
        part,
        parts,
        round,
        work: work.name,
        units: [first, end],
      };
      const file = await PartFileWriter.create(own, header, { isAlone: isRound });
      const before = provenance.warnings.length;
      try {
        for await (const product of units(first, end)) {
          if (refusal !== undefined) throw refusal;
          await file.append(product);
        }
        const manifest = await manifestOf(run, rounds.work);
        if (earlier) refuseOther(path, earlier, manifest);
        const about: PartAbout = {
          manifest,
          part,
          ...(isRound && { round }),
          first,
          end,
          warnings: provenance.warnings.slice(before),
          system: host().machine.system(),
          startedAt: began.toISOString(),
          wallSeconds: (Date.now() - began.getTime()) / 1000,
          peakMemoryBytes: peakMemoryBytes(),
        };
        await file.finish({ ...about });
        if (!isShared) {
          await common.write(commonPath(out, name), manifest);
          if (!earlier) await writeManifest(path, manifest);
          isShared = true;
        }
        const next = isRound ? '' : `; "heredity merge ${out}" joins the parts`;
        run.log.result(`${own}: ${end - first} of ${work.weights.length} ${work.name}${next}`);
      } catch (error) {
        await file.abort();
        throw error;
      }
    },
  };
}

/** The rounds that a run has come to. */
class RoundsSoFar {
  /** Of each round. */
  readonly work: WorkRecord[] = [];
  #last: UnitWork | undefined;

  /** The round of a piece of work, from 1: the next one for another than last. */
  at(work: UnitWork): number {
    if (work !== this.#last) this.work.push(workOf(work));
    this.#last = work;
    return this.work.length;
  }
}

/** Whether a part's file is there, whole and of the run: another one is computed again. */
async function isOwn(path: string, manifest: Manifest): Promise<boolean> {
  if (!host().files.exists(path)) return false;
  try {
    return differenceOf(manifest, (await openPartFile(path)).own.manifest) === undefined;
  } catch (error) {
    if (isHeredityError(error, 'bad-input')) return false;
    throw error;
  }
}

/** Longest time between two looks for the files of others, in milliseconds. */
const LOOK = 1000;

/** @throws PartDone where others have not finished a round, and the time to wait for them is over. */
async function waitForOthers(run: DividedRun, place: Parameters<typeof missingParts>[0]): Promise<void> {
  const until = Date.now() + 60_000 * run.wait;
  for (let pause = 10; ; pause = Math.min(LOOK, 2 * pause)) {
    const missing = missingParts(place);
    if (missing.length === 0) return;
    if (Date.now() >= until) {
      run.log.result(
        `Round ${place.round} needs part ${missing.join(', ')}, too: start this part again when they are there, or all parts at once with --wait`,
      );
      throw new PartDone();
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    run.signal.throwIfAborted();
  }
}

/** What is under the prefix already: the manifest, and what parts have in common, both of this run. */
async function openShared(
  run: DividedRun,
): Promise<{ readonly path: string; readonly earlier: Manifest | undefined; readonly common: CommonWork }> {
  const path = manifestPath(run.out, run.name);
  const earlier = await readManifest(path);
  if (earlier) refuseOther(path, earlier, await manifestOf(run, [], earlier.inputs));
  const common = await openCommon(commonPath(run.out, run.name), earlier);
  const { manifest } = common;
  if (manifest)
    refuseOther(commonPath(run.out, run.name), manifest, await manifestOf(run, [], manifest.inputs));
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
  const placeOf = (round: number) => ({ prefix, name: found.name, parts: manifest.parts, round });
  const rounds = [await Round.open(placeOf(1), manifest, path)];
  for (let place = placeOf(2); missingParts(place).length < manifest.parts; place = placeOf(place.round + 1))
    rounds.push(await Round.open(place, rounds[rounds.length - 1].manifest, path));
  const theirs = rounds[rounds.length - 1].manifest;
  refuseOtherProgram(path, theirs, { version: VERSION, build: host().machine.build() });
  const common = await openCommon(commonPath(prefix, found.name), theirs);
  const abouts = rounds.flatMap(({ files }) => files.map(({ own }) => own));
  let taken = 0;
  return {
    manifest: theirs,
    name: found.name,
    records: abouts.map(
      ({ manifest: _, first: _first, end: _end, warnings: _warnings, ...record }) => record,
    ),
    warnings: [...new Set(abouts.flatMap(({ warnings }) => warnings))],
    division: (provenance) => ({
      role: 'merge',
      common: (what, make) => common.next(what, make),
      known: (what) => common.known(what),
      async recall(work) {
        refuseOtherProgram(path, theirs, { kernels: kernelsOf(provenance) });
        const round = rounds[taken++];
        if (round === undefined)
          throw new HeredityError('bad-input', `the parts have not finished: round ${taken} is not there`, {
            file: pathsOfRound(placeOf(taken))[0],
            fix: 'start each part again until it says that nothing is left, or all at once with --wait',
          });
        refuseOtherWork(path, round.work, work);
        return round.products();
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
function refuseOtherWork(path: string, theirs: WorkRecord, work: UnitWork): void {
  const own = workOf(work);
  if (JSON.stringify(own) === JSON.stringify(theirs)) return;
  throw new HeredityError(
    'mismatch',
    `the parts did other work than this run would: ${otherWork(theirs, own)}`,
    { file: path, fix: 'merge where the parts were computed, with as much --memory as they had' },
  );
}
