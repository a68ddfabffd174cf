import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { heredity, resultUnder } from '../cli/run.js';
import { SHARED, sharedFile } from '../shared.js';
import {
  ANNOT,
  a,
  aL2,
  b,
  base,
  baseL2,
  bL2,
  type Columns,
  FRQ,
  LdscCase,
  makeSnps,
  PLACE,
  type Snp,
  SUMSTATS,
  table,
} from './ldsc-files.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newCase(snps: readonly Snp[] = makeSnps(7)): LdscCase {
  const created = new LdscCase(snps);
  folders.push(created.folder);
  return created;
}

const CASES = SHARED === undefined ? '' : sharedFile('cases/');

/** The very commands of ../shared/cases/README.md, run on a copy: they name files relative to it. */
describe.skipIf(!existsSync(CASES))('../shared/cases', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heredity-cases-'));
  folders.push(folder);
  if (existsSync(CASES)) {
    cpSync(`${CASES}ld`, join(folder, 'ld'), { recursive: true });
    cpSync(`${CASES}no-alleles-chain`, join(folder, 'no-alleles-chain'), { recursive: true });
  }
  const ld = (name: string) => join(folder, 'ld', name);
  let runs = 0;
  const run = async (...words: string[]) => {
    const out = join(folder, `out${runs++}`);
    const result = await heredity(['ldsc', ...words, '--out', out]);
    return { ...result, json: resultUnder(out, ['ldsc', 'sldsc']) };
  };
  const partition = async (prefixes: string, ...words: string[]) => {
    const { json, stderr } = await run(
      ...['--h2', ld('t.sumstats.gz'), '--w-ld-chr', ld('w.'), '--overlap-annot'],
      ...['--ref-ld-chr', prefixes.split(',').map(ld).join()],
      ...(words.length > 0 ? words : ['--frqfile-chr', ld('f.')]),
    );
    expect(stderr).not.toMatch(/^error/m);
    const [{ categories }] = json.traits;
    return new Map<string, { share: number; enrichment: number }>(
      categories.map((own: { name: string }) => [own.name, own]),
    );
  };

  it('annotations in another order', async () => {
    const own = await partition('p1.,p2s.');
    expect(own.get('B')?.share).toBeCloseTo(0.695, 3);
    expect(own.get('B')?.enrichment).toBeCloseTo(2.22, 2);
    expect(own).toEqual(await partition('p1.,p2.'));
  });

  it('thin annotation', async () => {
    expect(await partition('p1.,p2t.')).toEqual(await partition('p1.,p2.'));
  });

  it('A1, A2 in LD scores', async () => {
    expect(await partition('pf.')).toEqual(await partition('p1.'));
  });

  it('columns of annotations in another order than those of the LD scores', async () => {
    expect(await partition('s2.')).toEqual(await partition('s1.'));
  });

  it('chromosomes left out', async () => {
    const { json, stderr } = await run(
      ...['--h2', ld('t.sumstats.gz'), '--w-ld-chr', ld('w.'), '--ref-ld-chr', ld('cow.')],
    );
    const said = json.provenance.warnings.join('\n');
    for (const text of [said, stderr]) {
      expect(text).toMatch(/no LD scores of chromosomes 3 to 22, so that only SNPs of chromosomes 1 and 2/);
      expect(text).toMatch(/cow\.25\.l2\.ldscore\.gz is not read/);
    }
    expect(json.traits[0].warnings.join()).not.toMatch(/hardly a SNP/);
  });

  it('no-alleles-chain', async () => {
    const x = join(folder, 'x');
    const munged = await heredity([
      ...['munge', '--sumstats', join(folder, 'no-alleles-chain/c38.qassoc')],
      ...['--no-alleles', '--N', '50000', '--out', x, '--quiet'],
    ]);
    expect(munged.exitCode).toBe(0);
    const scores = ['--ref-ld-chr', ld('w.'), '--w-ld-chr', ld('w.')];
    // the 1,000 rows of the case are no SNPs of ld/w.: what is refused is that, and not the missing alleles
    const chained = await run('--h2', `${x}.sumstats.gz`, ...scores);
    expect(chained.stderr).not.toMatch(/has no column/);
    const { json } = await run('--h2', ld('noal.sumstats.gz'), ...scores);
    const withAlleles = await run('--h2', ld('t.sumstats.gz'), ...scores);
    expect(json.traits[0].h2).toBe(withAlleles.json.traits[0].h2);
    const pair = await run('--rg', `${ld('noal.sumstats.gz')},${ld('t.sumstats.gz')}`, ...scores);
    expect(pair.stderr).toMatch(/the header has no column A1, A2/);
    const unchecked = await run(
      ...['--rg', `${ld('noal.sumstats.gz')},${ld('t.sumstats.gz')}`, ...scores, '--no-check-alleles'],
    );
    expect(unchecked.json.pairs[0].rg.value).toBeCloseTo(1, 4);
  });

  it('files of others', async () => {
    const ukbb = await run(
      ...['--h2', ld('t.sumstats.gz'), '--ref-ld', ld('UKBB.EUR.2.rsid.l2.ldscore.gz')],
      ...['--overlap-annot', '--not-M-5-50', '--w-ld-chr', ld('w.')],
    );
    expect(ukbb.json.traits[0].categories.map(({ name }: { name: string }) => name)).toEqual(['base', 'A']);
    const frequencies = ['--frqfile-chr', ld('q/f.')];
    expect(await partition('p1.,p2.', ...frequencies)).toEqual(await partition('p1.,p2.'));
    const two = await run(
      ...['--h2', `${ld('t.sumstats.gz')},${ld('y/t.sumstats.gz')}`],
      ...['--ref-ld-chr', ld('w.'), '--w-ld-chr', ld('w.')],
    );
    expect(two.json.traits.map(({ name }: { name: string }) => name)).toEqual(['ld/t', 'y/t']);
  });
});

describe('files of one case in many forms', () => {
  const snps = makeSnps(11);
  const files = newCase(snps);
  const names: Columns = { baseL2, AL2: aL2, BL2: bL2 };
  files.scores('p1', { ...PLACE, baseL2, AL2: aL2 }, [base, a]);
  files.scores('p2', { ...PLACE, BL2: bL2 }, [b]);
  files.perChromosome('p1', '.annot', (own) => table(own, { ...ANNOT, base, A: a }));
  files.perChromosome('p2', '.annot', (own) => table(own, { ...ANNOT, B: b }));
  const usual = files.partition('p1.,p2.');

  const shuffled = (own: readonly Snp[], random: () => number) =>
    own
      .map((snp) => ({ snp, key: random() }))
      .sort((x, y) => x.key - y.key)
      .map(({ snp }) => snp);

  it('annotations, LD scores and frequencies in any order, width, name and with comments give the same', async () => {
    const wanted = await usual;
    const form = fc.record({
      order: fc.boolean(),
      thin: fc.boolean(),
      alleles: fc.boolean(),
      comment: fc.constantFrom('', '# made by hand\n', '##x\n#\n', '# CHR and SNP, not a header\n'),
      separator: fc.constantFrom('\t', ' ', '  '),
      annotEnding: fc.constantFrom('.annot', '.l2.annot'),
      frequencies: fc.constantFrom('frq', 'afreq', 'one', 'one-afreq'),
      suffix: fc.constantFrom('', 'L2'),
      seed: fc.nat(),
    });
    let k = 0;
    await fc.assert(
      fc.asyncProperty(form, async (own) => {
        const { comment, separator, seed, suffix } = own;
        let state = seed + 1;
        const random = () => (state = (state * 48_271) % 2_147_483_647);
        const name = `g${k++}`;
        const extra: Columns = own.alleles ? { A1: (s) => s.alleles[0], A2: (s) => s.alleles[1] } : {};
        files.scores(name, { ...PLACE, ...extra, BL2: bL2 }, [b], comment, separator);
        const isThin = own.thin && !own.order;
        files.perChromosome(name, own.annotEnding, (rows) =>
          table(
            own.order ? shuffled(rows, random) : rows,
            { ...(isThin ? {} : { ...ANNOT, ...extra }), [`B${suffix}`]: b },
            separator,
            comment,
          ),
        );
        const columns: Columns = own.frequencies.endsWith('afreq')
          ? { '#CHROM': FRQ.CHR, ID: FRQ.SNP, REF: FRQ.A2, ALT: FRQ.A1, ALT_FREQS: FRQ.MAF }
          : FRQ;
        const ending = own.frequencies.endsWith('afreq') ? '.afreq' : '.frq';
        const isOne = own.frequencies.startsWith('one');
        if (isOne)
          files.write(`${name}${ending}`, table(shuffled(snps, random), columns, separator, comment));
        else
          files.perChromosome(name, ending, (rows) =>
            table(shuffled(rows, random), columns, separator, comment),
          );
        const frequencies = isOne ? ['--frqfile', files.at(name)] : ['--frqfile-chr', files.at(`${name}.`)];
        expect(await files.partition(`p1.,${name}.`, ...frequencies)).toEqual(wanted);
      }),
      { numRuns: 20, seed: 20, endOnFailure: true },
    );
  }, 120_000);

  it('columns of annotations are found by name, in any order', async () => {
    files.scores('all', { ...PLACE, ...names }, [base, a, b]);
    const orders = [
      { base, A: a, B: b },
      { B: b, A: a, base },
      { A: a, BL2: b, base },
    ];
    const found: unknown[] = [];
    for (const own of orders) {
      files.perChromosome('all', '.annot', (rows) => table(rows, { ...ANNOT, ...own }));
      found.push(await files.partition('all.'));
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
    files.perChromosome('all', '.annot', (rows) => table(rows, { ...ANNOT, A: a, base, other: b }));
    await expect(files.partition('all.')).rejects.toThrow(/names of the annotations are not those of the LD/);
  });

  it('IDs that come again do not matter where rows are in one order, and are named where they do', async () => {
    const repeats = (rows: readonly Snp[]) =>
      rows.map((snp, j) => (snp.frequency < 0.05 ? { ...snp, id: j % 2 ? '.' : 'rs_again' } : snp));
    files.scores('rep', { ...PLACE, ...names }, [base, a, b]);
    files.perChromosome('rep', '.annot', (rows) => table(repeats(rows), { ...ANNOT, base, A: a, B: b }));
    files.perChromosome('rep', '.frq', (rows) => table(repeats(rows), FRQ));
    const [, , category] = await files.partition('rep.', '--frqfile-chr', files.at('rep.'));
    expect(category).toEqual((await usual)[2]);
    expect(await files.partition('rep.', '--not-M-5-50')).toHaveLength(3);
    files.perChromosome('rep', '.frq', (rows) => table([...repeats(rows)].reverse(), FRQ));
    await expect(files.partition('rep.', '--frqfile-chr', files.at('rep.'))).rejects.toThrow(
      /is the ID of several SNPs/,
    );
  });
});

describe('chromosomes', () => {
  const snps = makeSnps(3);
  const files = newCase(snps);
  const h2 = async (...words: string[]) => {
    const { json, stderr } = await files.run('--h2', files.at('t.sumstats'), ...words);
    return { json, stderr };
  };

  it('those without a file are named, whichever they are', async () => {
    const { rename } = await import('node:fs/promises');
    const lists: [number[], RegExp][] = [
      [[1, 2, 3], /of chromosomes 4 to 22, so that only SNPs of chromosomes 1 to 3 count/],
      [[1, 3], /of chromosomes 2 and 4 to 22, so that only SNPs of chromosomes 1 and 3 count/],
      [[2], /of chromosomes 1 and 3 to 22, so that only SNPs of chromosome 2 count/],
    ];
    for (const [present, message] of lists) {
      const prefix = `only${present.join('')}`;
      for (const c of present)
        for (const ending of ['.l2.ldscore', '.l2.M_5_50'])
          files.write(`${prefix}.${c}${ending}`, readFileSync(files.at(`w.${c}${ending}`), 'utf8'));
      const { json } = await h2('--ref-ld-chr', files.at(`${prefix}.`), '--w-ld-chr', files.at(`${prefix}.`));
      expect(json.provenance.warnings.join()).toMatch(message);
    }
    const one = await h2('--ref-ld', files.at('only2.2'), '--w-ld', files.at('only2.2'));
    expect(one.json.provenance.warnings.join()).toMatch(
      /no LD scores of chromosomes 1 and 3 to 22: h² is that of the SNPs of chromosome 2 /,
    );
    await rename(files.at('only2.2.l2.ldscore'), files.at('only2.X.l2.ldscore'));
    const { stderr } = await h2('--ref-ld-chr', files.at('only2.'), '--w-ld-chr', files.at('w.'));
    expect(stderr).toMatch(/no LD scores of any chromosome/);
  });

  it.each(['w', 'w.1', ''])('a prefix that lacks its end is completed in the hint: %j', async (prefix) => {
    const { stderr } = await h2('--ref-ld-chr', files.at(prefix), '--w-ld-chr', files.at('w.'));
    expect(stderr.replaceAll('\n', ' ')).toMatch(
      prefix === 'w.1' ? /flag without -chr/ : /Did you mean .*w\./,
    );
  });

  it('statistics of some chromosomes beside LD scores of all are said, whichever share of their SNPs they have', async () => {
    const some = fc.record({
      chromosomes: fc.subarray([1, 2, 3], { minLength: 1 }),
      /** One in so many SNPs has a statistic. */
      thinned: fc.integer({ min: 1, max: 4 }),
      seed: fc.nat(1000),
    });
    let k = 0;
    await fc.assert(
      fc.asyncProperty(some, async ({ chromosomes, thinned, seed }) => {
        const own = snps.filter(
          ({ chromosome }, j) => chromosomes.includes(chromosome) && (j + seed) % thinned === 0,
        );
        const name = `some${k++}.sumstats`;
        files.write(name, table(own, SUMSTATS));
        const { json } = await h2Of(name);
        const [{ warnings, parts }] = json.estimates;
        const said = warnings.filter(({ code }: { code: string }) => code === 'part-of-genome');
        expect(parts).toEqual([]);
        if (chromosomes.length === 3) {
          expect(said).toEqual([]);
          return;
        }
        const present = `chromosome${chromosomes.length === 1 ? '' : 's'} ${chromosomes.join(' and ')}`;
        expect(said).toHaveLength(1);
        expect(said[0].text).toContain(`h² is what ${present} would give the whole`);
        expect(said[0].fix).toContain('--ref-ld');
      }),
      { numRuns: 20, seed: 25 },
    );
  }, 120_000);

  const h2Of = (name: string) =>
    files.run('--h2', files.at(name), '--ref-ld-chr', files.at('w.'), '--w-ld-chr', files.at('w.'));
});

describe('statistics', () => {
  const snps = makeSnps(5);
  const files = newCase(snps);
  const scores = ['--ref-ld-chr', files.at('w.'), '--w-ld-chr', files.at('w.')];

  it('need no alleles for heritability; comments, order and other columns do not matter', async () => {
    const { json } = await files.run('--h2', files.at('t.sumstats'), ...scores);
    const { SNP, Z, N, A1 } = SUMSTATS;
    const forms: [Columns, string][] = [
      [{ SNP, Z, N }, ''],
      [{ N, Z, SNP }, '# no alleles\n'],
      [{ SNP, A1, Z, N, note: () => 'x' }, '##fileformat\n#\n'],
      [{ '#SNP': SNP, Z, N }, ''],
    ];
    for (const [columns, comment] of forms) {
      files.write('form.sumstats', table(snps, columns, '\t', comment));
      const own = await files.run('--h2', files.at('form.sumstats'), ...scores);
      expect(own.json.traits[0].h2).toBe(json.traits[0].h2);
    }
  });

  it('in any order of columns and rows, with any separator, comments and further columns give the same', async () => {
    const { json } = await files.run('--h2', files.at('t.sumstats'), ...scores);
    const { SNP, A1, A2, Z, N } = SUMSTATS;
    const known: [string, Columns[string]][] = [
      ['SNP', SNP],
      ['Z', Z],
      ['N', N],
    ];
    const further: [string, Columns[string]][] = [
      ['A1', A1],
      ['A2', A2],
      ['note', () => 'x'],
      ['FRQ', (snp) => snp.frequency],
    ];
    const form = fc.record({
      more: fc.subarray(further),
      seed: fc.nat(10_000),
      separator: fc.constantFrom('\t', ' ', '  '),
      comment: fc.constantFrom('', '# by hand\n', '##fileformat\n#\n'),
      reversed: fc.boolean(),
    });
    let k = 0;
    await fc.assert(
      fc.asyncProperty(form, async ({ more, seed, separator, comment, reversed }) => {
        const order = (name: string) => (name.charCodeAt(0) * 7919 + name.length * 104_729 + seed * 31) % 97;
        const columns = [...known, ...more].sort(([a], [b]) => order(a) - order(b));
        const rows = reversed ? [...snps].reverse() : snps;
        const name = `form${k++}.sumstats`;
        files.write(name, table(rows, Object.fromEntries(columns), separator, comment));
        const own = await files.run('--h2', files.at(name), ...scores);
        expect(own.json.traits[0].h2).toBe(json.traits[0].h2);
      }),
      { numRuns: 20, seed: 26 },
    );
  }, 120_000);

  it('raw GWAS results are told of munge, whatever their effect is called', async () => {
    const { SNP, A1, A2, Z } = SUMSTATS;
    const header = fc.record({
      effect: fc.constantFrom('BETA', 'OR', 'LOG_ODDS', 'Effect', 'b'),
      error: fc.constantFrom('SE', 'StdErr', 'standard_error', 'se'),
      p: fc.constantFrom('P', 'pval', 'P-value', 'p_value'),
      id: fc.constantFrom('SNP', '#SNP'),
    });
    let k = 0;
    await fc.assert(
      fc.asyncProperty(header, async ({ effect, error, p, id }) => {
        const name = `gwas${k++}.txt`;
        const columns = { [id]: SNP, A1, A2, [effect]: Z, [error]: () => 1, [p]: () => 0.5 };
        files.write(name, table(snps, columns));
        const { exitCode, stderr } = await files.run('--h2', files.at(name), ...scores);
        expect(exitCode).toBe(2);
        expect(stderr.replaceAll('\n', ' ')).toContain(`heredity munge --sumstats ${files.at(name)}`);
      }),
      { numRuns: 20, seed: 27 },
    );
  }, 120_000);

  it('a header that comes again in the middle is named', async () => {
    files.write('twice.sumstats', table(snps, SUMSTATS) + table(snps, SUMSTATS));
    const { stderr } = await files.run('--h2', files.at('twice.sumstats'), ...scores);
    expect(stderr).toMatch(/twice\.sumstats:902: this line repeats the header/);
  });
});
