import { designForAllParts } from '../../association/design.js';
import {
  associate,
  associationBytes,
  associationWork,
  ERROR_CODES,
  type TileAssociation,
} from '../../association/linear.js';
import { requireMemory } from '../../cohort/budget.js';
import {
  type Cohort,
  cohortFlags,
  countCohort,
  countForAllParts,
  type OpenCohort,
  openCohort,
} from '../../cohort/cohort.js';
import { cohortPlan } from '../../cohort/cohort-plan.js';
import { type GlmLinearRows, GlmLinearWriter } from '../../formats/glm-linear.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import { SumstatsWriter } from '../../formats/sumstats.js';
import { createMask, maskHas, maskIndices } from '../../genotypes/sample-mask.js';
import { GenotypeStore } from '../../genotypes/store.js';
import { dosageFlag } from '../../options/common-flags.js';
import { boolean, choice } from '../../options/flags.js';
import { partFlags } from '../../options/part-flags.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { Scans, writeScans } from './scans.js';

const flags = {
  ...cohortFlags,
  ...dosageFlag,
  missing: choice(
    'people without a genotype: left out of that variant, or given the mean',
    ['casewise', 'mean'],
    { heading: 'Method', default: 'casewise' },
  ),
  ...partFlags,
  skipPictures: boolean('draw no Manhattan and QQ pictures', { heading: 'Output' }),
};

export const assoc = defineCommand({
  description:
    'Linear regression of every trait on each variant with covariates, all traits in one pass over the genotypes. ' +
    'Results agree with plink2 --glm, in its format: A1 is the less frequent allele among the founders left by --keep and ' +
    '--remove. A variant that the covariates explain (variance inflation above 50) has no result, and an error code.',
  flags,
  examples: [
    {
      line: 'heredity assoc --bfile study --pheno traits.txt --covar age-sex-pcs.txt --out study',
      what: 'every trait of the table',
    },
  ],
  outputs: [
    { file: '<out>.<trait>.glm.linear', what: 'one row a variant, columns as plink2 writes them' },
    { file: '<out>.<trait>.sumstats.gz', what: 'SNP A1 A2 Z N, as LDSC reads them' },
    {
      file: '<out>.assoc.json',
      what: 'λ GC, mean χ², the strongest variant of each trait, provenance (schema in docs/schemas)',
    },
    { file: '<out>.assoc.tsv', what: 'the same, one row a trait' },
    { file: '<out>.<trait>.manhattan.svg', what: 'P values along the genome; also .png' },
    { file: '<out>.<trait>.qq.svg', what: 'χ² against what chance gives; also .png' },
    { file: '<out>.assoc.log', what: 'what was printed' },
  ],
  async plan(values, run) {
    const open = await openCohort(values, run, { variantIds: false, draws: !values.skipPictures });
    try {
      outputPrefixes(
        values.out,
        open.traits.map(({ name }) => name),
      );
      const [variants, traits] = [open.variants.length, open.traits.length];
      const step = {
        name: 'association',
        variants,
        memory: { vectors: bytesOf(open) },
        work: {
          ...associationWork(open.people.count, variants, traits, open.covariates.length + 1),
          written: FILES_OF_TRAIT * variants * traits,
        },
      };
      const counting = values.mind === undefined ? 1 : 2;
      return cohortPlan(open, { passes: counting + 1, counting, steps: [step] });
    } finally {
      await open.close();
    }
  },
  async run(values, context) {
    const open = await openCohort(values, context, { variantIds: false, draws: !values.skipPictures });
    const writers: (GlmLinearWriter | SumstatsWriter)[] = [];
    try {
      const prefixes = outputPrefixes(
        values.out,
        open.traits.map(({ name }) => name),
      );
      requireMemory('association', bytesOf(open), open.held, values.memory);
      const cohort = await countCohort(open, values, context);
      const { traits, covariates, people } = cohort;
      const design = await designForAllParts(traits, covariates, people.count, context);
      const effect = await effectAlleles(cohort, context);
      const linear = await Promise.all(
        prefixes.map((prefix) => GlmLinearWriter.create(`${prefix}.glm.linear`, cohort.fileset.variants)),
      );
      const sumstats = await Promise.all(
        prefixes.map((prefix) => SumstatsWriter.create(`${prefix}.sumstats.gz`, cohort.fileset.variants)),
      );
      for (const writer of [...linear, ...sumstats]) writers.push(writer);
      const scans = new Scans(cohort);
      const genotypes = await cohort.genotypes({ memory: 0 });
      const tiles = associate(genotypes, design, values.missing, context);
      for await (const results of ahead(tiles)) {
        for (const result of results) {
          const rows = toRows(result, cohort.variants, effect);
          scans.add(result.trait, rows);
          await linear[result.trait].append(rows);
          await sumstats[result.trait].append({ ...rows, z: rows.t, n: rows.samples });
        }
      }
      for (const writer of writers) await writer.finish();
      await writeScans(context, values, cohort, scans, prefixes);
    } catch (error) {
      for (const writer of writers) await writer.abort();
      throw error;
    } finally {
      await open.close();
    }
  },
});

/** Tables with a line a variant: .glm.linear and .sumstats. */
const FILES_OF_TRAIT = 2;

const bytesOf = ({ people, traits, covariates }: OpenCohort): number =>
  associationBytes(people.count, traits.length, 1 + covariates.length);

/** The same items, the next one under way while the caller works on one: threads regress a tile while another is written. */
async function* ahead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = items.next();
  for (let item = await next; !item.done; item = await next) {
    next = items.next();
    next.catch(() => {}); // reported when it is awaited
    yield item.value;
  }
}

/**
 * 1 or 2 for each variant of the cohort: the allele whose effect is given. As in plink2, allele 1 unless it is more
 * frequent than allele 2 among the founders of all samples listed, with or without a trait. plink2 multiplies the count
 * of allele 2 by the reciprocal of the total, so that rounding decides some ties; so it does here.
 */
async function effectAlleles(cohort: Cohort, run: RecordedRun): Promise<Uint8Array> {
  const { listed, people, variants, fileset, pool } = cohort;
  const { fatherId, motherId } = fileset.samples;
  const founders = createMask(
    listed.samples,
    (i) => maskHas(listed, i) && fatherId[i] === '0' && motherId[i] === '0',
  );
  const counted = founders.count > 0 ? founders : listed;
  let statistics = cohort.statistics(variants);
  if (counted.count !== people.count || !maskIndices(people).every((i) => maskHas(counted, i))) {
    const store = new GenotypeStore(fileset.source, counted, pool);
    statistics = await countForAllParts(store, variants, run);
  }
  return Uint8Array.from(variants, (_, k) => {
    const alleles = 2 * statistics.present(k);
    const copiesOf2 = alleles / 2 - statistics.centredSum(k);
    return copiesOf2 * (1 / alleles) >= 0.5 ? 1 : 2;
  });
}

function toRows(result: TileAssociation, variants: Int32Array, effect: Uint8Array): GlmLinearRows {
  const { first, error, beta, se } = result;
  const count = error.length;
  const isAllele2 = (v: number) => effect[first + v] === 2;
  const t = Float64Array.from(beta, (value, v) => (isAllele2(v) ? -value : value) / se[v]);
  return {
    variant: variants.subarray(first, first + count),
    effectAllele: effect.subarray(first, first + count),
    frequency: result.frequency.map((f, v) => (isAllele2(v) ? 1 - f : f)),
    samples: result.samples,
    beta: beta.map((value, v) => (isAllele2(v) ? -value : value)),
    se,
    t,
    logP: result.logP,
    error: Array.from(error, (code, v) => errorWord(code, result.frequency[v], isAllele2(v))),
  };
}

/** plink2 tells whether the tested or the other allele is the constant one. */
function errorWord(code: number, frequency1: number, isAllele2: boolean): string {
  const word = ERROR_CODES[code];
  if (word !== 'CONST_ALLELE') return word;
  const tested = isAllele2 ? 1 - frequency1 : frequency1;
  return tested === 0 ? 'CONST_OMITTED_ALLELE' : word;
}
