import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCovariates } from '../../src/formats/covariate.js';
import { readSampleList, readVariantList } from '../../src/formats/id-list.js';
import { readPhenotypes } from '../../src/formats/phenotype.js';
import { fileWith } from '../formats/folder.js';

/** Further cases of the kind "legitimate tables of people are read", made by chance, at the readers. */
const runs = { numRuns: 40 };

const PEOPLE = 12;
const values = Array.from({ length: PEOPLE }, (_, i) => (i === 3 ? 'NA' : String(((7 * i) % 11) / 4)));
const other = Array.from({ length: PEOPLE }, (_, i) => String((5 * i) % 7));

/** How a program writes one and the same table. */
const writing = fc.record({
  separator: fc.constantFrom('\t', ' ', ',', '   '),
  headSeparator: fc.constantFrom('same', '\t', ' '),
  quoted: fc.boolean(),
  rowNames: fc.constantFrom('none', 'plain', 'quoted'),
  notes: fc.array(fc.constantFrom('# made by a program', '## version 2', '#', '#date: today'), {
    maxLength: 3,
  }),
  hash: fc.boolean(),
  families: fc.boolean(),
  end: fc.constantFrom('', '\t', '\t\t'),
  newline: fc.constantFrom('\n', '\r\n'),
  mark: fc.boolean(),
  last: fc.boolean(),
});
const PLAIN: Writing = {
  separator: ' ',
  headSeparator: 'same',
  quoted: false,
  rowNames: 'none',
  notes: [],
  hash: false,
  families: true,
  end: '',
  newline: '\n',
  mark: false,
  last: true,
};
type Writing = typeof writing extends fc.Arbitrary<infer W> ? W : never;

function written(how: Writing): string {
  const { separator, quoted, rowNames, families, newline } = how;
  const isComma = separator === ',';
  const headSeparator = isComma || how.headSeparator === 'same' ? separator : how.headSeparator;
  const q = (text: string) => (quoted ? `"${text}"` : text);
  const end = isComma ? '' : how.end;
  const ids = families ? ['FID', 'IID'] : ['IID'];
  if (how.hash && !quoted && !isComma) ids[0] = `#${ids[0]}`;
  const hasNames = rowNames !== 'none';
  const first = isComma && hasNames ? ['""'] : [];
  const header = [...first, ...[...ids, 'y', 'other'].map(q)].join(headSeparator) + (hasNames ? '' : end);
  const rows = values.map((value, i) => {
    const name = rowNames === 'quoted' ? [`"${i + 1}"`] : rowNames === 'plain' ? [String(i + 1)] : [];
    const own = families ? [q(`f${i}`), q(`i${i}`)] : [q(`i${i}`)];
    return [...name, ...own, value, other[i]].join(separator) + end;
  });
  const text = [...how.notes, header, ...rows].join(newline) + (how.last ? newline : '');
  return how.mark ? `\ufeff${text}` : text;
}

describe('tables of people', () => {
  it('in any writing hold the same traits and covariates', async () => {
    await fc.assert(
      fc.asyncProperty(writing, async (how) => {
        const file = fileWith(written(how));
        const traits = await readPhenotypes(file);
        expect(traits.columns.map(({ name }) => name)).toEqual(['y', 'other']);
        expect([...traits.columns[0].values].map(String)).toEqual(
          values.map((value) => (value === 'NA' ? 'NaN' : String(Number(value)))),
        );
        expect(traits.individualId).toEqual(values.map((_, i) => `i${i}`));
        expect(traits.familyId).toEqual(how.families ? values.map((_, i) => `f${i}`) : undefined);
        const covariates = await readCovariates(file, { names: ['other'] });
        expect(covariates.columns).toMatchObject([{ kind: 'numeric', missing: 0 }]);
      }),
      runs,
    );
  });

  it('lists may begin with notes', async () => {
    await fc.assert(
      fc.asyncProperty(writing, async ({ notes, families, hash, newline }) => {
        const header = hash ? [families ? '#FID IID' : '#IID'] : [];
        const rows = values.map((_, i) => (families ? `f${i} i${i}` : `i${i}`));
        const people = await readSampleList(fileWith([...notes, ...header, ...rows].join(newline)));
        expect(people.count).toBe(PEOPLE);
        expect([...people.among({ familyId: ['f2'], individualId: ['i2'] })]).toEqual([1]);
        const variants = await readVariantList(fileWith([...notes, 'rs1', 'rs2'].join(newline)));
        expect(variants.count).toBe(2);
      }),
      runs,
    );
  });

  it('a header that comes again, wherever, is named', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: PEOPLE }), fc.boolean(), async (at, isCovariate) => {
        const rows = values.map((_, i) => `f${i} i${i} ${other[i]}`);
        const text = ['FID IID y', ...rows.slice(0, at), 'FID IID y', ...rows.slice(at)].join('\n');
        const read = isCovariate ? readCovariates : readPhenotypes;
        await expect(read(fileWith(text))).rejects.toThrow(
          new RegExp(`:${at + 2}:3: .*The header stands here again`),
        );
      }),
      runs,
    );
  });

  it('zeros are refused at once, however many and wherever', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60 }),
        fc.constantFrom(1, 1000, 4_000_000),
        fc.boolean(),
        async (at, zeros, compressed) => {
          const text = Buffer.from(written({ ...PLAIN, last: true }));
          const bytes = Buffer.concat([text.subarray(0, at), Buffer.alloc(zeros), text.subarray(at)]);
          await expect(readPhenotypes(fileWith(compressed ? gzipSync(bytes) : bytes))).rejects.toThrow(
            /this is not a text file|NUL/,
          );
        },
      ),
      { numRuns: 20 },
    );
  });

  it.each([
    ['semicolons', 'FID;IID;y\nf1;i1;1\n', /separated by semicolons/],
    ['a decimal comma', 'FID IID y\nf1 i1 0,5\n', /a point as the decimal mark/],
    ['words for cases', 'FID IID y\nf1 i1 case\n', /Write cases as 2 and controls as 1/],
    ['one field too many', 'FID IID y\nf1 i1 1 2\n', /the line has 4 fields/],
  ])('%s are named', async (_, text, message) => {
    await expect(readPhenotypes(fileWith(text))).rejects.toThrow(message);
  });
});

describe('a .fam given as a table', () => {
  const fam = fileWithLines('f1 i1 0 0 1 2.5', 'f2 i2 0 0 2 -9', 'f3 i3 0 0 1 1.5');

  it('has its trait in column 6, never the sex', async () => {
    const path = fam();
    const { columns, isFam } = await readPhenotypes(path);
    expect([isFam, columns.map(({ name }) => name)]).toEqual([true, ['y']]);
    expect([...columns[0].values]).toEqual([2.5, Number.NaN, 1.5]);
    const asked = await readPhenotypes(path, { names: ['sex'] });
    expect([...asked.columns[0].values]).toEqual([1, 2, 1]);
    const covariates = await readCovariates(path);
    expect(covariates.columns.map(({ name }) => name)).toEqual(['sex']);
  });

  it('is told by its name: another table of six columns has four traits', async () => {
    const { columns } = await readPhenotypes(fam('traits.txt'));
    expect(columns).toHaveLength(4);
  });
});

function fileWithLines(...lines: string[]): (name?: string) => string {
  return (name = 'study.fam') => fileWith(`${lines.join('\n')}\n`, name);
}
