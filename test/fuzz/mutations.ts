import { gunzipSync, gzipSync } from 'node:zlib';
import type { Random } from './random.js';

/** What a field of a table is replaced with. */
export const NASTY_FIELDS: readonly string[] = [
  ...[
    'NaN',
    'nan',
    'NA',
    'inf',
    '-inf',
    'Infinity',
    '1e400',
    '-1e400',
    '1e-400',
    '1e308',
    '-1e308',
    '5e-324',
  ],
  ...['0', '-0', '1', '-1', '2', '0.5', '1.0000000000000002', '9007199254740993', '2147483648', '4294967297'],
  ...['-9', '1e-300', '1e300', '1e9', '0x10', '1e', '.', '-', '+', '', ' ', '1,5', '1_000', '١٢', '½'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'null',
    'undefined',
    'true',
    '[object Object]',
  ],
  ...[
    '\u0000',
    '\u0007',
    '\u001b[31mred',
    '\u009b31m',
    '\u202egnp',
    '\u2028',
    '\ufeff',
    '\ud800',
    '\r',
    '"',
    '""',
  ],
  ...[
    '"a',
    "'",
    '\\',
    '/',
    '../x',
    'a/b',
    '%s%n',
    '$(x)',
    '<script>',
    '#',
    '##',
    '-0.0',
    'e',
    '1 2',
    '1;2',
    '1|2',
  ],
  ...['x'.repeat(5000), '9'.repeat(400), `0.${'1'.repeat(400)}`, 'é'.repeat(300)],
];

const LONG_FIELD = 'z'.repeat(300_000);

type TextMutation = (lines: string[], random: Random) => string[];

const WHITE = /[ \t]+/;
const separatorOf = (line: string): string => (line.includes('\t') ? '\t' : line.includes(',') ? ',' : ' ');
const cut = (line: string): string[] => {
  const separator = separatorOf(line);
  return separator === ' ' ? line.trim().split(WHITE) : line.split(separator);
};
const joined = (fields: readonly string[], like: string): string => fields.join(separatorOf(like));

/** Replaces the fields of one line. */
function onLine(lines: string[], at: number, change: (fields: string[]) => string[]): string[] {
  return lines.map((line, i) => (i === at ? joined(change(cut(line)), line) : line));
}

function onLines(lines: string[], change: (fields: string[], at: number) => string[]): string[] {
  return lines.map((line, i) => (line === '' ? line : joined(change(cut(line), i), line)));
}

const replaced = <T>(list: readonly T[], at: number, value: T): T[] =>
  list.map((x, i) => (i === at ? value : x));
const columnOf = (lines: readonly string[], random: Random): number =>
  random.below(cut(lines[0] ?? '').length);

/** Changes of a text, given as its lines; the last is empty where the text ends in a newline. */
const TEXT_MUTATIONS: Readonly<Record<string, TextMutation>> = {
  'a field replaced': (lines, random) => {
    const at = random.below(lines.length);
    return onLine(lines, at, (fields) =>
      replaced(fields, random.below(fields.length), random.pick(NASTY_FIELDS)),
    );
  },
  'a field of the body replaced': (lines, random) => {
    const at = Math.min(lines.length - 1, 1 + random.below(lines.length));
    return onLine(lines, at, (fields) =>
      replaced(fields, random.below(fields.length), random.pick(NASTY_FIELDS)),
    );
  },
  'a column replaced': (lines, random) => {
    const [column, value] = [columnOf(lines, random), random.pick(NASTY_FIELDS)];
    return onLines(lines, (fields, i) => (i === 0 ? fields : replaced(fields, column, value)));
  },
  'half of a column replaced': (lines, random) => {
    const [column, value] = [columnOf(lines, random), random.pick(NASTY_FIELDS)];
    return onLines(lines, (fields, i) =>
      i === 0 || random.chance(0.5) ? fields : replaced(fields, column, value),
    );
  },
  'a column scaled': (lines, random) => {
    const [column, factor] = [
      columnOf(lines, random),
      random.pick([0, -1, 1e-300, 1e300, 1e154, 1e-10, 1e10, 1e6]),
    ];
    return onLines(lines, (fields) => {
      const number = Number(fields[column]);
      return Number.isFinite(number) && fields[column] !== ''
        ? replaced(fields, column, String(number * factor))
        : fields;
    });
  },
  'a column shifted': (lines, random) => {
    const [column, shift] = [columnOf(lines, random), random.pick([1, -1, 1e9, 1e16, 0.5])];
    return onLines(lines, (fields) => {
      const number = Number(fields[column]);
      return Number.isFinite(number) && fields[column] !== ''
        ? replaced(fields, column, String(number + shift))
        : fields;
    });
  },
  'a column by a name of the header replaced': (lines, random) =>
    onLine(lines, 0, (fields) =>
      replaced(fields, random.below(fields.length), random.pick([...fields, ...NASTY_FIELDS])),
    ),
  'two columns swapped': (lines, random) => {
    const [a, b] = [columnOf(lines, random), columnOf(lines, random)];
    const from = random.chance(0.5) ? 0 : 1;
    return onLines(lines, (fields, i) =>
      i < from ? fields : replaced(replaced(fields, a, fields[b] ?? ''), b, fields[a] ?? ''),
    );
  },
  'a column left out': (lines, random) => {
    const column = columnOf(lines, random);
    return onLines(lines, (fields) => fields.filter((_, i) => i !== column));
  },
  'a column added': (lines, random) => {
    const value = random.pick(NASTY_FIELDS);
    return onLines(lines, (fields) => [...fields, value]);
  },
  'a line doubled': (lines, random) => {
    const at = random.below(lines.length);
    return [...lines.slice(0, at), lines[at], ...lines.slice(at)];
  },
  'a line left out': (lines, random) => {
    const at = random.below(lines.length);
    return lines.filter((_, i) => i !== at);
  },
  'a line cut': (lines, random) => {
    const at = random.below(lines.length);
    return replaced(lines, at, lines[at].slice(0, random.below(lines[at].length + 1)));
  },
  'the header left out': (lines) => lines.slice(1),
  'the header twice': (lines, random) => {
    const at = random.below(lines.length);
    return [...lines.slice(0, at), lines[0], ...lines.slice(at)];
  },
  'the header alone': (lines) => [lines[0], ''],
  'one line of the body': (lines) => [lines[0], lines[1] ?? '', ''],
  'the first lines': (lines, random) => lines.slice(0, 1 + random.below(lines.length)),
  'every line twice': (lines) => lines.flatMap((line) => [line, line]),
  'lines in another order': (lines, random) => {
    const body = lines.slice(1).map((line) => ({ line, key: random.uniform() }));
    return [lines[0], ...body.toSorted((a, b) => a.key - b.key).map(({ line }) => line)];
  },
  'lines equal': (lines, random) => {
    const model = lines[Math.min(lines.length - 1, 1 + random.below(lines.length))];
    return lines.map((line, i) => (i === 0 || line === '' ? line : model));
  },
  'blank lines': (lines, random) => lines.flatMap((line) => (random.chance(0.3) ? [line, ''] : [line])),
  'a comment': (lines, random) => {
    const at = random.below(lines.length);
    return [
      ...lines.slice(0, at),
      random.pick(['# note', '## note', '#', '; note', '//']),
      ...lines.slice(at),
    ];
  },
  'line ends CR LF': (lines) => lines.map((line, i) => (i < lines.length - 1 ? `${line}\r` : line)),
  'line ends CR': (lines) => [lines.join('\r')],
  'some line ends CR LF': (lines, random) => lines.map((line) => (random.chance(0.3) ? `${line}\r` : line)),
  'no newline at the end': (lines) => [lines.join('\n').trimEnd()],
  'fields in quotes': (lines) => onLines(lines, (fields) => fields.map((field) => `"${field}"`)),
  'some fields in quotes': (lines, random) =>
    onLines(lines, (fields) => fields.map((field) => (random.chance(0.1) ? `"${field}"` : field))),
  'commas between fields': (lines) => lines.map((line) => line.replace(/[ \t]+/g, ',')),
  'semicolons between fields': (lines) => lines.map((line) => line.replace(/[ \t,]+/g, ';')),
  'tabs between fields': (lines) => lines.map((line) => line.replace(/[ ,]+/g, '\t')),
  'spaces between fields': (lines) => lines.map((line) => line.replace(/[\t,]+/g, '  ')),
  'separators at the ends of lines': (lines, random) => {
    const end = random.pick(['\t', ' ', ',', '\t\t', ' \t']);
    return lines.map((line) => (line === '' ? line : `${line}${end}`));
  },
  'lines indented': (lines) => lines.map((line) => (line === '' ? line : `  ${line}`)),
  'a very long field': (lines, random) => {
    const at = random.below(lines.length);
    return onLine(lines, at, (fields) => replaced(fields, random.below(fields.length), LONG_FIELD));
  },
  'a line of many fields': (lines, random) => {
    const at = random.below(lines.length);
    return onLine(lines, at, (fields) => [
      ...fields,
      ...new Array<string>(150_000).fill(random.pick(['1', 'a', 'NA'])),
    ]);
  },
  'every line of many fields': (lines, random) => {
    const more = new Array<string>(random.pick([20, 3000])).fill('1');
    return onLines(lines, (fields, i) => [...fields, ...(i === 0 ? more.map((_, k) => `c${k}`) : more)]);
  },
  'upper case': (lines) => lines.map((line) => line.toUpperCase()),
  'lower case': (lines) => lines.map((line) => line.toLowerCase()),
};

type ByteMutation = (bytes: Buffer, random: Random) => Buffer;

/** Changes of any file. */
const BYTE_MUTATIONS: Readonly<Record<string, ByteMutation>> = {
  'a byte changed': (bytes, random) => withByte(bytes, random.below(bytes.length), random.below(256)),
  'bits flipped': (bytes, random) => {
    let changed = bytes;
    for (let k = 0; k < 8; k++) {
      const at = random.below(bytes.length);
      changed = withByte(changed, at, changed[at] ^ (1 << random.below(8)));
    }
    return changed;
  },
  'the first bytes changed': (bytes, random) =>
    withByte(bytes, random.below(Math.min(8, bytes.length)), random.below(256)),
  'cut off': (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  'the beginning cut off': (bytes, random) => bytes.subarray(random.below(bytes.length)),
  'a piece cut out': (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(64))]);
  },
  'bytes appended': (bytes, random) =>
    Buffer.concat([
      bytes,
      Buffer.from(Array.from({ length: 1 + random.below(40) }, () => random.below(256))),
    ]),
  twice: (bytes) => Buffer.concat([bytes, bytes]),
  empty: () => Buffer.alloc(0),
  'a blank': () => Buffer.from(' \n'),
  newlines: () => Buffer.from('\n\n\n'),
  zeros: (bytes) => Buffer.alloc(bytes.length),
  'a NUL': (bytes, random) => inserted(bytes, random, Buffer.of(0)),
  'control characters': (bytes, random) => inserted(bytes, random, Buffer.from('\u001b[2J\u0007')),
  'bytes of another encoding': (bytes, random) => inserted(bytes, random, Buffer.of(0xe9, 0xff, 0xfe, 0xc3)),
  'a byte order mark': (bytes) => Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), bytes]),
  'two byte order marks': (bytes) => Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf), bytes]),
  'UTF-16': (bytes) =>
    Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(bytes.toString('latin1'), 'utf16le')]),
  'UTF-16 without a mark': (bytes) => Buffer.from(bytes.toString('latin1'), 'utf16le'),
  compressed: (bytes) => gzipSync(bytes),
  'compressed twice': (bytes) => gzipSync(gzipSync(bytes)),
  'compressed and cut off': (bytes, random) => {
    const whole = gzipSync(bytes);
    return whole.subarray(0, 2 + random.below(whole.length - 2));
  },
  'compressed with a tail': (bytes, random) =>
    Buffer.concat([gzipSync(bytes), Buffer.alloc(1 + random.below(30), random.pick([0, 65]))]),
  'compressed in members': (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([gzipSync(bytes.subarray(0, at)), gzipSync(bytes.subarray(at))]);
  },
  'another kind of file': (_, random) =>
    Buffer.from(
      random.pick([
        'PK\u0003\u0004zip',
        'PAR1xxPAR1',
        '<html><body>404</body></html>',
        '{"a": [1, 2]}',
        'BZh91AY',
        '%PDF-1.4',
        '[]',
        '0',
        'null',
        '"x"',
      ]),
      'latin1',
    ),
};

/** Numbers of four and eight bytes that a binary file has instead of its own. */
const BINARY_MUTATIONS: Readonly<Record<string, ByteMutation>> = {
  'a float32 replaced': (bytes, random) => {
    const changed = Buffer.from(bytes);
    const at = 4 * random.below(Math.floor(bytes.length / 4));
    if (at + 4 <= bytes.length)
      changed.writeFloatLE(random.pick([Number.NaN, Infinity, -Infinity, 1e38, -1, 0, 1e-40]), at);
    return changed;
  },
  'every float32 replaced': (bytes, random) => {
    const changed = Buffer.from(bytes);
    const value = random.pick([Number.NaN, Infinity, 3e38, 0, -1, 1, 1e-40]);
    for (let at = 0; at + 4 <= bytes.length; at += 4) changed.writeFloatLE(value, at);
    return changed;
  },
  'a float64 replaced': (bytes, random) => {
    const changed = Buffer.from(bytes);
    const at = 8 * random.below(Math.floor(bytes.length / 8));
    if (at + 8 <= bytes.length)
      changed.writeDoubleLE(random.pick([Number.NaN, Infinity, -1e308, 0, 5e-324]), at);
    return changed;
  },
  'every byte replaced': (bytes, random) =>
    Buffer.from(bytes).fill(random.pick([0, 0x55, 0xaa, 0xff]), Math.min(3, bytes.length)),
};

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A value of a JSON document replaced, left out or doubled. */
function mutatedJson(document: Json, random: Random): string {
  const places: { holder: Json[] | { [key: string]: Json }; key: string }[] = [];
  const visit = (value: Json) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      places.push({ holder: value, key });
      visit(child);
    }
  };
  visit(document);
  if (places.length === 0) return '{}';
  const { holder, key } = random.pick(places);
  const all = holder as { [key: string]: Json };
  const values: Json[] = [
    null,
    0,
    -1,
    1e308,
    -1e308,
    0.5,
    2,
    '',
    'x',
    '1',
    [],
    {},
    [null],
    true,
    '__proto__',
    'x'.repeat(5000),
  ];
  const way = random.below(10);
  if (way < 7) all[key] = random.pick(values);
  else if (way === 7 && Array.isArray(holder)) holder.push(holder[Number(key)]!);
  else if (way === 8 && Array.isArray(holder)) holder.length = 0;
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete all[key];
  const written = JSON.stringify(document);
  // beyond float64, and a name that a careless reader takes for an object's own
  if (random.chance(0.1)) return written.replace(/:-?\d[\d.e+-]*/, ':1e999');
  if (random.chance(0.05)) return written.replace('{', '{"__proto__":{"schema":1},');
  return written;
}

/** A JSON document; undefined where an earlier change has spoilt it. */
function parsed(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString('utf8')) as Json;
  } catch {
    return undefined;
  }
}

/** Undefined where an earlier change has spoilt the file. */
function decompressed(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes);
  } catch {
    return undefined;
  }
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Changes a file in one way of many; returns what was done, and the new contents. */
export function mutate(name: string, original: Buffer, random: Random): { what: string; bytes: Buffer } {
  const unpacked = isGzip(original) && random.chance(0.85) ? decompressed(original) : undefined;
  if (unpacked !== undefined) {
    const { what, bytes } = mutate(name.replace(/\.gz$/, ''), unpacked, random);
    return { what, bytes: random.chance(0.7) ? gzipSync(bytes) : bytes };
  }
  const isBinary = isGzip(original) || original.includes(0) || /\.(bed|pgen|bgen|bin|parquet)$/.test(name);
  if (isBinary) return byBytes(random.chance(0.5) ? BINARY_MUTATIONS : BYTE_MUTATIONS, original, random);
  const document = name.endsWith('.json') && random.chance(0.75) ? parsed(original) : undefined;
  if (document !== undefined)
    return { what: 'a value changed', bytes: Buffer.from(mutatedJson(document, random)) };
  if (random.chance(0.25)) return byBytes(BYTE_MUTATIONS, original, random);
  const what = random.pick(Object.keys(TEXT_MUTATIONS));
  const lines = original.toString('utf8').split('\n');
  return { what, bytes: Buffer.from(TEXT_MUTATIONS[what](lines, random).join('\n')) };
}

function byBytes(mutations: Readonly<Record<string, ByteMutation>>, bytes: Buffer, random: Random) {
  const what = random.pick(Object.keys(mutations));
  return { what, bytes: mutations[what](bytes.length === 0 ? Buffer.from('\n') : bytes, random) };
}

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = value;
  return changed;
}

function inserted(bytes: Buffer, random: Random, piece: Buffer): Buffer {
  const at = random.below(bytes.length);
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
}
