#if defined(__x86_64__)

#include "../x86_kernels.h"
#include "avx2.h"
#include "copy_avx2.h"

// 32 table entries at a time: sixteen VPSHUFB look into 16 bytes of the table each. Adding 112 with
// saturation keeps the low 4 bits of an index below 16 and sets the top bit of any other, for which
// VPSHUFB gives 0.
SWL_AVX2_INLINE __m256i find(const int8_t* table, __m256i x) {
  __m256i index = _mm256_xor_si256(x, _mm256_set1_epi8(-128));
  __m256i y = _mm256_setzero_si256();
  for (int i = 0; i < 16; i++) {
    const __m256i part =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i*)(table + 16 * i)));
    y = _mm256_or_si256(y,
                        _mm256_shuffle_epi8(part, _mm256_adds_epu8(index, _mm256_set1_epi8(112))));
    index = _mm256_sub_epi8(index, _mm256_set1_epi8(16));
  }
  return y;
}

// At least 32: the last vector lies over the one before it, and is read before anything is written,
// since `output` may be `input`.
SWL_AVX2_INLINE void find_vectors(const int8_t* table, const int8_t* input, int8_t* output,
                                  int64_t count) {
  const __m256i last = swl_avx2_load(input + count - 32);
  for (int64_t i = 0; count - i >= 32; i += 32) {
    _mm256_storeu_si256((__m256i*)(output + i), find(table, swl_avx2_load(input + i)));
  }
  if (count % 32) _mm256_storeu_si256((__m256i*)(output + count - 32), find(table, last));
}

// 16 to 32, the first and the last 16 in one vector.
SWL_AVX2_INLINE void find_halves(const int8_t* table, const int8_t* input, int8_t* output,
                                 int64_t count) {
  const __m256i y =
      find(table, _mm256_loadu2_m128i((const __m128i*)(input + count - 16), (const __m128i*)input));
  _mm256_storeu2_m128i((__m128i*)(output + count - 16), (__m128i*)output, y);
}

SWL_AVX2 void swl_lookup_s8__avx2(const int8_t* table, const int8_t* input, int8_t* output,
                                  int64_t count) {
  if (count >= 32) {
    find_vectors(table, input, output, count);
  } else if (count >= 16) {
    find_halves(table, input, output, count);
  } else {
    swl_lookup_s8__portable(table, input, output, count);
  }
}

SWL_AVX2 void swl_copy_lookup_rows__avx2(const SwlCopyTile* tile, const int8_t* table,
                                         const int8_t* input, int8_t* output) {
  const SwlCopyTile t = *tile;
  if (t.size[2] < 16) {
    swl_copy_lookup_rows__portable(tile, table, input, output);
    return;
  }
  for (int64_t a = 0; a < t.size[0]; a++) {
    const int8_t* from = input + a * t.in[0];
    int8_t* to = output + a * t.out[0];
    for (int64_t b = 0; b < t.size[1]; b++, from += t.in[1], to += t.out[1]) {
      if (t.size[2] < 32) {
        find_halves(table, from, to, t.size[2]);
      } else {
        find_vectors(table, from, to, t.size[2]);
      }
    }
  }
}

#endif
