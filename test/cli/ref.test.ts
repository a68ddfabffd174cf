import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { create } from 'tar';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { download } from '../../src/cli/ref/download.js';
import { REFERENCE_SETS } from '../../src/cli/ref/sets.js';
import { resolveReference } from '../../src/cli/ref/store.js';
import { unpack } from '../../src/cli/ref/unpack.js';
import { silentProgress } from '../../src/progress.js';
import { heredity } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-ref-'));
const saved = process.env.HEREDITY_REFERENCE;
let server: Server;
/** What the server does with the next requests, one after another; the last one stays. */
let acts: ((response: ServerResponse, range: string | undefined) => void)[] = [];
let ranges: (string | undefined)[] = [];
let address: string;

const CONTENT = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251));
const MD5 = createHash('md5').update(CONTENT).digest('hex');
const HEAD = { etag: '"1"', 'accept-ranges': 'bytes' };

const whole = (response: ServerResponse, range?: string) => {
  const start = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
  response.writeHead(range ? 206 : 200, { ...HEAD, 'content-length': CONTENT.length - start });
  response.end(CONTENT.subarray(start));
};
/** Sends some bytes of all that are left, and hangs up. */
const cutAfter = (bytes: number) => (response: ServerResponse, range?: string) => {
  const start = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
  response.writeHead(range ? 206 : 200, { ...HEAD, 'content-length': CONTENT.length - start });
  response.write(CONTENT.subarray(start, start + bytes), () => setTimeout(() => response.destroy(), 20));
};
const status =
  (code: number, headers = {}) =>
  (response: ServerResponse) => {
    response.writeHead(code, headers);
    response.end('no');
  };

beforeAll(async () => {
  server = createServer(({ headers }, response) => {
    ranges.push(headers.range);
    (acts.length > 1 ? acts.shift()! : acts[0]!)(response, headers.range);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  ranges = [];
  process.env.HEREDITY_REFERENCE = mkdtempSync(join(folder, 'store-'));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
  if (saved === undefined) delete process.env.HEREDITY_REFERENCE;
  else process.env.HEREDITY_REFERENCE = saved;
});

describe('a download', () => {
  const failures: string[] = [];
  const fetched = async (urls: readonly string[], target = join(mkdtempSync(join(folder, 'd-')), 'x')) => {
    failures.length = 0;
    const set = { name: 'set', urls, hash: { algorithm: 'md5', hex: MD5 } as const };
    const signal = new AbortController().signal;
    await download(set, target, {
      progress: silentProgress,
      signal,
      onFailure: (text) => failures.push(text),
    });
    return readFileSync(`${target}.partial`);
  };

  it('goes on where the server cut it', async () => {
    acts = [cutAfter(100_000), cutAfter(50_000), whole];
    expect((await fetched([address])).equals(CONTENT)).toBe(true);
    expect(ranges).toEqual([
      undefined,
      expect.stringMatching(/^bytes=\d+-$/),
      expect.stringMatching(/^bytes=\d+-$/),
    ]);
  });

  it('goes on in a later call', async () => {
    const target = join(mkdtempSync(join(folder, 'd-')), 'x');
    acts = [cutAfter(10_000)];
    await expect(fetched([address], target)).rejects.toThrow('could not be had');
    acts = [whole];
    ranges = [];
    expect((await fetched([address], target)).equals(CONTENT)).toBe(true);
    expect(ranges).toEqual([expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
  }, 20_000);

  it('begins anew where the server has another version, or no ranges', async () => {
    acts = [cutAfter(100_000), (response) => whole(response)];
    expect((await fetched([address])).equals(CONTENT)).toBe(true);
  });

  it('follows redirects, and goes to the next address where one fails', async () => {
    acts = [status(404), status(302, { location: '/there' }), whole];
    expect((await fetched([`${address}/gone`, address])).equals(CONTENT)).toBe(true);
    expect(failures).toEqual([expect.stringContaining('404')]);
  });

  it('refuses what has another hash, and keeps nothing of it', async () => {
    acts = [
      (response) => {
        response.writeHead(200);
        response.end('another file');
      },
    ];
    const target = join(mkdtempSync(join(folder, 'd-')), 'x');
    await expect(fetched([address], target)).rejects.toMatchObject({
      tag: 'resource',
      message: expect.stringMatching(/md5 is .* was published.*--from FOLDER/),
    });
    expect(readdirSync(join(target, '..'))).toEqual([]);
  });
});

describe('sets', () => {
  /** A folder with the file of `eur` as it is published, but for its hash. */
  async function archive(names: Record<string, string>): Promise<string> {
    const place = mkdtempSync(join(folder, 'a-'));
    for (const [name, text] of Object.entries(names)) {
      mkdirSync(join(place, name, '..'), { recursive: true });
      writeFileSync(join(place, name), text);
    }
    await create({ file: join(place, 'set.tar.gz'), gzip: true, cwd: place }, Object.keys(names));
    return join(place, 'set.tar.gz');
  }

  it('are unpacked within their folder', async () => {
    const file = await archive({ 'eur/1.l2.ldscore.gz': 'x', 'eur/1.l2.M_5_50': '1' });
    const target = join(folder, 'unpacked');
    await unpack(file, 'eur.tar.gz', target);
    expect(readdirSync(join(target, 'eur')).sort()).toEqual(['1.l2.M_5_50', '1.l2.ldscore.gz']);
    writeFileSync(file, 'no archive');
    await expect(unpack(file, 'eur.tar.gz', target)).rejects.toThrow('the archive is damaged');
  });

  it('that are known have a name, an address and a licence each', () => {
    const names = REFERENCE_SETS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const { urls, licence, path } of REFERENCE_SETS) {
      expect(urls.every((url) => url.startsWith('https://'))).toBe(true);
      expect(licence && path).toBeTruthy();
    }
  });

  it('of another file than was published are refused', async () => {
    const place = mkdtempSync(join(folder, 'from-'));
    writeFileSync(join(place, 'w_hm3.snplist.gz'), gzipSync('SNP A1 A2\nrs1 A G\n'));
    expect(await heredity(['ref', 'get', 'hm3', '--from', place])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/not the file that was published.*153ecc2b/),
    });
    expect(await heredity(['ref', 'get', 'hm3', '--from', folder])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/is not in the folder.*zenodo/),
    });
    expect(await heredity(['ref', 'get', 'hm4'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('hm3'),
    });
  });

  it('of your own have a name wherever a flag takes a path, and are verified', async () => {
    const place = mkdtempSync(join(folder, 'own-'));
    const list = join(place, 'snps.txt');
    writeFileSync(list, 'SNP A1 A2\nrs1 A G\n');
    const add = await heredity(['ref', 'add', 'mine', list, '--build', 'GRCh38']);
    expect([add.exitCode, add.stderr]).toEqual([0, '']);
    expect((await heredity(['ref', 'path', 'mine'])).stdout).toBe(`${list}\n`);
    expect((await heredity(['ref', 'list'])).stdout).toMatch(/^mine +\S+ B +GRCh38/m);
    const gwas = join(place, 'gwas.txt');
    writeFileSync(gwas, 'SNP\tA1\tA2\tBETA\tSE\tP\tN\nrs1\tA\tG\t0.1\t0.05\t0.05\t1000\n');
    const words = ['munge', '--sumstats', gwas, '--merge-alleles', 'mine', '--out', join(place, 'm')];
    expect((await heredity(words)).stderr).not.toMatch(/no such file/i);
    expect((await heredity(['ref', 'verify'])).exitCode).toBe(0);
    writeFileSync(list, 'SNP A1 A2\nrs2 A G\n');
    expect(await heredity(['ref', 'verify', 'mine'])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('has changed'),
    });
  });

  it('that are published and not here are asked for by the command that gets them', async () => {
    const words = ['munge', '--sumstats', 'gwas.txt', '--merge-alleles', 'hm3', '--out', join(folder, 'm')];
    expect(await heredity(words)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('heredity ref get hm3'),
    });
    const named = ['gap', 'ldsc-bias', '--out', 'hm3']; // an output is no input
    expect((await heredity([...named.slice(0, 3), join(folder, 'hm3')])).stderr).not.toContain('ref get');
  });
});

it('a name is that of a set, unless a file here has it for its name or its prefix', () => {
  const here = mkdtempSync(join(folder, 'here-'));
  const before = process.cwd();
  process.chdir(here);
  try {
    mkdirSync('eur_w_ld_chr');
    expect(() => resolveReference('eur')).toThrow(/heredity ref get eur/);
    writeFileSync('eur1.l2.ldscore.gz', '');
    expect(resolveReference('eur')).toBe('eur');
  } finally {
    process.chdir(before);
  }
});
