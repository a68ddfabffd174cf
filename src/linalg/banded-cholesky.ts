import type { Kernels } from '../kernels/kernels.js';

/** Rows of a panel: long enough for the kernels to be fast, short enough to follow a narrow band. */
const HEIGHT = 64;

/** Consecutive rows of a matrix and the columns in which they may be other than zero. */
export interface BandPanel {
  readonly row: number;
  readonly height: number;
  readonly left: number;
  /** Columns stored, from `left` on; also the leading dimension. */
  readonly width: number;
  readonly values: Float64Array;
}

/**
 * Panels of zeros for a matrix of which row i holds columns `left(i)` to `right(i)`, the latter excluded; neither may
 * fall as i grows. Left ends are rounded down to the start of a panel.
 */
export function bandPanels(
  order: number,
  left: (row: number) => number,
  right: (row: number) => number,
): BandPanel[] {
  return Array.from({ length: Math.ceil(order / HEIGHT) }, (_, k) => {
    const row = k * HEIGHT;
    const height = Math.min(HEIGHT, order - row);
    const first = left(row) - (left(row) % HEIGHT);
    const width = right(row + height - 1) - first;
    return { row, height, left: first, width, values: new Float64Array(height * width) };
  });
}

/**
 * Factors A = L L' in place, A symmetric and given by the panels of its lower triangle, each of which ends on the diagonal.
 * What fills in stays inside the panels. A pivot not above `tolerance` marks a row that depends on those before it; its
 * unknown becomes 0 in {@link solveBand}.
 */
export function factorBand(kernels: Kernels, panels: readonly BandPanel[], tolerance: number): void {
  for (const rows of panels) {
    for (let k = rows.left / HEIGHT; k < rows.row / HEIGHT; k++) {
      const pivot = panels[k];
      const tile = rows.values.subarray(pivot.row - rows.left);
      subtractEarlier(kernels, rows, pivot, tile);
      kernels.solveLowerRight(
        pivot.values.subarray(pivot.row - pivot.left),
        pivot.height,
        pivot.width,
        tile,
        rows.height,
        rows.width,
      );
    }
    const diagonal = rows.values.subarray(rows.row - rows.left);
    subtractEarlier(kernels, rows, rows, diagonal);
    kernels.cholesky(diagonal, rows.height, rows.width, tolerance);
  }
}

/** tile -= L_rows L_pivot' over the columns before the pivot's diagonal tile that both have. */
function subtractEarlier(kernels: Kernels, rows: BandPanel, pivot: BandPanel, tile: Float64Array): void {
  const from = Math.max(rows.left, pivot.left);
  const columns = pivot.row - from;
  if (columns === 0) return;
  kernels.multiplyTransposed(
    rows.values.subarray(from - rows.left),
    rows.width,
    pivot.values.subarray(from - pivot.left),
    pivot.width,
    tile,
    rows.width,
    rows.height,
    pivot.height,
    columns,
    -1,
  );
}

/** Solves A x = b in place with the panels that {@link factorBand} left. */
export function solveBand(panels: readonly BandPanel[], b: Float64Array): void {
  for (const { row, height, left, width, values } of panels) {
    for (let i = row; i < row + height; i++) {
      const at = (i - row) * width - left;
      const diagonal = values[at + i];
      let sum = b[i];
      for (let j = left; j < i; j++) sum -= values[at + j] * b[j];
      b[i] = diagonal > 0 ? sum / diagonal : 0;
    }
  }
  for (const { row, height, left, width, values } of panels.toReversed()) {
    for (let i = row + height - 1; i >= row; i--) {
      const at = (i - row) * width - left;
      const diagonal = values[at + i];
      const x = diagonal > 0 ? b[i] / diagonal : 0;
      b[i] = x;
      if (x !== 0) for (let j = left; j < i; j++) b[j] -= values[at + j] * x;
    }
  }
}
