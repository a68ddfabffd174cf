import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { heredity } from '../cli/run.js';
import { SHARED, sharedFile } from '../shared.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-agreement-'));
afterAll(() => rmSync(folder, { recursive: true }));

const theirs = (name: string) =>
  gunzipSync(readFileSync(sharedFile(`expected/peers/bench5k.ldak.${name}.gz`))).toString();

describe.skipIf(!SHARED)('LDAK weights of 20,000 variants', () => {
  it("are LDAK 6.2's, with its defaults, byte for byte", async () => {
    const out = join(folder, 'weights');
    const { exitCode } = await heredity(
      `ld weights --bfile ${sharedFile('data/bench5k/bench')} --thin --out ${out} --quiet`.split(' '),
    );
    expect(exitCode).toBe(0);
    for (const name of ['weights.all', 'weights.short'])
      expect(readFileSync(`${out}.${name}`, 'utf8') === theirs(name), name).toBe(true);
  });
});
