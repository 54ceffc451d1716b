#ifndef SWL_EPILOGUE_AVX2_H
#define SWL_EPILOGUE_AVX2_H

#include "avx2.h"

// Turns the sums of a block, two accumulators of 8, into 16 bytes.
//
// Packing works within 128-bit lanes. The accumulators hold channels 0–3, 8–11 and 4–7, 12–15, so
// that packed to 16 bits all 16 stand in order.

// The constants of a block in that order.
typedef struct SwlAvx2Channels {
  __m256i bias[2];
  __m256i shift[2];  // max(s, 0)
  __m256i multiplier;
  __m128i lo, hi;
  // For channels with s < 0.
  int32_t shifts_left;   // whether there are any
  __m256i up;            // 2^max(−s, 0)
  __m256i up_lo, up_hi;  // the least and the greatest number that the product with `up` holds
  // h-swish and curves.
  __m256i second_multiplier;
  __m256i addend;  // (zp << F) + 2^(F−1)
  __m128i output_shift;
  __m256i swish_three, swish_six;
  __m128i gate_shift;
  __m256i core_lo, core_hi, ramp_hi;  // of a curve's core, and of what it adds
  __m128i core_shift;
  const SwlCurve* curve;
  // Residual add.
  __m256i skip_multiplier;
} SwlAvx2Channels;

// Brings two vectors of 8 channels in a row (0–7 and 8–15) into the accumulators' order.
SWL_AVX2_INLINE void swl_avx2_order(__m256i low, __m256i high, __m256i out[2]) {
  out[0] = _mm256_permute2x128_si256(low, high, 0x20);
  out[1] = _mm256_permute2x128_si256(low, high, 0x31);
}

// The 64 bytes of a quad's weights.
SWL_AVX2_INLINE void swl_avx2_weights(const int8_t* weights, __m256i w[2]) {
  swl_avx2_order(swl_avx2_load(weights), swl_avx2_load(weights + 32), w);
}

SWL_AVX2 static inline void swl_avx2_shift_constants(SwlAvx2Channels* c,
                                                     const SwlChannelBlock* block) {
  const __m128i shifts = _mm_loadu_si128((const __m128i*)block->shift);
  const __m256i zero = _mm256_setzero_si256();
  swl_avx2_order(_mm256_max_epi32(_mm256_cvtepi8_epi32(shifts), zero),
                 _mm256_max_epi32(_mm256_cvtepi8_epi32(_mm_srli_si128(shifts, 8)), zero), c->shift);
  c->shifts_left = _mm_movemask_epi8(shifts) != 0;
  if (!c->shifts_left) return;
  int16_t up[SWL_BLOCK_CHANNELS], lo[SWL_BLOCK_CHANNELS], hi[SWL_BLOCK_CHANNELS];
  for (int n = 0; n < SWL_BLOCK_CHANNELS; n++) {
    const int32_t left = block->shift[n] < 0 ? -block->shift[n] : 0;
    up[n] = (int16_t)(1 << left);
    lo[n] = (int16_t)(INT16_MIN >> left);
    hi[n] = (int16_t)(INT16_MAX >> left);
  }
  c->up = swl_avx2_load(up);
  c->up_lo = swl_avx2_load(lo);
  c->up_hi = swl_avx2_load(hi);
}

// Of the multiplication that h-swish and curves end with.
SWL_AVX2 static inline void swl_avx2_second_constants(SwlAvx2Channels* c, const SwlEpilogue* e,
                                                      const SwlChannelBlock* block) {
  c->second_multiplier = swl_avx2_load(block->second_multiplier);
  c->output_shift = _mm_cvtsi32_si128(e->output_shift);
  const __m256i zero_points =
      _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i*)block->zero_point));
  c->addend = _mm256_add_epi16(_mm256_sll_epi16(zero_points, c->output_shift),
                               _mm256_set1_epi16((int16_t)(1 << (e->output_shift - 1))));
}

SWL_AVX2 static inline void swl_avx2_swish_constants(SwlAvx2Channels* c, const SwlEpilogue* e) {
  c->swish_three = _mm256_set1_epi16((int16_t)(3 << e->fraction_bits));
  c->swish_six = _mm256_set1_epi16((int16_t)(6 << e->fraction_bits));
  c->gate_shift = _mm_cvtsi32_si128(12 - e->fraction_bits);
}

SWL_AVX2 static inline void swl_avx2_curve_constants(SwlAvx2Channels* c, const SwlEpilogue* e) {
  const int32_t end = 1 << (15 - e->core_shift);
  c->core_lo = _mm256_set1_epi16((int16_t)-end);
  c->core_hi = _mm256_set1_epi16((int16_t)(end - 1));
  c->core_shift = _mm_cvtsi32_si128(e->core_shift);
  c->ramp_hi = _mm256_set1_epi16(e->ramp ? INT16_MAX : 0);
  c->curve = e->curve;
}

SWL_AVX2 static inline void swl_avx2_channels(SwlAvx2Channels* c, const SwlEpilogue* e,
                                              const SwlChannelBlock* block) {
  swl_avx2_order(swl_avx2_load(block->bias), swl_avx2_load(block->bias + 8), c->bias);
  c->multiplier = swl_avx2_load(block->multiplier);
  c->lo = _mm_loadu_si128((const __m128i*)block->lo);
  c->hi = _mm_loadu_si128((const __m128i*)block->hi);
  swl_avx2_shift_constants(c, block);
  switch ((SwlEpilogueKind)e->kind) {
    case SWL_EPILOGUE_REQUANTIZE:
      break;
    case SWL_EPILOGUE_HARD_SWISH:
      swl_avx2_second_constants(c, e, block);
      swl_avx2_swish_constants(c, e);
      break;
    case SWL_EPILOGUE_CURVE:
      swl_avx2_second_constants(c, e, block);
      swl_avx2_curve_constants(c, e);
      break;
    case SWL_EPILOGUE_ADD:
      c->skip_multiplier = _mm256_set1_epi16((int16_t)e->skip_multiplier);
      break;
  }
}

// x·up as the nearest int16.
SWL_AVX2_INLINE __m256i swl_avx2_shift_left(__m256i x, const SwlAvx2Channels* c) {
  const __m256i overflows = _mm256_cmpgt_epi16(x, c->up_hi);
  const __m256i shifted = _mm256_mullo_epi16(_mm256_max_epi16(x, c->up_lo), c->up);
  return _mm256_blendv_epi8(shifted, _mm256_set1_epi16(INT16_MAX), overflows);
}

// h-swish before m₂: h.
SWL_AVX2_INLINE __m256i swl_avx2_hard_swish(__m256i b, const SwlAvx2Channels* c) {
  __m256i gate = _mm256_adds_epi16(b, c->swish_three);
  gate = _mm256_min_epi16(_mm256_max_epi16(gate, _mm256_setzero_si256()), c->swish_six);
  return _mm256_mulhrs_epi16(b, _mm256_sll_epi16(gate, c->gate_shift));
}

// The entries of a curve's table at `places`: eight entries are a shuffle, which gives 0 for the
// places of others.
SWL_AVX2_INLINE __m256i swl_avx2_entries(const int16_t* table, const __m256i places[4]) {
  __m256i y = _mm256_setzero_si256();
  SWL_UNROLL
  for (int i = 0; i < 4; i++) {
    const __m128i eight = _mm_loadu_si128((const __m128i*)(table + 8 * i));
    y = _mm256_or_si256(y, _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(eight), places[i]));
  }
  return y;
}

// swl_curve.
SWL_AVX2_INLINE __m256i swl_avx2_curve(__m256i b, const SwlAvx2Channels* c) {
  __m256i t = _mm256_min_epi16(_mm256_max_epi16(b, c->core_lo), c->core_hi);
  t = _mm256_sll_epi16(t, c->core_shift);
  const __m256i sign = _mm256_set1_epi16(INT16_MIN);
  const __m256i segment = _mm256_srli_epi16(_mm256_xor_si256(t, sign), 11);
  // ((t & 2047) − 1024) << 5: the bits above fall off.
  const __m256i r = _mm256_xor_si256(_mm256_slli_epi16(t, 5), sign);
  // Bytes 2i and 2i + 1 of the table. A byte of another eight is outside 0…15, and outside 0…127
  // once 112 is added: shuffles take the lower four bits of what is below 128.
  const __m256i bytes = _mm256_add_epi16(_mm256_mullo_epi16(segment, _mm256_set1_epi16(0x0202)),
                                         _mm256_set1_epi16(0x0100));
  __m256i places[4];
  SWL_UNROLL
  for (int i = 0; i < 4; i++) {
    places[i] = _mm256_adds_epu8(_mm256_sub_epi8(bytes, _mm256_set1_epi8((int8_t)(16 * i))),
                                 _mm256_set1_epi8(112));
  }
  const __m256i bend = swl_avx2_entries(c->curve->bend, places);
  const __m256i d =
      _mm256_add_epi16(swl_avx2_entries(c->curve->slope, places), _mm256_mulhrs_epi16(bend, r));
  const __m256i p =
      _mm256_add_epi16(swl_avx2_entries(c->curve->value, places), _mm256_mulhrs_epi16(d, r));
  const __m256i ramp = _mm256_min_epi16(_mm256_max_epi16(b, _mm256_setzero_si256()), c->ramp_hi);
  return _mm256_adds_epi16(p, ramp);
}

// h times m₂ and the zero point, shifted to an integer. Sums saturate where the definition's are 32
// bits wide: both are past the clamp then.
SWL_AVX2_INLINE __m256i swl_avx2_second(__m256i h, const SwlAvx2Channels* c) {
  const __m256i sum = _mm256_adds_epi16(_mm256_mulhrs_epi16(h, c->second_multiplier), c->addend);
  return _mm256_sra_epi16(sum, c->output_shift);
}

// The 16 outputs of two accumulators; `skip` points at the other operand of a residual add, of
// which bytes past the channels are readable and change nothing.
SWL_AVX2_INLINE __m128i swl_avx2_finish(int32_t kind, const SwlAvx2Channels* c, __m256i acc_0,
                                        __m256i acc_1, const int8_t* skip) {
  __m256i b = _mm256_packs_epi32(_mm256_srav_epi32(acc_0, c->shift[0]),
                                 _mm256_srav_epi32(acc_1, c->shift[1]));
  if (c->shifts_left) b = swl_avx2_shift_left(b, c);
  b = _mm256_mulhrs_epi16(b, c->multiplier);
  if (kind == SWL_EPILOGUE_HARD_SWISH) {
    b = swl_avx2_second(swl_avx2_hard_swish(b, c), c);
  } else if (kind == SWL_EPILOGUE_CURVE) {
    b = swl_avx2_second(swl_avx2_curve(b, c), c);
  } else {
    if (kind == SWL_EPILOGUE_ADD) {
      const __m256i q = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i*)skip));
      const __m256i other = _mm256_mulhrs_epi16(_mm256_slli_epi16(q, 8), c->skip_multiplier);
      b = _mm256_adds_epi16(b, other);
    }
    b = _mm256_srai_epi16(b, 6);
  }
  const __m128i y = _mm_packs_epi16(_mm256_castsi256_si128(b), _mm256_extracti128_si256(b, 1));
  return _mm_min_epi8(_mm_max_epi8(y, c->lo), c->hi);
}

#endif
