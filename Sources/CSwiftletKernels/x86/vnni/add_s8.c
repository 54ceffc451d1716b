#if defined(__x86_64__)

#include "../x86_kernels.h"
#include "vnni.h"

// 32 sums: pairs (a, b) times pairs (m_a, m_b), exact in 32 bits, from the addend on.
SWL_VNNI_INLINE __m256i add(const SwlAddParams* p, __m512i multipliers, __m128i shift,
                            const int8_t* a, const int8_t* b) {
  const __m512i x = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i*)a));
  const __m512i y = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i*)b));
  const __m512i addend = _mm512_set1_epi32(p->addend);
  const __m512i low =
      _mm512_add_epi32(_mm512_madd_epi16(_mm512_unpacklo_epi16(x, y), multipliers), addend);
  const __m512i high =
      _mm512_add_epi32(_mm512_madd_epi16(_mm512_unpackhi_epi16(x, y), multipliers), addend);
  // Saturating to 16 bits before the clamp changes nothing, and packing restores the order.
  const __m512i sum =
      _mm512_packs_epi32(_mm512_sra_epi32(low, shift), _mm512_sra_epi32(high, shift));
  return _mm512_cvtepi16_epi8(_mm512_min_epi16(
      _mm512_max_epi16(sum, _mm512_set1_epi16((int16_t)p->lo)), _mm512_set1_epi16((int16_t)p->hi)));
}

SWL_VNNI void swl_add_s8__vnni(const SwlAddParams* params, const int8_t* a, const int8_t* b,
                               int8_t* output, int64_t count) {
  const SwlAddParams p = *params;
  const __m512i multipliers =
      _mm512_set1_epi32((int32_t)((uint32_t)p.multiplier_b << 16 | (uint32_t)p.multiplier_a));
  const __m128i shift = _mm_cvtsi32_si128(p.shift);
  int64_t i = 0;
  for (; i + 32 <= count; i += 32) {
    _mm256_storeu_si256((__m256i*)(output + i), add(&p, multipliers, shift, a + i, b + i));
  }
  swl_add_s8__portable(params, a + i, b + i, output + i, count - i);
}

#endif
