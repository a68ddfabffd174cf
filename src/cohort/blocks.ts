import { HeredityError } from '../errors.js';
import type { BlockDefinition } from '../estimators/gre/gre.js';
import { chromosomeLabel, type VariantTable } from '../formats/bim.js';
import { readBlockList } from '../formats/block-list.js';
import { equalParts } from '../genotypes/parts.js';
import type { LossTable, Provenance } from '../provenance.js';

/** How the variants are cut into blocks: a word, or a file. */
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
  losses: LossTable,
  provenance: Provenance,
): Promise<BlockDefinition[]> {
  return withCuts(await cutBlocks(choice, bim, variants, losses, provenance), bim);
}

/** Notes where a chromosome goes on from one block to the next. */
function withCuts(blocks: readonly BlockDefinition[], bim: VariantTable): BlockDefinition[] {
  const labelOf = (variant: number) => chromosomeLabel(bim.chromosome[variant]!);
  return blocks.map((own, k) => {
    const last = blocks[k - 1]?.variants.at(-1);
    const continues = last !== undefined && labelOf(last) === labelOf(own.variants[0]!);
    return continues ? { ...own, continues } : own;
  });
}

async function cutBlocks(
  choice: BlockChoice,
  bim: VariantTable,
  variants: Int32Array,
  losses: LossTable,
  provenance: Provenance,
): Promise<BlockDefinition[]> {
  if (choice === 'chromosome')
    return groupBy(variants, (v) => chromosomeLabel(bim.chromosome[v]!)).map(([id, own]) =>
      block(id, own, bim),
    );
  if (choice === 'genome') return [block('genome', [...variants], bim)];
  const count = /^count:(.*)$/.exec(choice);
  if (count) return equalBlocks(count[1]!, variants, bim);
  provenance.input(choice);
  const list = await readBlockList(choice);
  const blockOf = (v: number) => list.blockOf(bim.chromosome[v]!, bim.position[v]!, bim.id[v]!);
  const inside = variants.filter((v) => blockOf(v) >= 0);
  losses.step('--blocks', inside.length, 'in no block');
  if (inside.length === 0) {
    throw new HeredityError('mismatch', 'none of the variants lies in a block of the file', {
      file: choice,
      fix: 'check that regions are on the same genome build, and that IDs agree with the .bim file',
    });
  }
  return groupBy(inside, (v) => list.names[blockOf(v)]!).map(([id, own]) => block(id, own, bim));
}

function equalBlocks(text: string, variants: Int32Array, bim: VariantTable): BlockDefinition[] {
  const blocks = Number(text);
  if (!Number.isInteger(blocks) || blocks < 1 || blocks > variants.length) {
    throw new HeredityError('usage', '--blocks count:K cannot be made', {
      value: text,
      expected: `a whole number from 1 to ${variants.length}, the number of variants`,
    });
  }
  return equalParts(variants, blocks).map((own, k) => block(`block${k + 1}`, [...own], bim));
}

function block(id: string, variants: readonly number[], bim: VariantTable): BlockDefinition {
  const breaks = variants.flatMap((v, k) =>
    k > 0 && bim.chromosome[v] !== bim.chromosome[variants[k - 1]!] ? [k] : [],
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
