// `npm run demo`: simulates a cohort and traits of known heritability, estimates them by six methods in one run, and prints
// truth beside estimates. Everything is written to demo-output/. The commands run in this process, as a door of its own.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
await import('../dist/host/node/install.js');
const { main } = await import('../dist/cli/main.js');
const { textTable } = await import('../dist/report/table.js');
const { formatEstimate } = await import('../dist/estimate/number.js');
const { forestChart } = await import('../dist/report/forest-chart.js');
const { svgToPng } = await import('../dist/report/png.js');
const { methodTitle } = await import('../dist/methods/facts.js');

const METHODS = ['gre', 'he', 'reml-mc', 'ldsc', 'sldsc-maf', 'sumher-gcta'];

const folder = 'demo-output';
mkdirSync(folder, { recursive: true });

await heredity(`simulate genotypes --samples 20000 --variants 10000 --chromosomes 4 --out ${folder}/cohort`);
await heredity(`simulate phenotypes --bfile ${folder}/cohort --h2 0.1,0.25,0.5,0.8 --out ${folder}/dense`);
await heredity(
  `simulate phenotypes --bfile ${folder}/cohort --h2 0.25,0.5 --causal 100 --seed 2 --out ${folder}/sparse`,
);
mergeTraits(['dense', 'sparse']);
await heredity(
  `h2 --bfile ${folder}/cohort --pheno ${folder}/traits.pheno --methods ${METHODS.join(',')} --report --out ${folder}/demo`,
);

const { estimates } = JSON.parse(readFileSync(`${folder}/demo.h2.json`, 'utf8'));
const traits = [...new Set(estimates.map(({ trait }) => trait))];
const of = (trait, method) => estimates.find((own) => own.trait === trait && own.method === method).h2;
console.log(
  '\nTruth beside estimates, h² (SE). Realised: variance of the genetic values over that of the trait in this very sample.\n' +
    'The first method assumes nothing on how effects are spread:\n',
);
console.log(
  textTable(
    [
      { name: 'trait', value: (trait) => trait },
      { name: 'simulated', value: (trait) => truthOf(trait).expected.toFixed(2) },
      { name: 'realised', value: (trait) => truthOf(trait).realised.toFixed(4) },
      ...METHODS.map((method) => ({
        name: method,
        value: (trait) => formatEstimate(of(trait, method).value, of(trait, method).se),
      })),
      {
        name: 'z',
        header: 'GRE error / SE',
        value: (trait) =>
          ((of(trait, 'gre').value - truthOf(trait).realised) / of(trait, 'gre').se).toFixed(2),
      },
    ],
    traits,
  ),
);
const svg = forestChart({
  rows: estimates.map(({ trait, method, h2 }) => ({
    label: trait,
    series: methodTitle(method),
    estimate: h2.value,
    low: h2.ci95[0],
    high: h2.ci95[1],
    text: formatEstimate(h2.value, h2.se),
    truth: truthOf(trait).realised,
  })),
  title: 'SNP-heritability of simulated traits: estimates and truth',
  xLabel: 'h², share of variance',
});
writeFileSync(`${folder}/truth.svg`, svg);
writeFileSync(`${folder}/truth.png`, svgToPng(svg));
console.log(
  `\nPicture: ${folder}/truth.png. All of it on one page, to open in a browser: ${folder}/demo.h2.html` +
    `\nEverything for programs, with provenance: ${folder}/demo.h2.json` +
    '\nMany architectures, and bias with its error: npx heredity study run --help',
);

/** Runs a command line. */
async function heredity(line) {
  console.log(`\n$ npx heredity ${line}`);
  const exitCode = await main([...line.split(' '), '--quiet']);
  if (exitCode !== 0) process.exit(exitCode);
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
