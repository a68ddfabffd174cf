import { createHash } from 'node:crypto';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { readLdScores } from '../../src/formats/ld-score.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-packed-'));
const before = process.env.HEREDITY_REFERENCE;
afterAll(() => {
  rmSync(folder, { recursive: true });
  process.env.HEREDITY_REFERENCE = before;
});

const ROWS = 90_000;
const text = (last: number) => {
  const rows = Array.from(
    { length: ROWS },
    (_, i) =>
      `${i < 50_000 ? 1 : 'X'}\trs${i}\t${i + 1}\t${i === 70_000 ? 'NA' : 0.25}\t${i / 8}\t${i === ROWS - 1 ? last : 1}\n`,
  );
  return `CHR\tSNP\tBP\tMAF\tL2\tbaseL2\n${rows.join('')}`;
};
const prefix = join(folder, 'x');
const path = `${prefix}.l2.ldscore`;
let store: string;

beforeEach(() => {
  store = mkdtempSync(join(folder, 'store-'));
  process.env.HEREDITY_REFERENCE = store;
  writeFileSync(path, text(3));
});

async function read() {
  const said: string[] = [];
  const hash = async (file: string) => ({
    bytes: statSync(file).size,
    sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
  });
  const { ids, chromosome, ...table } = await readLdScores([prefix], false, {
    hash,
    say: (sentence) => said.push(sentence),
  });
  const whole = { ...table, ids: ids.texts(), chromosomes: [...chromosome.runs()] };
  const all = JSON.stringify(Object.entries(whole).sort());
  return { said, ids, table, all: createHash('sha256').update(all).digest('hex') };
}
const kept = () => readdirSync(join(store, '.packed')).map((name) => join(store, '.packed', name));

test('a table from its packed form is the one from the text, and finds its IDs', async () => {
  const first = await read();
  const second = await read();
  expect(first.said).toEqual([expect.stringContaining('are kept in packed form for the next run: ')]);
  expect(second.said).toEqual([expect.stringContaining('come from their packed form')]);
  expect(second.all).toBe(first.all);
  expect(second.table.frequency?.[70_000]).toBeNaN();
  expect([second.ids.indexOf('rs123'), second.ids.indexOf('rs90000')]).toEqual([123, -1]);
  expect([...second.ids.rowsOf(first.ids)]).toEqual(Array.from({ length: ROWS }, (_, i) => i));
  expect(second.ids.add('another')).toBe(-1);
  expect([second.ids.indexOf('another'), second.ids.indexOf('rs5')]).toEqual([ROWS, 5]);
});

test('files of other contents have another one, whatever their time and size', async () => {
  await read();
  const { mtime } = statSync(path);
  writeFileSync(path, text(4));
  expect(statSync(path).mtime >= mtime).toBe(true);
  const { said, table } = await read();
  expect(said).toEqual([expect.stringContaining('are kept')]);
  expect(table.scores.at(-1)).toBe(4);
  expect(kept()).toHaveLength(2);
});

test('a packed form that is cut off is not taken, and made again', async () => {
  const { all } = await read();
  const [file] = kept();
  const { size } = statSync(file);
  truncateSync(file, size - 100);
  const again = await read();
  expect(again.said).toEqual([expect.stringContaining('are kept')]);
  expect(again.all).toBe(all);
  expect(statSync(file).size).toBe(size);
  writeFileSync(file, 'no packed table');
  expect((await read()).all).toBe(all);
});

test('where nothing can be kept, it says so and goes on', async () => {
  writeFileSync(join(store, '.packed'), 'a file in place of the folder');
  const { said, table } = await read();
  expect(said).toEqual([expect.stringContaining('cannot be kept in packed form')]);
  expect(table.count).toBe(ROWS);
});

test('small files are not packed', async () => {
  writeFileSync(path, 'CHR\tSNP\tBP\tL2\n1\trs1\t5\t1\n');
  const { said } = await read();
  expect(said).toEqual([]);
});
