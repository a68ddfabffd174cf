import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What lets a browser in. */
export interface Secrets {
  /** Known to who can read the redirect file; exchanged for the cookie. */
  readonly token: string;
  /** In the cookie, which no script can read. */
  readonly session: string;
  /** In the page, and in a header with every change: cookies are the same for all ports of a machine. */
  readonly header: string;
  /** Names the cookie by the port, so that two servers do not take each other's. */
  readonly cookieName: string;
}

/** Header of every change. */
const SECRET_HEADER = 'x-heredity-secret';
/** Where the token is exchanged for the cookie. */
export const ENTRANCE = '/enter';

export interface Refusal {
  readonly status: 400 | 401 | 403 | 405 | 413 | 415 | 421;
  /** For the user, and for the log: never with a secret in it. */
  readonly why: string;
}

/** Names of this machine; the port may be another one, as `ssh -L` changes it. */
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/**
 * Who may ask: pages of this server that have its cookie. A page of another site can make a browser send requests here,
 * and another user of the machine can send them directly; neither knows the secrets, and neither can be the same origin.
 * @returns undefined where the request is let in.
 */
export function refusalOf(request: IncomingMessage, secrets: Secrets): Refusal | undefined {
  const { method = '', headers } = request;
  const path = (request.url ?? '').split('?')[0];
  const { host = '', origin } = headers;
  // rebinding gives a foreign name the address of this machine
  if (!LOOPBACK.test(host)) return { status: 421, why: 'the host is not this machine' };
  if (origin !== undefined && origin !== `http://${host}`)
    return { status: 403, why: 'the request comes from another site' };
  if (method !== 'GET' && method !== 'POST') return { status: 405, why: 'only GET and POST are served' };
  const site = headers['sec-fetch-site'];
  const isEntrance = path === ENTRANCE && method === 'GET';
  if (!isEntrance && site !== undefined && site !== 'same-origin' && site !== 'none')
    return { status: 403, why: 'the request comes from another site' };
  if (isEntrance)
    return isSame(tokenOf(request.url ?? ''), secrets.token)
      ? undefined
      : { status: 401, why: 'the token is wrong' };
  if (!isSame(cookieOf(headers.cookie ?? '', secrets.cookieName), secrets.session))
    return { status: 401, why: 'open the page by the file that "heredity page" names' };
  if (method === 'GET') return undefined;
  if (!isSame(String(headers[SECRET_HEADER] ?? ''), secrets.header))
    return { status: 403, why: 'the secret of the page is missing' };
  if (!/^application\/json(;|$)/.test(headers['content-type'] ?? ''))
    return { status: 415, why: 'only JSON is taken' };
  return undefined;
}

function tokenOf(url: string): string {
  return new URLSearchParams(url.split('?')[1] ?? '').get('token') ?? '';
}

function cookieOf(header: string, name: string): string {
  for (const part of header.split(';')) {
    const [key, value = ''] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return '';
}

/** Compares in a time that does not tell how much was right. */
function isSame(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** On every answer: no frame around it, nothing from elsewhere, nothing kept, and threads for the kernels. */
export const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** On files of the user's: whatever is in them, it is no page of this server. */
export const FILE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'Content-Disposition': 'attachment',
  'Content-Type': 'application/octet-stream',
};
