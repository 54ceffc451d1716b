#if defined(__x86_64__)

#include <string.h>

#include "../x86_kernels.h"
#include "avx2.h"

// Pixels whose bytes a 16-bit sum can hold: 255·128 < 2¹⁵.
#define MOST 255

// 16 channels, or the first `count` where another thread may be writing those after them.
SWL_AVX2_INLINE __m128i load_channels(const int8_t* x, const int32_t count) {
  if (count >= 16) return _mm_loadu_si128((const __m128i*)x);
  uint64_t low = 0, high = 0;
  if (count >= 8) {
    memcpy(&low, x, 8);
    memcpy(&high, x + count - 8, 8);
    high = count > 8 ? high >> 8 * (16 - count) : 0;
  } else {
    for (int32_t c = 0; c < count; c++) low |= (uint64_t)(uint8_t)x[c] << 8 * c;
  }
  return _mm_set_epi64x((int64_t)high, (int64_t)low);
}

// 16 channels at a time.
SWL_AVX2 void swl_mean_s8__avx2(const SwlMeanParams* p, const int8_t* input, int8_t* output,
                                int32_t channel_begin, int32_t channel_end) {
  for (int32_t first = channel_begin; first < channel_end; first += 16) {
    const int32_t count = channel_end - first < 16 ? channel_end - first : 16;
    __m256i low = _mm256_set1_epi32(p->entry.bias), high = low;
    for (int32_t begin = 0; begin < p->pixels; begin += MOST) {
      const int32_t end = p->pixels - begin < MOST ? p->pixels : begin + MOST;
      __m256i part = _mm256_setzero_si256();
      for (int32_t i = begin; i < end; i++) {
        const int8_t* x = input + (size_t)i * (size_t)p->channels + first;
        part = _mm256_add_epi16(part, _mm256_cvtepi8_epi16(load_channels(x, count)));
      }
      low = _mm256_add_epi32(low, _mm256_cvtepi16_epi32(_mm256_castsi256_si128(part)));
      high = _mm256_add_epi32(high, _mm256_cvtepi16_epi32(_mm256_extracti128_si256(part, 1)));
    }
    int32_t acc[16];
    _mm256_storeu_si256((__m256i*)acc, low);
    _mm256_storeu_si256((__m256i*)(acc + 8), high);
    for (int32_t c = 0; c < count; c++) {
      output[first + c] = swl_requantize(acc[c], p->entry.shift, p->entry.multiplier, p->lo, p->hi);
    }
  }
}

#endif
