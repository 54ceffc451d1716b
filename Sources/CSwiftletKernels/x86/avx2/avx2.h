#ifndef SWL_AVX2_H
#define SWL_AVX2_H

#include <immintrin.h>
#include <string.h>

#include "../../epilogue.h"

// What the AVX2 kernels share. VPMADDUBSW multiplies unsigned by signed bytes and saturates sums of
// two products at 16 bits. |a| times w with the sign of a is exact: 2·128·127 < 2¹⁵.

#define SWL_AVX2 __attribute__((target("avx2")))
#define SWL_AVX2_INLINE SWL_AVX2 __attribute__((always_inline)) static inline

// Loops over the vectors of a tile must be unrolled for these to become registers.
#define SWL_UNROLL _Pragma("clang loop unroll(full)")

SWL_AVX2_INLINE __m256i swl_avx2_load(const void* p) {
  return _mm256_loadu_si256((const __m256i*)p);
}

// acc + the sums of four products of x and w, 8 times; magnitude = |x|.
SWL_AVX2_INLINE __m256i swl_avx2_dot(__m256i acc, __m256i x, __m256i magnitude, __m256i w) {
  const __m256i pairs = _mm256_maddubs_epi16(magnitude, _mm256_sign_epi8(w, x));
  return _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

// Four activations in each of 8 lanes.
SWL_AVX2_INLINE __m256i swl_avx2_broadcast(const int8_t* x) {
  int32_t quad;
  memcpy(&quad, x, sizeof quad);
  return _mm256_set1_epi32(quad);
}

// Stores the first `count` of 16 bytes; AVX2 has no masks for bytes. Without a call, around which
// vectors would go to memory.
SWL_AVX2_INLINE void swl_avx2_store(int8_t* output, __m128i y, int32_t count) {
  if (count >= 16) {
    _mm_storeu_si128((__m128i*)output, y);
    return;
  }
  if (count & 8) {
    _mm_storel_epi64((__m128i*)output, y);
    y = _mm_srli_si128(y, 8);
    output += 8;
  }
  uint64_t rest = (uint64_t)_mm_cvtsi128_si64(y);
  if (count & 4) {
    memcpy(output, &rest, 4);
    rest >>= 32;
    output += 4;
  }
  for (int32_t i = 0; i < (count & 3); i++, rest >>= 8) output[i] = (int8_t)rest;
}

#endif
