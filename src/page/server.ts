import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve, sep } from 'node:path';
import { isHeredityError } from '../errors.js';
import type { Folders } from './folders.js';
import { ENTRANCE, FILE_HEADERS, HEADERS, type Refusal, refusalOf, type Secrets } from './guard.js';
import type { Jobs } from './jobs.js';
import { MOST_FILE } from './limits.js';

export interface PageServerOptions {
  /** The built page. */
  readonly dist: string;
  readonly folders: Folders;
  readonly jobs: Jobs;
  /** Starts a job of the catalogue. @throws HeredityError in a user's words. */
  startJob(command: string, texts: Readonly<Record<string, string | readonly string[]>>): Promise<string>;
  /** Told of every refusal, without secrets. */
  onRefusal(text: string): void;
}

export interface PageServer {
  readonly port: number;
  /** Where the browser is let in: holds the token, and belongs in no command line. */
  readonly entrance: string;
  close(): Promise<void>;
}

/** Bodies are small: the names of options and of files. */
const MOST_BODY = 64 * 1024;
/** A client that is slow with its request is let go. */
const HEADERS_MS = 5000;
const REQUEST_MS = 10_000;
const MOST_CONNECTIONS = 64;
const LOOPBACK = '127.0.0.1';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  // what the documents show of the repository
  ...Object.fromEntries(
    ['.json', '.md', '.ts', '.cff', ''].map((ending) => [ending, 'text/plain; charset=utf-8']),
  ),
};

/** Serves the page, the files of the folders and the jobs, on the loopback address alone. */
export async function servePage(port: number, options: PageServerOptions): Promise<PageServer> {
  const secret = () => randomBytes(32).toString('base64url');
  const [token, session, header] = [secret(), secret(), secret()];
  let secrets: Secrets | undefined;
  const server = createServer(
    { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: 1000 },
    (request, response) => {
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
      const refusal = refusalOf(request, secrets!);
      if (refusal) {
        refuse(request, response, refusal, options);
        return;
      }
      answer(request, response, secrets!, options).catch((error: unknown) => {
        if (response.headersSent) {
          response.destroy();
          return;
        }
        const isOurs = isHeredityError(error) && error.tag !== 'internal';
        const message = isOurs ? error.message : 'the server could not answer';
        if (!isOurs) options.onRefusal(`internal error: ${error instanceof Error ? error.message : error}`);
        json(response, isOurs ? 400 : 500, { problem: message });
      });
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, port);
  const own = (server.address() as AddressInfo).port;
  secrets = { token, session, header, cookieName: `heredity-${own}` };
  return {
    port: own,
    entrance: `http://${LOOPBACK}:${own}${ENTRANCE}?token=${token}`,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, LOOPBACK, done);
  });
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, why }: Refusal,
  { onRefusal }: PageServerOptions,
): void {
  onRefusal(`refused ${request.method} ${request.url?.split('?')[0].slice(0, 80)}: ${why}`);
  response.setHeader('Connection', 'close');
  request.resume(); // what is still to come is not looked at
  json(response, status, { problem: why });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  secrets: Secrets,
  options: PageServerOptions,
): Promise<void> {
  const { folders, jobs } = options;
  const [pathname, query] = request.url!.split('?', 2);
  const searchParams = new URLSearchParams(query);
  if (request.method === 'POST') {
    const body = await bodyOf(request);
    if ('status' in body) return refuse(request, response, body, options);
    const { value } = body;
    if (pathname === '/api/jobs') {
      const { command, texts } = value as { command?: unknown; texts?: unknown };
      if (typeof command !== 'string' || !areTexts(texts))
        return json(response, 400, { problem: 'a command and its options are expected' });
      return json(response, 200, { id: await options.startJob(command, texts) });
    }
    if (pathname === '/api/cancel') {
      const { id } = value as { id?: unknown };
      if (typeof id !== 'string') return json(response, 400, { problem: 'the number of a run is expected' });
      jobs.cancel(id);
      return json(response, 200, {});
    }
    return json(response, 404, { problem: 'there is no such thing' });
  }
  switch (pathname) {
    case ENTRANCE: {
      const { cookieName, session } = secrets;
      response.setHeader('Set-Cookie', `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`);
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      // a cookie of this kind is not sent where another site sends the browser on; this page may
      response.end('<!doctype html><meta http-equiv="refresh" content="0;url=/"><title>heredity</title>');
      return;
    }
    case '/api/jobs':
      return json(
        response,
        200,
        jobs.list((path) => folders.nameOf(path)),
      );
    case '/api/files':
      return json(response, 200, folders.list());
    case '/api/file': {
      const path = folders.file(searchParams.get('name') ?? '');
      const facts = statSync(path);
      const wanted = searchParams.get('bytes');
      const bytes = wanted === null ? facts.size : Math.min(facts.size, Number(wanted));
      if (!facts.isFile() || !(Number.isInteger(bytes) && bytes >= 0 && bytes <= MOST_FILE))
        return json(response, 400, { problem: 'this is no file that the page shows' });
      for (const [name, value] of Object.entries(FILE_HEADERS)) response.setHeader(name, value);
      response.setHeader('Content-Length', bytes);
      // a stream ends with the byte that it is told
      if (bytes === 0) response.end();
      else createReadStream(path, { end: bytes - 1 }).pipe(response);
      return;
    }
    default:
      return asset(response, pathname === '/' ? '/index.html' : pathname, secrets, options.dist);
  }
}

/** A file of the page; its secret is written into the document, which no other site can read. */
function asset(response: ServerResponse, pathname: string, { header }: Secrets, dist: string): void {
  const root = resolve(dist);
  const path = resolve(join(root, pathname)); // names of the page's files have nothing to decode
  if (!path.startsWith(root + sep) || !existsSync(path) || !statSync(path).isFile()) {
    json(response, 404, { problem: 'there is no such thing' });
    return;
  }
  response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
  if (pathname !== '/index.html') {
    createReadStream(path).pipe(response);
    return;
  }
  const text = readFileSync(path, 'utf8');
  response.end(text.replace('<head>', `<head><meta name="heredity-secret" content="${header}" />`));
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(value));
}

/** The JSON object that a request brings. */
async function bodyOf(request: IncomingMessage): Promise<{ readonly value: object } | Refusal> {
  const tooLong: Refusal = { status: 413, why: 'the request is too long' };
  if (Number(request.headers['content-length'] ?? 0) > MOST_BODY) return tooLong;
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length <= MOST_BODY) pieces.push(piece); // to leave the loop would cut the answer off
  }
  if (length > MOST_BODY) return tooLong;
  try {
    const value = JSON.parse(Buffer.concat(pieces).toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value };
  } catch {}
  return { status: 400, why: 'the request is no JSON object' };
}

function areTexts(value: unknown): value is Record<string, string | string[]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (text) =>
      typeof text === 'string' || (Array.isArray(text) && text.every((own) => typeof own === 'string')),
  );
}
