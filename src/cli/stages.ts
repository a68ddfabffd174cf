import type { Phase, Progress } from '../progress.js';

/** Shows the stages of a blockwise run: the share of variants done, and within a block what it is doing. */
export interface StageReporter {
  report(block: string, stage: string, done: number, total: number): void;
  end(): void;
}

/** @param blocks with their variants, which weigh a block's part of the whole. */
export function stageReporter(
  progress: Progress,
  blocks: readonly { readonly id: string; readonly variants: { readonly length: number } }[],
): StageReporter {
  const total = blocks.reduce((sum, { variants }) => sum + variants.length, 0);
  const all = progress.phase('blocks', { total, unit: 'variants' });
  let block: { id: string; phase: Phase } | undefined;
  let stage: { name: string; phase: Phase; done: number } | undefined;
  const leave = () => {
    stage?.phase.end();
    stage = undefined;
    block?.phase.end();
    block = undefined;
  };
  return {
    report(id, name, done, of) {
      if (block?.id !== id) {
        leave();
        const weight = blocks.find((entry) => entry.id === id)?.variants.length ?? 0;
        block = { id, phase: all.phase(id, { weight: name === PREPARING ? 0 : weight }) };
      }
      if (stage?.name !== name) {
        stage?.phase.end();
        stage = { name, phase: block.phase.phase(name, { total: of }), done: 0 };
      }
      stage.phase.advance(done - stage.done);
      stage.done = done;
    },
    end() {
      leave();
      all.end();
    },
  };
}

/** A first pass over all blocks, which does not count as their work. */
const PREPARING = 'random genetic values';
