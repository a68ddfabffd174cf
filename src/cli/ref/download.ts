import { createWriteStream, existsSync, statSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { HeredityError } from '../../errors.js';
import type { Phase, Progress } from '../../progress.js';
import type { ReferenceSet } from './sets.js';
import { hashOf } from './store.js';

/** A server that sends nothing for so long has gone. */
const SILENCE_MS = 60_000;
/** Tries at one address: each goes on where the one before was cut. */
const TRIES = 4;

interface Watch {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Told what went wrong at an address before the next is tried. */
  readonly onFailure: (text: string) => void;
}

/**
 * Downloads the file of a set to `target`, from the first of its addresses that gives it whole. What was cut is kept beside it
 * and gone on from, in the same call or the next.
 * @returns the address that gave it.
 * @throws HeredityError `resource` where no address does, or what they give has another hash than is published.
 */
export async function download(
  { name, urls, hash }: Pick<ReferenceSet, 'name' | 'urls' | 'hash'>,
  target: string,
  watch: Watch,
): Promise<string> {
  const failures: string[] = [];
  for (const url of urls) {
    try {
      await fetchWhole(url, `${target}.partial`, watch);
      const found = hash && (await hashOf(`${target}.partial`, hash.algorithm));
      if (hash && found !== hash.hex) {
        await forget(`${target}.partial`);
        throw new Error(`its ${hash.algorithm} is ${found}, and ${hash.hex} was published`);
      }
      await rm(`${target}.partial.tag`, { force: true });
      return url;
    } catch (error) {
      watch.signal.throwIfAborted();
      failures.push(`${url}: ${reasonOf(error)}`);
      watch.onFailure(failures.at(-1)!);
    }
  }
  throw new HeredityError('resource', `the reference set ${name} could not be had`, {
    value: failures.join('; '),
    fix: `try again later, which goes on where it stopped; or bring the file by other means: heredity ref get ${name} --from FOLDER`,
  });
}

async function fetchWhole(url: string, partial: string, watch: Watch): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await fetchRest(url, partial, watch);
    } catch (error) {
      watch.signal.throwIfAborted();
      if (error instanceof Refusal || tries === TRIES) throw error;
      await wait(200 * 2 ** tries, undefined, { signal: watch.signal });
    }
  }
}

/** An answer that another try will not change. */
class Refusal extends Error {}

async function fetchRest(url: string, partial: string, { progress, signal }: Watch): Promise<void> {
  const have = existsSync(partial) ? statSync(partial).size : 0;
  // of another version than the part we have, the server sends the whole
  const tag = have > 0 ? await readFile(`${partial}.tag`, 'utf8').catch(() => undefined) : undefined;
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(new Error('the server sends nothing')), SILENCE_MS);
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(new Error('the server sends nothing')), SILENCE_MS);
  };
  let phase: Phase | undefined;
  try {
    const answer = await fetch(url, {
      signal: AbortSignal.any([signal, silence.signal]),
      headers: tag ? { range: `bytes=${have}-`, 'if-range': tag } : {},
    });
    if (!answer.ok || !answer.body) {
      await answer.body?.cancel();
      if (answer.status === 416) await forget(partial);
      const text = `the server answers ${answer.status} ${answer.statusText}`.trim();
      throw answer.status >= 500 || answer.status === 416 ? new Error(text) : new Refusal(text);
    }
    const start = answer.status === 206 ? have : 0;
    const own = answer.headers.get('etag') ?? answer.headers.get('last-modified');
    if (own && !own.startsWith('W/')) await writeFile(`${partial}.tag`, own);
    else await rm(`${partial}.tag`, { force: true });
    const length = Number(answer.headers.get('content-length') ?? Number.NaN);
    const total = start + length;
    phase = progress.phase('download', { unit: 'bytes', ...(Number.isFinite(total) && { total }) });
    phase.advance(start);
    let received = 0;
    await pipeline(
      answer.body as unknown as AsyncIterable<Uint8Array>, // a browser's types have no way through it
      async function* (pieces: AsyncIterable<Uint8Array>) {
        for await (const piece of pieces) {
          alive();
          received += piece.length;
          phase?.advance(piece.length);
          yield piece;
        }
      },
      createWriteStream(partial, { flags: start > 0 ? 'a' : 'w' }),
    );
    if (Number.isFinite(length) && !answer.headers.get('content-encoding') && received < length)
      throw new Error(`cut off after ${start + received} of ${total} bytes`);
  } finally {
    clearTimeout(timer);
    phase?.end();
  }
}

async function forget(partial: string): Promise<void> {
  await rm(partial, { force: true });
  await rm(`${partial}.tag`, { force: true });
}

/** The innermost cause: fetch says "fetch failed" of everything. */
function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message : String(inner);
}
