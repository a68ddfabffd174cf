import type { GenotypeOperator } from '../../genotypes/operator.js';
import { sharedFloat64 } from '../../kernels/memory.js';
import { together, type Work } from '../../kernels/rates.js';
import { noAnnotation } from '../../ld/annotations.js';
import { binAnnotations, levelOfLd, mafBins, USUAL_BINS } from '../../ld/maf-bins.js';
import { type Annotations, ldScores, ldScoreWork } from '../../ld/windowed-r2.js';
import type { Windows } from '../../ld/windows.js';
import { type RunContext, silentRun } from '../../run.js';
import type { AnnotationOverlap } from './partitioned.js';
import { type LdScores, totalScores } from './score-regression.js';

/**
 * How heritability depends on the SNP: evenly; by ten bins of minor allele frequency with as many SNPs each; or by these and
 * the level of LD within them (METHODS 4.6).
 */
export const SCORE_MODELS = ['ldsc', 'sldsc-maf', 'sldsc-maf-lld'] as const;
export type ScoreModel = (typeof SCORE_MODELS)[number];

/** LD scores of a sample itself, ready for a regression on all of its SNPs. */
export interface InSampleScores {
  readonly ld: LdScores;
  /** Of the annotations, such as `mafBin3` and `lld`. */
  readonly names: readonly string[];
  /** Over all SNPs; undefined without annotations. */
  readonly overlap: AnnotationOverlap | undefined;
}

/**
 * LD scores (r² adjusted) of genotypes by a model, with the weights and counts that go with a regression on all its
 * SNPs: one pass over the genotypes, two with the level of LD.
 *
 * @param maf minor allele frequencies.
 */
export async function inSampleScores(
  genotypes: GenotypeOperator,
  windows: Windows,
  maf: Float64Array,
  model: ScoreModel,
  run: RunContext = silentRun,
): Promise<InSampleScores> {
  const scoresOf = async (annotations: Annotations) => {
    const scores = await ldScores(genotypes, windows, annotations, { adjusted: true }, run);
    return columnsOf(scores, annotations.columns);
  };
  if (model === 'ldsc') {
    const scores = await scoresOf(noAnnotation(maf.length));
    return {
      ld: { scores, weightScores: scores[0], counts: [maf.length] },
      names: ['base'],
      overlap: undefined,
    };
  }
  const bins = mafBins(maf);
  const annotations = binAnnotations(bins);
  const scores = await scoresOf(annotations);
  const weightScores = totalScores(scores);
  const values = columnsOf(annotations.values, annotations.columns);
  const names = values.map((_, k) => `mafBin${k + 1}`);
  if (model === 'sldsc-maf-lld') {
    const level = sharedFloat64(maf.length);
    level.set(levelOfLd(weightScores, bins));
    for (const score of await scoresOf({ values: level, columns: 1 })) scores.push(score);
    values.push(level);
    names.push('lld');
  }
  return {
    ld: {
      scores,
      weightScores,
      counts: values.map((column) => column.reduce((sum, value) => sum + value, 0)),
    },
    names,
    overlap: { products: productsOf(values), snps: maf.length },
  };
}

/** What {@link inSampleScores} takes. */
export function inSampleScoresWork(windows: Windows, samples: number, model: ScoreModel): Work {
  if (model === 'ldsc') return ldScoreWork(windows, samples);
  const ofBins = ldScoreWork(windows, samples, USUAL_BINS);
  return model === 'sldsc-maf' ? ofBins : together(ofBins, ldScoreWork(windows, samples));
}

/** Columns of a row-major matrix, an array each. */
function columnsOf(matrix: Float64Array, columns: number): Float64Array[] {
  if (columns === 1) return [matrix];
  return Array.from({ length: columns }, (_, c) =>
    Float64Array.from({ length: matrix.length / columns }, (_, v) => matrix[v * columns + c]),
  );
}

/** A'A of annotations in columns, row-major. */
function productsOf(values: readonly Float64Array[]): Float64Array {
  return Float64Array.from(
    values.flatMap((a) => values.map((b) => a.reduce((sum, value, v) => sum + value * b[v], 0))),
  );
}
