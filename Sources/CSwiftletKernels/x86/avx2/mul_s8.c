#if defined(__x86_64__)

#include "../x86_kernels.h"
#include "avx2.h"

// The squeeze-and-excite multiply of 16 elements. Sums saturate at 16 bits where the
// definition's are wider: both are past the clamp then.
typedef struct Constants {
  __m256i input_zero_point, addend;  // addend: (zp << F) + 2^(F−1)
  __m128i shift, lo, hi;
} Constants;

SWL_AVX2_INLINE Constants constants(const SwlMultiplyParams* p) {
  const int32_t addend =
      p->output_zero_point * (1 << p->output_shift) + (1 << (p->output_shift - 1));
  return (Constants){.input_zero_point = _mm256_set1_epi16((int16_t)p->input_zero_point),
                     .addend = _mm256_set1_epi16((int16_t)addend),
                     .shift = _mm_cvtsi32_si128(p->output_shift),
                     .lo = _mm_set1_epi8((int8_t)p->lo),
                     .hi = _mm_set1_epi8((int8_t)p->hi)};
}

// P of 16 gates: (g·m + 128) >> 8. The product is put together from its halves; 0 ≤ P < 2¹⁵, so
// that 16 bits hold it.
SWL_AVX2_INLINE __m256i factors(const int8_t* gate, int32_t multiplier) {
  const __m256i g = _mm256_add_epi16(_mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i*)gate)),
                                     _mm256_set1_epi16(128));
  const __m256i m = _mm256_set1_epi16((int16_t)multiplier);
  const __m256i low = _mm256_mullo_epi16(g, m);
  const __m256i high = _mm256_mulhi_epu16(g, m);
  // Bit 7 of the product rounds: adding 128 and shifting by 8 is shifting by 8 and adding bit 7.
  const __m256i floor = _mm256_or_si256(_mm256_slli_epi16(high, 8), _mm256_srli_epi16(low, 8));
  const __m256i half = _mm256_and_si256(_mm256_srli_epi16(low, 7), _mm256_set1_epi16(1));
  return _mm256_add_epi16(floor, half);
}

// 16 products.
SWL_AVX2_INLINE __m128i multiply(const int8_t* x, __m256i factor, const Constants* c) {
  const __m256i q = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i*)x));
  const __m256i scaled = _mm256_slli_epi16(_mm256_sub_epi16(q, c->input_zero_point), 7);
  const __m256i b = _mm256_mulhrs_epi16(scaled, factor);
  const __m256i y = _mm256_sra_epi16(_mm256_adds_epi16(b, c->addend), c->shift);
  const __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(y), _mm256_extracti128_si256(y, 1));
  return _mm_min_epi8(_mm_max_epi8(bytes, c->lo), c->hi);
}

// Gates of 16 channels become factors once and pass over all pixels.
SWL_AVX2 void swl_mul_channels_s8__avx2(const SwlMultiplyParams* p, const int8_t* input,
                                        const int8_t* gate, int8_t* output, int64_t pixels) {
  const Constants c = constants(p);
  const int32_t channels = p->channels;
  for (int32_t first = 0; first < channels; first += 16) {
    const __m256i factor = factors(gate + first, p->multiplier);
    const int8_t* x = input + first;
    int8_t* y = output + first;
    for (int64_t i = 0; i < pixels; i++, x += channels, y += channels) {
      swl_avx2_store(y, multiply(x, factor, &c), channels - first);
    }
  }
}

SWL_AVX2 void swl_mul_s8__avx2(const SwlMultiplyParams* p, const int8_t* input, const int8_t* gate,
                               int8_t* output, int64_t count) {
  const Constants c = constants(p);
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    swl_avx2_store(output + i, multiply(input + i, factors(gate + i, p->multiplier), &c), 16);
  }
  swl_mul_s8__portable(p, input + i, gate + i, output + i, count - i);
}

#endif
