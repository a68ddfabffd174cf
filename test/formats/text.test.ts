import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Line, type ReadLinesOptions, readLines } from '../../src/formats/text.js';
import { fileWith } from './folder.js';

const fieldsOf = (line: Line) => Array.from({ length: line.fields }, (_, field) => line.text(field));

async function linesOf(content: string | Uint8Array, options?: ReadLinesOptions) {
  const lines: [number, ...string[]][] = [];
  await readLines(fileWith(content), (line) => lines.push([line.number, ...fieldsOf(line)]), options);
  return lines;
}

test('tabs and runs of spaces separate fields', async () => {
  expect(await linesOf(' a b\tc \t d  e\t\t f \n')).toEqual([[1, 'a', 'b', 'c', 'd', 'e', 'f']]);
});

test('with empty fields, nothing between two tabs is a field', async () => {
  const lines = await linesOf('a\t\tb\na \t b\na  b\n\ta\na\t\n \t \na\tb c\t\n', { emptyFields: true });
  expect(lines).toEqual([
    [1, 'a', '', 'b'],
    [2, 'a', 'b'],
    [3, 'a', 'b'],
    [4, '', 'a'],
    [5, 'a', ''],
    [7, 'a', 'b', 'c', ''],
  ]);
});

test('line ends, byte order mark and blank lines do not matter', async () => {
  const lines = [
    [1, 'a', 'b'],
    [3, 'c'],
  ];
  for (const text of [
    'a b\n\nc\n',
    'a b\n  \nc',
    'a b\r\n\r\nc\r\n',
    'a b\r\n\t\r\nc\r',
    '\ufeffa b\n\nc\n\n',
  ]) {
    expect(await linesOf(text), JSON.stringify(text)).toEqual(lines);
  }
  expect(await linesOf('a')).toEqual([[1, 'a']]);
  expect(await linesOf('\ufeffa')).toEqual([[1, 'a']]);
});

test('UTF-8 is read as such', async () => {
  expect(await linesOf('Ærø 大阪\nβ é\n')).toEqual([
    [1, 'Ærø', '大阪'],
    [2, 'β', 'é'],
  ]);
});

test('gzip of several members, as bgzip writes it, is one text', async () => {
  const members = ['a b\nc', ' d\n', '', 'e\n'].map((text) => gzipSync(text));
  expect(await linesOf(Buffer.concat(members))).toEqual([
    [1, 'a', 'b'],
    [2, 'c', 'd'],
    [3, 'e'],
  ]);
});

test('lines across the chunks of a large file are whole, plain and gzip', async () => {
  const expected = Array.from({ length: 60_000 }, (_, i) => [
    i + 1,
    `id${i}`,
    'x'.repeat((i * 7919) % 80),
    String(i),
  ]);
  for (const line of expected) if (line[2] === '') line.splice(2, 1);
  const wide = Array.from({ length: 300_000 }, (_, i) => `w${i}`);
  expected.push([60_001, ...wide]);
  const text = expected.map(([, ...fields]) => fields.join('\t')).join('\n');
  expect(text.length).toBeGreaterThan(4 << 20);
  for (const content of [text, gzipSync(text)]) {
    const lines = await linesOf(content);
    expect(lines.length).toBe(expected.length);
    expect(lines.every((line, i) => line.join() === expected[i].join())).toBe(true);
  }
});

test('numbers are those of the language, to the last bit', async () => {
  const texts = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => (n / 1000).toFixed(3)),
    fc.stringMatching(/^[+-]?\d{1,20}(\.\d{0,25})?$/),
    fc.stringMatching(/^\.\d{1,5}(e[+-]?\d{1,2})?$/),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 20 }), async (numbers) => {
      const path = fileWith(numbers.join(' '));
      let read: number[] = [];
      await readLines(path, (line) => {
        read = numbers.map((_, field) => line.numeric(field));
      });
      expect(read).toEqual(numbers.map(Number));
    }),
    { numRuns: 200 },
  );
});

test('what is not a decimal number is none', async () => {
  const words = [
    'x',
    '1x',
    '1,5',
    '0x10',
    'inf',
    '-',
    '+',
    '.',
    '-.',
    'e5',
    '1e',
    '1e5.0',
    '--1',
    '1_000',
    '½',
    'NaN',
  ];
  await readLines(fileWith(words.join(' ')), (line) => {
    for (const [field, word] of words.entries()) expect(line.numeric(field), word).toBeNaN();
  });
  await readLines(fileWith('1e999 -1e999'), (line) => {
    expect([line.numeric(0), line.numeric(1)]).toEqual([Infinity, -Infinity]);
  });
});

test('missing values have several names', async () => {
  const text = 'NA\tna\tNaN\tnan\t.\t\tN\tNAN1\t0\tnone';
  await readLines(
    fileWith(text),
    (line) => {
      const found = text.split('\t').map((_, field) => line.isNotAvailable(field));
      expect(found).toEqual([true, true, true, true, true, true, false, false, false, false]);
    },
    { emptyFields: true },
  );
});

test('symbols are the text of their field, also when they change', async () => {
  const values = ['chr1', 'chr1', 'chr2', 'chr', 'chr10', 'é', 'é', 'X', 'X'];
  const read: string[] = [];
  await readLines(fileWith(values.map((value) => `x ${value}`).join('\n')), (line) =>
    read.push(line.symbol(1)),
  );
  expect(read).toEqual(values);
});

test('long values are cut in messages', async () => {
  const reading = readLines(fileWith('x'.repeat(5000)), (line) => {
    throw line.error(0, 'too long');
  });
  await expect(reading).rejects.toThrow(/:1:1: too long \(found "x{60}…"\)$/);
});

test('a line is bounded, zeros and blank lines are refused at once, and long lines take linear time', async () => {
  const read = (chunks: Iterable<Buffer>) => readLines('bomb', () => {}, { bytes: chunks });
  const forever = function* (chunk: Buffer, seen: { bytes: number }) {
    for (;;) {
      seen.bytes += chunk.length;
      yield chunk;
    }
  };
  for (const [byte, message, most] of [
    [0, /^bomb:1: this is not a text file: it holds byte 0x00/, 2 << 20],
    [97, /^bomb:1: this is not a text file: it has a line of more than 64 MB/, 66 << 20],
    [32, /more than 64 MB/, 66 << 20],
    [10, /a million blank lines/, 2 << 20],
  ] as const) {
    const seen = { bytes: 0 };
    await expect(read(forever(Buffer.alloc(1 << 20, byte), seen))).rejects.toThrow(message);
    expect(seen.bytes, String(byte)).toBeLessThanOrEqual(most);
  }
  let fields = 0;
  const wide = Buffer.from(`${'abcdefghi '.repeat(100_000)}`);
  const pieces = Array.from({ length: 40 }, () => wide);
  await readLines('wide', (line) => (fields = line.fields), { bytes: [...pieces, Buffer.from('\n')] });
  expect(fields).toBe(4_000_000);
});

test('quoted fields among spaces may hold spaces; lines to skip are not cut', async () => {
  const options = { quotes: true };
  expect(await linesOf('"a b" c "d"\n"e"f "g h\n""\n', options)).toEqual([
    [1, 'a b', 'c', 'd'],
    [2, '"e"f', '"g', 'h'],
    [3, ''],
  ]);
  expect(await linesOf('# a "quote, b\na,b\n', { separator: ',', skip: 1 })).toEqual([[2, 'a', 'b']]);
});

test('what a file is that is no text', async () => {
  const tar = Buffer.alloc(600);
  tar.write('ustar', 257);
  for (const [content, is] of [
    [tar, 'a tar archive'],
    ['<!DOCTYPE html>\n<html></html>\n', 'an HTML page'],
    [Buffer.from('BCF\x02\x02'), 'BCF'],
    [Buffer.from('SQLite format 3\0'), 'an SQLite database'],
    [Buffer.from('PAR1...'), 'a Parquet file'],
  ] as const) {
    await expect(linesOf(content)).rejects.toThrow(`the file is ${is}`);
  }
});
