import { HeredityError } from '../errors.js';
import { formatCount } from '../estimate/number.js';
import type { BlockDefinition } from '../estimators/gre/result.js';
import { chromosomeLabel, type VariantTable } from '../formats/bim.js';
import { readBlockList } from '../formats/block-list.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { equalParts } from '../genotypes/parts.js';
import { chromosomeStarts } from '../ld/windows.js';
import { commonToParts } from '../parts/division.js';
import type { RunContext } from '../run.js';
import type { CountedVariants, Recorder } from './counted-variants.js';
import { chooseBlocks, chromosomesSuffice, cutIntoBlocks } from './ld-blocks.js';

/** How the variants are cut into blocks: a word, or a file; the words of {@link isByLd} need genotypes too. */
export type BlockChoice = string;

/**
 * Cuts variants into blocks: `chromosome`, `genome` (one block), `count:K` (K blocks of equal numbers of variants), or as
 * a file says (regions, or variant and block).
 * @param variants indices in the file, ascending.
 * @throws HeredityError `usage` for a bad K; `mismatch` where the file's blocks hold no variant.
 */
export async function defineBlocks(
  choice: BlockChoice,
  bim: VariantTable,
  variants: Int32Array,
  losses: CountedVariants['variantLosses'],
  provenance: Recorder['provenance'],
): Promise<BlockDefinition[]> {
  return withCuts(await cutBlocks(choice, bim, variants, losses, provenance), bim);
}

/** Whether the choice needs genotypes: `auto`, `ld` or `ld:K`. */
export function isByLd(choice: BlockChoice): boolean {
  return /^(auto|ld|ld:.*)$/.test(choice);
}

/**
 * Cuts variants where LD is weakest: `ld` into the number of blocks with the least predicted error, `ld:K` into about K;
 * `auto` does so unless whole chromosomes are as good.
 * @param n people less columns projected out, in the smallest group of traits. @param open opens the variants' genotypes.
 * @throws HeredityError `usage` for a bad K; `degenerate-data` for too few people.
 */
async function defineBlocksByLd(
  choice: BlockChoice,
  bim: VariantTable,
  variants: Int32Array,
  n: number,
  open: () => Promise<GenotypeOperator>,
  run: Pick<RunContext, 'division'>,
): Promise<{ blocks: BlockDefinition[]; why: string }> {
  const breaks = chromosomeStarts(bim, variants).slice(1);
  if (choice === 'auto' && keepsChromosomes(bim, variants, n))
    return { blocks: withCuts(byChromosome(bim, variants), bim), why: 'chromosomes' };
  const count = /^ld:(.*)$/.exec(choice)?.[1];
  const blockCount = count === undefined ? undefined : countOf(count, variants.length, 'ld:K');
  const { starts, why } = await commonToParts(run, 'cuts', async () => {
    const genotypes = await open();
    try {
      return blockCount === undefined
        ? await chooseBlocks(genotypes, breaks, n, choice === 'auto')
        : await cutIntoBlocks(genotypes, breaks, blockCount);
    } finally {
      genotypes.close();
    }
  });
  if (starts.length === breaks.length + 1) return { blocks: withCuts(byChromosome(bim, variants), bim), why };
  const regions = starts.map((start, k) => variants.subarray(start, starts[k + 1] ?? variants.length));
  const names = regions.map((own) => regionName(bim, own));
  const areDistinct = new Set(names).size === names.length;
  const blocks = regions.map((own, k) => block(areDistinct ? names[k] : `block${k + 1}`, [...own], bim));
  return { blocks: withCuts(blocks, bim), why };
}

/**
 * The blocks of a run, by whatever choice.
 * @param degrees people less columns projected out, in the smallest group of traits, which decides how large a block may be. @param memory bytes for
 * genotypes that are looked at.
 */
export async function blocksOfRun(
  choice: BlockChoice,
  cohort: CountedVariants,
  degrees: () => number,
  memory: number,
  { log, provenance, division }: Recorder & Pick<RunContext, 'division'>,
): Promise<BlockDefinition[]> {
  const { fileset, variants, variantLosses } = cohort;
  if (!isByLd(choice)) return defineBlocks(choice, fileset.variants, variants, variantLosses, provenance);
  const open = () => cohort.genotypes({ memory });
  const { blocks, why } = await defineBlocksByLd(choice, fileset.variants, variants, degrees(), open, {
    division,
  });
  log.info(`${blocks.length === 1 ? 'one block' : `${formatCount(blocks.length)} blocks`}: ${why}`);
  return blocks;
}

/** Whether `auto` keeps whole chromosomes without looking at genotypes. */
export function keepsChromosomes(bim: VariantTable, variants: Int32Array, n: number): boolean {
  return chromosomesSuffice(
    byChromosome(bim, variants).map((own) => own.variants.length),
    n,
  );
}

function byChromosome(bim: VariantTable, variants: Int32Array): BlockDefinition[] {
  return groupBy(variants, (v) => chromosomeLabel(bim.chromosome[v])).map(([id, own]) => block(id, own, bim));
}

/** As in block files: `chr1:1000-2000`. */
function regionName(bim: VariantTable, variants: Int32Array): string {
  const { chromosome, start, end } = placeOf(bim, variants)!;
  return `${chromosome}:${start}-${end}`;
}

/** Notes where a chromosome goes on from one block to the next. */
function withCuts(blocks: readonly BlockDefinition[], bim: VariantTable): BlockDefinition[] {
  const labelOf = (variant: number) => chromosomeLabel(bim.chromosome[variant]);
  return blocks.map((own, k) => {
    const last = blocks[k - 1]?.variants.at(-1);
    const continues = last !== undefined && labelOf(last) === labelOf(own.variants[0]);
    const place = placeOf(bim, own.variants);
    return { ...own, ...(place && { place }), ...(continues && { continues }) };
  });
}

async function cutBlocks(
  choice: BlockChoice,
  bim: VariantTable,
  variants: Int32Array,
  losses: CountedVariants['variantLosses'],
  provenance: Recorder['provenance'],
): Promise<BlockDefinition[]> {
  if (choice === 'chromosome') return byChromosome(bim, variants);
  if (choice === 'genome') return [block('genome', [...variants], bim)];
  const count = /^count:(.*)$/.exec(choice);
  if (count) return equalBlocks(count[1], variants, bim);
  provenance.input(choice);
  const list = await readBlockList(choice);
  const blockOf = (v: number) => list.blockOf(bim.chromosome[v], bim.position[v], bim.id[v]);
  const inside = variants.filter((v) => blockOf(v) >= 0);
  losses.step('--blocks', inside.length, 'in no block');
  if (inside.length === 0) {
    throw new HeredityError('mismatch', 'none of the variants lies in a block of the file', {
      file: choice,
      fix: 'check that regions are on the same genome build, and that IDs agree with the .bim file',
    });
  }
  return groupBy(inside, (v) => list.names[blockOf(v)]).map(([id, own]) => block(id, own, bim));
}

function equalBlocks(text: string, variants: Int32Array, bim: VariantTable): BlockDefinition[] {
  const blocks = countOf(text, variants.length, 'count:K');
  return equalParts(variants, blocks).map((own, k) => block(`block${k + 1}`, [...own], bim));
}

function countOf(text: string, variants: number, what: string): number {
  const blocks = Number(text);
  if (!Number.isInteger(blocks) || blocks < 1 || blocks > variants) {
    throw new HeredityError('usage', `--blocks ${what} cannot be made`, {
      value: text,
      expected: `a whole number from 1 to ${variants}, the number of variants`,
    });
  }
  return blocks;
}

/** Where the variants lie; undefined for those of several chromosomes. */
function placeOf(bim: VariantTable, variants: Int32Array): BlockDefinition['place'] {
  const [first, last] = [variants[0], variants.at(-1)!];
  const chromosome = chromosomeLabel(bim.chromosome[first]);
  if (chromosome !== chromosomeLabel(bim.chromosome[last])) return undefined;
  return { chromosome, start: bim.position[first], end: bim.position[last] };
}

function block(id: string, variants: readonly number[], bim: VariantTable): BlockDefinition {
  const breaks = variants.flatMap((v, k) =>
    k > 0 && bim.chromosome[v] !== bim.chromosome[variants[k - 1]] ? [k] : [],
  );
  return { id, variants: Int32Array.from(variants), breaks };
}

function groupBy(variants: Int32Array, keyOf: (variant: number) => string): [string, number[]][] {
  const groups = new Map<string, number[]>();
  for (const variant of variants) {
    const key = keyOf(variant);
    const group = groups.get(key);
    if (group) group.push(variant);
    else groups.set(key, [variant]);
  }
  return [...groups];
}
