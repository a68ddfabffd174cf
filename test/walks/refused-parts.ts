import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { heredity } from '../cli/run.js';
import { rewritePart, withOtherInput } from '../parts/rewrite-part.js';

/** What may be wrong with a part, how a merge ends, and what it says. */
const WRONGS: readonly {
  readonly what: string;
  readonly make: (path: string) => Promise<void> | void;
  readonly exitCode: number;
  readonly says: RegExp;
}[] = [
  { what: 'missing', make: (path) => rmSync(path), exitCode: 2, says: /not there/ },
  {
    what: 'half-written',
    make: (path) => writeFileSync(path, readFileSync(path).subarray(0, -9)),
    exitCode: 2,
    says: /no whole part/,
  },
  {
    what: 'foreign',
    make: (path) =>
      rewritePart(path, ({ settings }) => ({ settings: { ...(settings as object), chr: ['8'] } })),
    exitCode: 3,
    says: /--chr is \["8"\], where it was not given/,
  },
  {
    what: 'stale',
    make: (path) => rewritePart(path, withOtherInput),
    exitCode: 3,
    says: /has other contents/,
  },
  {
    what: 'of another build',
    make: (path) => rewritePart(path, () => ({ build: 'x' })),
    exitCode: 3,
    says: /built from other sources|have not finished/,
  },
];

/**
 * A merge refuses the last of so many parts by name, of the first round and the last, whatever is wrong with it, and writes nothing.
 * Manifests are compared in the same way however many parts there are: other numbers than 2 have what needs no new file.
 */
export async function refusesWrongParts(out: string, parts: number): Promise<void> {
  const ofLast = new RegExp(`\\.part-${parts}-of-${parts}(\\.round-\\d+)?$`);
  const paths = readdirSync(dirname(out), { encoding: 'utf8' })
    .filter((name) => ofLast.test(name))
    .map((name) => join(dirname(out), name));
  expect(paths.length).toBeGreaterThan(0);
  const empty = mkdtempSync(`${out}-refused-`);
  for (const path of [...new Set([paths[0], paths[paths.length - 1]])])
    for (const { what, make, exitCode, says } of WRONGS.slice(0, parts === 2 ? undefined : 2)) {
      const whole = readFileSync(path);
      await make(path);
      const found = await heredity(['merge', out, '--out', join(empty, 'x'), '--quiet']);
      const seen = [what, found.exitCode, found.stderr.includes(path) || parts === 1, readdirSync(empty)];
      expect(seen, found.stderr).toEqual([what, exitCode, true, []]);
      expect(found.stderr).toMatch(says);
      writeFileSync(path, whole);
    }
  expect(existsSync(paths[0])).toBe(true);
}
