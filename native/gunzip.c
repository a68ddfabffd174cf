/*
 * Inflating gzip by the zlib that Node.js carries and exports (its headers have zlib.h): on the calling thread, into memory
 * that is used again. Node.js's own streams take new memory for every piece, whose pages are most of what they cost.
 * Where no zlib is exported, `inflater()` is undefined, and the stream does it.
 */

/* zlib's z_stream, the same since its first version. */
typedef struct {
  const uint8_t *next_in;
  unsigned avail_in;
  unsigned long total_in;
  uint8_t *next_out;
  unsigned avail_out;
  unsigned long total_out;
  const char *message;
  void *state, *allocate, *free, *opaque;
  int data_type;
  unsigned long adler, reserved;
} inflate_stream;

#define OF_NODE extern __attribute__((weak))
OF_NODE int inflateInit2_(inflate_stream *stream, int window_bits, const char *version, int stream_size);
OF_NODE int inflate(inflate_stream *stream, int flush);
OF_NODE int inflateReset(inflate_stream *stream);
OF_NODE int inflateEnd(inflate_stream *stream);

enum { INFLATED = 0, GZIP_WINDOW = 15 + 16 };

static void end_inflater(napi_env env, void *stream, void *hint) {
  (void)env, (void)hint;
  inflateEnd(stream);
  free(stream);
}

/* inflater(): a stream that inflates one member of gzip. */
static napi_value js_inflater(napi_env env, napi_callback_info info) {
  (void)info;
  if (!inflateInit2_ || !inflate || !inflateReset || !inflateEnd) return NULL;
  inflate_stream *stream = calloc(1, sizeof *stream);
  if (stream == NULL) return NULL;
  if (inflateInit2_(stream, GZIP_WINDOW, "1", (int)sizeof *stream) != INFLATED) {
    free(stream);
    return NULL;
  }
  napi_value external;
  if (napi_create_external(env, stream, end_inflater, NULL, &external) != napi_ok) return NULL;
  return external;
}

static inflate_stream *stream_of(const arguments *a) {
  void *stream = NULL;
  napi_get_value_external(a->env, a->values[0], &stream);
  return stream;
}

/* inflate(inflater, input, output, counts): zlib's status; counts gets how many bytes it took and gave. */
static napi_value js_inflate(napi_env env, napi_callback_info info) {
  const arguments a = read_arguments(env, info);
  inflate_stream *stream = stream_of(&a);
  int32_t *counts = P(3);
  if (stream == NULL || counts == NULL) return NULL;
  const unsigned in = (unsigned)LENGTH(1), out = (unsigned)LENGTH(2);
  stream->next_in = P(1), stream->avail_in = in;
  stream->next_out = P(2), stream->avail_out = out;
  const int status = inflate(stream, 0);
  counts[0] = (int32_t)(in - stream->avail_in), counts[1] = (int32_t)(out - stream->avail_out);
  napi_value result;
  napi_create_int32(env, status, &result);
  return result;
}

/* resetInflater(inflater): it is ready for the next member. */
static napi_value js_reset_inflater(napi_env env, napi_callback_info info) {
  const arguments a = read_arguments(env, info);
  inflate_stream *stream = stream_of(&a);
  if (stream != NULL) inflateReset(stream);
  return NULL;
}
