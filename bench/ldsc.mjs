import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatCount } from '../dist/estimate/number.js';
import { estimateH2 } from '../dist/estimators/ldsc/h2.js';
import { writeOutput } from '../dist/formats/output.js';
import { normalQuantile } from '../dist/linalg/distributions.js';
import {
  alternate,
  heredity,
  medianOf,
  medians,
  outputPrefix,
  processorSeconds,
  ROOT,
  runProcess,
} from './measure.mjs';
import { cost } from './report.mjs';

/** LDSC 3.0.1 (Python 3) as a whole process, on two Zen 5 cores and 1,290,028 SNPs in 22 files; taken before. */
const LDSC = { snps: 1_290_028, seconds: 6.7, bytes: 704e6 };

const TRUTH = 0.4;
/** As χ² of 1.29 million SNPs in 100,000 people, at every size. */
const peopleFor = (snps) => Math.round(snps / 12.9);
const CHROMOSOMES = 22;

/** @type {import('./benchmarks.mjs').Benchmark} */
export const ldsc = {
  name: 'ldsc',
  title: 'LD score regression with 200 jackknife blocks',
  sizes: {
    full: { snps: 1_290_028, repeats: 5 },
    quick: { snps: 100_000, repeats: 1 },
  },
  work: ({ snps }) => ({ SNPs: snps }),
  async run({ snps, repeats }, { note }) {
    const folder = await makeFiles(snps);
    const out = outputPrefix('ldsc');
    const scores = ['--ref-ld-chr', join(folder, 'ld.'), '--w-ld-chr', join(folder, 'ld.')];
    process.env.HEREDITY_REFERENCE = join(ROOT, 'bench/data/reference');
    const words = ['ldsc', '--h2', join(folder, 'trait.sumstats.gz'), ...scores, '--out', out];
    const packed = () => heredity(...words);
    const run = () => heredity(...words, '--skip-packed');
    const zcat = () => runProcess(['sh', '-c', `zcat '${folder}'/*.gz > /dev/null`]);
    await packed();
    const [{ h2, estimand }] = JSON.parse(readFileSync(`${out}.ldsc.json`, 'utf8')).estimates;
    const used = estimand.variants.regression;
    if (used !== snps || Math.abs(h2.value - TRUTH) > 0.05)
      throw new Error(`h2 ${h2.value} (${h2.se}) from ${used} SNPs for ${TRUTH}`);
    const [processes, again, texts] = await alternate([run, packed, zcat], repeats);
    const { ld, z } = simulate(snps);
    const chi2 = z.map((value) => value * value);
    const n = new Float64Array(snps).fill(peopleFor(snps));
    const reference = { scores: [ld], weightScores: ld, counts: [snps] };
    const regress = (options) => () =>
      processorSeconds(() => estimateH2(reference, [{ chi2, n }], options), 0);
    const [twoSteps, fixed] = await medians([regress({}), regress({ intercept: 1 })], repeats);
    const isFull = snps === LDSC.snps;
    const goal = (seconds) => isFull && { name: 'the goal', value: seconds };
    const beside = (value) => isFull && { name: 'LDSC 3.0.1, elsewhere', value };
    note(
      `${formatCount(snps)} SNPs in ${CHROMOSOMES} gzipped files. The whole process also regresses with the intercept fixed, draws a picture and hashes its inputs. ` +
        'Beside it stand time and memory of LDSC on data of this size, taken before on two Zen 5 cores.',
    );
    return [
      cost('heredity ldsc --h2, whole process', medianOf(processes, 'seconds'), 's', beside(LDSC.seconds), 3),
      ...(processes[0].cpuSeconds === undefined
        ? []
        : [
            cost(
              'processor time of it',
              medianOf(processes, 'cpuSeconds'),
              's',
              { name: 'zcat of its files', value: medianOf(texts, 'cpuSeconds') },
              0.5,
            ),
            cost('the same from packed LD scores', medianOf(again, 'cpuSeconds'), 's', goal(0.5), 1),
            cost('memory of it', medianOf(processes, 'peakBytes'), 'B', beside(LDSC.bytes), 1),
          ]),
      cost('regression in two steps, one core', twoSteps, 's', goal(1), 1),
      cost('regression with a fixed intercept, one core', fixed, 's', goal(1), 1),
    ];
  },
};

/** LD scores and Z of a trait; the same numbers every time. */
function simulate(snps) {
  let state = 1;
  const uniform = () => {
    state = (16807 * state) % 2147483647;
    return state / 2147483647;
  };
  const ld = Float64Array.from({ length: snps }, () => Number((1 + 80 * uniform() ** 2).toFixed(3)));
  const z = ld.map((score) => {
    const expected = 1.02 + (peopleFor(snps) * TRUTH * score) / snps;
    return Number((Math.sqrt(expected) * normalQuantile(uniform())).toFixed(3));
  });
  return { ld, z };
}

async function makeFiles(snps) {
  const folder = join(ROOT, `bench/data/ldsc-${snps}`);
  const last = join(folder, 'trait.sumstats.gz');
  if (existsSync(last)) return folder;
  mkdirSync(folder, { recursive: true });
  const { ld, z } = simulate(snps);
  const size = Math.ceil(snps / CHROMOSOMES);
  const rows = Array.from(ld, (_, j) => j);
  for (let c = 0; c < CHROMOSOMES; c++) {
    const own = rows.slice(c * size, (c + 1) * size);
    const lines = own.map((j) => `${c + 1}\trs${3 * j + 1000}\t${1000 * (j % size)}\t${ld[j]}\n`);
    await writeOutput(join(folder, `ld.${c + 1}.l2.ldscore.gz`), `CHR\tSNP\tBP\tL2\n${lines.join('')}`, {
      gzip: true,
    });
    await writeOutput(join(folder, `ld.${c + 1}.l2.M_5_50`), `${own.length}\n`);
  }
  const lines = rows.map((j) => `rs${3 * j + 1000}\tA\tG\t${z[j]}\t${peopleFor(snps)}\n`);
  await writeOutput(last, `SNP\tA1\tA2\tZ\tN\n${lines.join('')}`, { gzip: true });
  return folder;
}
