/* One build of all kernels. LEVEL is set by the build: v2, v3, v4, v4p (x86-64), neon, wasm or generic. */
#include "kernels.h"

#include "genotypes.c"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

const kernel_table JOIN(kernels_, LEVEL) = {
    .count_genotypes = count_genotypes,
};
