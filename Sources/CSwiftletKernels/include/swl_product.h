#ifndef SWL_PRODUCT_H
#define SWL_PRODUCT_H

#include "swl_types.h"

// a, out: [pixels][channels]; b as pixel_step and channel_step lead through it: channels and 1 for
// a tensor of a's shape, 0 and 1 for one value a channel, 1 and 0 for one value a pixel, 0 and 0
// for one.
typedef struct SwlProductParams {
  int32_t channels;
  int32_t pixel_step, channel_step;
  int32_t zero_point_a, zero_point_b;  // −128…127
  int32_t bias;                        // |bias| ≤ 2³⁰
  int32_t multiplier;                  // 2¹⁴…2¹⁵ − 1
  int32_t shift;                       // −7…24
  int32_t lo, hi;                      // −128 ≤ lo ≤ hi ≤ 127
} SwlProductParams;

// y = swl_requantize((a − za)·(b − zb) + bias, shift, multiplier, lo, hi); pixels [begin, end).
// The product is within ±255²: int32 holds the sum. The output may be a, or b where that has a's
// shape; no scratch.
void swl_product_s8__portable(const SwlProductParams* _Nonnull params, const int8_t* _Nonnull a,
                              const int8_t* _Nonnull b, int8_t* _Nonnull output, int64_t begin,
                              int64_t end);

#endif
