/*
 * The kernels: every computation that touches packed genotypes or dense matrices at full size.
 * No I/O, no allocation, no threads: callers own all memory and cut the work into tiles (src/kernels/).
 *
 * One source is compiled several times: once per x86-64 level (or NEON) into the Node addon, once into WebAssembly.
 * LEVEL names the build; each build exports one table of functions.
 *
 * Packed genotypes are PLINK 1 rows: 2 bits a genotype, low bits first, 00 = two copies of allele 1, 01 = missing,
 * 10 = one copy, 11 = none. A row has `stride` bytes, a multiple of 64; everything after the last sample holds
 * the missing code, so kernels run over whole rows without a special case for the end.
 */
#ifndef HEREDITY_KERNELS_H
#define HEREDITY_KERNELS_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  /* counts[4 * variants]: genotypes of each variant by PLINK code, padding not counted. */
  void (*count_genotypes)(const uint8_t *packed, size_t stride, size_t variants, size_t samples, int32_t *counts);
} kernel_table;

#endif
