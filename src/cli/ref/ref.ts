import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { HeredityError } from '../../errors.js';
import { formatBytes } from '../../estimate/number.js';
import { didYouMean } from '../../formats/near-names.js';
import { packedFolder } from '../../formats/packed-table.js';
import { path, string } from '../../options/flags.js';
import { textTable } from '../../report/table.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { download } from './download.js';
import { REFERENCE_SETS, type ReferenceSet, referenceSet } from './sets.js';
import {
  bytesIn,
  filesUnder,
  folderOfSet,
  hashOf,
  isSetName,
  recordSet,
  type StoredSet,
  storedSet,
  storedSets,
  storeFolder,
} from './store.js';
import { unpack } from './unpack.js';

const name = string('name of a reference set; may stand without --name', {
  placeholder: 'name',
  words: REFERENCE_SETS.map((set) => set.name),
});

export const refList = defineCommand({
  description:
    'Lists the reference sets that can be had by name, and those that are on this machine. A set that is here can be named wherever a ' +
    'flag takes a path: --ref-ld-chr eur.',
  flags: {},
  examples: [{ line: 'heredity ref list', what: 'all sets' }],
  async run(_values, { log }) {
    const here = storedSets();
    const known = REFERENCE_SETS.map((set) => ({
      ...set,
      stored: here.find((own) => own.name === set.name),
    }));
    const own = here
      .filter((set) => !referenceSet(set.name))
      .map((set) => ({ ...set, flags: [] as string[], stored: set }));
    log.result(
      textTable(
        [
          { name: 'name', value: (set) => set.name },
          { name: 'here', value: (set) => (set.stored ? formatBytes(bytesOf(set.stored)) : 'no') },
          { name: 'build', value: (set) => set.build },
          { name: 'ancestry', value: (set) => set.ancestry },
          { name: 'licence', value: (set) => set.licence },
          { name: 'what', value: (set) => set.title },
          { name: 'for', value: (set) => set.flags.join(' ') || null },
        ],
        [...known, ...own],
      ),
    );
    log.result(`\nKept in ${storeFolder()} ($HEREDITY_REFERENCE names another folder)`);
    const packed = packedFolder()!;
    const bytes = bytesIn(packed);
    if (bytes > 0)
      log.result(
        `Packed forms of reference data, which may be removed at any time: ${formatBytes(bytes)} in ${packed}`,
      );
  },
});

export const refGet = defineCommand({
  description:
    'Downloads a reference set, checks its hash, and unpacks it. A download that is cut goes on where it stopped, now or at the next ' +
    'call; where one address fails the next is tried. Nothing is downloaded by any other command.',
  flags: {
    name,
    from: path('folder that holds the file as it was published, for machines without a network'),
  },
  argument: 'name',
  examples: [
    { line: 'heredity ref get eur', what: 'LD scores for LD score regression' },
    { line: 'heredity ref get eur --from /media/stick', what: 'the same from a folder' },
  ],
  async run({ name, from }, run) {
    const set = namedSet(name);
    const folder = folderOfSet(set.name);
    await mkdir(storeFolder(), { recursive: true });
    const file = publishedName(set);
    const archive = join(storeFolder(), `.${set.name}-${file}`);
    const source = from === undefined ? await fetched(set, archive, run) : join(resolve(from), file);
    const given = from === undefined ? `${archive}.partial` : source;
    if (from !== undefined) await checkGiven(set, given);
    const fresh = `${folder}.${process.pid}.part`;
    try {
      await unpack(given, file, fresh);
      await rm(folder, { recursive: true, force: true });
      await rename(fresh, folder);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
    const { title, build, ancestry, licence } = set;
    const files = filesUnder(folder);
    const record = await recordSet(
      {
        name: set.name,
        title,
        source,
        build,
        ancestry,
        licence,
        path: join(folder, set.path) + trailing(set.path),
      },
      files,
    );
    if (from === undefined) await rm(given, { force: true });
    if (filesUnder(record.path).length === 0)
      run.log.warn(`${set.path} is not in the file that was unpacked: look into ${folder}`);
    run.log.result(
      `${set.name} is here: ${files.length} files, ${formatBytes(bytesOf(record))}\n${record.path}`,
    );
    run.log.info(`Cite ${set.citation}. Licence: ${set.licence}`);
  },
});

export const refAdd = defineCommand({
  description:
    'Gives files that you have a name, under which every flag that takes a path knows them. They stay where they are; their hashes ' +
    'are kept, so that "heredity ref verify" tells whether they have changed.',
  flags: {
    name,
    path: path('file, folder or prefix of the files; may stand without --path'),
    build: string('genome build of the positions, such as GRCh38', { placeholder: 'build' }),
    ancestry: string('whose LD and frequencies they are', { placeholder: 'words' }),
  },
  argument: ['name', 'path'],
  examples: [
    {
      line: 'heredity ref add eas ld/eas_ldscores/ --build GRCh37 --ancestry EAS',
      what: 'LD scores of your own',
    },
  ],
  async run({ name, path, build, ancestry }, { log }) {
    if (name === undefined || path === undefined)
      throw new HeredityError('usage', 'a name and a path are needed', { fix: 'heredity ref add NAME PATH' });
    if (!isSetName(name) || referenceSet(name))
      throw new HeredityError('usage', 'a set cannot have this name', {
        value: name,
        expected: 'letters, digits, dots, hyphens and underscores, and no name of "heredity ref list"',
      });
    const absolute = resolve(path) + trailing(path);
    const files = filesUnder(absolute);
    if (files.length === 0)
      throw new HeredityError('bad-input', 'there are no files here, and none that begin so', { file: path });
    const record = await recordSet(
      {
        name,
        title: path,
        source: absolute,
        path: absolute,
        build: build ?? 'not said',
        ancestry: ancestry ?? 'not said',
        licence: 'not said',
      },
      files,
    );
    log.result(`${name} names ${files.length} files, ${formatBytes(bytesOf(record))}\n${absolute}`);
  },
});

export const refVerify = defineCommand({
  description:
    'Reads every file of the reference sets that are here and compares it with the hash it had when it came.',
  flags: { name },
  argument: 'name',
  examples: [
    { line: 'heredity ref verify', what: 'all sets' },
    { line: 'heredity ref verify eur', what: 'one' },
  ],
  async run({ name }, { log, progress, signal }) {
    const sets = name === undefined ? storedSets() : [hereOrThrow(name)];
    if (sets.length === 0) log.result('no reference set is here');
    const bad: string[] = [];
    for (const set of sets) {
      const phase = progress.phase(set.name, { total: bytesOf(set), unit: 'bytes' });
      for (const file of set.files) {
        signal.throwIfAborted();
        if (!existsSync(file.path)) bad.push(`${file.path} is gone`);
        else if ((await hashOf(file.path, 'sha256')) !== file.sha256) bad.push(`${file.path} has changed`);
        phase.advance(file.bytes);
      }
      phase.end();
      log.result(`${set.name}: ${set.files.length} files looked at`);
    }
    if (bad.length === 0) return;
    throw new HeredityError('mismatch', `${bad.length} files are not what they were`, {
      value: bad.slice(0, 3).join('; '),
      fix: 'get or add the set again (heredity ref get, heredity ref add)',
    });
  },
});

export const refPath = defineCommand({
  description: 'Prints the path or prefix that a reference set stands for, for other programs.',
  flags: { name },
  argument: 'name',
  examples: [{ line: 'heredity ref path eur', what: 'what --ref-ld-chr eur means' }],
  run({ name }, { log }) {
    log.result(hereOrThrow(name).path);
  },
});

/** @throws HeredityError `usage` for what is no set that is published. */
function namedSet(text: string | undefined): ReferenceSet {
  const set = text === undefined ? undefined : referenceSet(text);
  if (set) return set;
  const names = REFERENCE_SETS.map((one) => one.name);
  throw new HeredityError('usage', 'not the name of a reference set', {
    value: text ?? '',
    fix: didYouMean(text ?? '', names) ?? '"heredity ref list" lists them',
  });
}

/** @throws HeredityError `usage` for a set that is not here. */
function hereOrThrow(text: string | undefined): StoredSet {
  const set = text === undefined ? undefined : storedSet(text);
  if (set) return set;
  const known = text === undefined ? undefined : referenceSet(text);
  throw new HeredityError('usage', 'no reference set of this name is here', {
    value: text ?? '',
    fix: known ? `heredity ref get ${known.name}` : '"heredity ref list" lists them',
  });
}

/** Downloads to `<archive>.partial`; returns the address. */
async function fetched(set: ReferenceSet, archive: string, run: RecordedRun): Promise<string> {
  const { log, progress, signal } = run;
  const onFailure = (text: string) => log.warn(text);
  const address = await download(set, archive, { progress, signal, onFailure });
  if (!set.hash)
    log.warn(
      `no hash of ${set.name} is published: the sha256 of what came is ${await hashOf(`${archive}.partial`, 'sha256')}`,
    );
  return address;
}

/** @throws HeredityError `bad-input` where the file is not there, or is another. */
async function checkGiven(set: ReferenceSet, file: string): Promise<void> {
  if (!existsSync(file))
    throw new HeredityError('bad-input', 'the file of this set is not in the folder', {
      file,
      fix: `download it elsewhere: ${set.urls.join(' or ')}`,
    });
  const found = set.hash && (await hashOf(file, set.hash.algorithm));
  if (set.hash && found !== set.hash.hex)
    throw new HeredityError('bad-input', 'this is not the file that was published', {
      file,
      value: `${set.hash.algorithm} ${found}`,
      expected: set.hash.hex,
      fix: 'download it again',
    });
}

const publishedName = ({ urls: [url] }: ReferenceSet): string => basename(new URL(url!).pathname);
const trailing = (path: string): string => (/[/\\]$/.test(path) ? '/' : '');
const bytesOf = ({ files }: StoredSet): number => files.reduce((sum, { bytes }) => sum + bytes, 0);
