#if defined(__x86_64__)

#include "../../concat_rows.h"
#include "../x86_kernels.h"
#include "avx2.h"

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

SWL_AVX2 void swl_lookup_s8__avx2(const int8_t* table, const int8_t* input, int8_t* output,
                                  int64_t count) {
  int64_t i = 0;
  for (; count - i >= 32; i += 32) {
    _mm256_storeu_si256((__m256i*)(output + i), find(table, swl_avx2_load(input + i)));
  }
  if (i < count) {
    int8_t bytes[32] = {0};
    memcpy(bytes, input + i, (size_t)(count - i));
    _mm256_storeu_si256((__m256i*)bytes, find(table, swl_avx2_load(bytes)));
    memcpy(output + i, bytes, (size_t)(count - i));
  }
}

void swl_concat_s8__avx2(const int8_t* table, const int8_t* input, int8_t* output, int64_t pixels,
                         int32_t channels, int32_t output_channels) {
  swl_concat_rows(swl_lookup_s8__avx2, table, input, output, pixels, channels, output_channels);
}

#endif
