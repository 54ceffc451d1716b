#if defined(__x86_64__)

#include "../x86_kernels.h"
#include "avx2.h"

// 16 sums: pairs (a, b) times pairs (m_a, m_b), exact in 32 bits, from the addend on.
SWL_AVX2_INLINE __m128i add(const SwlAddParams* p, __m256i multipliers, __m128i shift,
                            const int8_t* a, const int8_t* b) {
  const __m256i x = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i*)a));
  const __m256i y = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i*)b));
  const __m256i addend = _mm256_set1_epi32(p->addend);
  const __m256i low =
      _mm256_add_epi32(_mm256_madd_epi16(_mm256_unpacklo_epi16(x, y), multipliers), addend);
  const __m256i high =
      _mm256_add_epi32(_mm256_madd_epi16(_mm256_unpackhi_epi16(x, y), multipliers), addend);
  // Saturating before the clamp changes nothing, and packing restores the order.
  const __m256i sum =
      _mm256_packs_epi32(_mm256_sra_epi32(low, shift), _mm256_sra_epi32(high, shift));
  const __m128i bytes =
      _mm_packs_epi16(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  return _mm_min_epi8(_mm_max_epi8(bytes, _mm_set1_epi8((int8_t)p->lo)),
                      _mm_set1_epi8((int8_t)p->hi));
}

SWL_AVX2 void swl_add_s8__avx2(const SwlAddParams* params, const int8_t* a, const int8_t* b,
                               int8_t* output, int64_t count) {
  const SwlAddParams p = *params;
  const __m256i multipliers =
      _mm256_set1_epi32((int32_t)((uint32_t)p.multiplier_b << 16 | (uint32_t)p.multiplier_a));
  const __m128i shift = _mm_cvtsi32_si128(p.shift);
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    _mm_storeu_si128((__m128i*)(output + i), add(&p, multipliers, shift, a + i, b + i));
  }
  swl_add_s8__portable(params, a + i, b + i, output + i, count - i);
}

#endif
