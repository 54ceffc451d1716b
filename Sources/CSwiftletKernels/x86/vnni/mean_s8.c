#if defined(__x86_64__)

#include "../x86_kernels.h"
#include "vnni.h"

// Pixels whose bytes a 16-bit sum can hold: 255·128 < 2¹⁵.
#define MOST 255

// Sums of 64 channels, 16 to a vector.
typedef struct Sums {
  __m512i parts[4];
} Sums;

SWL_VNNI_INLINE void add_part(Sums* sums, const int i, __m512i part) {
  sums->parts[i] =
      _mm512_add_epi32(sums->parts[i], _mm512_cvtepi16_epi32(_mm512_castsi512_si256(part)));
  sums->parts[i + 1] = _mm512_add_epi32(sums->parts[i + 1],
                                        _mm512_cvtepi16_epi32(_mm512_extracti64x4_epi64(part, 1)));
}

// Of the first `count` ≤ 64 channels: another thread may be writing those after them.
SWL_VNNI_INLINE Sums sum(const SwlMeanParams* p, const int8_t* input, const int32_t count) {
  const __mmask64 mask = swl_vnni_mask(count);
  const __m512i bias = _mm512_set1_epi32(p->entry.bias);
  Sums sums = {{bias, bias, bias, bias}};
  for (int32_t first = 0; first < p->pixels; first += MOST) {
    const int32_t end = p->pixels - first < MOST ? p->pixels : first + MOST;
    __m512i low = _mm512_setzero_si512(), high = low;
    for (int32_t i = first; i < end; i++) {
      const int8_t* x = input + (size_t)i * (size_t)p->channels;
      low =
          _mm512_add_epi16(low, _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8((__mmask32)mask, x)));
      high = _mm512_add_epi16(
          high, _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8((__mmask32)(mask >> 32), x + 32)));
    }
    add_part(&sums, 0, low);
    add_part(&sums, 2, high);
  }
  return sums;
}

// 16 outputs: a 32-bit sum takes any shift.
SWL_VNNI_INLINE __m128i requantize(const SwlMeanParams* p, __m512i acc) {
  const __m512i least = _mm512_set1_epi32(INT16_MIN), most = _mm512_set1_epi32(INT16_MAX);
  const int32_t shift = p->entry.shift;
  const __m128i down = _mm_cvtsi32_si128(shift > 0 ? shift : 0);
  const __m128i up = _mm_cvtsi32_si128(shift < 0 ? -shift : 0);
  __m512i a = _mm512_sra_epi32(acc, down);
  a = _mm512_sll_epi32(_mm512_min_epi32(_mm512_max_epi32(a, least), most), up);
  a = _mm512_min_epi32(_mm512_max_epi32(a, least), most);
  const __m512i product = _mm512_mullo_epi32(a, _mm512_set1_epi32(p->entry.multiplier));
  const __m512i b = _mm512_srai_epi32(_mm512_add_epi32(product, _mm512_set1_epi32(1 << 14)), 15);
  const __m512i y = _mm512_srai_epi32(b, 6);
  return _mm512_cvtepi32_epi8(
      _mm512_min_epi32(_mm512_max_epi32(y, _mm512_set1_epi32(p->lo)), _mm512_set1_epi32(p->hi)));
}

// 64 channels at a time.
SWL_VNNI void swl_mean_s8__vnni(const SwlMeanParams* p, const int8_t* input, int8_t* output,
                                int32_t channel_begin, int32_t channel_end) {
  for (int32_t first = channel_begin; first < channel_end; first += 64) {
    const Sums sums = sum(p, input + first, channel_end - first);
    for (int32_t i = 0; i < 4 && first + 16 * i < channel_end; i++) {
      const int32_t left = channel_end - first - 16 * i;
      const __mmask16 mask = (__mmask16)swl_vnni_mask(left < 16 ? left : 16);
      _mm_mask_storeu_epi8(output + first + 16 * i, mask, requantize(p, sums.parts[i]));
    }
  }
}

#endif
