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
  // h-swish.
  __m256i swish_multiplier;
  __m256i swish_addend;  // (zp << F) + 2^(F−1)
  __m256i swish_three, swish_six;
  __m128i gate_shift, output_shift;
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

SWL_AVX2 static inline void swl_avx2_swish_constants(SwlAvx2Channels* c, const SwlEpilogue* e,
                                                     const SwlChannelBlock* block) {
  c->swish_multiplier = swl_avx2_load(block->swish_multiplier);
  c->swish_three = _mm256_set1_epi16((int16_t)(3 << e->fraction_bits));
  c->swish_six = _mm256_set1_epi16((int16_t)(6 << e->fraction_bits));
  c->gate_shift = _mm_cvtsi32_si128(12 - e->fraction_bits);
  c->output_shift = _mm_cvtsi32_si128(e->output_shift);
  const __m256i zero_points =
      _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i*)block->zero_point));
  c->swish_addend = _mm256_add_epi16(_mm256_sll_epi16(zero_points, c->output_shift),
                                     _mm256_set1_epi16((int16_t)(1 << (e->output_shift - 1))));
}

SWL_AVX2 static inline void swl_avx2_channels(SwlAvx2Channels* c, const SwlEpilogue* e,
                                              const SwlChannelBlock* block) {
  swl_avx2_order(swl_avx2_load(block->bias), swl_avx2_load(block->bias + 8), c->bias);
  c->multiplier = swl_avx2_load(block->multiplier);
  c->lo = _mm_loadu_si128((const __m128i*)block->lo);
  c->hi = _mm_loadu_si128((const __m128i*)block->hi);
  swl_avx2_shift_constants(c, block);
  if (e->kind == SWL_EPILOGUE_HARD_SWISH) swl_avx2_swish_constants(c, e, block);
  if (e->kind == SWL_EPILOGUE_ADD) {
    c->skip_multiplier = _mm256_set1_epi16((int16_t)e->skip_multiplier);
  }
}

// x·up as the nearest int16.
SWL_AVX2_INLINE __m256i swl_avx2_shift_left(__m256i x, const SwlAvx2Channels* c) {
  const __m256i overflows = _mm256_cmpgt_epi16(x, c->up_hi);
  const __m256i shifted = _mm256_mullo_epi16(_mm256_max_epi16(x, c->up_lo), c->up);
  return _mm256_blendv_epi8(shifted, _mm256_set1_epi16(INT16_MAX), overflows);
}

// The 16-bit fraction of h-swish's result, shifted to an integer. Sums saturate where the
// definition's are 32 bits wide: both are past the clamp then.
SWL_AVX2_INLINE __m256i swl_avx2_hard_swish(__m256i b, const SwlAvx2Channels* c) {
  __m256i gate = _mm256_adds_epi16(b, c->swish_three);
  gate = _mm256_min_epi16(_mm256_max_epi16(gate, _mm256_setzero_si256()), c->swish_six);
  const __m256i h = _mm256_mulhrs_epi16(b, _mm256_sll_epi16(gate, c->gate_shift));
  const __m256i sum =
      _mm256_adds_epi16(_mm256_mulhrs_epi16(h, c->swish_multiplier), c->swish_addend);
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
    b = swl_avx2_hard_swish(b, c);
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
