import { type OpenCohort, openCohort } from '../../cohort/cohort.js';
import { cohortPlan } from '../../cohort/cohort-plan.js';
import { requireTwoCopies, withoutTables } from '../../cohort/genotypes-only.js';
import {
  countForKinship,
  DEGREES,
  type Degree,
  findRelatives,
  type KingFlags,
  kingFlags,
  relatedByMatrix,
  traitHolders,
  unrelatedSet,
} from '../../cohort/relatives.js';
import { HeredityError } from '../../errors.js';
import { formatCount, significant } from '../../estimate/number.js';
import { KinshipTableWriter } from '../../formats/kinship-table.js';
import { sampleColumns, writePlinkTable } from '../../formats/quality-tables.js';
import { maskIndices } from '../../genotypes/sample-mask.js';
import { partFlags } from '../../options/part-flags.js';
import type { Plan } from '../../plan.js';
import { kinshipGroups, personRowsBytes } from '../../relatedness/king.js';
import { writeDocument } from '../../report/write-document.js';
import { defineCommand } from '../command.js';

/** Duplicates that are named on the terminal; all are in the JSON. */
const NAMED = 10;

const IN_WORDS: Readonly<Record<Degree, string>> = {
  duplicate: 'duplicates or identical twins',
  first: 'of the first degree (parents, children, siblings)',
  second: 'of the second degree',
  third: 'of the third degree',
};

export const king = defineCommand({
  description:
    'KING-robust kinship of every pair of people, over autosomal variants that both have, in the columns of PLINK 2 ' +
    '(--make-king-table); and a large set of people without relatives, larger than one pass of leaving out gives, in which ' +
    'people with a trait (--pheno) come before others. Kinship does not need frequencies, but between ancestries, and in ' +
    'admixed people, it is too low. Prune nothing: more variants make it better.',
  flags: { ...kingFlags, ...partFlags },
  examples: [
    {
      line: 'heredity king --bfile study --out study',
      what: 'relatives to the third degree, and a set without them',
    },
    {
      line: 'heredity king --pfile ukb_chr@ --king-cutoff 0.0884 --pheno traits.txt --out ukb',
      what: 'third degree relatives may stay; people with traits before others',
    },
  ],
  outputs: [
    { file: '<out>.kin0', what: 'a pair a row: IDs, NSNP, HETHET, IBS0, KINSHIP' },
    { file: '<out>.king.cutoff.in.id', what: 'people of the set without relatives (for --keep)' },
    { file: '<out>.king.cutoff.out.id', what: 'people left out of it (for --remove)' },
    { file: '<out>.king.json', what: 'pairs by degree, duplicates by name, losses, provenance' },
    { file: '<out>.king.log', what: 'what was printed' },
  ],
  async plan(values, run) {
    checkFlags(values);
    const open = await openCohort(withoutTables({ ...values, seed: 1 }), run, { variantIds: false });
    try {
      requireTwoCopies('kinship', open, values.autosomeNum);
      await traitHolders(open.fileset.samples, values, run);
      return planOf(open, open.memory);
    } finally {
      await open.close();
    }
  },
  async run(values, context) {
    const { log, progress } = context;
    checkFlags(values);
    const open = await openCohort(withoutTables({ ...values, seed: 1 }), context, { variantIds: false });
    try {
      requireTwoCopies('kinship', open, values.autosomeNum);
      const { samples } = open.fileset;
      const holders = await traitHolders(samples, values, context);
      const cohort = await countForKinship(open, values, context);
      const people = maskIndices(cohort.people);
      const genotypes = await cohort.genotypes({ memory: 0 });
      const least = values.allPairs ? -Infinity : (values.kingTableFilter ?? values.kingCutoff);
      const path = `${values.out}.kin0`;
      const table = await KinshipTableWriter.create(path, samples, people);
      let written = 0;
      const relatives = await findRelatives(
        genotypes,
        { cutoff: values.kingCutoff, least, memory: open.memory },
        (pair) => {
          written++;
          return table.add(pair);
        },
        context,
      ).catch(async (error) => {
        await table.abort();
        throw error;
      });
      await table.finish();
      genotypes.close();
      const pairs = [relatives.related];
      if (values.relCutoff !== undefined) {
        const statistics = cohort.statistics(cohort.variants);
        const varying = cohort.variants.filter((_, k) => !statistics.isMonomorphic(k));
        const matrix = await cohort.genotypes({ memory: open.memory / 2 }, varying);
        pairs.push(
          await relatedByMatrix(matrix, values.relCutoff, open.memory / 2, { ...context, progress }),
        );
        matrix.close();
      }
      const set = unrelatedSet(pairs, people.length, holders && ((person) => holders[people[person]] === 1));
      const files = [path, `${values.out}.king.cutoff.in.id`, `${values.out}.king.cutoff.out.id`];
      for (const [f, leftOut] of [0, 1].entries()) {
        const own = people.filter((_, person) => set.leftOut[person] === leftOut);
        await writePlinkTable(files[f + 1], sampleColumns(samples, own), own.length);
      }
      const nameOf = (person: number) =>
        `${samples.familyId[people[person]]} ${samples.individualId[people[person]]}`;
      const withTrait = holders && {
        all: people.filter((i) => holders[i]).length,
        kept: people.filter((i, person) => holders[i] && !set.leftOut[person]).length,
      };
      const counted = DEGREES.map(
        (degree) => `${formatCount(relatives.degrees[degree])} ${IN_WORDS[degree]}`,
      );
      const said = [`pairs: ${counted.join(', ')}; ${formatCount(written)} written to ${path}`];
      for (const { later, earlier, kinship } of relatives.duplicates.slice(0, NAMED))
        said.push(`  ${nameOf(earlier)} and ${nameOf(later)}: kinship ${significant(kinship, 3)}`);
      if (relatives.duplicates.length > NAMED)
        said.push(
          `  and ${formatCount(relatives.duplicates.length - NAMED)} more (in ${values.out}.king.json)`,
        );
      if (relatives.unknown > 0)
        log.warn(
          `the kinship of ${formatCount(relatives.unknown)} pairs is not known (nan): they have no variant in common, or are heterozygous at none; they count as unrelated`,
        );
      const relationship = values.relCutoff === undefined ? '' : ` or relationship above ${values.relCutoff}`;
      said.push(
        `${formatCount(people.length - set.kept)} of ${formatCount(people.length)} people left out, so that no pair has kinship above ${values.kingCutoff}${relationship}; ` +
          `${formatCount(set.kept)} are left${withTrait ? `, ${formatCount(withTrait.kept)} of the ${formatCount(withTrait.all)} with a trait among them` : ''}`,
      );
      await writeDocument(context, {
        out: values.out,
        name: 'king',
        schema: 'heredity/king@1',
        fields: {
          files,
          people: people.length,
          variants: cohort.variants.length,
          cutoff: values.kingCutoff,
          relationshipCutoff: values.relCutoff ?? null,
          pairs: { ...relatives.degrees, written, unknown: relatives.unknown },
          duplicates: relatives.duplicates.map(({ earlier, later, kinship }) => ({
            people: [nameOf(earlier), nameOf(later)],
            kinship,
          })),
          unrelated: { kept: set.kept, leftOut: people.length - set.kept, withTrait: withTrait ?? null },
        },
        said: said.join('\n'),
        written: files,
      });
    } finally {
      await open.close();
    }
  },
});

function checkFlags({ allPairs, kingTableFilter }: KingFlags): void {
  if (!allPairs || kingTableFilter === undefined) return;
  throw new HeredityError('usage', '--all-pairs and --king-table-filter ask for different pairs', {
    fix: 'give one of them',
  });
}

function planOf(open: OpenCohort, memory: number): Plan {
  const [people, variants] = [open.people.count, open.variants.length];
  const groups = kinshipGroups(people, variants, memory);
  const step = {
    name: 'kinship',
    variants,
    memory: { genotypes: Math.min(personRowsBytes(people, variants), memory) },
    work: undefined,
  };
  return cohortPlan(open, {
    passes: 1 + (groups * (groups + 1)) / 2,
    steps: [step],
    about: [`${formatCount((people * (people - 1)) / 2)} pairs`],
  });
}
