#if defined(__x86_64__)

#include "../x86_kernels.h"
#include "avx2.h"
#include "copy_avx2.h"

// Longer runs are memcpy's.
#define MOST_INLINE 512

// Runs of 16 to 32 bytes, and longer ones, whose last vector lies over the one before it.
SWL_AVX2 static inline void run_16_to_32__avx2(const int8_t* from, int8_t* to, int64_t length) {
  const __m128i first = _mm_loadu_si128((const __m128i*)from);
  const __m128i last = _mm_loadu_si128((const __m128i*)(from + length - 16));
  _mm_storeu_si128((__m128i*)to, first);
  _mm_storeu_si128((__m128i*)(to + length - 16), last);
}

SWL_AVX2 static inline void run_vectors__avx2(const int8_t* from, int8_t* to, int64_t length) {
  const __m256i last = swl_avx2_load(from + length - 32);
  for (int64_t i = 0; i + 32 <= length; i += 32) {
    _mm256_storeu_si256((__m256i*)(to + i), swl_avx2_load(from + i));
  }
  _mm256_storeu_si256((__m256i*)(to + length - 32), last);
}

SWL_AVX2 void swl_copy_rows__avx2(const SwlCopyTile* tile, const int8_t* input, int8_t* output) {
  const int64_t length = tile->size[2];
  if (length < 16 || length > MOST_INLINE) {
    swl_copy_rows__portable(tile, input, output);
  } else if (length <= 32) {
    swl_copy_each_run(tile, input, output, run_16_to_32__avx2);
  } else {
    swl_copy_each_run(tile, input, output, run_vectors__avx2);
  }
}

// 16 rows of 32 bytes: two transposes of 16 × 16 side by side, as in copy_transpose.c.
SWL_AVX2 static void transpose_16_32__avx2(const int8_t* input, int64_t in, int8_t* output,
                                           int64_t out) {
  __m256i v[16];
  SWL_UNROLL
  for (int i = 0; i < 16; i++) v[i] = swl_avx2_load(input + i * in);
  SWL_UNROLL
  for (int turn = 0; turn < 4; turn++) {
    __m256i w[16];
    SWL_UNROLL
    for (int i = 0; i < 8; i++) {
      w[2 * i] = _mm256_unpacklo_epi8(v[i], v[i + 8]);
      w[2 * i + 1] = _mm256_unpackhi_epi8(v[i], v[i + 8]);
    }
    SWL_UNROLL
    for (int i = 0; i < 16; i++) v[i] = w[i];
  }
  SWL_UNROLL
  for (int i = 0; i < 16; i++) {
    _mm_storeu_si128((__m128i*)(output + i * out), _mm256_castsi256_si128(v[i]));
    _mm_storeu_si128((__m128i*)(output + (i + 16) * out), _mm256_extracti128_si256(v[i], 1));
  }
}

static void transpose_tiles(const SwlCopyTile* t, const int8_t* input, int8_t* output) {
  for (int64_t column = 0; column < t->size[1]; column += 32) {
    const int64_t c = swl_copy_tile_start(column, 32, t->size[1]);
    for (int64_t row = 0; row < t->size[2]; row += 16) {
      const int64_t r = swl_copy_tile_start(row, 16, t->size[2]);
      transpose_16_32__avx2(input + r * t->in[2] + c, t->in[2], output + c * t->out[1] + r,
                            t->out[1]);
    }
  }
}

// For VPSHUFB: where byte t of 48 comes from if it is in vector `place` of three, else a zero.
#define PLACE(is_there, at) ((is_there) ? (at) : -128)
#define EACH(F, a, k)                                                                     \
  _mm_setr_epi8(F(a, k, 0), F(a, k, 1), F(a, k, 2), F(a, k, 3), F(a, k, 4), F(a, k, 5),   \
                F(a, k, 6), F(a, k, 7), F(a, k, 8), F(a, k, 9), F(a, k, 10), F(a, k, 11), \
                F(a, k, 12), F(a, k, 13), F(a, k, 14), F(a, k, 15))
// Byte s of output vector k is row (16k + s) % 3, column (16k + s) / 3.
#define OF_ROW(row, k, s) PLACE((16 * (k) + (s)) % 3 == (row), (16 * (k) + (s)) / 3)
// Byte s of row k is byte 3s + k of the three vectors.
#define OF_PIXEL(vector, k, s) PLACE((3 * (s) + (k)) / 16 == (vector), (3 * (s) + (k)) % 16)
#define GATHER(F, v, k)                                                                           \
  _mm_or_si128(                                                                                   \
      _mm_or_si128(_mm_shuffle_epi8(v[0], EACH(F, 0, k)), _mm_shuffle_epi8(v[1], EACH(F, 1, k))), \
      _mm_shuffle_epi8(v[2], EACH(F, 2, k)))

// Three rows of 16 bytes become pixels of three, and the inverse.
SWL_AVX2 static void interleave_3__avx2(const SwlCopyTile* t, const int8_t* input, int8_t* output) {
  for (int64_t column = 0; column < t->size[1]; column += 16) {
    const int64_t c = swl_copy_tile_start(column, 16, t->size[1]);
    __m128i v[3];
    for (int i = 0; i < 3; i++) v[i] = _mm_loadu_si128((const __m128i*)(input + i * t->in[2] + c));
    __m128i* to = (__m128i*)(output + 3 * c);
    _mm_storeu_si128(to, GATHER(OF_ROW, v, 0));
    _mm_storeu_si128(to + 1, GATHER(OF_ROW, v, 1));
    _mm_storeu_si128(to + 2, GATHER(OF_ROW, v, 2));
  }
}

SWL_AVX2 static void separate_3__avx2(const SwlCopyTile* t, const int8_t* input, int8_t* output) {
  for (int64_t row = 0; row < t->size[2]; row += 16) {
    const int64_t r = swl_copy_tile_start(row, 16, t->size[2]);
    __m128i v[3];
    for (int i = 0; i < 3; i++) v[i] = _mm_loadu_si128((const __m128i*)(input + 3 * r) + i);
    int8_t* to = output + r;
    _mm_storeu_si128((__m128i*)to, GATHER(OF_PIXEL, v, 0));
    _mm_storeu_si128((__m128i*)(to + t->out[1]), GATHER(OF_PIXEL, v, 1));
    _mm_storeu_si128((__m128i*)(to + 2 * t->out[1]), GATHER(OF_PIXEL, v, 2));
  }
}

void swl_copy_transpose__avx2(const SwlCopyTile* t, const int8_t* input, int8_t* output) {
  const int64_t rows = t->size[2], columns = t->size[1];
  void (*plane)(const SwlCopyTile*, const int8_t*, int8_t*) = NULL;
  if (rows >= 16 && columns >= 32) {
    plane = transpose_tiles;
  } else if (columns >= 16 && rows == 3 && t->out[1] == 3) {
    plane = interleave_3__avx2;
  } else if (rows >= 16 && columns == 3 && t->in[2] == 3) {
    plane = separate_3__avx2;
  } else {
    swl_copy_transpose__portable(t, input, output);
    return;
  }
  for (int64_t a = 0; a < t->size[0]; a++) {
    plane(t, input + a * t->in[0], output + a * t->out[0]);
  }
}

void swl_copy_s8__avx2(const SwlCopyParams* p, const int8_t* input, int8_t* output, int32_t begin,
                       int32_t end) {
  static const SwlCopyMoves moves = {
      .rows = swl_copy_rows__avx2,
      .lookup_rows = swl_copy_lookup_rows__avx2,
      .transpose = swl_copy_transpose__avx2,
  };
  swl_copy_s8_by(&moves, p, input, output, begin, end);
}

#endif
