import type { CutBlock } from './cut-block.js';

/** Consecutive blocks that were solved together, as an interrupted run remembers them: arrays as lists of numbers, which JSON keeps exactly. */
export interface CutBatch {
  readonly id: string;
  /** By block, then group. */
  readonly blocks: readonly (readonly KeptBlock[])[];
}

type Kept<T> = { readonly [K in keyof T]: T[K] extends Float64Array ? readonly number[] : T[K] };
type KeptBlock = Kept<Omit<CutBlock, 'near'>> & {
  readonly near: readonly Kept<CutBlock['near'][number]>[];
};

export function keepBatch(id: string, blocks: readonly (readonly CutBlock[])[]): CutBatch {
  return { id, blocks: blocks.map((groups) => groups.map(keptBlock)) };
}

export function recallBatch({ blocks }: CutBatch): CutBlock[][] {
  return blocks.map((groups) => groups.map(recalledBlock));
}

function keptBlock(block: CutBlock): KeptBlock {
  return {
    ...block,
    near: block.near.map((own) => ({ ...own, norms: [...own.norms] })),
    products: [...block.products],
    scores: [...block.scores],
    ownNorms: [...block.ownNorms],
    far: [...block.far],
    leak: [...block.leak],
    coefficients: [...block.coefficients],
    explained: [...block.explained],
  };
}

function recalledBlock(block: KeptBlock): CutBlock {
  const array = (values: readonly number[]) => Float64Array.from(values);
  return {
    ...block,
    near: block.near.map((own) => ({ ...own, norms: array(own.norms) })),
    products: array(block.products),
    scores: array(block.scores),
    ownNorms: array(block.ownNorms),
    far: array(block.far),
    leak: array(block.leak),
    coefficients: array(block.coefficients),
    explained: array(block.explained),
  };
}
