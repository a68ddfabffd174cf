import { createWriteStream } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { HeredityError } from '../../errors.js';

/**
 * Puts what is in an archive (.tar, .tar.gz, .tgz, .zip) into a folder; any other file as it is. Nothing is written outside
 * the folder, whatever the names in the archive.
 * @param name of the file as it was published, whose ending says what it is.
 * @throws HeredityError `bad-input` for an archive that is damaged.
 */
export async function unpack(file: string, name: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  try {
    if (/\.(?:tar|tgz|tar\.gz)$/i.test(name)) {
      const { extract } = await import('tar');
      await extract({
        file,
        cwd: folder,
        strict: true,
        filter: (_, entry) => !('type' in entry) || isPlain(entry.type),
      });
    } else if (/\.zip$/i.test(name)) await unzip(file, folder);
    else await copyFile(file, join(folder, basename(name)));
  } catch (cause) {
    if (cause instanceof HeredityError) throw cause;
    throw new HeredityError('bad-input', 'the archive is damaged', { file, fix: 'get it again', cause });
  }
}

/** Links and devices have no place in data. */
const isPlain = (type: string): boolean => ['File', 'OldFile', 'ContiguousFile', 'Directory'].includes(type);

async function unzip(file: string, folder: string): Promise<void> {
  const { openPromise } = await import('yauzl');
  const archive = await openPromise(file);
  try {
    for await (const entry of archive.eachEntry()) {
      const target = resolve(folder, entry.fileName);
      if (relative(folder, target).startsWith('..') || !target.startsWith(resolve(folder) + sep)) continue;
      if (entry.fileName.endsWith('/')) continue;
      await mkdir(dirname(target), { recursive: true });
      await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(target));
    }
  } finally {
    archive.close();
  }
}
