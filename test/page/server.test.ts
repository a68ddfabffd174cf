import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request as send } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineFlags, path, string } from '../../src/options/flags.js';
import { Folders, insideFolders } from '../../src/page/folders.js';
import { Jobs } from '../../src/page/jobs.js';
import { type PageServer, servePage } from '../../src/page/server.js';

const top = mkdtempSync(join(tmpdir(), 'heredity-server-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
const data = join(top, 'data');
const dist = join(top, 'dist');
mkdirSync(data);
mkdirSync(dist);
writeFileSync(join(dist, 'index.html'), '<!doctype html><head></head>');
writeFileSync(join(top, 'secret.txt'), 'secret');
writeFileSync(join(data, 'own.txt'), 'own');
symlinkSync(join(top, 'secret.txt'), join(data, 'linked.bed'));
symlinkSync(top, join(data, 'up'));

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

describe('who is let in', () => {
  let server: PageServer;
  let cookie: string;
  let secret: string;
  const refusals: string[] = [];
  const started: unknown[] = [];

  beforeAll(async () => {
    server = await servePage(0, {
      dist,
      folders: new Folders([data]),
      jobs: new Jobs(join(data, 'runs'), 1),
      startJob: async (command, texts) => {
        started.push({ command, texts });
        return 'one';
      },
      onRefusal: (text) => refusals.push(text),
    });
    const entered = await ask(new URL(server.entrance).pathname + new URL(server.entrance).search, {});
    expect(entered.status).toBe(200);
    const [set] = entered.headers['set-cookie'] as string[];
    expect(set).toMatch(
      new RegExp(`^heredity-${server.port}=[\\w-]{40,}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    cookie = set.split(';')[0];
    const page = await ask('/', { Cookie: cookie });
    secret = /name="heredity-secret" content="([^"]+)"/.exec(page.text)![1];
    expect(secret.length).toBeGreaterThan(40);
  });
  afterAll(() => server.close());

  function ask(
    path: string,
    headers: Readonly<Record<string, string>>,
    more: { readonly method?: string; readonly body?: string } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = send(
        { host: '127.0.0.1', port: server.port, path, method: more.method ?? 'GET', headers },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece) => (text += piece));
          response.on('end', () =>
            resolve({ status: response.statusCode!, text, headers: response.headers }),
          );
        },
      );
      request.on('error', reject);
      request.end(more.body);
    });
  }
  const own = () => ({ Cookie: cookie, 'X-Heredity-Secret': secret, 'Content-Type': 'application/json' });
  const job = JSON.stringify({ command: 'he', texts: { bfile: 'study' } });
  const post = (headers: Readonly<Record<string, string>>, body = job, at = '/api/jobs') =>
    ask(at, headers, { method: 'POST', body });

  test('the page itself, under any name and port of this machine', async () => {
    for (const Host of ['localhost:8000', '127.0.0.1', '[::1]:9'])
      expect((await ask('/api/files', { Cookie: cookie, Host })).status).toBe(200);
    expect((await post(own())).text).toBe('{"id":"one"}');
    expect((await post({ ...own(), Host: 'localhost:8000', Origin: 'http://localhost:8000' })).status).toBe(
      200,
    );
    expect(started).toHaveLength(2);
  });

  test.each<[string, number, () => Promise<Answer>]>([
    ['no cookie', 401, () => ask('/', {})],
    ['no cookie for a file', 401, () => ask('/api/file?name=own.txt', {})],
    ['another token', 401, () => ask('/enter?token=guess', {})],
    ['no token', 401, () => ask('/enter', {})],
    ['a foreign host', 421, () => ask('/', { Cookie: cookie, Host: 'evil.example' })],
    [
      'a host that begins like this one',
      421,
      () => ask('/', { Cookie: cookie, Host: 'localhost.evil.example' }),
    ],
    [
      'a foreign host at the entrance',
      421,
      () =>
        ask(new URL(server.entrance).pathname + new URL(server.entrance).search, { Host: 'evil.example' }),
    ],
    ['a foreign origin', 403, () => post({ ...own(), Origin: 'http://evil.example' })],
    ['an origin of another port', 403, () => post({ ...own(), Origin: 'http://127.0.0.1:1' })],
    ['an origin without a name', 403, () => post({ ...own(), Origin: 'null' })],
    [
      'a link or frame of another site',
      403,
      () => ask('/', { Cookie: cookie, 'Sec-Fetch-Site': 'cross-site' }),
    ],
    ['another site of this machine', 403, () => ask('/', { Cookie: cookie, 'Sec-Fetch-Site': 'same-site' })],
    ['no secret with a change', 403, () => post({ Cookie: cookie, 'Content-Type': 'application/json' })],
    ['another secret', 403, () => post({ ...own(), 'X-Heredity-Secret': secret.replace(/.$/, '!') })],
    ['a form', 415, () => post({ ...own(), 'Content-Type': 'application/x-www-form-urlencoded' })],
    ['a form that looks like JSON', 415, () => post({ ...own(), 'Content-Type': 'text/plain' })],
    ['a body that is too long', 413, () => post(own(), `{"x":"${'a'.repeat(70_000)}"}`)],
    ['no JSON', 400, () => post(own(), 'command=he')],
    ['a list', 400, () => post(own(), '[1]')],
    ['texts that are none', 400, () => post(own(), '{"command":"he","texts":{"bfile":1}}')],
    ['another method', 405, () => ask('/api/jobs', own(), { method: 'DELETE' })],
    ['a question before a change from elsewhere', 405, () => ask('/api/jobs', own(), { method: 'OPTIONS' })],
    ['a file above the folders', 400, () => ask('/api/file?name=../secret.txt', { Cookie: cookie })],
    ['a file from the root', 400, () => ask('/api/file?name=/etc/passwd', { Cookie: cookie })],
    ['a link that leads out', 400, () => ask('/api/file?name=linked.bed', { Cookie: cookie })],
    ['a folder that leads out', 400, () => ask('/api/file?name=up/secret.txt', { Cookie: cookie })],
    ['what is above the page', 404, () => ask('/../secret.txt', { Cookie: cookie })],
    ['what is above the page, in code', 404, () => ask('/..%2fsecret.txt', { Cookie: cookie })],
  ])('not: %s', async (_, status, attack) => {
    const before = started.length;
    const answer = await attack();
    expect([answer.status, JSON.parse(answer.text)]).toEqual([status, { problem: expect.any(String) }]);
    expect(started).toHaveLength(before);
    expect(answer.text).not.toContain('secret.txt"');
    expect((await ask('/api/files', { Cookie: cookie })).status).toBe(200); // still there
  });

  test('every answer forbids frames, and asks for nothing from elsewhere; files are no pages', async () => {
    const { headers } = await ask('/', { Cookie: cookie });
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['access-control-allow-origin']).toBeUndefined();
    const file = await ask('/api/file?name=own.txt', { Cookie: cookie });
    expect([file.text, file.headers['content-security-policy']]).toEqual([
      'own',
      "sandbox; default-src 'none'",
    ]);
    expect(JSON.parse((await ask('/api/files', { Cookie: cookie })).text)).toEqual([
      { name: 'own.txt', size: 3 },
    ]);
  });

  test('a client that never ends its request is let go', { timeout: 20_000 }, async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow:');
    await new Promise((resolve) =>
      socket
        .on('close', resolve)
        .on('error', () => {})
        .resume(),
    );
    expect((await ask('/api/files', { Cookie: cookie })).status).toBe(200);
  });

  test('what was refused is told without secrets', () => {
    expect(refusals.length).toBeGreaterThan(10);
    for (const own of [secret, cookie.split('=')[1], server.entrance.split('token=')[1]])
      expect(refusals.join('\n')).not.toContain(own);
  });
});

describe('files that options name', () => {
  const flags = defineFlags({
    bfile: path('files'),
    blocks: string('blocks', { mayBeFile: true }),
    trait: string('trait'),
  });
  const inside = (texts: Readonly<Record<string, string>>) =>
    insideFolders(flags, texts, new Folders([data]));

  test('are given from the root; words stay as they are', () => {
    expect(inside({ bfile: 'study,own', blocks: 'chromosome', trait: 'a/b' })).toEqual({
      bfile: `${join(data, 'study')},${join(data, 'own')}`,
      blocks: 'chromosome',
      trait: 'a/b',
    });
    expect(inside({ blocks: 'own.txt' })).toEqual({ blocks: join(data, 'own.txt') });
  });

  test.each([
    ['bfile', '../secret'],
    ['bfile', '/etc/passwd'],
    ['bfile', 'own,../secret'],
    ['bfile', 'link'],
    ['bfile', 'link@.bed'],
    ['bfile', 'up/secret'],
    ['bfile', 'none/such'],
    ['blocks', '../secret.txt'],
    ['blocks', 'up/secret.txt'],
  ])('--%s %s is refused', (key, text) => {
    expect(() => inside({ [key]: text })).toThrow(/not in the folders of the page/);
  });
});

describe('heredity page', { timeout: 60_000 }, () => {
  const work = join(top, 'work');
  mkdirSync(work);
  let child: ChildProcess;
  let address: string;
  let entrance: string;
  let output = '';

  beforeAll(async () => {
    const file = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
    expect(spawnSync(process.execPath, [file('scripts/build-page.mjs')]).status).toBe(0);
    child = spawn(process.execPath, [file('bin/heredity.cjs'), 'page', '--port', '0', '--no-open'], {
      cwd: work,
    });
    child.stdout!.on('data', (piece) => (output += piece));
    while (!/open \S+\n$/.test(output)) await new Promise((done) => child.stdout!.once('data', done));
    [, address, entrance] = /^(http:\S+) is served; to enter, open (\S+)\n$/.exec(output)!;
  }, 240_000);
  afterAll(() => void child?.kill('SIGKILL'));

  async function enter() {
    const inFile = /href="([^"]+)"/.exec(readFileSync(entrance, 'utf8'))![1];
    const cookie = (await fetch(inFile)).headers.getSetCookie()[0].split(';')[0];
    const page = await (await fetch(address, { headers: { cookie } })).text();
    return { cookie, secret: /heredity-secret" content="([^"]+)"/.exec(page)![1] };
  }

  test('runs jobs of the catalogue alone, each in its folder, and ends with what it runs', async () => {
    expect(statSync(entrance).mode & 0o777).toBe(0o600);
    expect(output).not.toContain('token');
    const { cookie, secret } = await enter();
    const headers = { cookie, 'x-heredity-secret': secret, 'content-type': 'application/json' };
    const start = async (command: string, texts: object) => {
      const body = JSON.stringify({ command, texts });
      const response = await fetch(`${address}api/jobs`, { method: 'POST', headers, body });
      return { status: response.status, ...((await response.json()) as { id?: string; problem?: string }) };
    };
    for (const [command, texts, why] of [
      ['twin', { rmz: '0.6', shell: 'x' }, /no such option/],
      ['twin', { rmz: '0.6', out: '/etc/x' }, /the page itself decides/],
      ['twin', { rmz: '2' }, /--rmz: expected a number/],
      ['doctor', {}, /no such command/],
      ['study run', { bfile: 'x', external: 'x' }, /no such command/],
      ['twin', { pairs: '../../secret.txt', trait: 'a', zygosity: 'z' }, /not in the folders/],
    ] as const)
      expect(await start(command, texts)).toEqual({ status: 400, problem: expect.stringMatching(why) });

    const { id } = await start('twin', { rmz: '0.62', rdz: '0.36', nmz: '1000', ndz: '1000' });
    const jobs = async () =>
      (await (await fetch(`${address}api/jobs`, { headers })).json()) as { state: string; files: string[] }[];
    await expect.poll(async () => (await jobs())[0].state, { timeout: 30_000 }).toBe('done');
    const [job] = await jobs();
    expect(job).toMatchObject({
      id,
      line: 'heredity twin --rmz 0.62 --rdz 0.36 --nmz 1000 --ndz 1000 --out twin',
    });
    expect(job.files).toContain(`heredity-page/${id}/twin.twin.json`);
    const name = encodeURIComponent(`heredity-page/${id}/twin.twin.json`);
    const file = await fetch(`${address}api/file?name=${name}`, { headers });
    const result = (await file.json()) as { estimates: { method: string }[] };
    expect(result.estimates[0].method).toBe('twin');

    // a long run is found again, and ends with the server, which leaves nothing of it
    await start('simulate genotypes', { samples: '20000', variants: '200000' });
    expect((await jobs())[0].state).toBe('running');
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(existsSync(entrance)).toBe(false);
    const [, long] = readdirSync(join(work, 'heredity-page')).sort();
    const left = () => readdirSync(join(work, 'heredity-page', long)).sort();
    await expect.poll(left, { timeout: 10_000 }).toEqual(['.job.json', '.output.txt']);
  });
});

test('another address than that of this machine is refused', async () => {
  const { pageCommand } = await import('../../src/cli/page/page.js');
  const values = { folder: [data], runs: 1, port: 0, host: '0.0.0.0', withoutOpening: true };
  await expect(pageCommand([]).run(values as never, {} as never)).rejects.toThrow(
    /this machine alone.*ssh -L/,
  );
});
