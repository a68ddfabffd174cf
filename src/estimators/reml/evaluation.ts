import { choleskyFactor, choleskyInverse } from '../../linalg/small-dense.js';

/**
 * The restricted likelihood of y = X b + Σ g_i + e, V = Σ_i σ_i² A_i (the last A is I), and what its maximisation needs
 * (METHODS 5.2), at one set of variances.
 */
export interface Evaluation {
  /** -½ (log|V| + log|X'V⁻¹X| + y'Py), with X as orthonormal columns. */
  readonly logLikelihood: number;
  /** tr(P A_i). */
  readonly traces: Float64Array;
  /** y'P A_i P y. */
  readonly quadratics: Float64Array;
  /** Average information ½ y'P A_i P A_j P y, or its expectation ½ tr(P A_i P A_j), row-major. */
  readonly information: Float64Array;
  /** Generalised least squares of y on the columns of X. */
  readonly effects: Float64Array;
  /** (X'V⁻¹X)⁻¹, row-major. */
  readonly effectsCovariance: Float64Array;
}

/** W = [X y] and V⁻¹W, samples x (columns + 1), row-major, of which the first `columns` are those of X. */
export interface SolvedColumns {
  readonly w: Float64Array;
  readonly solved: Float64Array;
  readonly columns: number;
}

/** What {@link project} finds: (X'V⁻¹X)⁻¹ and so on. */
export interface Projection {
  readonly inverse: Float64Array;
  readonly logDeterminant: number;
  readonly effects: Float64Array;
  /** [V⁻¹X Py], row-major. */
  readonly projected: Float64Array;
  readonly yPy: number;
}

/** Takes X out of y: Py = V⁻¹(y - X b). Undefined where X'V⁻¹X is not positive definite. */
export function project({ w, solved, columns }: SolvedColumns): Projection | undefined {
  const width = columns + 1;
  const samples = w.length / width;
  const gram = new Float64Array(width * width);
  for (let i = 0; i < samples; i++)
    for (let a = 0; a < width; a++)
      for (let b = 0; b < width; b++) gram[a * width + b] += w[i * width + a] * solved[i * width + b];
  const xvx = new Float64Array(columns * columns);
  for (let a = 0; a < columns; a++)
    for (let b = 0; b < columns; b++) xvx[a * columns + b] = (gram[a * width + b] + gram[b * width + a]) / 2;
  const factor = choleskyFactor(xvx, columns);
  if (!factor) return undefined;
  const inverse = choleskyInverse(factor, columns);
  let logDeterminant = 0;
  for (let a = 0; a < columns; a++) logDeterminant += 2 * Math.log(factor[a * columns + a]);
  const effects = new Float64Array(columns);
  for (let a = 0; a < columns; a++)
    for (let b = 0; b < columns; b++) effects[a] += inverse[a * columns + b] * gram[b * width + columns];
  let yPy = gram[columns * width + columns];
  for (let a = 0; a < columns; a++) yPy -= effects[a] * gram[a * width + columns];
  const projected = solved.slice();
  for (let i = 0; i < samples; i++)
    for (let a = 0; a < columns; a++) projected[i * width + columns] -= effects[a] * solved[i * width + a];
  return { inverse, logDeterminant, effects, projected, yPy };
}

/**
 * Puts the parts together.
 * @param logDeterminant log|V|. @param traces tr(V⁻¹A_i).
 * @param applied A_i [V⁻¹X Py] of each component, row-major.
 * @param information as {@link averageInformation} or {@link expectedInformation} have it.
 */
export function assemble(
  projection: Projection,
  columns: number,
  logDeterminant: number,
  traces: Float64Array,
  applied: readonly Float64Array[],
  information: Float64Array,
): Evaluation {
  const { inverse, effects, projected, yPy } = projection;
  const width = columns + 1;
  const ownTraces = traces.slice();
  const quadratics = new Float64Array(applied.length);
  for (const [i, a] of applied.entries()) {
    const cross = crossProduct(projected, a, width);
    for (let r = 0; r < columns; r++)
      for (let c = 0; c < columns; c++) ownTraces[i] -= inverse[r * columns + c] * cross[c * width + r];
    quadratics[i] = cross[columns * width + columns];
  }
  return {
    logLikelihood: -(logDeterminant + projection.logDeterminant + yPy) / 2,
    traces: ownTraces,
    quadratics,
    information,
    effects,
    effectsCovariance: inverse,
  };
}

/** A'B of columns, row-major, `width` columns each. */
function crossProduct(a: Float64Array, b: Float64Array, width: number): Float64Array {
  const cross = new Float64Array(width * width);
  for (let start = 0; start < a.length; start += width)
    for (let r = 0; r < width; r++)
      for (let c = 0; c < width; c++) cross[r * width + c] += a[start + r] * b[start + c];
  return cross;
}

/**
 * ½ tr(P A_i P A_j), with P = V⁻¹ - S (X'V⁻¹X)⁻¹ S' and S = V⁻¹X.
 * @param pairTraces tr(V⁻¹A_iV⁻¹A_j), row-major. @param applied A_i [S Py]. @param solved V⁻¹A_i [S Py], all row-major.
 */
export function expectedInformation(
  { inverse, projected }: Projection,
  columns: number,
  pairTraces: Float64Array,
  applied: readonly Float64Array[],
  solved: readonly Float64Array[],
): Float64Array {
  const width = columns + 1;
  const components = applied.length;
  /** (X'V⁻¹X)⁻¹ S'A_iS. */
  const inner = applied.map((a) => {
    const cross = crossProduct(projected, a, width);
    const product = new Float64Array(columns * columns);
    for (let r = 0; r < columns; r++)
      for (let c = 0; c < columns; c++)
        for (let k = 0; k < columns; k++)
          product[r * columns + c] += inverse[r * columns + k] * cross[k * width + c];
    return product;
  });
  const information = new Float64Array(components * components);
  for (let i = 0; i < components; i++)
    for (let j = 0; j < components; j++) {
      const cross = crossProduct(applied[i], solved[j], width);
      let sum = pairTraces[i * components + j];
      for (let r = 0; r < columns; r++)
        for (let c = 0; c < columns; c++)
          sum +=
            inner[i][r * columns + c] * inner[j][c * columns + r] -
            2 * inverse[r * columns + c] * cross[c * width + r];
      information[i * components + j] = sum / 2;
    }
  return symmetrised(information, components);
}

/**
 * ½ y'P A_i P A_j P y.
 * @param applied A_i [S Py] with S = V⁻¹X. @param solvedPy V⁻¹A_i P y of each component, samples x components, row-major.
 */
export function averageInformation(
  { inverse, projected }: Projection,
  columns: number,
  applied: readonly Float64Array[],
  solvedPy: Float64Array,
): Float64Array {
  const width = columns + 1;
  const samples = projected.length / width;
  const components = applied.length;
  const information = new Float64Array(components * components);
  for (const [i, a] of applied.entries()) {
    const cross = crossProduct(projected, a, width);
    for (let j = 0; j < components; j++) {
      let sum = 0;
      for (let n = 0; n < samples; n++) sum += a[n * width + columns] * solvedPy[n * components + j];
      const other = applied[j];
      const onX = new Float64Array(columns);
      for (let n = 0; n < samples; n++)
        for (let r = 0; r < columns; r++) onX[r] += projected[n * width + r] * other[n * width + columns];
      for (let r = 0; r < columns; r++)
        for (let c = 0; c < columns; c++)
          sum -= cross[r * width + columns] * inverse[r * columns + c] * onX[c];
      information[i * components + j] = sum / 2;
    }
  }
  return symmetrised(information, components);
}

function symmetrised(matrix: Float64Array, order: number): Float64Array {
  return matrix.map((value, at) => (value + matrix[(at % order) * order + Math.floor(at / order)]) / 2);
}
