/*
 * Dense float64 linear algebra, row-major: matrix products, Cholesky factors and triangular solves.
 * Everything reduces to one packed matrix product; factor and solves halve their matrix until a small base case is left.
 */

#include "simd.h"

INLINE vector_d splat_d(double x) { return x - (vector_d){0}; }
INLINE void store_d(double *to, vector_d v) { __builtin_memcpy(to, &v, sizeof v); }

/*
 * The product C += alpha A B is cut as usual: DEPTH x WIDTH of B and HEIGHT x DEPTH of A are copied into contiguous
 * memory, B in panels of NR columns; a register tile is MR x NR. Rows of A stay rows, PITCH apart, since the inner
 * loop broadcasts them element by element.
 */
enum {
  MR = VECTOR_REGISTERS / 4,
  NV = VECTOR_BYTES == 16 && VECTOR_REGISTERS == 16 ? 2 : 3,
  NR = NV * LANES_D,
  HEIGHT = 128,
  DEPTH = 256,
  WIDTH = 264,
  PITCH = DEPTH + 8
};
_Static_assert(HEIGHT % MR == 0 && WIDTH % NR == 0, "whole register tiles");

typedef struct {
  double a[HEIGHT * PITCH], b[DEPTH * WIDTH];
} panels;
_Static_assert(sizeof(panels) <= WORKSPACE_BYTES, "panels fit the workspace");

/* A matrix that is read: element (i, j) is data[i * row + j * column], where one of the steps is 1. */
typedef struct {
  const double *data;
  size_t row, column;
} view;

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static inline view row_major(const double *data, size_t ld) { return (view){data, ld, 1}; }
static inline view transposed(const double *data, size_t ld) { return (view){data, 1, ld}; }
static inline view shift(view v, size_t i, size_t j) {
  return (view){v.data + i * v.row + j * v.column, v.row, v.column};
}

/* target[i * pitch + j] = source(i, j) for rows x columns; columns up to `padded` become 0. */
static void pack(double *target, size_t pitch, view source, size_t rows, size_t columns, size_t padded) {
  if (source.column == 1) {
    for (size_t i = 0; i < rows; i++) {
      const double *const from = source.data + i * source.row;
      for (size_t j = 0; j < columns; j++) target[i * pitch + j] = from[j];
    }
  } else {
    for (size_t j = 0; j < columns; j++) {
      const double *const from = source.data + j * source.column;
      for (size_t i = 0; i < rows; i++) target[i * pitch + j] = from[i];
    }
  }
  for (size_t j = columns; j < padded; j++)
    for (size_t i = 0; i < rows; i++) target[i * pitch + j] = 0;
}

/* tile(MR x vectors * LANES_D) = a(MR x depth) b(depth x vectors * LANES_D) */
INLINE void multiply_tile_of(const int vectors, const double *a, const double *b, size_t depth, double *tile) {
  vector_d sums[MR][NV];
  UNROLL for (int i = 0; i < MR; i++)
    UNROLL for (int v = 0; v < vectors; v++) sums[i][v] = (vector_d){0};
  for (size_t k = 0; k < depth; k++) {
    vector_d columns[NV];
    UNROLL for (int v = 0; v < vectors; v++) columns[v] = load_d(b + (k * vectors + v) * LANES_D);
    UNROLL for (int i = 0; i < MR; i++) {
      const vector_d element = splat_d(a[i * PITCH + k]);
      UNROLL for (int v = 0; v < vectors; v++) sums[i][v] = multiply_add_d(element, columns[v], sums[i][v]);
    }
  }
  UNROLL for (int i = 0; i < MR; i++)
    UNROLL for (int v = 0; v < vectors; v++) store_d(tile + i * NR + v * LANES_D, sums[i][v]);
}

static void multiply_tile(int vectors, const double *a, const double *b, size_t depth, double *tile) {
  if (vectors == 1) multiply_tile_of(1, a, b, depth, tile);
  else if (vectors == 2) multiply_tile_of(2, a, b, depth, tile);
  else multiply_tile_of(NV, a, b, depth, tile);
}

/* The part of C that a product updates; the lower parts are those of a square C, with and without its diagonal. */
typedef enum { WHOLE, LOWER, STRICTLY_LOWER } part;

/* Part of a matrix. */
typedef struct {
  size_t row, column, rows, columns;
} area;

/* C += alpha tile, for one area of at most MR x NR of C. */
static void add_tile(const double *tile, double *c, size_t ldc, area at, double alpha, part updated) {
  for (size_t i = 0; i < at.rows; i++) {
    const size_t beyond = updated == WHOLE ? at.column + at.columns : at.row + i + (updated == LOWER);
    const size_t columns = beyond <= at.column ? 0 : smaller(at.columns, beyond - at.column);
    double *const target = c + (at.row + i) * ldc + at.column;
    for (size_t j = 0; j < columns; j++) target[j] += alpha * tile[i * NR + j];
  }
}

/* C += alpha A B for one area of C, of which A and B are packed. */
static void multiply_packed(const panels *packed, double *c, size_t ldc, area at, size_t depth, double alpha, part updated) {
  for (size_t j = 0; j < at.columns; j += NR) {
    const size_t columns = smaller(NR, at.columns - j);
    const int vectors = (int)((columns + LANES_D - 1) / LANES_D);
    for (size_t i = 0; i < at.rows; i += MR) {
      const area small = {at.row + i, at.column + j, smaller(MR, at.rows - i), columns};
      if (updated != WHOLE && small.row + small.rows <= small.column) continue;
      double tile[MR * NR] __attribute__((aligned(64)));
      multiply_tile(vectors, packed->a + i * PITCH, packed->b + j * DEPTH, depth, tile);
      add_tile(tile, c, ldc, small, alpha, updated);
    }
  }
}

static void pack_b(panels *packed, view b, size_t depth, size_t width) {
  for (size_t j = 0; j < width; j += NR) {
    const size_t columns = smaller(NR, width - j), padded = (columns + LANES_D - 1) / LANES_D * LANES_D;
    pack(packed->b + j * DEPTH, padded, shift(b, 0, j), depth, columns, padded);
  }
}

static void pack_a(panels *packed, view a, size_t height, size_t depth) {
  pack(packed->a, PITCH, a, height, depth, depth);
  for (size_t i = height; i % MR != 0; i++)
    for (size_t k = 0; k < depth; k++) packed->a[i * PITCH + k] = 0;
}

/* C += alpha A B with A (m x k), B (k x n), C (m x n, row-major). */
static void multiply_views(view a, view b, double *c, size_t ldc, size_t m, size_t n, size_t k, double alpha, part updated) {
  panels *const packed = workspace();
  for (size_t j = 0; j < n; j += WIDTH) {
    const size_t width = smaller(WIDTH, n - j);
    for (size_t p = 0; p < k; p += DEPTH) {
      const size_t depth = smaller(DEPTH, k - p);
      pack_b(packed, shift(b, p, j), depth, width);
      for (size_t i = updated == WHOLE ? 0 : j / HEIGHT * HEIGHT; i < m; i += HEIGHT) {
        const size_t height = smaller(HEIGHT, m - i);
        pack_a(packed, shift(a, i, p), height, depth);
        multiply_packed(packed, c, ldc, (area){i, j, height, width}, depth, alpha, updated);
      }
    }
  }
}

static void multiply_transposed(const double *a, size_t lda, const double *b, size_t ldb, double *c, size_t ldc, size_t m,
                                size_t n, size_t k, double alpha) {
  multiply_views(row_major(a, lda), transposed(b, ldb), c, ldc, m, n, k, alpha, WHOLE);
}

static void multiply(const double *a, size_t lda, const double *b, size_t ldb, double *c, size_t ldc, size_t m, size_t n,
                     size_t k, double alpha) {
  multiply_views(row_major(a, lda), row_major(b, ldb), c, ldc, m, n, k, alpha, WHOLE);
}

static void transposed_multiply(const double *a, size_t lda, const double *b, size_t ldb, double *c, size_t ldc,
                                size_t m, size_t n, size_t k, double alpha) {
  multiply_views(transposed(a, lda), row_major(b, ldb), c, ldc, m, n, k, alpha, WHOLE);
}

/* ---- triangular solves ---- */

/* Orders up to this are solved row by row. */
enum { BASE = 32 };

/* Where a matrix of this order above BASE is cut in two: a multiple of BASE. */
static inline size_t half_of(size_t order) { return (order / BASE + 1) / 2 * BASE; }

/* x := (x - sum of rows[k] * weight(k)) / pivot on `columns` numbers of one row; 0 where the pivot is 0. */
static inline void solve_row(double *x, const double *rows, size_t ld, const double *weights, size_t step, size_t count,
                             double pivot, size_t columns) {
  size_t c = 0;
  if (pivot == 0) {
    for (; c < columns; c++) x[c] = 0;
    return;
  }
  const double scale = 1 / pivot;
  for (; c + 4 * LANES_D <= columns; c += 4 * LANES_D) {
    vector_d sums[4];
    for (int v = 0; v < 4; v++) sums[v] = load_d(x + c + v * LANES_D);
    for (size_t k = 0; k < count; k++) {
      const vector_d weight = splat_d(-weights[k * step]);
      for (int v = 0; v < 4; v++)
        sums[v] = multiply_add_d(weight, load_d(rows + k * ld + c + v * LANES_D), sums[v]);
    }
    for (int v = 0; v < 4; v++) store_d(x + c + v * LANES_D, sums[v] * scale);
  }
  for (; c < columns; c++) {
    double sum = x[c];
    for (size_t k = 0; k < count; k++) sum -= weights[k * step] * rows[k * ld + c];
    x[c] = sum * scale;
  }
}

static void solve_lower(const double *l, size_t order, size_t ldl, double *b, size_t columns, size_t ldb) {
  if (order <= BASE) {
    for (size_t i = 0; i < order; i++)
      solve_row(b + i * ldb, b, ldb, l + i * ldl, 1, i, l[i * ldl + i], columns);
    return;
  }
  const size_t h = half_of(order);
  solve_lower(l, h, ldl, b, columns, ldb);
  multiply(l + h * ldl, ldl, b, ldb, b + h * ldb, ldb, order - h, columns, h, -1);
  solve_lower(l + h * ldl + h, order - h, ldl, b + h * ldb, columns, ldb);
}

static void solve_lower_transposed(const double *l, size_t order, size_t ldl, double *b, size_t columns, size_t ldb) {
  if (order <= BASE) {
    for (size_t i = order; i-- > 0;)
      solve_row(b + i * ldb, b + (i + 1) * ldb, ldb, l + (i + 1) * ldl + i, ldl, order - 1 - i, l[i * ldl + i], columns);
    return;
  }
  const size_t h = half_of(order);
  solve_lower_transposed(l + h * ldl + h, order - h, ldl, b + h * ldb, columns, ldb);
  multiply_views(transposed(l + h * ldl, ldl), row_major(b + h * ldb, ldb), b, ldb, h, columns, order - h, -1, WHOLE);
  solve_lower_transposed(l, h, ldl, b, columns, ldb);
}

static void solve_lower_right(const double *l, size_t order, size_t ldl, double *b, size_t rows, size_t ldb) {
  if (order <= BASE) {
    enum { CHUNK = 4 * LANES_D };
    double columns[BASE * CHUNK] __attribute__((aligned(64)));
    for (size_t r = 0; r < rows; r += CHUNK) {
      const size_t count = smaller(CHUNK, rows - r);
      pack(columns, CHUNK, transposed(b + r * ldb, ldb), order, count, CHUNK);
      solve_lower(l, order, ldl, columns, CHUNK, CHUNK);
      for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < order; j++) b[(r + i) * ldb + j] = columns[j * CHUNK + i];
    }
    return;
  }
  const size_t h = half_of(order);
  solve_lower_right(l, h, ldl, b, rows, ldb);
  multiply_transposed(b, ldb, l + h * ldl, ldl, b + h, ldb, rows, order - h, h, -1);
  solve_lower_right(l + h * ldl + h, order - h, ldl, b + h, rows, ldb);
}

/* ---- orthogonal factors ---- */

/*
 * A = Q [R; 0] with Q = I - V T V', Householder's reflections one after another. Rows are at least as many as columns, and
 * those at most MOST_REFLECTIONS. R takes the place of A's upper triangle, the rest of A becomes 0.
 */
enum { MOST_REFLECTIONS = 256 };

static void householder(double *a, size_t rows, size_t columns, size_t lda, double *v, size_t ldv, double *t, size_t ldt) {
  double weights[MOST_REFLECTIONS], factors[MOST_REFLECTIONS];
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) v[i * ldv + j] = 0;
  for (size_t j = 0; j < columns; j++) {
    double below = 0;
    for (size_t i = j + 1; i < rows; i++) below += a[i * lda + j] * a[i * lda + j];
    if (below < 1e-280) below = 0; /* squares that lost their digits */
    const double first = a[j * lda + j], size = __builtin_sqrt(first * first + below), image = first > 0 ? -size : size;
    const double factor = below > 0 ? (image - first) / image : 0, scale = below > 0 ? 1 / (first - image) : 0;
    factors[j] = factor;
    v[j * ldv + j] = 1;
    for (size_t i = j + 1; i < rows; i++) {
      v[i * ldv + j] = a[i * lda + j] * scale;
      a[i * lda + j] = 0;
    }
    if (factor == 0) continue;
    a[j * lda + j] = image;
    for (size_t c = j + 1; c < columns; c++) weights[c] = 0;
    for (size_t i = j; i < rows; i++) {
      const double x = v[i * ldv + j], *const row = a + i * lda;
      for (size_t c = j + 1; c < columns; c++) weights[c] += x * row[c];
    }
    for (size_t i = j; i < rows; i++) {
      const double x = factor * v[i * ldv + j];
      double *const row = a + i * lda;
      for (size_t c = j + 1; c < columns; c++) row[c] -= x * weights[c];
    }
  }
  for (size_t i = 0; i < columns; i++)
    for (size_t j = 0; j < columns; j++) t[i * ldt + j] = 0;
  transposed_multiply(v, ldv, v, ldv, t, ldt, columns, columns, rows, 1);
  for (size_t j = 0; j < columns; j++) {
    double products[MOST_REFLECTIONS];
    for (size_t i = 0; i < j; i++) products[i] = t[i * ldt + j];
    for (size_t i = 0; i < j; i++) {
      double sum = 0;
      for (size_t k = i; k < j; k++) sum += t[i * ldt + k] * products[k];
      t[i * ldt + j] = -factors[j] * sum;
    }
    t[j * ldt + j] = factors[j];
    for (size_t i = j + 1; i < columns; i++) t[i * ldt + j] = 0;
  }
}

/* ---- Cholesky ---- */

static size_t cholesky(double *a, size_t order, size_t lda, double tolerance) {
  if (order > BASE) {
    const size_t h = half_of(order);
    double *const below = a + h * lda, *const rest = below + h;
    const size_t rank = cholesky(a, h, lda, tolerance);
    solve_lower_right(a, h, lda, below, order - h, lda);
    multiply_views(row_major(below, lda), transposed(below, lda), rest, lda, order - h, order - h, h, -1, LOWER);
    return rank + cholesky(rest, order - h, lda, tolerance);
  }
  size_t rank = 0;
  for (size_t j = 0; j < order; j++) {
    double column[BASE];
    const double pivot = a[j * lda + j];
    const int kept = pivot > tolerance;
    const double root = kept ? __builtin_sqrt(pivot) : 0, scale = kept ? 1 / root : 0;
    rank += (size_t)kept;
    a[j * lda + j] = root;
    for (size_t i = j + 1; i < order; i++) column[i] = a[i * lda + j] = kept ? a[i * lda + j] * scale : 0;
    for (size_t i = j + 1; i < order; i++)
      for (size_t k = j + 1; k <= i; k++) a[i * lda + k] -= column[i] * column[k];
  }
  return rank;
}

static inline void swap(double *a, double *b) {
  const double kept = *a;
  *a = *b;
  *b = kept;
}

/* Exchanges rows and columns j < p of a symmetric matrix of which the lower triangle is stored. */
static void swap_symmetric(double *a, size_t order, size_t lda, size_t j, size_t p) {
  for (size_t k = 0; k < j; k++) swap(a + j * lda + k, a + p * lda + k);
  swap(a + j * lda + j, a + p * lda + p);
  for (size_t k = j + 1; k < p; k++) swap(a + k * lda + j, a + p * lda + k);
  for (size_t k = p + 1; k < order; k++) swap(a + k * lda + j, a + k * lda + p);
}

/*
 * Within a panel of columns only the columns already chosen and the diagonal are kept up to date; the rest of the matrix
 * is updated by a matrix product at the end of each panel.
 */
static size_t cholesky_pivoted(double *a, size_t order, size_t lda, double tolerance, int32_t *pivots) {
  enum { PANEL = 48 };
  for (size_t i = 0; i < order; i++) pivots[i] = (int32_t)i;
  size_t rank = 0;
  for (size_t first = 0; first < order; first += PANEL) {
    const size_t end = smaller(first + PANEL, order);
    for (size_t j = first; j < end; j++) {
      /* The diagonal below row j is that of the Schur complement, kept current column by column. */
      size_t p = j;
      for (size_t i = j + 1; i < order; i++)
        if (a[i * lda + i] > a[p * lda + p]) p = i;
      const double pivot = a[p * lda + p];
      if (!(pivot > tolerance)) {
        for (size_t i = j; i < order; i++)
          for (size_t k = j; k <= i; k++) a[i * lda + k] = 0;
        return rank;
      }
      if (p != j) {
        swap_symmetric(a, order, lda, j, p);
        const int32_t kept = pivots[j];
        pivots[j] = pivots[p];
        pivots[p] = kept;
      }
      const double root = __builtin_sqrt(pivot), scale = 1 / root;
      const double *const row = a + j * lda + first;
      const size_t done = j - first;
      a[j * lda + j] = root;
      for (size_t i = j + 1; i < order; i++) {
        const double *const other = a + i * lda + first;
        vector_d sums = {0};
        double sum = a[i * lda + j];
        size_t k = 0;
        for (; k + LANES_D <= done; k += LANES_D)
          sums = multiply_add_d(load_d(row + k), load_d(other + k), sums);
        for (int lane = 0; lane < LANES_D; lane++) sum -= sums[lane];
        for (; k < done; k++) sum -= row[k] * other[k];
        const double element = sum * scale;
        a[i * lda + j] = element;
        a[i * lda + i] -= element * element;
      }
      rank++;
    }
    double *const below = a + end * lda;
    multiply_views(row_major(below + first, lda), transposed(below + first, lda), below + end, lda, order - end,
                   order - end, end - first, -1, STRICTLY_LOWER);
  }
  return rank;
}

/* Eight sums side by side, each over every eighth number, then added in turn: the same on every backend. */
static void sum_of_squares(const double *values, size_t count, double *out) {
  double sums[8] = {0}, total = 0;
  size_t k = 0;
  for (; k + 8 <= count; k += 8)
    for (size_t lane = 0; lane < 8; lane++) sums[lane] += values[k + lane] * values[k + lane];
  for (size_t lane = 0; k < count; k++, lane++) sums[lane] += values[k] * values[k];
  for (size_t lane = 0; lane < 8; lane++) total += sums[lane];
  *out = total;
}
