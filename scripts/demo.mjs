// `npm run demo`: simulates a cohort and traits of known heritability, runs the GRE and five other methods on them, and
// prints truth beside estimates. Everything is written to demo-output/.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
await import('../dist/host/node/install.js');
const { textTable } = await import('../dist/report/table.js');
const { formatEstimate } = await import('../dist/estimate/number.js');
const { forestPlot } = await import('../dist/report/chart.js');
const { svgToPng } = await import('../dist/report/png.js');

const folder = 'demo-output';
mkdirSync(folder, { recursive: true });

heredity(
  'simulate',
  'genotypes',
  '--samples',
  '20000',
  '--variants',
  '10000',
  '--chromosomes',
  '4',
  '--out',
  `${folder}/cohort`,
);
heredity(
  'simulate',
  'phenotypes',
  '--bfile',
  `${folder}/cohort`,
  '--h2',
  '0.1,0.25,0.5,0.8',
  '--out',
  `${folder}/dense`,
);
heredity(
  'simulate',
  'phenotypes',
  '--bfile',
  `${folder}/cohort`,
  '--h2',
  '0.25,0.5',
  '--causal',
  '100',
  '--seed',
  '2',
  '--out',
  `${folder}/sparse`,
);
mergeTraits(['dense', 'sparse']);
const INPUT = ['--bfile', `${folder}/cohort`, '--pheno', `${folder}/traits.pheno`];
heredity('gre', ...INPUT, '--out', `${folder}/demo`);

const { traits } = JSON.parse(readFileSync(`${folder}/demo.gre.json`, 'utf8'));
const rows = traits.map(({ name, h2, se }) => ({ name, h2, se, truth: truthOf(name) }));
console.log(
  '\nTruth beside estimate (realised: variance of the genetic values over that of the trait, in this very sample):\n',
);
console.log(
  textTable(
    [
      { name: 'trait', value: (row) => row.name },
      { name: 'simulated', header: 'simulated h²', value: (row) => row.truth.expected.toFixed(4) },
      { name: 'realised', header: 'realised h²', value: (row) => row.truth.realised.toFixed(4) },
      { name: 'estimate', header: 'GRE h² (SE)', value: (row) => formatEstimate(row.h2, row.se) },
      {
        name: 'z',
        header: 'error / SE',
        value: (row) => ((row.h2 - row.truth.realised) / row.se).toFixed(2),
      },
    ],
    rows,
  ),
);
const svg = forestPlot({
  rows: rows.map(({ name, h2, se, truth }) => ({ label: name, estimate: h2, se, truth: truth.realised })),
  title: 'SNP-heritability of simulated traits: estimate and truth',
  xLabel: 'h², share of variance',
});
writeFileSync(`${folder}/truth.svg`, svg);
writeFileSync(`${folder}/truth.png`, svgToPng(svg));
console.log(`\nPicture: ${folder}/truth.png. Blocks, diagnostics and provenance: ${folder}/demo.gre.json`);

const METHODS = [
  { title: 'GRE', file: 'demo.gre.json' },
  { title: 'HE, randomised', file: 'demo.he.json', words: ['he'] },
  {
    title: 'REML, Monte Carlo',
    file: 'demo.reml.json',
    words: ['reml', '--method', 'monte-carlo', '--vectors', '5'],
  },
  { title: 'LDSC', file: 'demo.ldsc.json', words: ['ldsc'] },
  { title: 'LDSC by frequency', file: 'maf.ldsc.json', words: ['ldsc', '--model', 'sldsc-maf'] },
  { title: 'SumHer', file: 'demo.sumher.json', words: ['sumher', '--model', 'gcta'] },
];
for (const { words, file } of METHODS) {
  if (words) run([...words, ...INPUT, '--out', `${folder}/${file.split('.')[0]}`], 'ignore');
}
const estimates = METHODS.map(({ title, file }) => {
  const { traits } = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
  return { title, of: new Map(traits.map(({ name, h2, se }) => [name, formatEstimate(h2, se)])) };
});
console.log(
  '\nSix methods on the same traits, h² (SE); the first assumes nothing on how effects are spread:\n',
);
console.log(
  textTable(
    [
      { name: 'trait', value: (row) => row.name },
      { name: 'realised', header: 'realised h²', value: (row) => row.truth.realised.toFixed(4) },
      ...estimates.map(({ title, of }) => ({ name: title, value: (row) => of.get(row.name) ?? null })),
    ],
    rows,
  ),
);
console.log('\nMany architectures, and bias with its error: npx heredity study run --help');

function heredity(...words) {
  run(words, 'inherit');
}

/** @param results where the tables of the command go. */
function run(words, results) {
  console.log(`\n$ npx heredity ${words.join(' ')}`);
  const { status } = spawnSync(process.execPath, ['bin/heredity.js', ...words, '--quiet'], {
    stdio: ['ignore', results, results],
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Puts the traits of several simulations into one phenotype table: `h2_0.25` of dense.pheno becomes h2_0.25_dense. */
function mergeTraits(parts) {
  const tables = parts.map((part) => {
    const [header, ...lines] = readTable(`${folder}/${part}.pheno`);
    return { names: header.slice(2).map((name) => `${name}_${part}`), lines };
  });
  const header = ['FID', 'IID', ...tables.flatMap(({ names }) => names)].join('\t');
  const lines = tables[0].lines.map((line, i) =>
    [line[0], line[1], ...tables.flatMap((table) => table.lines[i].slice(2))].join('\t'),
  );
  writeFileSync(`${folder}/traits.pheno`, `${header}\n${lines.join('\n')}\n`);
}

function truthOf(name) {
  const [, trait, part] = /^(.*)_(dense|sparse)$/.exec(name);
  const [header, ...lines] = readTable(`${folder}/${part}.truth.tsv`);
  const row = lines.find((line) => line[0] === trait);
  const field = (column) => Number(row[header.indexOf(column)]);
  return { expected: field('h2'), realised: field('realised_h2') };
}

function readTable(path) {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}
