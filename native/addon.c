/*
 * The Node addon: unpacks JavaScript arguments and calls the kernels of the best level that this processor runs.
 * Arguments are checked in TypeScript (src/kernels/checked.ts); here typed arrays become pointers, nothing more.
 */
#include <node_api.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

#if defined(__x86_64__)
extern const kernel_table kernels_v2, kernels_v3, kernels_v4, kernels_v4p;
#elif defined(__aarch64__)
extern const kernel_table kernels_neon;
#else
extern const kernel_table kernels_generic;
#endif

static const kernel_table *kernels;

typedef struct {
  const char *name;
  const kernel_table *table;
  int supported;
} level;

static size_t list_levels(level levels[4]) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const int v2 = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
  const int v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  const int v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  const int v4p = v4 && __builtin_cpu_supports("avx512vpopcntdq");
  levels[0] = (level){"avx512+vpopcntdq", &kernels_v4p, v4p};
  levels[1] = (level){"avx512", &kernels_v4, v4};
  levels[2] = (level){"avx2", &kernels_v3, v3};
  levels[3] = (level){"sse4.2", &kernels_v2, v2};
  return 4;
#elif defined(__aarch64__)
  levels[0] = (level){"neon", &kernels_neon, 1};
  return 1;
#else
  levels[0] = (level){"generic", &kernels_generic, 1};
  return 1;
#endif
}

/* ---- arguments ---- */

#define MAX_ARGUMENTS 16

typedef struct {
  napi_env env;
  napi_value values[MAX_ARGUMENTS];
} arguments;

static arguments read_arguments(napi_env env, napi_callback_info info) {
  arguments a = {.env = env};
  size_t count = MAX_ARGUMENTS;
  napi_get_cb_info(env, info, &count, a.values, NULL, NULL);
  return a;
}

static void *pointer(const arguments *a, int index) {
  void *data = NULL;
  napi_typedarray_type type;
  size_t length, offset;
  napi_value buffer;
  if (napi_get_typedarray_info(a->env, a->values[index], &type, &length, &data, &buffer, &offset) != napi_ok)
    napi_throw_type_error(a->env, NULL, "kernel argument is not a typed array");
  return data;
}

static size_t size(const arguments *a, int index) {
  int64_t value = 0;
  napi_get_value_int64(a->env, a->values[index], &value);
  return (size_t)value;
}

#define P(index) pointer(&a, index)
#define S(index) size(&a, index)

/* A kernel that returns nothing. */
#define KERNEL(name, ...)                                            \
  static napi_value js_##name(napi_env env, napi_callback_info info) { \
    const arguments a = read_arguments(env, info);                   \
    kernels->name(__VA_ARGS__);                                      \
    return NULL;                                                     \
  }

KERNEL(count_genotypes, P(0), S(1), S(2), S(3), P(4))

/* ---- module ---- */

/* levels(): [{ name, supported }], best first. */
static napi_value js_levels(napi_env env, napi_callback_info info) {
  (void)info;
  level levels[4];
  const size_t count = list_levels(levels);
  napi_value list;
  napi_create_array(env, &list);
  for (size_t i = 0; i < count; i++) {
    napi_value entry, value;
    napi_create_object(env, &entry);
    napi_create_string_utf8(env, levels[i].name, NAPI_AUTO_LENGTH, &value);
    napi_set_named_property(env, entry, "name", value);
    napi_get_boolean(env, levels[i].supported, &value);
    napi_set_named_property(env, entry, "supported", value);
    napi_set_element(env, list, (uint32_t)i, entry);
  }
  return list;
}

/* useLevel(index): calls go to that level from now on, in every thread. */
static napi_value js_use_level(napi_env env, napi_callback_info info) {
  const arguments a = read_arguments(env, info);
  level levels[4];
  const size_t count = list_levels(levels), index = size(&a, 0);
  if (index >= count || !levels[index].supported)
    napi_throw_range_error(env, NULL, "instruction level is not supported by this processor");
  else
    kernels = levels[index].table;
  return NULL;
}

static void export_function(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT() {
  if (!kernels) {
    level levels[4];
    const size_t count = list_levels(levels);
    for (size_t i = 0; i < count && !kernels; i++)
      if (levels[i].supported) kernels = levels[i].table;
    if (!kernels) {
      napi_throw_error(env, NULL, "this processor supports none of the instruction levels of the addon");
      return exports;
    }
  }
  export_function(env, exports, "levels", js_levels);
  export_function(env, exports, "useLevel", js_use_level);
  export_function(env, exports, "countGenotypes", js_count_genotypes);
  return exports;
}
