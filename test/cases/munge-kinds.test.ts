import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COLUMN_NAMES, knownName, type Meaning } from '../../src/formats/gwas/column-names.js';
import { readAlleleList } from '../../src/formats/merge-alleles.js';
import { fileWith } from '../formats/folder.js';
import { type Choices, munged, negLog10P } from './munge-run.js';

/** Further cases of each kind of test/cases/munge.test.ts, made by chance; each kind at least this often. */
const runs = { numRuns: 24 };

type Columns = Readonly<Record<string, readonly (string | number)[]>>;

/** A study of 40 variants: effects of both signs in units of `unit`, at a standard error of 1 unit. */
const study = fc.record({
  z: fc.array(fc.integer({ min: -400, max: 400 }), { minLength: 40, maxLength: 40 }).map((values) =>
    // as many positive as negative, none of them 0, and the two nearest to it as far away: a median of 0, as munge wants it
    values.map((value, i) => ((i % 2 === 0 ? 1 : -1) * ((i < 2 ? 0 : Math.abs(value)) + 30)) / 100),
  ),
  unit: fc.constantFrom(1e-5, 0.01, 0.1),
});

const ALLELES = ['A G', 'A C', 'T C', 'T G'].map((pair) => pair.split(' ') as [string, string]);
const base = (z: readonly number[], names = ['SNP', 'A1', 'A2']): Columns => ({
  [names[0]]: z.map((_, i) => `rs${i + 1}`),
  [names[1]]: z.map((_, i) => ALLELES[i % 4][0]),
  [names[2]]: z.map((_, i) => ALLELES[i % 4][1]),
});
const constant = (z: readonly unknown[], value: string | number) => z.map(() => value);
const p = (z: number) => 10 ** -negLog10P(z);

function textOf(columns: Columns, separator = '\t', headSeparator = separator): string {
  const rows = Object.values(columns)[0].map((_, i) =>
    Object.values(columns)
      .map((values) => values[i])
      .join(separator),
  );
  return `${[Object.keys(columns).join(headSeparator), ...rows].join('\n')}\n`;
}

const munge = (content: Columns | string, choices?: Choices) =>
  munged(typeof content === 'string' ? content : textOf(content), choices);

/** Every variant is there with its Z, to `digits` decimals. */
function expectZ(kept: ReadonlyMap<string, number>, z: readonly number[], digits = 3): void {
  expect(kept.size).toBe(z.length);
  z.forEach((value, i) => {
    expect(kept.get(`rs${i + 1}`)!, `rs${i + 1}`).toBeCloseTo(value, digits);
  });
}

const nameOf = (meaning: Meaning) => fc.constantFrom(...COLUMN_NAMES[meaning]);
/** The same name as other programs would spell it. */
const spelt = (meaning: Meaning) =>
  fc.tuple(nameOf(meaning), fc.constantFrom('as', 'lower', 'camel', 'point', 'dash')).map(([name, how]) => {
    if (how === 'lower') return name.toLowerCase();
    if (how === 'camel')
      return name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    if (how === 'point') return name.replaceAll('_', '.');
    return how === 'dash' ? name.replaceAll('_', '-') : name;
  });
const missingWord = fc.constantFrom('NA', 'nan', '.', '', 'NULL', 'None', 'n/a', '-nan', '#N/A', '<NA>');

test('p-flag-on-log10p: a known name of -log10 P is read as that, whatever the flag', async () => {
  await fc.assert(
    fc.asyncProperty(
      study,
      spelt('negLog10P'),
      fc.constantFrom('p', 'negLog10P'),
      async ({ z, unit }, name, flag) => {
        const columns = {
          ...base(z),
          BETA: z.map((value) => value * unit),
          [name]: z.map(negLog10P),
          N: constant(z, 5e4),
        };
        expectZ((await munge(columns, { named: { [flag]: name } })).kept, z);
        expectZ((await munge(columns)).kept, z);
      },
    ),
    runs,
  );
});

test('p-flag-on-log10p: a flag that names values which are no P is refused', async () => {
  const large = fc.array(fc.integer({ min: 10, max: 30 }), { minLength: 40, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(large, fc.constantFrom('q1', 'signal', 'xlp'), async (values, name) => {
      const z = values.map((_, i) => (i % 2 === 0 ? 1 : -1));
      const columns = {
        ...base(z),
        BETA: z,
        [name]: values.map((value, i) => (i % 3 === 0 ? value / 10 : value / 40)),
        N: constant(z, 5e4),
      };
      await expect(munge(columns, { named: { p: name } })).rejects.toThrow(
        /--p: .* holds .*, which is no P value/,
      );
    }),
    runs,
  );
});

test('a1-inc-with-signs: signs in the data contradict --a1-inc', async () => {
  const meaning = fc.constantFrom('beta', 'z', 'oddsRatio', 'logOdds', 'score');
  await fc.assert(
    fc.asyncProperty(
      study,
      meaning.chain((m) => spelt(m).map((name) => [m, name] as const)),
      async ({ z }, [m, name]) => {
        const values = m === 'oddsRatio' ? z.map((value) => Math.exp(value / 100)) : z;
        const columns = { ...base(z), [name]: values, P: z.map(p), N: constant(z, 5e4) };
        await expect(munge(columns, { a1Increases: true })).rejects.toThrow(
          /for 20 of 40 variants .*leave out --a1-inc/i,
        );
        const turned = {
          ...columns,
          [name]: values.map((value) => (m === 'oddsRatio' ? Math.max(value, 1 / value) : Math.abs(value))),
        };
        const { kept } = await munge(turned, { a1Increases: true });
        expectZ(kept, z.map(Math.abs));
      },
    ),
    runs,
  );
});

test('lost-signs: effects without one negative are warned of in any unit', async () => {
  await fc.assert(
    fc.asyncProperty(
      study,
      fc.constantFrom(1e-6, 1e-4, 1e-3, 0.01),
      spelt('beta'),
      async ({ z }, unit, name) => {
        const columns = {
          ...base(z),
          [name]: z.map((value) => Math.abs(value) * unit),
          P: z.map(p),
          N: constant(z, 5e4),
        };
        expect((await munge(columns)).sign).toMatchObject({ hasOneSign: true });
        const signed = { ...columns, [name]: z.map((value) => value * unit) };
        expect((await munge(signed)).sign).toMatchObject({ hasOneSign: false, isCentred: true });
      },
    ),
    runs,
  );
});

test('median-check-large-units: a median is far by the spread of its column', async () => {
  await fc.assert(
    fc.asyncProperty(study, fc.constantFrom(5, 78, 1e3, 1e6), async ({ z }, unit) => {
      const columns = (shift: number) => ({
        ...base(z),
        SCORE: z.map((value) => (value + shift) * unit),
        P: z.map(p),
        N: constant(z, 5e4),
      });
      const spread = Math.sqrt(z.reduce((sum, value) => sum + value * value, 0) / z.length);
      // the two middle ones are 30 and -30 at most apart from the medians of the halves: shift by what surely counts
      const centred = columns(0);
      const median =
        [...centred.SCORE]
          .sort((a, b) => a - b)
          .slice(19, 21)
          .reduce((a, b) => a + b) / 2;
      fc.pre(Math.abs(median) < 0.05 * spread * unit);
      expectZ((await munge(centred)).kept, z);
      await expect(munge(columns(2 * spread))).rejects.toThrow(/median of SCORE/);
    }),
    runs,
  );
});

test('vcf-declared-keys: keys that no row carries are as if not declared', async () => {
  const optional = ['AF', 'SS', 'EZ', 'SI', 'NC', 'NS', 'NE', 'ID'];
  await fc.assert(
    fc.asyncProperty(
      study,
      fc.shuffledSubarray(optional),
      fc.shuffledSubarray(['ES', 'SE', 'LP'], { minLength: 3 }),
      async ({ z, unit }, declared, order) => {
        const value = (key: string, i: number) => ({ ES: z[i] * unit, SE: unit, LP: negLog10P(z[i]) })[key];
        const head = [...optional.filter((key) => declared.includes(key)), 'ES', 'SE', 'LP'].map(
          (key) => `##FORMAT=<ID=${key},Number=A,Type=Float,Description="x">`,
        );
        const rows = z.map((_, i) =>
          [
            '1',
            i + 1,
            `rs${i + 1}`,
            ALLELES[i % 4][1],
            ALLELES[i % 4][0],
            '.',
            'PASS',
            '.',
            order.join(':'),
            order.map((key) => value(key, i)).join(':'),
          ].join('\t'),
        );
        const text = `##fileformat=VCFv4.2\n${head.join('\n')}\n##SAMPLE=<ID=s,TotalControls=30000.0,TotalCases=20000.0>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n${rows.join('\n')}\n`;
        const { kept, n } = await munge(text);
        expectZ(kept, z);
        expect(n).toBe(50000);
      },
    ),
    runs,
  );
});

test('empty-column: a known column without a value is as if it were absent, and is named', async () => {
  const optional = fc.constantFrom(
    'frequency',
    'info',
    'nCases',
    'nControls',
    'nStudies',
    'se',
    'nEffective',
    'z',
    'negLog10P',
    'oddsRatio',
    'otherAllele',
  );
  await fc.assert(
    fc.asyncProperty(
      study,
      optional.chain((meaning) => spelt(meaning)),
      missingWord,
      async ({ z, unit }, name, word) => {
        const columns = {
          ...base(z),
          BETA: z.map((value) => value * unit),
          P: z.map(p),
          N: constant(z, 5e4),
        };
        fc.pre(
          !Object.hasOwn(columns, name) &&
            knownName(name)?.meaning !== undefined &&
            !/^(A2|NMISS)$/i.test(name),
        );
        const { kept, said, n } = await munge({ [name]: constant(z, word), ...columns });
        expectZ(kept, z);
        expect(n).toBe(5e4);
        expect(said).toContain(`${name} has no value in the first rows`);
      },
    ),
    { numRuns: 60 },
  );
});

test('empty-column: without P, from the effect and its error; values below the first rows are counted', async () => {
  await fc.assert(
    fc.asyncProperty(study, missingWord, async ({ z, unit }, word) => {
      const columns = {
        ...base(z),
        BETA: z.map((value) => value * unit),
        SE: constant(z, unit),
        P: constant(z, word),
        N: constant(z, 5e4),
      };
      expectZ((await munge(columns)).kept, z);
    }),
    runs,
  );
  const count = 5000;
  const z = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 1 : -1));
  const late = {
    ...base(z),
    BETA: z,
    P: constant(z, 0.3),
    N: constant(z, 5e4),
    EAF: z.map((_, i) => (i < 4000 ? 'NA' : '0.3')),
  };
  expect((await munge(late)).said).toMatch(
    /EAF has no value in the first rows .* but has one in 1000 rows below/,
  );
});

test('named-effect-and-se: Z is the ratio of two columns that flags name', async () => {
  const names = fc.constantFrom(
    ['BETA.Y1', 'SE.Y1'],
    ['eff', 'err'],
    ['x1', 'x2'],
    ['beta_EUR', 'se_EUR'],
    ['height_beta', 'height_se'],
  );
  await fc.assert(
    fc.asyncProperty(study, names, fc.boolean(), async ({ z, unit }, [effect, se], isOdds) => {
      const columns = {
        ...base(z),
        [effect]: z.map((value) => (isOdds ? Math.exp(value * 0.01) : value * unit)),
        [se]: constant(z, isOdds ? 0.01 : unit),
        P: constant(z, 0.5),
        N: constant(z, 5e4),
      };
      const { kept, plan } = await munge(columns, {
        named: { signed: effect, se: se },
        signedNull: isOdds ? 1 : 0,
      });
      expectZ(kept, z);
      expect(plan.magnitude.from).toBe(isOdds ? 'log(OR) / SE' : 'effect / SE');
    }),
    runs,
  );
});

test('reference-allele: of a reference and an alternate one the effect is that of the alternate one', async () => {
  await fc.assert(
    fc.asyncProperty(
      study,
      spelt('reference'),
      spelt('alternative'),
      fc.boolean(),
      async ({ z }, reference, alternative, isNamed) => {
        const columns = {
          ...base(z, ['SNP', alternative, reference]),
          BETA: z.map((value) => value / 100),
          P: z.map(p),
          N: constant(z, 5e4),
        };
        const { plan } = await munge(columns, isNamed ? { named: { otherAllele: alternative } } : {});
        expect(plan.alleles).toEqual({ effect: 1, other: 2 });
        await expect(munge(columns, { named: { effectAllele: reference } })).rejects.toThrow(
          /insist with --a1/,
        );
        const turned = await munge(columns, { named: { effectAllele: reference, otherAllele: alternative } });
        expect(turned.plan.alleles).toEqual({ effect: 2, other: 1 });
      },
    ),
    runs,
  );
});

test('separators: header and rows are each cut by what separates them', async () => {
  const layout = fc.record({
    head: fc.constantFrom('\t', ',', ' ', '   '),
    rows: fc.constantFrom('\t', ',', ' ', '   '),
    trailing: fc.boolean(),
    end: fc.constantFrom('\n', '\r\n'),
    about: fc.shuffledSubarray(['# made by a program', '## a=b,c;d', '#', '# SNP is the variant', '##x\ty']),
    hash: fc.boolean(),
    rowNames: fc.boolean(),
    quoted: fc.boolean(),
    repeated: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      study,
      layout,
      async ({ z }, { head, rows, trailing, end, about, hash, rowNames, quoted, repeated }) => {
        const columns: Columns = {
          ...base(z),
          BETA: z.map((value) => value / 100),
          P: z.map(p),
          N: constant(z, 5e4),
        };
        const quote = (value: string | number) =>
          quoted && typeof value === 'string' ? `"${value}"` : String(value);
        const header = (hash && !quoted ? '#' : '') + Object.keys(columns).map(quote).join(head);
        const body = z.map((_, i) => {
          const fields = Object.values(columns).map((values) => quote(values[i]));
          return (rowNames ? [quote(String(i + 1)), ...fields] : fields).join(rows) + (trailing ? rows : '');
        });
        // a header that is repeated is cut as rows are
        if (repeated && head === rows) body.splice(20, 0, header);
        const { kept, said } = await munge([...about, header, ...body, ''].join(end));
        expectZ(kept, z);
        expect(said.includes('repeats the header')).toBe(repeated && head === rows);
      },
    ),
    { numRuns: 150 },
  );
});

test('separators: other characters are named', async () => {
  await fc.assert(
    fc.asyncProperty(study, fc.constantFrom(';', '|'), fc.boolean(), async ({ z }, separator, comma) => {
      const columns = { ...base(z), BETA: z.map((value) => value / 100), P: z.map(p), N: constant(z, 5e4) };
      const text = textOf(columns, separator);
      await expect(munge(comma ? text.replaceAll('.', ',') : text)).rejects.toThrow(
        separator === ';' ? /semicolons/ : /bars/,
      );
    }),
    runs,
  );
});

test('n-is-studies: a small N is no number of people; numbers of cases and controls are better', async () => {
  await fc.assert(
    fc.asyncProperty(study, fc.integer({ min: 2, max: 300 }), async ({ z }, studies) => {
      const columns = {
        ...base(z),
        BETA: z.map((value) => value / 100),
        P: z.map(p),
        N: constant(z, studies),
      };
      expect((await munge(columns)).largestN).toBe(studies);
      const both = await munge({ ...columns, N_CASES: constant(z, 2e4), N_CONTROLS: constant(z, 3e4) });
      expect(both.n).toBeCloseTo(5e4, 6);
      expect(both.said).toMatch(new RegExp(`N is ${studies} where N_CASES \\+ N_CONTROLS is 50000`));
    }),
    runs,
  );
});

test('names-not-known: each name of each meaning, in other spellings, is read as what it is', async () => {
  const SIZES: readonly Meaning[] = ['p', 'negLog10P'];
  for (const meaning of [
    'p',
    'negLog10P',
    'beta',
    'oddsRatio',
    'logOdds',
    'z',
    'frequency',
    'n',
    'info',
    'snp',
  ] as const) {
    await fc.assert(
      fc.asyncProperty(study, spelt(meaning), async ({ z }, name) => {
        fc.pre(!/^(NMISS|T|R2)$/i.test(name));
        const columns: Record<string, readonly (string | number)[]> = { ...base(z) };
        const values: Partial<Record<Meaning, (string | number)[]>> = {
          p: z.map(p),
          negLog10P: z.map(negLog10P),
          beta: z.map((value) => value / 100),
          logOdds: z.map((value) => value / 100),
          oddsRatio: z.map((value) => Math.exp(value / 100)),
          z: [...z],
          frequency: constant(z, 0.3) as number[],
          info: constant(z, 0.95) as number[],
          n: constant(z, 5e4) as number[],
          snp: z.map((_, i) => `rs${i + 1}`),
        };
        if (meaning === 'snp') delete columns.SNP;
        if (!['beta', 'oddsRatio', 'logOdds', 'z'].includes(meaning)) columns.BETA = values.beta!;
        if (!SIZES.includes(meaning)) columns.P = values.p!;
        if (meaning !== 'n') columns.N = values.n!;
        columns[name] = values[meaning]!;
        const { kept, plan } = await munge(columns);
        expectZ(kept, z);
        const column = Object.keys(columns).indexOf(name);
        const { sign, magnitude, frequency, info, sampleSize, snp } = plan;
        const read = [
          sign?.column,
          magnitude.column,
          frequency,
          ...info,
          snp,
          sampleSize.source.from === 'column' ? sampleSize.source.column : -1,
        ];
        expect(read, name).toContain(column);
      }),
      runs,
    );
  }
});

test('names-not-known: a trait or population before or after the names', async () => {
  const trait = fc.constantFrom(
    'height',
    'EUR',
    'Y1',
    'low_back_pain',
    'T2D',
    'body.mass',
    'meta_hq',
    'constructor',
    '__proto__',
  );
  const names = fc.constantFrom(
    ['beta', 'se', 'p'],
    ['BETA', 'SE', 'LOG10P'],
    ['OR', 'SE', 'pval'],
    ['beta', 'se', '-log10p'],
    ['effect_size', 'standard_error', 'neglog10_pval'],
  );
  const layout = fc.record({
    trait,
    names,
    isPrefix: fc.boolean(),
    separator: fc.constantFrom('_', '.'),
    another: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(study, layout, async ({ z }, { trait, names, isPrefix, separator, another }) => {
      const called = (name: string, trait: string) =>
        isPrefix ? trait + separator + name : name + separator + trait;
      const of = (trait: string, sign: number): Columns => ({
        [called(names[0], trait)]: z.map((value) =>
          names[0] === 'OR' ? Math.exp((sign * value) / 100) : (sign * value) / 100,
        ),
        [called(names[1], trait)]: constant(z, 0.01),
        [called(names[2], trait)]: z.map(/log10/i.test(names[2]) ? negLog10P : p),
        [called('het_p', trait)]: constant(z, 0.9),
      });
      const columns = { ...base(z), N: constant(z, 5e4), ...of(trait, 1), ...(another && of('other', -1)) };
      if (another) await expect(munge(columns)).rejects.toThrow(/several traits/);
      expectZ((await munge(columns, another ? { trait } : {})).kept, z);
      if (another)
        expectZ(
          (await munge(columns, { trait: 'other' })).kept,
          z.map((value) => -value),
        );
    }),
    { numRuns: 60 },
  );
});

test('several-ids: the one of the list; capitals; the row with the alleles of the list', async () => {
  const id = fc.constantFrom(
    (own: string) => own,
    (own: string) => own.toUpperCase(),
    (own: string) => `rs9${own.slice(2)}99,${own}`,
    (own: string) => `${own};rs9${own.slice(2)}99`,
    (own: string) => `${own}|Affx-1`,
    (own: string) => `RS9${own.slice(2)}99,${own.toUpperCase()}`,
  );
  await fc.assert(
    fc.asyncProperty(
      study,
      fc.array(id, { minLength: 40, maxLength: 40 }),
      fc.boolean(),
      async ({ z }, ids, otherFirst) => {
        const list = await readAlleleList(fileWith(textOf(base(z))));
        const own: Columns = {
          ...base(z),
          BETA: z.map((value) => value / 100),
          P: z.map(p),
          N: constant(z, 5e4),
        };
        const columns = { ...own, SNP: own.SNP.map((name, i) => ids[i](String(name))) };
        const [header, ...rows] = textOf(columns).trimEnd().split('\n');
        // another alternate allele of the same site, above or below
        const others = rows
          .map((row) => row.split('\t'))
          .map(([snp, a1, a2, ...rest]) =>
            [
              snp,
              a1,
              'ACGT'.replace(/./g, (c) =>
                c === a1 || c === a2 || 'AT CG TA GC'.split(' ').includes(a1 + c) ? '' : c,
              ),
              ...rest.slice(0, 1),
              '1e-9',
              rest[2],
            ].join('\t'),
          );
        const text = [header, ...(otherFirst ? [...others, ...rows] : [...rows, ...others]), ''].join('\n');
        expectZ((await munge(text, { alleles: list })).kept, z);
      },
    ),
    runs,
  );
});

test('several-ids: without a list the first rsID, in small letters', async () => {
  const z = [1, -1, 2, -2];
  const columns = {
    ...base(z),
    SNP: ['RS1', 'chr1:5,rs2', 'rs3;rs7', 'rs4'],
    BETA: z,
    P: z.map(p),
    N: constant(z, 5e4),
  };
  expectZ((await munge(columns)).kept, z);
});

test('neff-that-is-half: half of it is doubled, the whole is not, and more than possible is not taken', async () => {
  const people = fc.record({
    cases: fc.integer({ min: 1000, max: 1e5 }),
    controls: fc.integer({ min: 1000, max: 1e5 }),
    share: fc.double({ min: 0.88, max: 1, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(study, people, spelt('nEffective'), async ({ z }, { cases, controls, share }, name) => {
      const effective = 4 / (1 / cases + 1 / controls);
      const columns = (n: number) => ({
        ...base(z),
        BETA: z.map((value) => value / 100),
        P: z.map(p),
        NCAS: constant(z, cases),
        NCON: constant(z, controls),
        [name]: constant(z, n),
      });
      const half = await munge(columns((effective * share) / 2), { effective: true });
      expect(half.n / effective).toBeCloseTo(share, 9);
      expect(half.said).toMatch(/it is half of it, and doubled/);
      const whole = await munge(columns(effective * share), { effective: true });
      expect(whole.n / effective).toBeCloseTo(share, 9);
      expect(whole.said).not.toMatch(/half|latter/);
      const much = await munge(columns(effective * 2), { effective: true });
      expect(much.n / effective).toBeCloseTo(1, 9);
      expect(much.said).toMatch(/the most there can be: the latter is taken/);
    }),
    runs,
  );
});

test('P that float64 does not hold: by its digits, its logarithm, mantissa and exponent, or effect and error', async () => {
  const way = fc.constantFrom('digits', 'log', 'parts', 'zero', '999', 'inf', 'zero and 999');
  await fc.assert(
    fc.asyncProperty(
      study,
      fc.integer({ min: 40, max: 150 }),
      way,
      async ({ z: small, unit }, strongest, way) => {
        const z = small.map((value, i) => (i < 2 ? (1 - 2 * i) * strongest : value));
        const log = z.map(negLog10P);
        const mantissa = log.map((value) => 10 ** (Math.ceil(value) - value));
        const exponent = log.map((value) => -Math.ceil(value));
        const isStrong = (i: number) => i < 2;
        const digits = z.map((_, i) => `${mantissa[i]}e${exponent[i]}`);
        const zeros = z.map((_, i) => (isStrong(i) ? '0' : digits[i]));
        const ways: Record<string, Columns> = {
          digits: { P: digits },
          log: { P: zeros, MLOGP: log },
          parts: { pValueMantissa: mantissa, pValueExponent: exponent },
          zero: { P: zeros },
          999: { LP: log.map((value, i) => (isStrong(i) ? 999 : value)) },
          inf: { LP: log.map((value, i) => (isStrong(i) ? 'inf' : value)) },
          'zero and 999': { P: zeros, LP: log.map((value, i) => (isStrong(i) ? 999 : value)) },
        };
        fc.pre(!way.includes('999') || Math.abs(strongest - 67.6) > 8);
        const effects = { BETA: z.map((value) => value * unit), SE: constant(z, unit) };
        const { kept, zeroP } = await munge({ ...base(z), ...effects, ...ways[way], N: constant(z, 5e4) });
        expectZ(kept, z, 2);
        expect(zeroP).toBe(0);
      },
    ),
    { numRuns: 100 },
  );
});

test('two columns that say the same: what differs is said, with both numbers', async () => {
  await fc.assert(
    fc.asyncProperty(study, fc.constantFrom(0.5, 1.3, 2), async ({ z, unit }, factor) => {
      const columns = {
        ...base(z),
        BETA: z.map((value) => value * unit),
        SE: constant(z, unit * factor),
        P: z.map(p),
        N: constant(z, 5e4),
      };
      const { kept, said } = await munge(columns);
      expectZ(kept, z);
      expect(said).toMatch(/Z from P and BETA \/ SE do not agree \([\d.]+ and [\d.]+ in one row/);
      const natural = {
        ...base(z),
        BETA: columns.BETA,
        SE: constant(z, unit),
        LOG10P: z.map((value) => negLog10P(value) * Math.LN10),
        N: columns.N,
      };
      const read = await munge(natural);
      expectZ(read.kept, z);
      expect(read.said).toMatch(/natural logarithms, and Z is taken from BETA \/ SE/);
    }),
    runs,
  );
});

test('a name that is known contradicts a flag of another meaning', async () => {
  const z = [1, -1, 2, -2];
  const columns = {
    ...base(z),
    BETA: z,
    SE: constant(z, 1),
    P: z.map(p),
    EAF: constant(z, 0.3),
    INFO: constant(z, 0.95),
    N: constant(z, 5e4),
    OR: constant(z, 1.1),
  };
  const wrong: readonly (readonly [Meaning, string])[] = [
    ...(['SE', 'EAF', 'N', 'BETA', 'A1'] as const).map((name) => ['p', name] as const),
    ...(['P', 'N', 'A2', 'INFO'] as const).map((name) => ['signed', name] as const),
    ...(['BETA', 'P', 'EAF'] as const).map((name) => ['se', name] as const),
    ...(['INFO', 'P', 'A1'] as const).map((name) => ['frequency', name] as const),
    ...(['EAF', 'SNP'] as const).map((name) => ['info', name] as const),
    ...(['SE', 'P', 'A1'] as const).map((name) => ['n', name] as const),
    ['z', 'BETA'],
    ['effectAllele', 'N'],
  ];
  for (const [meaning, name] of wrong)
    await expect(munge(columns, { named: { [meaning]: name } }), `${meaning} ${name}`).rejects.toThrow(
      new RegExp(`: ${name} (is known as|holds)`),
    );
  await expect(munge(columns, { named: { signed: 'OR' }, signedNull: 0 })).rejects.toThrow(
    /OR is an odds ratio/,
  );
  expect(wrong.length).toBeGreaterThanOrEqual(20);
});

test('alleles from variants such as 1:1000:A:G, the last having the effect', async () => {
  await fc.assert(
    fc.asyncProperty(
      study,
      fc.constantFrom(':', '_'),
      fc.constantFrom('', 'chr'),
      async ({ z }, separator, chr) => {
        const variant = z.map((_, i) =>
          [`${chr}1`, i + 1, ALLELES[i % 4][1], ALLELES[i % 4][0]].join(separator),
        );
        const columns = {
          variant,
          rsid: z.map((_, i) => `rs${i + 1}`),
          minor_allele: z.map((_, i) => ALLELES[i % 4][1]),
          beta: z.map((value) => value / 100),
          pval: z.map(p),
          n_complete_samples: constant(z, 5e4),
        };
        const { kept, plan } = await munge(columns);
        expectZ(kept, z);
        expect(plan.alleles).toEqual({ variant: 0 });
      },
    ),
    runs,
  );
});
