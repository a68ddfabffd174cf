import { existsSync, readFileSync } from 'node:fs';
import { formatCount } from '../dist/estimate/number.js';
import { cohort } from './cohort.mjs';
import { alternate, heredity, medianOf, outputPrefix } from './measure.mjs';
import { plink2Version, runPlink2 } from './peers.mjs';
import { cost } from './report.mjs';

const COMPONENTS = 10;
const RULE = ['1000', '100', '0.1'];

/**
 * What leads from files to people who can be analysed, whole processes. `ours` and `theirs` are words after the program and its input;
 * `check` is given the prefixes of what both wrote.
 */
const JOBS = [
  {
    what: 'reading .pgen (freq)',
    size: 'wide',
    ours: ['freq'],
    theirs: ['--freq'],
    input: 'pfile',
    check: (own, other) => same(tableOf(`${own}.afreq`, 'ALT_FREQS'), tableOf(`${other}.afreq`, 'ALT_FREQS')),
  },
  {
    what: 'reading a larger .pgen (freq)',
    size: 'long',
    ours: ['freq'],
    theirs: ['--freq'],
    input: 'pfile',
    check: (own, other) => same(tableOf(`${own}.afreq`, 'ALT_FREQS'), tableOf(`${other}.afreq`, 'ALT_FREQS')),
  },
  {
    what: 'pruning',
    size: 'wide',
    ours: ['prune', '--indep-pairwise', RULE.join()],
    theirs: ['--indep-pairwise', ...RULE],
    input: 'bfile',
    check: (own, other) => same(linesOf(`${own}.prune.in`), linesOf(`${other}.prune.in`)),
  },
  {
    what: 'kinship (KING)',
    size: 'many',
    repeats: 1, // plink2 takes minutes
    ours: ['king'],
    theirs: ['--make-king-table', '--king-table-filter', '0.0442'],
    input: 'bfile',
    check: (own, other) =>
      same(
        [...tableOf(`${own}.kin0`, 'IID1'), ...tableOf(`${own}.kin0`, 'IID2')].sort(),
        [...tableOf(`${other}.kin0`, 'IID1'), ...tableOf(`${other}.kin0`, 'IID2')].sort(),
      ),
  },
  {
    what: `${COMPONENTS} principal components`,
    size: 'wide',
    repeats: 1, // plink2 takes minutes
    ours: ['pca', '--pcs', String(COMPONENTS)],
    theirs: ['--pca', String(COMPONENTS), 'approx'],
    input: 'bfile',
    check: (own, other) => {
      const [a, b] = [own, other].map((prefix) => Number(linesOf(`${prefix}.eigenval`)[0]));
      // plink2 counts variants that do not vary, too, and its components are approximate
      if (!(Math.abs(a / b - 1) < 0.02)) throw new Error(`first eigenvalue ${a} here and ${b} there`);
    },
  },
];

/** @type {import('./benchmarks.mjs').Benchmark} */
export const people = {
  name: 'people',
  title:
    'from files to people: reading, pruning, kinship and components beside plink2, whole processes on all cores',
  sizes: {
    full: {
      wide: { samples: 50_000, variants: 20_000, chromosomes: 2, traits: 1 },
      long: { samples: 50_000, variants: 100_000, chromosomes: 2, traits: 1 },
      many: { samples: 20_000, variants: 20_000, chromosomes: 2, traits: 1 },
      repeats: 3,
    },
    quick: {
      wide: { samples: 4_000, variants: 4_000, chromosomes: 2, traits: 1 },
      long: { samples: 4_000, variants: 8_000, chromosomes: 2, traits: 1 },
      many: { samples: 2_000, variants: 4_000, chromosomes: 2, traits: 1 },
      repeats: 1,
    },
  },
  work: ({ wide, long, many }) => ({
    genotypes: wide.samples * wide.variants,
    'genotypes of the larger file': long.samples * long.variants,
    'genotypes of all pairs of people': ((many.samples * (many.samples - 1)) / 2) * many.variants,
  }),
  async run(size, { note }) {
    const hasPlink = plink2Version() !== undefined;
    if (!hasPlink) note('plink2 is not on the PATH: reading .pgen and all comparisons are skipped.');
    const rows = [];
    for (const { what, size: shape, repeats = size.repeats, ours, theirs, input, check } of JOBS) {
      if (input === 'pfile' && !hasPlink) continue;
      const { prefix } = await cohort(size[shape]);
      if (input === 'pfile' && !existsSync(`${prefix}.pgen`))
        await runPlink2('--bfile', prefix, '--make-pgen', '--out', prefix);
      const [own, other] = [outputPrefix('people'), outputPrefix('people-plink2')];
      const source = [`--${input}`, prefix];
      const [a, b] = await alternate(
        [
          () => heredity(...ours, ...source, '--out', own),
          () => hasPlink && runPlink2(...source, ...theirs, '--out', other),
        ],
        repeats,
      );
      if (hasPlink) check(own, other);
      const beside = (field) => hasPlink && { name: 'plink2', value: medianOf(b, field) };
      rows.push(cost(`${what}, wall time`, medianOf(a, 'seconds'), 's', beside('seconds'), 1));
      if (a[0].cpuSeconds !== undefined)
        rows.push(cost(`${what}, processor time`, medianOf(a, 'cpuSeconds'), 's', beside('cpuSeconds')));
      if (a[0].peakBytes !== undefined)
        rows.push(cost(`${what}, peak memory`, medianOf(a, 'peakBytes'), 'B', beside('peakBytes')));
    }
    const { wide, long, many } = size;
    note(
      `Kinship of ${formatCount(many.samples)} people, all else of ${formatCount(wide.samples)}; ${formatCount(wide.variants)} variants, the larger .pgen ${formatCount(long.variants)}; medians of ${size.repeats} alternating repeats, kinship and components of one.`,
    );
    if (hasPlink)
      note(
        'plink2 --freq, --indep-pairwise, --make-king-table with a filter, --pca approx, all cores; frequencies, lists of variants, pairs of relatives agree, and the first eigenvalue to 2 %.',
      );
    return rows;
  },
};

const linesOf = (path) => readFileSync(path, 'utf8').trimEnd().split('\n');

/** A column of a table in plink2's form. */
function tableOf(path, column) {
  const [header, ...rows] = linesOf(path).map((line) => line.split('\t'));
  const at = header.indexOf(header.includes(column) ? column : `#${column}`);
  return rows.map((row) => row[at]);
}

function same(ours, theirs) {
  const different = ours.findIndex((value, k) => value !== theirs[k]);
  if (different < 0 && ours.length === theirs.length) return;
  throw new Error(
    `row ${different + 1} of ${ours.length} and ${theirs.length}: ${ours[different]} and ${theirs[different]}`,
  );
}
