#ifndef SWL_VNNI_H
#define SWL_VNNI_H

#include <immintrin.h>
#include <string.h>

#include "../../epilogue.h"

// What the AVX-512 VNNI kernels share. VPDPBUSD multiplies unsigned by signed bytes: activations
// become unsigned by adding 128 (flipping the top bit), and 128·Σw, which stands in the channel
// block, is taken off the bias.

#define SWL_VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define SWL_VNNI_INLINE SWL_VNNI __attribute__((always_inline)) static inline

// Channel blocks that an epilogue finishes together: 4 accumulators of 16 become 64 bytes.
#define SWL_VNNI_UNITS 4

SWL_VNNI_INLINE __m512i swl_vnni_load(const void* p) { return _mm512_loadu_si512(p); }

// Two times 32 bytes.
SWL_VNNI_INLINE __m512i swl_vnni_load_2(const void* a, const void* b) {
  const __m512i low = _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i*)a));
  return _mm512_inserti64x4(low, _mm256_loadu_si256((const __m256i*)b), 1);
}

// Four times 16 bytes.
SWL_VNNI_INLINE __m512i swl_vnni_load_4(const void* a, const void* b, const void* c,
                                        const void* d) {
  const __m256i low =
      _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i*)a)),
                              _mm_loadu_si128((const __m128i*)b), 1);
  const __m256i high =
      _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i*)c)),
                              _mm_loadu_si128((const __m128i*)d), 1);
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

// What flips the top bit of every byte, so that int8 + 128 is uint8.
//
// The compiler must not know the number: it would flip four bytes before it broadcasts them, which
// takes a shuffle more than a broadcast from memory.
SWL_VNNI_INLINE __m512i swl_vnni_flip(void) {
  __m512i flip = _mm512_set1_epi8(-128);
  __asm__("" : "+v"(flip));
  return flip;
}

// Four activations, 128 added, in each of 16 lanes.
SWL_VNNI_INLINE __m512i swl_vnni_broadcast(const int8_t* x, __m512i flip) {
  int32_t quad;
  memcpy(&quad, x, sizeof quad);
  return _mm512_xor_si512(_mm512_set1_epi32(quad), flip);
}

// out[j] = the j-th 16 bytes of all four, side by side. Its own inverse.
SWL_VNNI_INLINE void swl_vnni_transpose_lanes(const __m512i in[4], __m512i out[4]) {
  const __m512i low_01 = _mm512_shuffle_i32x4(in[0], in[1], 0x44);
  const __m512i high_01 = _mm512_shuffle_i32x4(in[0], in[1], 0xEE);
  const __m512i low_23 = _mm512_shuffle_i32x4(in[2], in[3], 0x44);
  const __m512i high_23 = _mm512_shuffle_i32x4(in[2], in[3], 0xEE);
  out[0] = _mm512_shuffle_i32x4(low_01, low_23, 0x88);
  out[1] = _mm512_shuffle_i32x4(low_01, low_23, 0xDD);
  out[2] = _mm512_shuffle_i32x4(high_01, high_23, 0x88);
  out[3] = _mm512_shuffle_i32x4(high_01, high_23, 0xDD);
}

// Loops over the vectors of a tile must be unrolled for these to become registers.
#define SWL_UNROLL _Pragma("clang loop unroll(full)")

// A mask of the first `count` ≤ 64 bytes.
SWL_VNNI_INLINE __mmask64 swl_vnni_mask(int32_t count) {
  return count >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << count) - 1;
}

// Stores the first `count` ≤ 64 bytes. Masked stores are slow, so whole vectors go without.
SWL_VNNI_INLINE void swl_vnni_store(int8_t* output, __m512i y, int32_t count) {
  if (count >= 64) {
    _mm512_storeu_si512(output, y);
  } else {
    _mm512_mask_storeu_epi8(output, swl_vnni_mask(count), y);
  }
}

#endif
