import { HeredityError } from '../errors.js';
import { readAnnotations } from '../formats/annotation.js';
import { readAnnotationList } from '../formats/annotation-lists.js';
import { alignAnnotations } from '../ld/annotations.js';
import { baseCategory, type TaggingCategories } from '../ld/tagging.js';
import { defineFlags, type FlagValues, integer, path, string } from '../options/flags.js';
import { LossTable } from '../provenance.js';
import type { CountedVariants, ToldRun } from './counted-variants.js';
import { partitionFlags, partitionVariants } from './partition.js';

const CATEGORIES = { heading: 'Categories of variants' } as const;

/** Categories of a heritability model; without any of these flags there is one, the base. */
export const categoryFlags = defineFlags({
  annot: path(
    'annotations in the format of LDSC (CHR BP SNP CM and a column each); a base of all variants is added',
    CATEGORIES,
  ),
  annotationPrefix: path(
    'annotations in the format of LDAK: <prefix>1, <prefix>2, …; a base of all variants is added',
    {
      ...CATEGORIES,
      placeholder: 'prefix',
    },
  ),
  annotationNumber: integer('how many of these files there are', { ...CATEGORIES, min: 1 }),
  partition: string(
    'parts of the variants: chromosome, maf-ld (strata of frequency and LD), count:K, or a file (chr start end [name], or ID part)',
    {
      ...CATEGORIES,
      placeholder: 'parts',
      words: ['chromosome', 'maf-ld', 'count:'],
      mayBeFile: true,
    },
  ),
  ...partitionFlags,
  partitionPrefix: path('parts in the format of LDAK: <prefix>1, <prefix>2, …', {
    ...CATEGORIES,
    placeholder: 'prefix',
  }),
  partitionNumber: integer('how many of these files there are', { ...CATEGORIES, min: 1 }),
});

export type CategoryFlags = FlagValues<typeof categoryFlags>;

/** @throws HeredityError `usage` for flags that do not fit together. */
export function checkCategoryFlags(flags: CategoryFlags): void {
  for (const kind of ['annotation', 'partition'] as const) {
    if ((flags[`${kind}Prefix`] === undefined) !== (flags[`${kind}Number`] === undefined)) {
      throw new HeredityError('usage', `--${kind}-prefix and --${kind}-number belong together`, {
        fix: 'give both',
      });
    }
  }
  const { annot, annotationPrefix, partition, partitionPrefix } = flags;
  const given = [annot, annotationPrefix, partition, partitionPrefix].filter((value) => value !== undefined);
  if (given.length > 1) {
    throw new HeredityError('usage', 'the categories are given in more than one way', {
      expected: 'one of --annot, --annotation-prefix, --partition and --partition-prefix',
    });
  }
}

/** Columns of categories over the cohort's variants, not yet with a base or background. */
interface Columns {
  readonly names: string[];
  readonly columns: Float64Array[];
}

/** The categories that the flags ask for, over the cohort's variants. */
export async function readCategories(
  cohort: CountedVariants,
  flags: CategoryFlags,
  context: ToldRun,
): Promise<TaggingCategories> {
  const { provenance } = context;
  const count = cohort.variants.length;
  if (flags.annot !== undefined) {
    provenance.input(flags.annot);
    return withBase(await fromLdsc(cohort, flags.annot), count);
  }
  if (flags.annotationPrefix !== undefined) {
    const files = numbered(flags.annotationPrefix, flags.annotationNumber!);
    for (const file of files) provenance.input(file);
    return withBase(await fromLists(cohort, files, 'Annotation'), count);
  }
  if (flags.partition !== undefined) return withBackground(await fromParts(cohort, flags, context), count);
  if (flags.partitionPrefix !== undefined) {
    const files = numbered(flags.partitionPrefix, flags.partitionNumber!);
    for (const file of files) provenance.input(file);
    return withBackground(await fromLists(cohort, files, 'Partition'), count);
  }
  return baseCategory(count);
}

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, c) => `${prefix}${c + 1}`);

async function fromLdsc({ fileset, variants }: CountedVariants, file: string): Promise<Columns> {
  const table = await readAnnotations(file, false);
  const { values, columns } = alignAnnotations(table, fileset.variants, variants);
  return {
    names: [...table.names],
    columns: table.names.map((_, c) =>
      Float64Array.from({ length: variants.length }, (__, v) => values[v * columns + c]),
    ),
  };
}

async function fromLists(
  { fileset, variants }: CountedVariants,
  files: readonly string[],
  label: string,
): Promise<Columns> {
  const columns: Float64Array[] = [];
  for (const file of files) {
    const list = await readAnnotationList(file);
    const column = Float64Array.from(variants, (v) => list.valueOf(fileset.variants.id[v]));
    if (column.every((value) => value === 0)) {
      throw new HeredityError('mismatch', 'the annotation has none of the variants', {
        file,
        expected: `IDs such as ${fileset.variants.id[variants[0]]}`,
        fix: 'leave the file out',
      });
    }
    columns.push(column);
  }
  return { names: columns.map((_, c) => `${label}_${c + 1}`), columns };
}

async function fromParts(cohort: CountedVariants, flags: CategoryFlags, context: ToldRun): Promise<Columns> {
  const { variants } = cohort;
  // variants in no part are not lost: they form the background
  const own = { ...cohort, variantLosses: new LossTable(variants.length) };
  const parts = await partitionVariants(flags.partition!, own, flags, context);
  const place = new Map(Array.from(variants, (variant, k) => [variant, k]));
  const columns = parts.map((part) => {
    const column = new Float64Array(variants.length);
    for (const variant of part.variants) column[place.get(variant)!] = 1;
    return column;
  });
  return { names: parts.map(({ id }) => id.replace(/\s/g, '_')), columns };
}

/** Adds the base; an annotation that already is 1 for every variant takes its place. */
function withBase({ names, columns }: Columns, count: number): TaggingCategories {
  const own = columns.flatMap((column, c) => (column.every((value) => value === 1) ? [] : [c]));
  const all = new Float64Array(count).fill(1);
  return together('annotations', [...own.map((c) => names[c]), 'Base'], [...own.map((c) => columns[c]), all]);
}

/** Adds a background of the variants that are in no part, where there are some. */
function withBackground({ names, columns }: Columns, count: number): TaggingCategories {
  const inNone = Float64Array.from({ length: count }, (_, j) =>
    columns.every((column) => column[j] === 0) ? 1 : 0,
  );
  return inNone.includes(1)
    ? together('partitions', [...names, 'Background'], [...columns, inNone])
    : together('partitions', names, columns);
}

function together(
  kind: TaggingCategories['kind'],
  names: readonly string[],
  columns: readonly Float64Array[],
): TaggingCategories {
  const count = columns[0].length;
  const values = new Float64Array(columns.length * count);
  for (const [c, column] of columns.entries()) values.set(column, c * count);
  return { kind, names, values };
}
