#if defined(__x86_64__)

#include "../x86_kernels.h"
#include "vnni.h"

// Pixels whose bytes a 16-bit sum can hold: 255·128 < 2¹⁵.
#define MOST 255

// Sums of 32 channels.
typedef struct Sums {
  __m512i low, high;
} Sums;

SWL_VNNI_INLINE Sums sum(const SwlMeanParams* p, const int8_t* input) {
  Sums sums = {_mm512_set1_epi32(p->entry.bias), _mm512_set1_epi32(p->entry.bias)};
  for (int32_t first = 0; first < p->pixels; first += MOST) {
    const int32_t end = p->pixels - first < MOST ? p->pixels : first + MOST;
    __m512i part = _mm512_setzero_si512();
    for (int32_t i = first; i < end; i++) {
      const __m256i* x = (const __m256i*)(input + (size_t)i * (size_t)p->channels);
      part = _mm512_add_epi16(part, _mm512_cvtepi8_epi16(_mm256_loadu_si256(x)));
    }
    sums.low = _mm512_add_epi32(sums.low,
                                _mm512_cvtepi16_epi32(_mm512_castsi512_si256(part)));
    sums.high = _mm512_add_epi32(sums.high,
                                 _mm512_cvtepi16_epi32(_mm512_extracti64x4_epi64(part, 1)));
  }
  return sums;
}

// 32 channels at a time; bytes past the last are readable and change nothing.
SWL_VNNI void swl_mean_s8__vnni(const SwlMeanParams* p, const int8_t* input, int8_t* output,
                                int32_t channel_begin, int32_t channel_end) {
  for (int32_t first = channel_begin; first < channel_end; first += 32) {
    const Sums sums = sum(p, input + first);
    int32_t acc[32];
    _mm512_storeu_si512(acc, sums.low);
    _mm512_storeu_si512(acc + 16, sums.high);
    const int32_t count = channel_end - first < 32 ? channel_end - first : 32;
    for (int32_t c = 0; c < count; c++) {
      output[first + c] =
          swl_requantize(acc[c], p->entry.shift, p->entry.multiplier, p->lo, p->hi);
    }
  }
}

#endif
