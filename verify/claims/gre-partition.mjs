import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { bias, coverage } from '../verdict.mjs';
import { genotypes, heredity } from '../world.mjs';

const AT_ONCE = 125;
/** Traits of a cell that the methods beside GRE estimate. */
const BESIDE = 125;
const H2 = 0.5;
const PEOPLE = 3000;
const CASES = [
  { id: 'even effects', words: () => [] },
  { id: 'effects by 1 / LD score', words: (prefix) => ['--ld-scores', prefix] },
  {
    id: 'a tenth causal, MAF below 0.1',
    words: () => ['--p-causal', 0.1, '--cv-maf', '0.01,0.1', '--alpha', -0.25],
  },
];

/** @type {import('../claims.mjs').Claim} */
export const grePartition = {
  name: 'gre-partition',
  claim:
    'the heritability of the rarer half of the variants by GRE shows no bias (intervals of 3 to 8 %), in blocks that share LD too, also where effects follow LD or frequency in a way that S-LDSC and SumHer are not told of; its 95 % intervals hold the truth in 95 % of traits, to 2 %',
  docs: 'docs/gre.md',
  size: '3,000 people, 2,000 and 5,000 variants on 4 chromosomes in 20 blocks, h² 0.5, three architectures; S-LDSC by ten bins of frequency, SumHer with LDAK’s Human Default model and the same halves',
  seed: 21,
  replicates: 500,
  resolution: 0.08,
  async measure({ replicates, seed, threads, folder }) {
    const cells = [];
    const all = { errors: [], ses: [] };
    for (const variants of [2000, 5000]) {
      const bfile = await genotypes({ samples: PEOPLE, variants, chromosomes: 4 });
      const common = ['--bfile', bfile, '--threads', threads];
      await heredity(
        ...['ld', 'scores', ...common, '--ld-wind-kb', 1000, '--out', join(folder, `ld${variants}`)],
      );
      for (const [k, { id, words }] of CASES.entries()) {
        const out = join(folder, `traits${variants}-${k}`);
        const errors = { gre: [], 'sldsc-maf': [], 'sumher-hd': [] };
        const ses = [];
        const truths = [];
        for (let first = 0; first < replicates; first += AT_ONCE) {
          const count = Math.min(AT_ONCE, replicates - first);
          await heredity(
            ...['simulate', 'phenotypes', ...common, '--h2', H2, '--replicates', count],
            ...words(join(folder, `ld${variants}`)),
            ...['--seed', seed * 1000 + k * 500 + first, '--out', out],
          );
          const rare = rarerHalf(bfile, `${out}.parts`);
          const truth = explained(`${out}.effects.tsv.gz`, rare);
          const pheno = ['--pheno', `${out}.pheno`, '--out', out];
          await heredity('gre', ...common, ...pheno, '--blocks', 'ld:20', '--partition', `${out}.parts`);
          const isBeside = first < BESIDE;
          if (isBeside) {
            await heredity('ldsc', ...common, ...pheno, '--model', 'sldsc-maf');
            await heredity(
              ...['sumher', ...common, ...pheno, '--model', 'human-default'],
              ...['--partition', `${out}.parts`],
            );
          }
          for (const [method, own] of Object.entries(errors)) {
            if (method !== 'gre' && !isBeside) continue;
            const { estimates } = JSON.parse(readFileSync(`${out}.${method}.json`, 'utf8'));
            for (const { trait, parts } of estimates) {
              const [part] = method === 'sldsc-maf' ? [firstHalf(parts)] : parts.filter(isRare);
              own.push(part.h2.value - truth.get(trait));
              if (method !== 'gre') continue;
              ses.push(part.h2.se);
              truths.push(truth.get(trait));
            }
          }
        }
        const mean = truths.reduce((sum, value) => sum + value, 0) / truths.length;
        const cell = `${id}, ${variants.toLocaleString('en')} variants`;
        const relative = (method, within) =>
          bias({
            id: `${cell}, ${method}`,
            what: 'bias over the truth',
            values: errors[method].map((error) => error / mean),
            truth: 0,
            within,
          });
        cells.push(
          relative('gre', [0, 0]),
          coverage({ id: `${cell}, gre`, errors: errors.gre, ses, within: null }),
        );
        all.errors.push(...errors.gre);
        all.ses.push(...ses);
        for (const method of ['sldsc-maf', 'sumher-hd']) cells.push(relative(method, null));
      }
    }
    return [...cells, coverage({ id: 'all together, gre', ...all })];
  },
};

const isRare = ({ id }) => id === 'rare' || id.endsWith('rare') || id === 'P1';

/** The five bins of the lowest frequencies. */
const firstHalf = (parts) => ({
  h2: { value: parts.slice(0, 5).reduce((sum, { h2 }) => sum + h2.value, 0) },
});

/** Halves by minor allele frequency, written as parts. @returns IDs of the rarer one. */
function rarerHalf(bfile, file) {
  const ids = readFileSync(`${bfile}.bim`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/\s+/)[1]);
  const bed = readFileSync(`${bfile}.bed`).subarray(3);
  const stride = Math.ceil(PEOPLE / 4);
  const maf = ids.map((_, v) => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < PEOPLE; i++) {
      const code = (bed[v * stride + (i >> 2)] >> (2 * (i & 3))) & 3;
      if (code === 1) continue;
      sum += code === 0 ? 2 : code === 2 ? 1 : 0;
      count++;
    }
    return Math.min(sum / (2 * count), 1 - sum / (2 * count));
  });
  const order = [...ids.keys()].sort((a, b) => maf[a] - maf[b]);
  const rare = new Set(order.slice(0, Math.floor(ids.length / 2)).map((v) => ids[v]));
  writeFileSync(file, `${ids.map((id) => `${id} ${rare.has(id) ? 'rare' : 'common'}`).join('\n')}\n`);
  return rare;
}

/** What some variants' effects are of the variance that all effects and the noise make, by trait. */
function explained(file, ids) {
  const [header, ...rows] = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  const names = header.split('\t');
  const [trait, snp, effect] = ['trait', 'SNP', 'effect_standardised'].map((name) => names.indexOf(name));
  const sums = new Map();
  for (const row of rows) {
    const values = row.split('\t');
    const own = Number(values[effect]) ** 2;
    const [some, all] = sums.get(values[trait]) ?? [0, 0];
    sums.set(values[trait], [some + (ids.has(values[snp]) ? own : 0), all + own]);
  }
  return new Map([...sums].map(([name, [some, all]]) => [name, some / (all + 1 - H2)]));
}
