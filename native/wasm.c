/* The WebAssembly build: the same kernels, exported one by one; the caller lays out the linear memory. */
#define LEVEL wasm
#include "kernels.c"

#define EXPORT(name) __attribute__((export_name(#name)))

extern unsigned char __heap_base;
EXPORT(heap_base) size_t heap_base(void) { return (size_t)&__heap_base; }

EXPORT(countGenotypes)
void wasm_count_genotypes(const uint8_t *packed, size_t stride, size_t variants, size_t samples, int32_t *counts) {
  count_genotypes(packed, stride, variants, samples, counts);
}
