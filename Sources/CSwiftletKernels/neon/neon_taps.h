#ifndef SWL_NEON_TAPS_H
#define SWL_NEON_TAPS_H

#include "neon_epilogue.h"

// Products channel by channel, as depthwise convolutions add them.

// Adds the 16 sums of products to 16 accumulators.
SWL_NEON_INLINE void swl_neon_widen(int32x4_t* _Nonnull acc, int16x8_t low, int16x8_t high) {
  acc[0] = vaddw_s16(acc[0], vget_low_s16(low));
  acc[1] = vaddw_high_s16(acc[1], low);
  acc[2] = vaddw_s16(acc[2], vget_low_s16(high));
  acc[3] = vaddw_high_s16(acc[3], high);
}

// One tap; exact for any weights.
SWL_NEON_INLINE void swl_neon_add_tap(int32x4_t* _Nonnull acc, int8x16_t x, int8x16_t w) {
  swl_neon_widen(acc, vmull_s8(vget_low_s8(x), vget_low_s8(w)), vmull_high_s8(x, w));
}

// Two taps: their sum fits 16 bits for weights in [−127, 127].
SWL_NEON_INLINE void swl_neon_add_taps(int32x4_t* _Nonnull acc, int8x16_t x0, int8x16_t w0,
                                       int8x16_t x1, int8x16_t w1) {
  const int16x8_t low = vmull_s8(vget_low_s8(x0), vget_low_s8(w0));
  const int16x8_t high = vmull_high_s8(x0, w0);
  swl_neon_widen(acc, vmlal_s8(low, vget_low_s8(x1), vget_low_s8(w1)), vmlal_high_s8(high, x1, w1));
}

#endif
