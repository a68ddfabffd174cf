import { HeredityError } from '../errors.js';
import { defineModel, type Row, signed, table } from './model.js';

const CELLS = {
  annotations: { kind: 'text', label: 'annotations that these variants carry, separated by +' },
  variants: {
    kind: 'number',
    label: 'variants that carry exactly these',
    unit: 'count',
    min: 0,
    max: 1e12,
    whole: true,
  },
} as const;

const EFFECTS = {
  annotation: { kind: 'text', label: 'name of the annotation' },
  tau: {
    kind: 'number',
    label: 'contribution tau to the variance of each variant that carries it',
    unit: 'h2 a variant',
    min: -Number.MAX_VALUE,
    max: Number.MAX_VALUE,
  },
} as const;

export interface AnnotationHeritability {
  readonly annotation: string;
  readonly variants: number;
  readonly h2: number;
  readonly variantShare: number;
  readonly h2Share: number;
  /** (h2_c / h2) / (M_c / M). */
  readonly enrichment: number;
}

/**
 * Heritability of overlapping annotations: a variant has variance sum_c tau_c a_jc, so h2_c sums that over the variants
 * that carry c, and enrichment is (h2_c / h2) / (M_c / M) (METHODS 4, 10.9).
 * @param cells variants grouped by exactly which annotations they carry
 */
export function partitionHeritability(
  cells: readonly { readonly annotations: readonly string[]; readonly variants: number }[],
  tau: ReadonlyMap<string, number>,
): { readonly h2: number; readonly rows: readonly AnnotationHeritability[] } {
  const cellH2 = cells.map(({ annotations, variants }) => {
    return variants * annotations.reduce((sum, annotation) => sum + tau.get(annotation)!, 0);
  });
  const h2 = cellH2.reduce((sum, value) => sum + value, 0);
  const total = cells.reduce((sum, { variants }) => sum + variants, 0);
  const rows = [...tau.keys()].map((annotation) => {
    const carries = cells.map((cell) => cell.annotations.includes(annotation));
    const own = cellH2.reduce((sum, value, k) => sum + (carries[k] ? value : 0), 0);
    const variants = cells.reduce((sum, cell, k) => sum + (carries[k] ? cell.variants : 0), 0);
    const [variantShare, h2Share] = [variants / total, own / h2];
    return { annotation, variants, h2: own, variantShare, h2Share, enrichment: h2Share / variantShare };
  });
  return { h2, rows };
}

export const partition = defineModel({
  name: 'partition',
  description:
    'In stratified LD score regression the variance of a variant is the sum of tau over the annotations that it carries. ' +
    'Summed over the variants of an annotation it gives that annotation its heritability h2_c, annotations may overlap, and ' +
    'enrichment is its share of h2 over its share of variants. It hides no heritability: it says where it is.',
  source: 'chapter on missing heritability, problem 5086632',
  formulas: ['h²_{c} = Σ_{j in c} Σ_{k : j in k} τ_{k}', 'enrichment = (h²_{c} / h²) / (M_{c} / M)'],
  inputs: {
    cells: table('variants by the annotations that they carry', CELLS, [
      { annotations: 'base', variants: 820_000 },
      { annotations: 'base+enhancer', variants: 150_000 },
      { annotations: 'base+coding', variants: 20_000 },
      { annotations: 'base+enhancer+coding', variants: 10_000 },
    ]),
    tau: table('tau of each annotation', EFFECTS, [
      { annotation: 'base', tau: 1e-7 },
      { annotation: 'enhancer', tau: 8e-7 },
      { annotation: 'coding', tau: 2e-6 },
    ]),
    focal: { kind: 'text', label: 'annotation that is reported', default: 'enhancer' },
    extraTau: signed('added to the tau of that annotation', 'h2 a variant', 0),
  },
  outputs: {
    h2: { label: 'SNP heritability', unit: 'share of variance' },
    focalH2: { label: 'heritability of the reported annotation', unit: 'share of variance' },
    focalShare: { label: 'its share of the heritability', unit: 'share of h2' },
    variantShare: { label: 'its share of the variants', unit: 'share of variants' },
    enrichment: { label: 'enrichment, one over the other', unit: 'fold' },
  },
  curve: { over: 'extraTau', from: 0, to: 4e-6, outputs: ['enrichment'], yLabel: 'enrichment (fold)' },
  evaluate({ cells, tau, focal, extraTau }) {
    const effects = new Map(
      tau.map((row) => [row.annotation, row.tau + (row.annotation === focal ? extraTau : 0)]),
    );
    const known = cells.map(cellOf);
    for (const name of [focal, ...known.flatMap((cell) => cell.annotations)]) {
      if (!effects.has(name)) {
        throw new HeredityError('usage', 'an annotation has no tau', {
          value: name,
          expected: `one of ${[...effects.keys()].join(', ')}`,
        });
      }
    }
    const { h2, rows } = partitionHeritability(known, effects);
    const reported = rows.find(({ annotation }) => annotation === focal)!;
    if (!(h2 > 0 && h2 <= 1 + 1e-9) || reported.variants === 0) {
      throw new HeredityError(
        'usage',
        `the tau give an impossible heritability, or no variant carries ${focal}`,
        {
          value: h2,
          expected: 'a sum over variants above 0 and at most 1, and variants with the annotation',
        },
      );
    }
    return {
      values: {
        h2,
        focalH2: reported.h2,
        focalShare: reported.h2Share,
        variantShare: reported.variantShare,
        enrichment: reported.enrichment,
      },
      rows: rows.map((row) => ({ ...row })),
    };
  },
});

function cellOf({ annotations, variants }: Row<typeof CELLS>) {
  return { annotations: annotations.split('+').map((name) => name.trim()), variants };
}
