#if defined(__x86_64__)

#include "../x86_kernels.h"
#include "vnni.h"

// The squeeze-and-excite multiply of 64 elements. Sums saturate at 16 bits where the scalar
// definition's are wider: both are past the clamp then.
typedef struct Constants {
  __m512i input_zero_point, addend, lo, hi;  // addend: (zp << F) + 2^(F−1)
  __m128i shift;
} Constants;

SWL_VNNI_INLINE Constants constants(const SwlMultiplyParams* p) {
  const int32_t addend =
      p->output_zero_point * (1 << p->output_shift) + (1 << (p->output_shift - 1));
  return (Constants){.input_zero_point = _mm512_set1_epi16((int16_t)p->input_zero_point),
                     .addend = _mm512_set1_epi16((int16_t)addend),
                     .lo = _mm512_set1_epi16((int16_t)p->lo),
                     .hi = _mm512_set1_epi16((int16_t)p->hi),
                     .shift = _mm_cvtsi32_si128(p->output_shift)};
}

// P of 32 gates: (g·m + 128) >> 8. The product is put together from its halves; 0 ≤ P < 2¹⁵, so
// that 16 bits hold it.
SWL_VNNI_INLINE __m512i factors(const int8_t* gate, int32_t multiplier) {
  const __m512i g = _mm512_add_epi16(
      _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i*)gate)), _mm512_set1_epi16(128));
  const __m512i m = _mm512_set1_epi16((int16_t)multiplier);
  const __m512i low = _mm512_mullo_epi16(g, m);
  const __m512i high = _mm512_mulhi_epu16(g, m);
  // Bit 7 of the product rounds: adding 128 and shifting by 8 is shifting by 8 and adding bit 7.
  const __m512i floor = _mm512_or_si512(_mm512_slli_epi16(high, 8), _mm512_srli_epi16(low, 8));
  const __m512i half = _mm512_and_si512(_mm512_srli_epi16(low, 7), _mm512_set1_epi16(1));
  return _mm512_add_epi16(floor, half);
}

// 32 products.
SWL_VNNI_INLINE __m256i multiply(const int8_t* x, __m512i factor, const Constants* c) {
  const __m512i q = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i*)x));
  const __m512i scaled = _mm512_slli_epi16(_mm512_sub_epi16(q, c->input_zero_point), 7);
  const __m512i b = _mm512_mulhrs_epi16(scaled, factor);
  const __m512i y = _mm512_sra_epi16(_mm512_adds_epi16(b, c->addend), c->shift);
  return _mm512_cvtepi16_epi8(_mm512_min_epi16(_mm512_max_epi16(y, c->lo), c->hi));
}

SWL_VNNI_INLINE void store(int8_t* output, __m256i y, int64_t count) {
  if (count >= 32) {
    _mm256_storeu_si256((__m256i*)output, y);
  } else {
    _mm256_mask_storeu_epi8(output, (__mmask32)swl_vnni_mask((int32_t)count), y);
  }
}

// Gates of 64 channels become factors once and pass over all pixels.
SWL_VNNI void swl_mul_channels_s8__vnni(const SwlMultiplyParams* p, const int8_t* input,
                                        const int8_t* gate, int8_t* output, int64_t pixels) {
  const Constants c = constants(p);
  const int32_t channels = p->channels;
  for (int32_t first = 0; first < channels; first += 64) {
    const int32_t count = channels - first;
    const __m512i low = factors(gate + first, p->multiplier);
    const __m512i high = count > 32 ? factors(gate + first + 32, p->multiplier) : low;
    const int8_t* x = input + first;
    int8_t* y = output + first;
    for (int64_t i = 0; i < pixels; i++, x += channels, y += channels) {
      store(y, multiply(x, low, &c), count);
      if (count > 32) store(y + 32, multiply(x + 32, high, &c), count - 32);
    }
  }
}

SWL_VNNI void swl_mul_s8__vnni(const SwlMultiplyParams* p, const int8_t* input,
                               const int8_t* gate, int8_t* output, int64_t count) {
  const Constants c = constants(p);
  for (int64_t i = 0; i + 32 <= count; i += 32) {
    store(output + i, multiply(input + i, factors(gate + i, p->multiplier), &c), 32);
  }
  const int64_t whole = count / 32 * 32;
  swl_mul_s8__scalar(p, input + whole, gate + whole, output + whole, count - whole);
}

#endif
