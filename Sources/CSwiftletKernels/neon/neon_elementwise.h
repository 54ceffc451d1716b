#ifndef SWL_NEON_ELEMENTWISE_H
#define SWL_NEON_ELEMENTWISE_H

#include "neon_epilogue.h"

// Elementwise operations read whole vectors, past the end too: activations have 64 readable bytes
// there. They write to the last byte and no further.

// Stores the vector, or its first `count` bytes if there are fewer than 16 left.
SWL_NEON_INLINE void swl_neon_store_up_to_16(int8_t* _Nonnull output, int8x16_t y, int64_t count) {
  if (count >= SWL_BLOCK_CHANNELS) {
    vst1q_s8(output, y);
  } else {
    swl_neon_store(output, y, (int32_t)count);
  }
}

// The requantization that pooling has in common for all channels.
typedef struct SwlNeonMean {
  int32x4_t bias, shift;
  int16x8_t multiplier;
  int8x16_t lo, hi;
} SwlNeonMean;

// `extra` joins the bias.
SWL_NEON_INLINE SwlNeonMean swl_neon_mean(const SwlMeanEntry* _Nonnull entry, int32_t extra,
                                          int32_t lo, int32_t hi) {
  return (SwlNeonMean){
      .bias = vdupq_n_s32((int32_t)((uint32_t)entry->bias + (uint32_t)extra)),
      .shift = vdupq_n_s32(-entry->shift),
      .multiplier = vdupq_n_s16(entry->multiplier),
      .lo = vdupq_n_s8((int8_t)lo),
      .hi = vdupq_n_s8((int8_t)hi),
  };
}

SWL_NEON_INLINE int8x16_t swl_neon_end_mean(const SwlNeonMean* _Nonnull m,
                                            const int32x4_t* _Nonnull sums) {
  int16x4_t a[4];
  SWL_UNROLL
  for (int32_t i = 0; i < 4; i++) {
    a[i] = vqmovn_s32(vqshlq_s32(vaddq_s32(sums[i], m->bias), m->shift));
  }
  const int16x8_t low = vqrdmulhq_s16(vcombine_s16(a[0], a[1]), m->multiplier);
  const int16x8_t high = vqrdmulhq_s16(vcombine_s16(a[2], a[3]), m->multiplier);
  const int8x16_t y = vqshrn_high_n_s16(vqshrn_n_s16(low, 6), high, 6);
  return vminq_s8(vmaxq_s8(y, m->lo), m->hi);
}

// Adds 16 bytes to 16 sums.
SWL_NEON_INLINE void swl_neon_add_bytes(int32x4_t* _Nonnull sums, int8x16_t x) {
  const int16x8_t low = vmovl_s8(vget_low_s8(x)), high = vmovl_high_s8(x);
  sums[0] = vaddw_s16(sums[0], vget_low_s16(low));
  sums[1] = vaddw_high_s16(sums[1], low);
  sums[2] = vaddw_s16(sums[2], vget_low_s16(high));
  sums[3] = vaddw_high_s16(sums[3], high);
}

#endif
