#if defined(__x86_64__)

#include "../x86_kernels.h"
#include "vnni.h"

// The squeeze-and-excite multiply of 64 elements, as two halves of 16-bit numbers in the order that
// interleaving with zeros gives and packing undoes. Sums saturate at 16 bits where the
// definition's are wider: both are past the clamp then.
typedef struct Constants {
  __m512i input_zero_point;  // times 2⁷
  __m512i addend;            // (zp << F) + 2^(F−1)
  __m128i shift;
  int32_t clamps;  // whether lo, hi are narrower than int8, which packing saturates to
  __m512i lo, hi;
} Constants;

SWL_VNNI_INLINE Constants constants(const SwlMultiplyParams* p) {
  const int32_t addend =
      p->output_zero_point * (1 << p->output_shift) + (1 << (p->output_shift - 1));
  return (Constants){.input_zero_point = _mm512_set1_epi16((int16_t)(p->input_zero_point * 128)),
                     .addend = _mm512_set1_epi16((int16_t)addend),
                     .shift = _mm_cvtsi32_si128(p->output_shift),
                     .clamps = p->lo > INT8_MIN || p->hi < INT8_MAX,
                     .lo = _mm512_set1_epi8((int8_t)p->lo),
                     .hi = _mm512_set1_epi8((int8_t)p->hi)};
}

// P of 32 gates plus 128: (g·m + 128) >> 8. The product is put together from its halves;
// 0 ≤ P < 2¹⁵, so that 16 bits hold it.
SWL_VNNI_INLINE __m512i factors_of_half(__m512i g, __m512i m) {
  const __m512i low = _mm512_mullo_epi16(g, m);
  const __m512i high = _mm512_mulhi_epu16(g, m);
  // Bit 7 of the product rounds: adding 128 and shifting by 8 is shifting by 8 and adding bit 7.
  const __m512i floor = _mm512_or_si512(_mm512_slli_epi16(high, 8), _mm512_srli_epi16(low, 8));
  const __m512i half = _mm512_and_si512(_mm512_srli_epi16(low, 7), _mm512_set1_epi16(1));
  return _mm512_add_epi16(floor, half);
}

typedef struct Factors {
  __m512i low, high;
} Factors;

SWL_VNNI_INLINE Factors factors(const int8_t* gate, int32_t multiplier) {
  const __m512i g = _mm512_xor_si512(swl_vnni_load(gate), _mm512_set1_epi8(INT8_MIN));
  const __m512i zero = _mm512_setzero_si512();
  const __m512i m = _mm512_set1_epi16((int16_t)multiplier);
  return (Factors){.low = factors_of_half(_mm512_unpacklo_epi8(g, zero), m),
                   .high = factors_of_half(_mm512_unpackhi_epi8(g, zero), m)};
}

// 32 products of x·2⁸.
SWL_VNNI_INLINE __m512i multiply_half(__m512i x, __m512i factor, const Constants* c) {
  const __m512i scaled = _mm512_sub_epi16(_mm512_srai_epi16(x, 1), c->input_zero_point);
  const __m512i b = _mm512_mulhrs_epi16(scaled, factor);
  return _mm512_sra_epi16(_mm512_adds_epi16(b, c->addend), c->shift);
}

SWL_VNNI_INLINE __m512i multiply(const int8_t* input, Factors f, const Constants* c) {
  const __m512i x = swl_vnni_load(input), zero = _mm512_setzero_si512();
  const __m512i y = _mm512_packs_epi16(multiply_half(_mm512_unpacklo_epi8(zero, x), f.low, c),
                                       multiply_half(_mm512_unpackhi_epi8(zero, x), f.high, c));
  return c->clamps ? _mm512_min_epi8(_mm512_max_epi8(y, c->lo), c->hi) : y;
}

// Gates of 64 channels become factors once and pass over all pixels. Bytes past the channels are
// readable and change nothing.
SWL_VNNI void swl_mul_channels_s8__vnni(const SwlMultiplyParams* p, const int8_t* input,
                                        const int8_t* gate, int8_t* output, int64_t pixels) {
  const Constants c = constants(p);
  const int32_t channels = p->channels;
  for (int32_t first = 0; first < channels; first += 64) {
    const Factors f = factors(gate + first, p->multiplier);
    const int8_t* x = input + first;
    int8_t* y = output + first;
    for (int64_t i = 0; i < pixels; i++, x += channels, y += channels) {
      swl_vnni_store(y, multiply(x, f, &c), channels - first);
    }
  }
}

SWL_VNNI void swl_mul_s8__vnni(const SwlMultiplyParams* p, const int8_t* input, const int8_t* gate,
                               int8_t* output, int64_t count) {
  const Constants c = constants(p);
  const int64_t whole = count / 64 * 64;
  for (int64_t i = 0; i < whole; i += 64) {
    const __m512i y = multiply(input + i, factors(gate + i, p->multiplier), &c);
    _mm512_storeu_si512(output + i, y);
  }
  swl_mul_s8__portable(p, input + whole, gate + whole, output + whole, count - whole);
}

#endif
