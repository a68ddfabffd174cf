import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { formatCount } from '../dist/estimate/number.js';
import { OutputFile, writeOutput } from '../dist/formats/output.js';
import { normalQuantile } from '../dist/linalg/distributions.js';
import { alternate, heredity, medianOf, outputPrefix, ROOT, runProcess } from './measure.mjs';
import { cost, rate } from './report.mjs';

const ALLELES = ['A\tG', 'C\tT', 'G\tA', 'T\tC', 'A\tC', 'A\tT', 'AT\tA'];
/** One variant in so many is on the list of --merge-alleles. */
const LISTED = 8;

/** @type {import('./benchmarks.mjs').Benchmark} */
export const munge = {
  name: 'munge',
  title: 'summary statistics munged, whole processes',
  sizes: {
    full: { rows: 10_000_000, repeats: 3 },
    quick: { rows: 500_000, repeats: 1 },
  },
  work: ({ rows }) => ({ rows }),
  async run(size, { note }) {
    const files = await makeFiles(size.rows);
    const out = outputPrefix('munge');
    const plain = () => heredity('munge', '--sumstats', files.text, '--out', out);
    await plain();
    check(`${out}.sumstats.gz`, size.rows, () => true);
    const awk = () => runProcess(['awk', '-F\t', '{ sum += $10 } END { print sum }', files.text]);
    const [ours, theirs] = await alternate([plain, awk], size.repeats);
    const packed = () => heredity('munge', '--sumstats', files.gzip, '--out', out);
    const zcat = () => runProcess(['sh', '-c', `zcat '${files.gzip}' > /dev/null`]);
    const [gzip, unpacked] = await alternate([packed, zcat], size.repeats);
    const listed = () =>
      heredity('munge', '--sumstats', files.gzip, '--merge-alleles', files.list, '--out', out);
    const [merged] = await alternate([listed], size.repeats);
    check(`${out}.sumstats.gz`, size.rows, (row) => row % LISTED === 0);
    note(
      `${formatCount(size.rows)} rows of 11 columns, medians of ${size.repeats} repeats; two thirds of the variants are kept and written. awk only adds up one column. Users of LDSC's munge_sumstats tell of hours for such files; it is not installed here, and no figure of its is given.`,
    );
    const seconds = medianOf(ours, 'seconds');
    const besideAwk = { name: 'awk, one column', value: medianOf(theirs, 'seconds') };
    const memory = (results, what) =>
      results[0].peakBytes === undefined ? [] : [cost(what, medianOf(results, 'peakBytes'), 'B')];
    return [
      cost('text, wall time', seconds, 's', besideAwk),
      ...(ours[0].cpuSeconds === undefined
        ? []
        : [cost('text, processor time', medianOf(ours, 'cpuSeconds'), 's')]),
      rate('text, rows', size.rows / seconds / 1e6, 'M rows/s'),
      ...memory(ours, 'text, peak memory'),
      cost(
        'gzip, wall time',
        medianOf(gzip, 'seconds'),
        's',
        { name: 'zcat', value: medianOf(unpacked, 'seconds') },
        1 / 3,
      ),
      cost('gzip and --merge-alleles, wall time', medianOf(merged, 'seconds'), 's'),
      ...memory(merged, 'gzip and --merge-alleles, peak memory'),
    ];
  },
};

/** The values of a row, from its number alone. */
function values(row) {
  const scattered = (row * 2_654_435_761) % 4_294_967_291;
  return {
    alleles: row % ALLELES.length,
    frequency: ((scattered % 9973) + 13) / 10_000,
    info: (800 + (scattered % 211)) / 1000,
    beta: ((scattered % 20_001) - 10_000) / 1e6,
    p: ((scattered % 99_991) + 1) / 100_000,
    n: 100_000 + (scattered % 1000),
  };
}

/** Whether LDSC's rules keep the row. */
function isKept({ alleles, frequency, info }) {
  return alleles < 5 && Math.min(frequency, 1 - frequency) > 0.01 && info >= 0.9;
}

async function makeFiles(rows) {
  const folder = join(ROOT, 'bench/data');
  mkdirSync(folder, { recursive: true });
  const text = join(folder, `gwas-${rows}.txt`);
  const gzip = `${text}.gz`;
  const list = join(folder, `gwas-${rows}.snplist`);
  if (!existsSync(list)) {
    const outputs = [await OutputFile.create(text), await OutputFile.create(gzip)];
    let lines = ['SNP\tCHR\tBP\tA1\tA2\tFRQ\tINFO\tBETA\tSE\tP\tN'];
    for (let row = 0; row < rows; row++) {
      const { alleles, frequency, info, beta, p, n } = values(row);
      lines.push(
        `rs${row}\t${1 + Math.floor((22 * row) / rows)}\t${1000 + row}\t${ALLELES[alleles]}\t${frequency}\t${info}\t${beta}\t0.01\t${p}\t${n}`,
      );
      if (lines.length < 50_000 && row < rows - 1) continue;
      const piece = Buffer.from(`${lines.join('\n')}\n`);
      for (const output of outputs) await output.write(piece);
      lines = [];
    }
    for (const output of outputs) await output.finish();
    const listed = Array.from({ length: Math.ceil(rows / LISTED) }, (_, k) => LISTED * k);
    const names = listed.map((row) => `rs${row}\t${ALLELES[values(row).alleles].replace('AT', 'G')}`);
    await writeOutput(list, `SNP\tA1\tA2\n${names.join('\n')}\n`);
  }
  return { text, gzip, list };
}

/** @throws where other variants are kept than the rules say, or a Z score is not that of its row. */
function check(path, rows, isListed) {
  const bytes = gunzipSync(readFileSync(path));
  let at = bytes.indexOf('\n') + 1;
  for (let row = 0; row < rows; row++) {
    const expected = values(row);
    if (!isListed(row) || !isKept(expected)) continue;
    let end = bytes.indexOf('\n', at);
    let [id, , , z, n] = bytes.toString('latin1', at, end).split('\t');
    while (z === '' && end > 0) {
      at = end + 1;
      end = bytes.indexOf('\n', at);
      [id, , , z, n] = bytes.toString('latin1', at, end).split('\t');
    }
    at = end + 1;
    const size = -normalQuantile(expected.p / 2);
    const signed = expected.beta < 0 ? -size : size;
    if (id !== `rs${row}` || Number(n) !== expected.n || Math.abs(Number(z) - signed) > 0.000501)
      throw new Error(`row ${row} became ${id} ${z} ${n} instead of ${signed.toFixed(3)} ${expected.n}`);
  }
}
