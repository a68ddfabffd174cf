import { HeredityError } from '../errors.js';
import { shareFile } from '../formats/output-prefixes.js';
import { host } from '../host/host.js';

const ENDINGS = /\.(sumstats|summaries|glm\.linear|assoc\.linear|txt)$/;

/**
 * Names of traits after their files: without folder and endings; with as many folders as it takes to tell two files of one name
 * apart (`height/meta` and `bmi/meta`), or with endings where they are in one folder. They make different names of output files.
 * @throws HeredityError `usage` for a file that is given twice.
 */
export function traitNames(files: readonly string[]): string[] {
  const paths = files.map((file) => host().files.resolve(file));
  const again = paths.findIndex((path, t) => paths.indexOf(path) < t);
  if (again >= 0)
    throw new HeredityError('usage', 'a file is given twice', {
      value: files[again],
      fix: 'name each trait once',
    });
  return paths.map((path, t) => {
    const parts = path.split(/[\\/]/);
    const others = paths.filter((_, u) => u !== t);
    for (let folders = 0; folders < parts.length; folders++) {
      const name = withFolders(path, folders);
      if (others.every((other) => !shareFile(withFolders(other, folders), name))) return name;
    }
    return parts.at(-1) ?? path;
  });
}

function withFolders(path: string, folders: number): string {
  return path
    .split(/[\\/]/)
    .slice(-1 - folders)
    .join('/')
    .replace(/\.gz$/, '')
    .replace(ENDINGS, '');
}
