import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readAnnotations } from '../../src/formats/annotation.js';
import { readFrequencies } from '../../src/formats/frequency.js';
import { readLdScores } from '../../src/formats/ld-score.js';
import { readTestStatistics } from '../../src/formats/ldak-summaries.js';
import { readLdakWeights } from '../../src/formats/ldak-weights.js';
import { readSumstats } from '../../src/formats/sumstats.js';
import { readTagging } from '../../src/formats/tagging.js';
import { fileWith } from './folder.js';

const page = readFileSync(new URL('../../docs/files-ld.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```text (\w+)\n([\s\S]*?)^```$/gm)].map(([, kind, text]) => ({
  kind: kind,
  text: text,
}));

/** What each reader has to find in the page's example, by the word behind its fence. */
const READERS: Record<string, (path: string) => Promise<unknown>> = {
  sumstats: async (path) => {
    const { count, skipped, n } = await readSumstats(path, { alleles: false });
    return [count, skipped, [...n]];
  },
  summaries: async (path) => [...(await readTestStatistics(path)).statistics],
  ldscore: async (path) => {
    const { columns, scores } = await readLdScores([join(dirname(path), 'x')]);
    return [columns, [...scores]];
  },
  annot: async (path) => {
    const { names, values, ids } = await readAnnotations(path);
    return [names, [...values], ids?.texts()];
  },
  thin: async (path) => {
    const { names, values, ids } = await readAnnotations(path);
    return [names, [...values], ids];
  },
  frequency: async (path) => [...(await readFrequencies([path])).frequency],
  tagging: async (path) => [...(await readTagging(path)).byCategory],
  weights: async (path) => {
    const { weightOf } = await readLdakWeights(path);
    return ['rs1', 'rs2', 'rs3'].map(weightOf);
  },
};

const FOUND: Record<string, unknown> = {
  sumstats: [2, 1, [50_000, 49_999.5]],
  summaries: [1.5625, 0.25],
  ldscore: [
    ['baseL2', 'conservedL2'],
    [2.235, 1.667, 2.784, 1.757],
  ],
  annot: [
    ['base', 'conserved'],
    [1, 0, 1, 0.25],
    ['rs1', 'rs2'],
  ],
  thin: [['ANNOT'], [0, 1], undefined],
  frequency: [0.4711, Number.NaN],
  tagging: [0.75, 0.75],
  weights: [0.75, 0, undefined],
};

test('the page has an example of every kind', () => {
  expect(new Set(blocks.map(({ kind }) => kind))).toEqual(new Set(Object.keys(READERS)));
});

const FORMS: [string, (text: string) => string][] = [
  ['as it is', (text) => text],
  ['with tabs', (text) => text.replaceAll(' ', '\t')],
  ['with CR LF', (text) => text.replaceAll('\n', '\r\n')],
  ['after comments', (text) => `# one\n## two\n#\n${text}`],
  ['with tabs at line ends', (text) => text.replaceAll(' ', '\t').replaceAll('\n', '\t\n')],
];

test.each(
  blocks.flatMap(({ kind, text }) => FORMS.map(([form, change]) => ({ kind, form, text: change(text) }))),
)('$kind, $form', async ({ kind, text }) => {
  expect(await READERS[kind](fileWith(text, 'x.l2.ldscore'))).toEqual(FOUND[kind]);
});

test('quotes around names and values, as R writes them', async () => {
  const quoted = (text: string) => text.replace(/^#.*\n/, '').replace(/[^\s]+/g, '"$&"');
  for (const { kind, text } of blocks) {
    if (['tagging', 'weights'].includes(kind) || text.startsWith('#CHROM')) continue;
    expect(await READERS[kind](fileWith(quoted(text), 'x.l2.ldscore'))).toEqual(FOUND[kind]);
  }
});
